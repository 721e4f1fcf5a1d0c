"""The engine's loop over a real journal: nothing waits for ever, and nothing is heard of that is not durable."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway import engine as engine_module
from gateway.days import UtcDayBegan
from gateway.engine import Engine
from gateway.sessions import EngineStarted
from gateway.state import DAY_NS, State
from oms.domain.events import OrderRefused
from oms.domain.refusal import Refusal
from oms.journal.postgres import Journal
from tests.support import orders


@asynccontextmanager
async def running(journal_url: str) -> AsyncIterator[Engine]:
    """An engine with no worker: it refuses every order, because the session is down."""
    engine = Engine(State(orders.CELL), await Journal.take_over(journal_url), time.time_ns)
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.close()


async def test_what_finds_no_room_in_a_batch_goes_into_the_next(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BATCH_RECORDS_MAX", 3)
    async with running(journal_url) as engine:
        async with asyncio.timeout(10):
            answers = await asyncio.gather(*(engine.ask(orders.place(f"c{number}")) for number in range(20)))
        facts = engine.facts_after(0)
    assert [seq for seq, _, _ in answers] == [fact.seq for fact in facts if isinstance(fact.event, OrderRefused)]
    assert {answer.refusal for _, answer, _ in answers if isinstance(answer, OrderRefused)} == {Refusal.SESSION_DOWN}


async def test_a_request_taken_before_the_engine_runs_is_answered(journal_url: str) -> None:
    engine = Engine(State(orders.CELL), await Journal.take_over(journal_url), time.time_ns)
    asked = asyncio.create_task(engine.ask(orders.place()))
    await asyncio.sleep(0)
    running = asyncio.create_task(engine.run())
    async with asyncio.timeout(10):
        seq, answer, _ = await asked
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await engine.close()
    assert isinstance(answer, OrderRefused)
    assert seq == 2  # After EngineStarted.


async def test_a_day_of_utc_begins_before_anything_of_it_is_judged(journal_url: str) -> None:
    clock_ns = [20_000 * DAY_NS - 1]
    engine = Engine(State(orders.CELL), await Journal.take_over(journal_url), lambda: clock_ns[0], lambda: 0)
    running = asyncio.create_task(engine.run())
    async with asyncio.timeout(10):
        await engine.ask(orders.place("c1"))
        clock_ns[0] += 1
        await engine.ask(orders.place("c2"))
        await engine.ask(orders.place("c3"))
    told = [type(fact.event) for fact in engine.facts_after(0)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await engine.close()
    assert told == [EngineStarted, OrderRefused, UtcDayBegan, OrderRefused, OrderRefused]


async def test_an_engine_whose_turn_fails_ends_and_says_why(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("a rule is broken")

    monkeypatch.setattr(engine_module, "decide", broken)
    engine = Engine(State(orders.CELL), await Journal.take_over(journal_url), time.time_ns)
    heard: list[object] = []
    running = asyncio.create_task(engine.run())
    await asyncio.sleep(0)
    engine.submit(orders.place(), lambda *answer: heard.append(answer))
    with pytest.raises(ExceptionGroup) as failed:
        async with asyncio.timeout(10):
            await running
    await engine.close()
    assert [str(error) for error in failed.value.exceptions] == ["a rule is broken"]
    assert not heard
