"""The whole loop: start everything, trade and kill, let it settle, judge."""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import msgspec

from gateway.simulator import ledger
from oms.domain.chain import OPEN
from oms.journal.failures import Unreachable
from oms.journal.verify import verify
from tests.crash import evidence
from tests.crash.account import Held
from tests.crash.gateway import Gateway, Unanswered
from tests.crash.judge import Kind, Verdict, judge
from tests.crash.killer import Killer
from tests.crash.trader import Trader
from tests.support.installation import Installation
from tests.support.polling import eventually_async

ACCOUNTS = {"trader/desk1": "DESK1", "trader/desk2": "DESK2"}
TRADERS_PER_ACCOUNT = 8
READY_S_MAX = 60.0
SETTLED_S_MAX = 60.0
CAUGHT_UP_S_MAX = 5.0
LOOK_S = 0.1
SHOWN_MAX = 10


class NotWell(Exception):
    """The installation did not come back, or did not settle: says how it stands."""


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
        self._running = running
        self._options = options
        self._began_s = time.monotonic()
        self._gateways: list[Gateway] = []
        self._traders: list[Trader] = []
        chance = random.Random(f"kills {options.seed}")
        self._killer = Killer(running, chance, self._ready, self._say, options.losses)

    async def run(self) -> Outcome:
        """Raises NotWell, and TimeoutError after the given time."""
        async with asyncio.timeout(self._options.seconds), AsyncExitStack() as stack:
            await self._connect(stack)
            await self._ready()
            self._say("ready")
            await self._trade_and_kill()
            return await self._outcome(await self._judged())

    async def _connect(self, stack: AsyncExitStack) -> None:
        for principal, account in ACCOUNTS.items():
            spiffe_id = f"spiffe://fixgate/{self._running.settings.environment.environment}/{principal}"
            gateway = Gateway(self._running.address, spiffe_id, self._running.identity(principal))
            self._gateways.append(await stack.enter_async_context(gateway))
            for number in range(TRADERS_PER_ACCOUNT):
                name = f"{account}-{number}"
                self._traders.append(Trader(name, gateway, account, random.Random(f"{name} {self._options.seed}")))

    async def _trade_and_kill(self) -> None:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for trader in self._traders:
                tasks.create_task(trader.run(stop))
            await self._killer.run(self._options.kills)
            await eventually_async(lambda: self._accepted() >= self._options.orders, self._options.seconds)
            stop.set()
        self._say("settling")

    async def _ready(self) -> None:
        """Until every session takes business."""
        phases: dict[str, str] | str = "not asked"
        deadline_s = time.monotonic() + READY_S_MAX
        while time.monotonic() < deadline_s and self._running.is_up():
            try:
                phases = await self._gateways[0].phases()
            except Unanswered as silence:
                phases = f"no answer: {silence}"
            else:
                if set(phases.values()) == {"READY"}:
                    return
            await asyncio.sleep(LOOK_S)
        raise NotWell(f"not ready: {phases}\n{self._running.ends_of_logs()}")

    async def _settled(self) -> list[Held]:
        """The gateway's state once it has heard what it asked for; at the latest after the time that it may take."""
        await self._ready()
        deadline_s = time.monotonic() + SETTLED_S_MAX
        while True:
            held = [order for gateway in self._gateways for order in await gateway.orders()]
            is_open = any(request.state in OPEN for order in held for request in order.requests)
            if not is_open or time.monotonic() > deadline_s:
                return held
            await asyncio.sleep(LOOK_S)

    async def _judged(self) -> Verdict:
        """The market goes on while we look: an order that trades between two looks is looked at again."""
        deadline_s = time.monotonic() + CAUGHT_UP_S_MAX
        while True:
            held = await self._settled()
            asked = [one for trader in self._traders for one in trader.asked]
            verdict = judge(asked, held, ledger.read(self._running.ledger), self._killer.outages)
            if not verdict.violations or time.monotonic() > deadline_s:
                return verdict
            await asyncio.sleep(LOOK_S)

    async def _outcome(self, verdict: Verdict) -> Outcome:
        proved = await verify(self._running.dsn)
        kinds = await evidence.kinds(self._running.dsn)
        self._say(f"{proved.records} journal records proved: " + ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds)))
        shown = await self._shown(verdict) if verdict.violations else ()
        return Outcome(verdict, dict(self._killer.kills), self._summary(verdict), shown)

    async def leave_evidence(self) -> tuple[list[str], list[str]]:
        """The lines of journal and ledger, which are left in the folder as well."""
        journal = await evidence.journal_lines(self._running.dsn)
        reports = evidence.ledger_lines(ledger.read(self._running.ledger))
        evidence.keep(self._running.folder, journal, reports)
        return journal, reports

    async def _shown(self, verdict: Verdict) -> tuple[str, ...]:
        journal, reports = await self.leave_evidence()
        lines: list[str] = []
        for violation in sorted(verdict.violations, key=lambda one: one.kind.value)[:SHOWN_MAX]:
            lines.append(f"{violation.kind.value}: {', '.join(violation.ids)}: {violation.what}")
            lines += [f"  journal {line}" for line in evidence.about(violation.ids, journal)]
            lines += [f"  ledger  {line}" for line in evidence.about(violation.ids, reports)]
        hidden = len(verdict.violations) - SHOWN_MAX
        return (*lines, *([f"and {hidden} more"] if hidden > 0 else []))

    def _summary(self, verdict: Verdict) -> str:
        kills = self._killer.kills
        by_victim = ", ".join(f"{victim} {kills[victim]}" for victim in self._killer.victims)
        wrong = ", ".join(f"{kind.value} {verdict.count(kind)}" for kind in Kind if kind is not Kind.UNKNOWN)
        return (
            f"orders {verdict.orders}, kills {kills.total()} ({by_victim}), {wrong}, not sent {verdict.not_sent}, "
            f"unknown {verdict.count(Kind.UNKNOWN)}, refused {verdict.refused}, seed {self._options.seed}, "
            f"took {time.monotonic() - self._began_s:.0f} s"
        )

    def _accepted(self) -> int:
        return sum(trader.accepted for trader in self._traders)

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._began_s:7.1f} s, {self._accepted():5} orders: {what}", file=sys.stderr, flush=True)


async def run(folder: Path, options: Options, faults: Sequence[str] = ("partial",)) -> Outcome:
    """The loop in an empty folder. Raises NotWell, TimeoutError; `folder` then holds the journal as text."""
    with Installation(folder, faults) as running:
        loop = Loop(running, options)
        try:
            return await loop.run()
        except (NotWell, TimeoutError):
            with suppress(Unreachable):  # That the database is gone may be what is wrong.
                await loop.leave_evidence()
            raise
