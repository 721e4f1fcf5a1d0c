"""A stream of usages keeps nobody waiting: who reads slowly is told the latest once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from msgspec.structs import replace

from gateway.api.v1 import usage_service_pb2 as api
from gateway.control import access
from gateway.control.identity import Principal, Role
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.usage_service import MESSAGE_USAGES, PIECE_LIMITS, UsageService
from gateway.facts import Fact
from gateway.state import State
from oms.domain.terms import Decision
from risk.control import Control
from risk.limit import Limit
from risk.scope import parse
from risk.sheet import Sheet
from tests.support.orders import CELL, POLICY, D, placed
from tests.support.polling import eventually_async

T = TypeVar("T")
FIRM = parse("firm")
OPEN = Limit(FIRM, Control.OPEN_ORDERS_MAX, D(100))


class Looked:
    """A state that can be looked at, and orders that are placed in it."""

    def __init__(self, *limits: Limit) -> None:
        self.state = State(replace(CELL, policy=replace(POLICY, rows=limits)))
        self.sinks: list[Callable[[Sequence[Fact]], None]] = []
        self.sizes: list[int] = []
        """How much each look has brought."""

    async def look(self, view: Callable[[State], T]) -> T:
        found = view(self.state)
        self.sizes.append(len(found))  # type: ignore[arg-type]  # Lists, all of them.
        return found

    def subscribe(self, sink: Callable[[Sequence[Fact]], None]) -> Callable[[], None]:
        self.sinks.append(sink)
        return lambda: self.sinks.remove(sink)

    def place(self, count: int) -> None:
        for _ in range(count):
            seq = self.state.seq + 1
            event = placed(f"FG{seq}", client_order_id=f"c{seq}", decision=Decision("v1", worst_px=D("1.385")))
            fact = Fact(seq, seq, event, self.state.apply(event, seq, seq))
            for sink in self.sinks:
                sink([fact])

    def govern(self, *limits: Limit) -> None:
        """From now on these limits are in force."""
        exposures, sheet = self.state.exposures, Sheet("v2", limits)
        exposures.ledger.watch(sheet.scopes)
        exposures.basis = replace(exposures.basis, sheet=sheet)


class Reader:
    """Takes a message only when it is asked to."""

    def __init__(self) -> None:
        self._written: asyncio.Queue[api.UsageServiceWatchResponse] = asyncio.Queue()
        self._may = asyncio.Semaphore(0)

    async def write(self, data: bytes) -> None:
        await self._may.acquire()
        self._written.put_nowait(api.UsageServiceWatchResponse.FromString(data))

    async def read(self) -> list[tuple[str, str, bool]]:
        self._may.release()
        async with asyncio.timeout(30):
            return [(one.control, one.used, one.is_over) for one in (await self._written.get()).usages]


@asynccontextmanager
async def watching(engine: Looked, silence_s: float = 3_600) -> AsyncIterator[tuple[UsageService, Reader, "asyncio.Task[None]"]]:
    service, reader = UsageService(engine, silence_s), Reader()
    access._caller.set(Principal("spiffe://fixgate/test/risk/alice", Role.RISK, frozenset()))
    task = asyncio.create_task(service.Watch(api.UsageServiceWatchRequest(interval_ms=100), reader.write))
    yield service, reader, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_changed_often_while_nobody_read_is_told_once_and_as_it_stands() -> None:
    engine = Looked(OPEN)
    async with watching(engine) as (_, reader, _):
        assert await reader.read() == [("open_orders_max", "0", False)]
        engine.place(1)
        await eventually_async(lambda: len(engine.sizes) >= 4)  # It has looked again, and waits with what it saw.
        engine.place(80)
        assert await reader.read() == [("open_orders_max", "1", False)]
        assert await reader.read() == [("open_orders_max", "81", False)]


async def test_a_limit_that_holds_no_more_is_told_as_over() -> None:
    engine = Looked(OPEN)
    async with watching(engine) as (_, reader, _):
        assert await reader.read() == [("open_orders_max", "0", False)]
        engine.govern(Limit(FIRM, Control.OPEN_ORDERS_MAX, D(7)))
        engine.place(2)
        assert await reader.read() == [("open_orders_max", "0", True), ("open_orders_max", "2", False)]


async def test_limits_change_by_the_clock_where_nothing_happens() -> None:
    engine = Looked(OPEN)
    async with watching(engine, silence_s=0.01) as (_, reader, _):
        assert await reader.read() == [("open_orders_max", "0", False)]
        engine.govern()
        assert await reader.read() == [("open_orders_max", "0", True)]


async def test_a_large_sheet_is_looked_at_in_pieces_and_told_in_several_messages() -> None:
    scopes = [parse(f"trader=t{number}") for number in range(MESSAGE_USAGES + 1)]
    engine = Looked(*(Limit(scope, Control.OPEN_ORDERS_MAX, D(1)) for scope in scopes))
    async with watching(engine) as (_, reader, _):
        assert [len(await reader.read()), len(await reader.read())] == [MESSAGE_USAGES, 1]
    assert max(engine.sizes[1:]) == PIECE_LIMITS


async def test_who_has_no_limit_to_see_hears_so_at_once() -> None:
    async with watching(Looked()) as (_, reader, _):
        assert await reader.read() == []


async def test_a_stream_ends_when_the_server_does() -> None:
    async with watching(Looked(OPEN)) as (service, reader, task):
        await reader.read()
        service.close()
        with pytest.raises(Refused) as ended:
            await task
    assert ended.value.refusal is EdgeRefusal.SHUTTING_DOWN
