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
from tests.conformance.role import Role
from tests.conformance.run import NotWell, Outcome, run
from tests.conformance.scenarios import MATRICES, every_matrix, matrix, missing

_BOTH = "both"


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
    roles = list(Role) if arguments.role == _BOTH else [Role(arguments.role)]
    try:
        outcomes = {role: _played(role, enumerated, keep=arguments.keep) for role in roles}
    except NotWell as failure:
        print(failure, file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        return 130
    return _told(outcomes, enumerated)


def _played(role: Role, enumerated: Mapping[str, Course], *, keep: bool) -> Outcome:
    """One role, in a folder of its own, which stays where the installation was not well. Raises NotWell and CancelledError."""
    folder = Path(tempfile.mkdtemp(prefix=f"fixgate-conformance-{role.value}-"))
    try:
        outcome = asyncio.run(_until_told(folder, role, enumerated))
    except NotWell as failure:
        raise NotWell(f"{role.title}: {failure}\neverything is left in {folder}") from failure
    except asyncio.CancelledError:
        shutil.rmtree(folder)
        raise
    if keep:
        print(f"{role.title}: everything is left in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return outcome


def _told(outcomes: Mapping[Role, Outcome], enumerated: Mapping[str, Course]) -> int:
    """The table of what failed, and the line that says it all: a matrix passes where it passes in every role."""
    ids = {matrix(name) for name in enumerated}
    points = sum(map(len, enumerated.values()))
    for outcome in outcomes.values():
        assert (outcome.courses, outcome.crash_points) == (len(enumerated), points), "not all that was enumerated was run"
    failures = [(name, role.title, why) for role, outcome in outcomes.items() for name, why in outcome.failures]
    width, title_width = (max((len(row[column]) for row in failures), default=0) for column in (0, 1))
    for name, title, why in failures:
        print(f"{name:{width}}  {title:{title_width}}  {why}")
    passed = len(ids.difference(*(outcome.failed for outcome in outcomes.values())))
    points_passed = sum(outcome.crash_points_passed for outcome in outcomes.values())
    print(
        f"matrices passed {passed}/{MATRICES}, "
        f"interleavings {sum(outcome.courses_passed for outcome in outcomes.values())} of {len(enumerated) * len(outcomes)}, "
        f"crash points {points_passed} of {points * len(outcomes)}"
    )
    is_whole = passed == len(ids) == MATRICES and not missing()
    return 0 if is_whole and not failures and points_passed == points * len(outcomes) else 1


async def _until_told(folder: Path, role: Role, enumerated: Mapping[str, Course]) -> Outcome:
    """SIGTERM and Ctrl-C end it by way of every clean-up, even where a shell had the latter ignored."""
    task = asyncio.ensure_future(run(folder, role, enumerated))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--only", default="", metavar="PREFIX", help="courses whose name begins so, such as C.2 or B.1.b/main/2")
    roles = [*(role.value for role in Role), _BOTH]
    parser.add_argument("--role", default=_BOTH, choices=roles, help="whose client: by gRPC, by FIX, or one after the other")
    parser.add_argument("--keep", action="store_true", help="leave the folder, with every log, behind")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
