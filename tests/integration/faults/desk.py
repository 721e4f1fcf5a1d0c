"""Clients that trade through a whole gateway while the broker, or the wire to it, misbehaves."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from gateway.simulator import control, ledger
from gateway.simulator.entries import read
from gateway.simulator.switchboard import Asked as AskedFault
from oms.domain.chain import OPEN
from tests.crash.account import Asked, Held, Outage
from tests.crash.gateway import Gateway, Unanswered
from tests.crash.judge import Violation, judge
from tests.crash.trader import Trader
from tests.support.installation import Installation
from tests.support.polling import eventually_async

TRADERS = 4
ORDERS = 8
"""So many orders are accepted before the fault, and so many after it."""
READY_S_MAX = 40.0
ACTS_S_MAX = 30.0
AGREED_S_MAX = 20.0
BEFORE_NS = 3_000_000_000
"""A request that was made this much before a fault may come to nothing by it: it may be held up, and expire in a queue."""


class Desk:
    """The clients of one installation, over all that they do in it."""

    def __init__(self, running: Installation) -> None:
        self.running = running
        self.asked: list[Asked] = []
        self.outages: list[Outage] = []
        self._rounds = 0

    def set_fault(self, words: str) -> int:
        entry = msgspec.Raw(msgspec.json.encode(read(words)))
        return control.ask(self.running.ledger.parent, control.Set(entry=entry)).number

    def fault(self, number: int) -> AskedFault:
        return next(one for one in control.ask(self.running.ledger.parent, control.List()).asked if one.number == number)

    async def trade_through(self, words: str) -> tuple[Violation, ...]:
        """Trade, let the fault befall it, trade on, and what is wrong when all has been heard."""
        async with self.gateway() as gateway, self.trading(gateway) as traders:
            begin_ns = time.time_ns() - BEFORE_NS
            number = self.set_fault(words)
            await eventually_async(lambda: self.fault(number).state == "over", ACTS_S_MAX)
            assert self.fault(number).struck
            await ready(gateway)
            await accepted(traders)
        self.outages.append(Outage(begin_ns, time.time_ns()))
        return await self.agreed()

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[Gateway]:
        spiffe_id = f"spiffe://fixgate/{self.running.settings.environment.environment}/trader/desk1"
        async with Gateway(self.running.address, spiffe_id, self.running.identity("trader/desk1")) as gateway:
            yield gateway

    @asynccontextmanager
    async def trading(self, gateway: Gateway) -> AsyncIterator[Sequence[Trader]]:
        """Some orders have been accepted when the block begins; at its end no more are made."""
        await ready(gateway)
        self._rounds += 1
        names = [f"R{self._rounds}-{number}" for number in range(TRADERS)]
        traders = [Trader(name, gateway, "DESK1", random.Random(name)) for name in names]
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for trader in traders:
                tasks.create_task(trader.run(stop))
            await accepted(traders)
            yield traders
            stop.set()
        self.asked += [one for trader in traders for one in trader.asked]

    async def agreed(self) -> tuple[Violation, ...]:
        """What the gateway and the broker's ledger disagree on when nothing moves any more, or after the time it may take."""
        deadline_s = time.monotonic() + AGREED_S_MAX
        async with self.gateway() as gateway:
            while True:
                held = await gateway.orders()
                verdict = judge(self.asked, held, ledger.read(self.running.ledger), self.outages)
                if not (verdict.violations or is_open(held)) or time.monotonic() > deadline_s:
                    return verdict.violations
                await asyncio.sleep(0.1)


async def phases(gateway: Gateway) -> dict[str, str]:
    """How far each session is; empty while the gateway is still starting."""
    with suppress(Unanswered):
        return await gateway.phases()
    return {}


async def ready(gateway: Gateway) -> None:
    """Until every session takes business."""

    async def are_ready() -> bool:
        return set((await phases(gateway)).values()) == {"READY"}

    look: Callable[[], Any] = are_ready
    await eventually_async(look, READY_S_MAX)


async def accepted(traders: Sequence[Trader]) -> None:
    """Until the gateway has taken some orders more."""
    before = sum(trader.accepted for trader in traders)
    await eventually_async(lambda: sum(trader.accepted for trader in traders) >= before + ORDERS, READY_S_MAX)


def is_open(held: Sequence[Held]) -> bool:
    return any(request.state in OPEN for order in held for request in order.requests)
