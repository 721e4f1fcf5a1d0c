"""Conformance over the wire: `python -m tests.conformance`. Exit code 0 only when every matrix was there, ran and passed."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gateway.simulator.scenario import Course, ScenarioUnreadable, courses
from tests.conformance.run import NotWell, Outcome, run
from tests.conformance.scenarios import MATRICES, every_matrix, matrix, missing


def main() -> int:
    arguments = _arguments()
    for file in missing():
        print(f"MISSING: {file} is not there; its matrices count as failed", file=sys.stderr)
    try:
        matrices = every_matrix()
    except ScenarioUnreadable as failure:
        print(f"UNREADABLE: {failure}", file=sys.stderr)
        return 1
    enumerated = {name: course for name, course in courses(matrices).items() if name.startswith(arguments.only)}
    if not enumerated:
        print(f"NOTHING TO RUN: no course begins with {arguments.only!r}", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="fixgate-conformance-"))
    try:
        outcome = asyncio.run(_until_told(folder, enumerated))
    except NotWell as failure:
        print(f"{failure}\neverything is left in {folder}", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        shutil.rmtree(folder)
        return 130
    if arguments.keep:
        print(f"everything is left in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return _told(outcome, enumerated)


def _told(outcome: Outcome, enumerated: Mapping[str, Course]) -> int:
    """The table of what failed, and the line that says it all."""
    ids = {matrix(name) for name in enumerated}
    points = sum(map(len, enumerated.values()))
    assert (outcome.courses, outcome.crash_points) == (len(enumerated), points), "not all that was enumerated was run"
    width = max((len(name) for name, _ in outcome.failures), default=0)
    for name, failure in outcome.failures:
        print(f"{name:{width}}  {failure}")
    passed = len(ids - outcome.failed)
    print(
        f"matrices passed {passed}/{MATRICES}, interleavings {outcome.courses_passed} of {len(enumerated)}, "
        f"crash points {outcome.crash_points_passed} of {points}"
    )
    is_whole = passed == len(ids) == MATRICES and not missing()
    return 0 if is_whole and not outcome.failures and outcome.crash_points_passed == points else 1


async def _until_told(folder: Path, enumerated: Mapping[str, Course]) -> Outcome:
    """SIGTERM and Ctrl-C end it by way of every clean-up, even where a shell had the latter ignored."""
    task = asyncio.ensure_future(run(folder, enumerated))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--only", default="", metavar="PREFIX", help="courses whose name begins so, such as C.2 or B.1.b/main/2")
    parser.add_argument("--keep", action="store_true", help="leave the folder, with every log, behind")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
