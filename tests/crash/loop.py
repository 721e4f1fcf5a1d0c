"""The whole loop: start everything, trade and kill, let it settle, judge."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import msgspec

from oms.journal.failures import Unreachable
from oms.journal.verify import verify
from tests.crash import evidence
from tests.crash.judge import Kind, Verdict
from tests.crash.killer import Killer
from tests.crash.trading import NotWell, Trading
from tests.support.installation import Installation
from tests.support.polling import eventually_async

TRADERS_PER_ACCOUNT = 8
SNAPSHOT_RECORDS = 20_000
"""Often, so that starts are quick and from snapshots: a long loop writes a million records."""


class Options(msgspec.Struct, frozen=True):
    """How much, and by which chance."""

    orders: int
    kills: int
    seed: int
    seconds: float
    """After so many the loop gives up."""
    losses: float = 0.2
    """How often a killed worker or broker loses its sent.log as well, from 0 to 1."""


class Outcome(msgspec.Struct, frozen=True):
    """What the judge found, and the line that says it."""

    verdict: Verdict
    kills: dict[str, int]
    summary: str
    shown: tuple[str, ...]
    """The violations with their evidence."""


class Loop:
    """One run over one installation."""

    def __init__(self, running: Installation, options: Options) -> None:
        self._options = options
        self._trading = Trading(running, TRADERS_PER_ACCOUNT, options.seed)
        chance = random.Random(f"kills {options.seed}")
        self._killer = Killer(running, chance, self._trading.ready, self._trading.say, options.losses)

    async def run(self) -> Outcome:
        """Raises NotWell, and TimeoutError after the given time."""
        async with asyncio.timeout(self._options.seconds), AsyncExitStack() as stack:
            await self._trading.connect(stack)
            await self._trading.ready()
            self._trading.say("ready")
            await self._trade_and_kill()
            return await self._outcome(await self._trading.judged(self._killer.outages))

    async def _trade_and_kill(self) -> None:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for trader in self._trading.traders:
                tasks.create_task(trader.run(stop))
            await self._killer.run(self._options.kills)
            await eventually_async(lambda: self._trading.accepted >= self._options.orders, self._options.seconds)
            stop.set()
        self._trading.say("settling")

    async def _outcome(self, verdict: Verdict) -> Outcome:
        dsn = self._trading.running.dsn
        proved, kinds = await verify(dsn), await evidence.kinds(dsn)
        counted = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds))
        self._trading.say(f"{proved.records} journal records proved: {counted}")
        return Outcome(verdict, dict(self._killer.kills), self._summary(verdict), await self._trading.shown(verdict))

    async def leave_evidence(self) -> None:
        await self._trading.leave_evidence()

    def _summary(self, verdict: Verdict) -> str:
        kills = self._killer.kills
        by_victim = ", ".join(f"{victim} {kills[victim]}" for victim in self._killer.victims)
        wrong = ", ".join(f"{kind.value} {verdict.count(kind)}" for kind in Kind if kind is not Kind.UNKNOWN)
        return (
            f"orders {verdict.orders}, kills {kills.total()} ({by_victim}), {wrong}, not sent {verdict.not_sent}, "
            f"unknown {verdict.count(Kind.UNKNOWN)}, refused {verdict.refused}, seed {self._options.seed}, "
            f"took {self._trading.took_s:.0f} s"
        )


async def run(folder: Path, options: Options, faults: Sequence[str] = ("partial",)) -> Outcome:
    """The loop in an empty folder. Raises NotWell, TimeoutError; `folder` then holds the journal as text."""
    with Installation(folder, faults, snapshot_records=SNAPSHOT_RECORDS) as running:
        loop = Loop(running, options)
        try:
            return await loop.run()
        except (NotWell, TimeoutError):
            with suppress(Unreachable):  # That the database is gone may be what is wrong.
                await loop.leave_evidence()
            raise
