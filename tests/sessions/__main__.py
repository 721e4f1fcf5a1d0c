"""Session-level conformance: `python -m tests.sessions`. Exit code 0 only when every case passed in every version."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from gateway.codec.version import VERSIONS
from tests.sessions.run import Outcome, run
from tests.sessions.script import ScriptUnreadable, cases


def main() -> int:
    arguments = _arguments()
    try:
        chosen = [case for case in cases() if f"{case.number} {case.name}".startswith(arguments.only)]
    except ScriptUnreadable as failure:
        print(f"UNREADABLE: {failure}", file=sys.stderr)
        return 1
    versions = [arguments.version] if arguments.version else list(VERSIONS)
    with tempfile.TemporaryDirectory(prefix="fixgate-sessions-") as folder:
        outcomes = asyncio.run(run(chosen, versions, Path(folder)))
    return _told(outcomes, versions)


def _told(outcomes: list[Outcome], versions: list[str]) -> int:
    """The table by case and version, what went wrong, and the line that says it all."""
    by_case: dict[tuple[str, str], dict[str, str]] = {}
    known = {outcome.case.name: outcome.case.deviation for outcome in outcomes if outcome.failure}
    for outcome in outcomes:
        by_case.setdefault((outcome.case.number, outcome.case.name), {})[outcome.version] = "FAILED" if outcome.failure else "ok"
    print(f"{'case':6}{''.join(f'{version:10}' for version in versions)}")
    for (number, name), words in by_case.items():
        columns = "".join(f"{words.get(version, '-'):10}" for version in versions)
        print(f"{number:6}{columns}{name}")
        if known.get(name):
            print(f"{'':6}{'':{10 * len(versions)}}known: {known[name]}")
    for outcome in outcomes:
        if outcome.failure:
            print(f"\n{outcome.case.number} {outcome.case.name}, {outcome.version}:\n  {outcome.failure}")
    passed = {version: [not o.failure for o in outcomes if o.version == version] for version in versions}
    parts = ", ".join(f"{version} {sum(good)}/{len(good)}" for version, good in passed.items())
    good = sum(map(sum, passed.values()))
    print(f"\nsession cases passed {good}/{len(outcomes)} ({parts})")
    return 0 if outcomes and good == len(outcomes) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sessions", description=__doc__)
    parser.add_argument("--only", default="", metavar="PREFIX", help="cases whose number and name begin so, such as 2b")
    parser.add_argument("--version", default="", choices=["", *VERSIONS], help="one version of FIX; all, where none is named")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
