"""A trading day ends in a running gateway, with an order of which nobody knows; and in one that was down when it ended."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from gateway.days import DayEnded
from gateway.engine import Engine
from gateway.schedule import Schedule, Window
from gateway.sessions import Phase
from gateway.starting import start
from gateway.state import State
from oms.domain.acts import RequestResolved
from oms.domain.chain import RequestState
from oms.domain.commands import CancelOrder, PlaceOrder
from oms.domain.events import MassStatusRequested, OrderPlaced
from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.terms import Terms
from ops.migrations.run import upgrade
from tests.integration.control.gateway import CELL, DESK1
from tests.integration.control.venue import LOST_QTY, MARKET_DATA, ORDERS, Venue
from tests.support.orders import D
from tests.support.polling import eventually_async

ALWAYS = tuple(Window(day, time(0), 1, time(0)) for day in range(7))
NOON = Schedule("UTC", ALWAYS, end_of_day=time(12))
PLAN, *OTHERS = CELL.sessions
SCHEDULED = replace(CELL, sessions=(replace(PLAN, schedule=NOON), *OTHERS))


class Wall:
    """A clock in a test's hand."""

    def __init__(self, day: int, hour: int) -> None:
        self.set(day, hour)

    def set(self, day: int, hour: int) -> None:
        """In June 2026; the 1st is a Monday."""
        self.now_ns = int(datetime(2026, 6, day, hour, tzinfo=UTC).timestamp()) * 1_000_000_000

    def __call__(self) -> int:
        return self.now_ns


@asynccontextmanager
async def running(dsn: str, folder: Path, wall: Wall, name: str) -> AsyncIterator[Engine]:
    engine = await start(SCHEDULED, dsn, wall)
    await engine.links.listen(folder / name)
    tasks: list[asyncio.Task[None]] = [asyncio.create_task(engine.run())]
    tasks += [asyncio.create_task(Venue(session).run(folder / name)) for session in (ORDERS, MARKET_DATA)]
    try:
        yield engine
    finally:
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await engine.links.close()
        await engine.close()


async def until(engine: Engine, view: Callable[[State], bool]) -> None:
    looking: Callable[[], object] = partial(engine.look, view)
    await eventually_async(looking, seconds=30)


async def placed(engine: Engine, name: str, order_qty: str = "100", time_in_force: TimeInForce = TimeInForce.DAY) -> str:
    terms = Terms("DESK1", "EURUSD", Side.BUY, OrdType.LIMIT, D(order_qty), D("1.38"), time_in_force)
    _, answer, _ = await engine.ask(PlaceOrder(DESK1, name, terms, frozenset({"DESK1"})))
    assert isinstance(answer, OrderPlaced), answer
    return answer.root_id


async def test_a_day_ends_with_an_order_that_should_have_ended_and_one_in_doubt(database_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(upgrade, database_url)
    wall = Wall(2, 9)
    async with running(database_url, tmp_path, wall, "one.sock") as engine:
        await until(engine, lambda s: bool(s.quotes) and s.sessions[ORDERS].phase is Phase.READY and ORDERS in s.days)
        day, longer = await placed(engine, "d1"), await placed(engine, "g1", time_in_force=TimeInForce.GOOD_TILL_CANCEL)
        lost = await placed(engine, "l1", LOST_QTY)
        await until(engine, lambda s: all(s.book.chains[root_id].accepted for root_id in (day, longer)))
        await until(engine, lambda s: s.book.chains[lost].requests[0].state is RequestState.UNKNOWN)
        wall.set(2, 12)
        await until(engine, lambda s: s.days[ORDERS].ended is not None)
        await until(engine, lambda s: s.book.doubts[ORDERS].mass_status is not None)
        facts = [fact.event for fact in engine.facts_after(0)]
        live = await engine.look(lambda s: set(s.book.live))
    assert [event for event in facts if isinstance(event, DayEnded)] == [
        DayEnded(ORDERS, "20260602", "20260603", unconfirmed=(day,), good_till_orders=1, unknown_requests=1, suspended_reports=0)
    ]
    assert any(isinstance(event, MassStatusRequested) for event in facts)
    assert not any(isinstance(event, RequestResolved) for event in facts)
    assert live == {day, longer, lost}, "nothing was guessed to have ended"


async def test_a_day_that_ended_while_nobody_was_there_is_ended_at_the_start(database_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(upgrade, database_url)
    wall = Wall(2, 9)
    async with running(database_url, tmp_path, wall, "one.sock") as engine:
        await until(engine, lambda s: bool(s.quotes) and s.sessions[ORDERS].phase is Phase.READY and ORDERS in s.days)
        day = await placed(engine, "d1")
        await until(engine, lambda s: bool(s.book.chains[day].accepted))
    wall.set(4, 9)
    async with running(database_url, tmp_path, wall, "two.sock") as engine:
        await until(engine, lambda s: s.days[ORDERS].ended is not None)
        known = await engine.look(lambda s: s.days[ORDERS])
    assert known.ended == DayEnded(ORDERS, "20260602", "20260604", (day,), 0, 0, 0)
    assert known.day == "20260604"


async def test_what_ended_with_its_day_is_at_rest_and_is_so_after_another_start(database_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(upgrade, database_url)
    wall = Wall(2, 9)
    async with running(database_url, tmp_path, wall, "one.sock") as engine:
        await until(engine, lambda s: bool(s.quotes) and s.sessions[ORDERS].phase is Phase.READY and ORDERS in s.days)
        kept, ended = await placed(engine, "d1"), await placed(engine, "d2")
        await until(engine, lambda s: all(s.book.known(root_id).accepted for root_id in (kept, ended)))
        await engine.ask(CancelOrder(DESK1, "x2", frozenset({"DESK1"}), ended))
        await until(engine, lambda s: ended not in s.book.live)
        before = await engine.look(lambda s: s.book.known(ended))
        wall.set(2, 12)
        await until(engine, lambda s: s.book.rest.orders_at_rest == 1)
        assert await engine.look(lambda s: list(s.book.chains)) == [kept]
    async with running(database_url, tmp_path, wall, "two.sock") as engine:
        assert await engine.look(lambda s: s.book.rest.orders_at_rest) == 1
        assert await engine.look(lambda s: s.book.find(DESK1, "", "d2")) == before
        wall.set(9, 13)
        await until(engine, lambda s: s.book.rest.forgotten == 1)
        assert await engine.look(lambda s: s.book.find(DESK1, "", "d2")) is None
