"""The crash matrix: every crash point, for each kind of message, with each process that can die there.

In each cell the traders send their orders at once, and the first process that comes to the point with such a message in its
hands dies by its own SIGKILL; or it is stopped there while the database or the broker is killed. Then all must become well.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from enum import Enum
from pathlib import Path

import msgspec

from gateway import crash
from gateway.simulator import control
from gateway.simulator.entries import Entry, Lasting
from gateway.simulator.faults import Bust
from oms.domain.chain import OPEN
from oms.journal.failures import Unreachable
from tests.crash.account import Outage
from tests.crash.judge import Verdict
from tests.crash.killer import BEFORE_NS
from tests.crash.trader import REFUSED_S, Trader
from tests.crash.trading import READY_S_MAX, NotWell, Trading
from tests.support.installation import BROKER, Installation
from tests.support.polling import eventually_async

ORDERS = 20
FIRED_S_MAX = 15.0
ITSELF, POSTGRES = "itself", "postgres"
VICTIMS = (ITSELF, POSTGRES, BROKER)


class Kind(Enum):
    """The message in whose midst somebody dies, and how what a process has in hand is known for it: FIX text or our own words."""

    NEW = r"PlaceOrder\(|OrderPlaced\(|x0135=D|x01150=0"
    CANCEL = r"CancelOrder\(|CancelRequested\(|x0135=F|x01150=4"
    REPLACE = r"ReplaceOrder\(|ReplaceRequested\(|x0135=G|x01150=5"
    FILL = r"x01150=F"
    BUST = r"x01150=H"


_ASKED = (Kind.NEW, Kind.CANCEL, Kind.REPLACE)


class Cell(msgspec.Struct, frozen=True):
    """One death."""

    point: str
    kind: Kind
    victim: str


class Result(msgspec.Struct, frozen=True):
    """What came of it. `healed_s` is from the death until every order was settled again."""

    cell: Cell
    orders: int
    has_fired: bool
    healed_s: float


class Outcome(msgspec.Struct, frozen=True):
    """What came of every cell, and what the judge found wrong in the end, with its evidence."""

    results: tuple[Result, ...]
    verdict: Verdict
    shown: tuple[str, ...]

    @property
    def never_fired(self) -> list[Cell]:
        return [result.cell for result in self.results if not result.has_fired]


CELLS = tuple(
    Cell(point, kind, victim)
    for victim in VICTIMS
    for point in crash.POINTS
    for kind in Kind
    if point not in crash.WORKER_OUT or kind in _ASKED
)
"""What the venue tells is never on the way out."""


class Matrix:
    """All cells, one after the other, on one installation."""

    def __init__(self, running: Installation, points: Path, seed: int) -> None:
        """`points` is the folder that FIXGATE_CRASH names to the processes of the installation."""
        self.trading = Trading(running, ORDERS // 2, seed)
        self.outages: list[Outage] = []
        self._running = running
        self._points = points

    async def run(self, cells: Sequence[Cell]) -> tuple[list[Result], Verdict]:
        """Raises NotWell."""
        async with AsyncExitStack() as stack:
            await self.trading.connect(stack)
            await self.trading.ready()
            results = []
            for cell in cells:
                results.append(await self._cell(cell))
                fired = f"{results[-1].healed_s:.1f} s" if results[-1].has_fired else "NEVER FIRED"
                self.trading.say(f"{cell.point} {cell.kind.name} {cell.victim}: {fired}")
            return results, await self.trading.judged(self.outages)

    async def _cell(self, cell: Cell) -> Result:
        act = await self._prepared(cell.kind)
        armed, fired = self._points / cell.point, self._points / f"{cell.point}.fired"
        fired.unlink(missing_ok=True)
        armed.write_text(f"{'die' if cell.victim == ITSELF else 'stop'}\n{cell.kind.value}")
        began_ns = time.time_ns() - BEFORE_NS
        acting = asyncio.gather(*(act(trader) for trader in self.trading.traders))
        has_fired = await self._fires(fired)
        armed.unlink(missing_ok=True)
        died_s = time.monotonic()
        if has_fired and cell.victim != ITSELF:
            await self._kill(cell.victim, "engine" if cell.point in crash.ENGINE else self._running.settings.sessions[0])
        await acting
        await self._healed()
        self.outages.append(Outage(began_ns, time.time_ns()))
        return Result(cell, len(self.trading.traders), has_fired, time.monotonic() - died_s)

    async def _prepared(self, kind: Kind) -> Callable[[Trader], Awaitable[object]]:
        """What each trader does in the cell; before it, every order that it needs is working at the venue."""
        if kind is Kind.NEW:
            return lambda trader: _placed(trader, "rest")
        if kind is Kind.BUST:  # Each order trades, is busted, and trades again.
            busts = Entry(fault=Bust(), lasting=Lasting(times=ORDERS))
            control.ask(self._running.ledger.parent, control.Set(msgspec.Raw(msgspec.json.encode(busts))))
        if kind in {Kind.FILL, Kind.BUST}:
            return lambda trader: _placed(trader, "through")
        traders = self.trading.traders
        ids = await asyncio.gather(*(_placed(trader, "rest") for trader in traders))
        await self._healed()
        named = dict(zip(traders, ids, strict=True))
        if kind is Kind.CANCEL:
            return lambda trader: trader.cancel(named[trader])
        return lambda trader: trader.replace(named[trader])

    async def _fires(self, fired: Path) -> bool:
        try:
            await eventually_async(fired.exists, FIRED_S_MAX)
        except AssertionError:
            return False
        return True

    async def _kill(self, victim: str, hanging: str) -> None:
        """The process that came to the point hangs meanwhile. Without its database an engine ends: that is waited for."""
        engine, hung = self._running.pid("engine"), self._running.pid(hanging)
        self._running.kill(victim)
        if victim == BROKER:
            self._running.start_broker()
        if hung is not None:
            os.kill(hung, signal.SIGCONT)
        if victim == POSTGRES:
            await eventually_async(lambda: self._running.pid("engine") not in (engine, None), READY_S_MAX)

    async def _healed(self) -> None:
        """Every request has its answer. Raises NotWell."""
        held = await self.trading.settled()
        unsettled = [r.cl_ord_id for order in held for r in order.requests if r.state in OPEN]
        if unsettled:
            raise NotWell(f"no answer to {', '.join(unsettled)}\n{self._running.ends_of_logs()}")


async def _placed(trader: Trader, kind: str) -> str:
    """While a session is down orders are refused; asked for again under another id, one is taken in the end."""
    client_order_id = ""
    while not client_order_id:
        client_order_id = await trader.place(kind)
        await asyncio.sleep(0 if client_order_id else REFUSED_S)
    return client_order_id


async def run(folder: Path, cells: Sequence[Cell], seed: int, faults: Sequence[str] = ("partial",)) -> Outcome:
    """The cells in an empty folder. Raises NotWell; `folder` then holds the journal as text."""
    points = folder / "points"
    points.mkdir(parents=True)
    with Installation(folder / "installation", faults, crash_points=points) as running:
        matrix = Matrix(running, points, seed)
        try:
            results, verdict = await matrix.run(cells)
        except NotWell:
            with suppress(Unreachable):
                await matrix.trading.leave_evidence()
            raise
        return Outcome(tuple(results), verdict, await matrix.trading.shown(verdict))
