"""A run: every case in every version, each on a session of its own, a few at a time."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.sessions.acceptor import Acceptor, NotUp
from tests.sessions.playing import Play
from tests.sessions.script import Case

AT_ONCE = 3
"""Most of a case is waiting; more would make workers start slowly, and answers late."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a case in one version."""

    case: Case
    version: str
    failure: str
    """What went wrong first; empty if nothing did."""


async def run(cases: Iterable[Case], versions: Iterable[str], folder: Path) -> list[Outcome]:
    """All cases in these versions, in this order, but for those that are not for a version."""
    places = asyncio.Semaphore(AT_ONCE)
    wanted = [(case, version) for case in cases for version in versions if case.of(version)]

    async def one(at: int, case: Case, version: str) -> Outcome:
        async with places:
            return Outcome(case, version, await play(case, version, folder / f"{at}"))

    return list(await asyncio.gather(*(one(at, case, version) for at, (case, version) in enumerate(wanted))))


async def play(case: Case, version: str, folder: Path) -> str:
    """One case against an acceptor of its own in `folder`; returns what went wrong.

    A port that was free a moment ago may have been taken by somebody's connection: then once more.
    """
    try:
        return await _played(case, version, folder / "first")
    except NotUp:
        pass
    try:
        return await _played(case, version, folder / "again")
    except NotUp as failure:
        return str(failure)


async def _played(case: Case, version: str, folder: Path) -> str:
    async with Acceptor(folder, version) as acceptor:
        failure = await Play(case, version, acceptor.port, acceptor.us, acceptor.them).play()
        if not failure and not await acceptor.is_well():
            failure = "the worker ended"
        return f"{failure}\n  {acceptor.said()}" if failure else ""
