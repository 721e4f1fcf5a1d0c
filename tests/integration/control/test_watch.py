"""The Watch streams: from a token on, without a gap or a repetition, and filtered."""

import asyncio
from typing import Any

import grpc
import pytest

from gateway.api.v1 import fix_pb2, order_event_pb2, refusal_pb2, session_pb2
from gateway.api.v1.order_event_pb2 import OrderEvent
from gateway.api.v1.order_service_pb2 import CancelRequest, GetRequest, OrderServiceWatchRequest
from gateway.api.v1.session_service_pb2 import SessionServiceListRequest, SessionServiceWatchRequest
from gateway.control import order_service
from tests.integration.control.calls import client, refusal, submit, told
from tests.integration.control.gateway import Gateway
from tests.integration.control.venue import MARKET_DATA, ORDERS


def is_filled(event: OrderEvent) -> bool:
    return event.ord_status == fix_pb2.ORD_STATUS_FILLED


async def test_a_watch_without_a_token_begins_now(running: Gateway) -> None:
    async with client(running) as stubs:
        await stubs.orders.Submit(submit("A1", price=""))
        call = stubs.orders.Watch(OrderServiceWatchRequest())
        first = await call.read()
        await stubs.orders.Submit(submit("A2", price=""))
        found = await told(call, lambda event: is_filled(event) and event.client_order_id == "A2")
        call.cancel()
    assert not first.events
    assert min(event.seq for event in found) > first.seq
    assert [event.client_order_id for event in found].count("A2") == 4


async def test_a_watch_from_a_token_tells_the_past_and_then_what_comes(running: Gateway) -> None:
    async with client(running) as stubs:
        answer = await stubs.orders.Submit(submit("A1", price=""))
        call = stubs.orders.Watch(OrderServiceWatchRequest(after_seq=answer.seq - 1))
        found = await told(call, is_filled)
        await stubs.orders.Submit(submit("A2", price=""))
        found += await told(call, is_filled)
        call.cancel()
    assert [event.client_order_id for event in found] == ["A1"] * 4 + ["A2"] * 4
    assert [event.kind for event in found[:4]] == [
        order_event_pb2.ORDER_EVENT_KIND_PLACED,
        order_event_pb2.ORDER_EVENT_KIND_SENT,
        order_event_pb2.ORDER_EVENT_KIND_EXECUTION_REPORT,
        order_event_pb2.ORDER_EVENT_KIND_EXECUTION_REPORT,
    ]
    assert found[0].seq == answer.seq


@pytest.mark.parametrize("piece", [1, 7, 500])
async def test_a_watch_that_began_in_the_past_misses_nothing(
    running: Gateway, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    """Orders come in while the past is told, in pieces: the sequence is the one that a watch from the start has seen."""
    monkeypatch.setattr(order_service, "REPLAY_FACTS", piece)
    async with client(running) as stubs:
        live = stubs.orders.Watch(OrderServiceWatchRequest())
        begin = (await live.read()).seq
        await asyncio.gather(*(stubs.orders.Submit(submit(f"A{n}", price="")) for n in range(20)))
        late = stubs.orders.Watch(OrderServiceWatchRequest(after_seq=begin))
        await asyncio.gather(*(stubs.orders.Submit(submit(f"B{n}", price="")) for n in range(20)))
        seen = [await _filled(call, 40) for call in (live, late)]
        live.cancel()
        late.cancel()
    assert seen[0] == seen[1]


async def _filled(call: Any, count: int) -> list[int]:
    """The seqs of everything up to the last of `count` fills."""
    seqs: list[int] = []
    filled = 0
    while filled < count:
        for event in (await call.read()).events:
            seqs.append(event.seq)
            filled += is_filled(event)
    return seqs


async def test_a_watch_hears_only_of_the_accounts_that_it_asked_for(running: Gateway) -> None:
    async with client(running) as one, client(running, "trader/desk2") as other, client(running, "viewer/audit") as viewer:
        both = viewer.orders.Watch(OrderServiceWatchRequest())
        second = viewer.orders.Watch(OrderServiceWatchRequest(accounts=["DESK2"]))
        await both.read()
        await second.read()
        await one.orders.Submit(submit("A1", price=""))
        await other.orders.Submit(submit("B1", account="DESK2", price=""))
        heard = await told(both, lambda event: is_filled(event) and event.account == "DESK2")
        narrow = await told(second, is_filled)
        both.cancel()
        second.cancel()
    assert {event.account for event in heard} == {"DESK1", "DESK2"}
    assert {event.account for event in narrow} == {"DESK2"}


async def test_a_watch_hears_of_one_order_and_of_refused_requests_about_it(running: Gateway) -> None:
    async with client(running) as stubs:
        placed = await stubs.orders.Submit(submit("A1", price=""))
        await stubs.orders.Submit(submit("A2", price=""))
        call = stubs.orders.Watch(OrderServiceWatchRequest(after_seq=placed.seq, root_id=placed.root_id))
        await told(call, is_filled)
        code, _ = await refusal(stubs.orders.Cancel(CancelRequest(client_order_id="C1", root_id=placed.root_id)))
        assert code is grpc.StatusCode.FAILED_PRECONDITION
        found = await told(call, lambda event: bool(event.refusal))
        call.cancel()
    assert (found[-1].client_order_id, found[-1].refusal) == ("C1", refusal_pb2.REFUSAL_TOO_LATE)


async def test_an_account_of_somebody_else_cannot_be_watched(running: Gateway) -> None:
    async with client(running) as stubs:
        code, said = await refusal(stubs.orders.Watch(OrderServiceWatchRequest(accounts=["DESK2"])))
    assert (code, said.refusal) == (grpc.StatusCode.PERMISSION_DENIED, refusal_pb2.REFUSAL_NOT_ENTITLED)


async def test_a_token_that_is_forgotten_is_refused_with_the_oldest_that_would_do(running: Gateway) -> None:
    while running.engine.facts_after(2):
        running.engine._memory.popleft()
        if running.engine._memory[0].seq > 2:
            break
    async with client(running) as stubs:
        code, said = await refusal(stubs.orders.Watch(OrderServiceWatchRequest(after_seq=0)))
    assert (code, said.refusal) == (grpc.StatusCode.OUT_OF_RANGE, refusal_pb2.REFUSAL_TOKEN_TOO_OLD)
    assert said.seq == running.engine._memory[0].seq - 1


async def test_a_token_from_the_future_is_refused(running: Gateway) -> None:
    async with client(running) as stubs:
        code, said = await refusal(stubs.orders.Watch(OrderServiceWatchRequest(after_seq=1 << 60)))
    assert (code, said.field) == (grpc.StatusCode.INVALID_ARGUMENT, "after_seq")


async def test_a_server_that_goes_down_ends_every_stream_and_says_so(running: Gateway) -> None:
    async with client(running) as stubs:
        calls = [stubs.orders.Watch(OrderServiceWatchRequest()), stubs.orders.Trade()]
        sessions = stubs.sessions.Watch(SessionServiceWatchRequest())
        for call in (*calls, sessions):
            await call.read()
        stopping = asyncio.create_task(running.server.stop(5))
        for call in (*calls, sessions):
            code, said = await refusal(call)
            assert (code, said.refusal) == (grpc.StatusCode.UNAVAILABLE, refusal_pb2.REFUSAL_SHUTTING_DOWN)
        await stopping


async def test_a_server_whose_engine_is_dead_ends_every_call_that_waits_and_says_so(
    running: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: asyncio.Queue[None] = asyncio.Queue()

    async def never(*_: object) -> None:
        asked.put_nowait(None)
        await asyncio.get_running_loop().create_future()

    for name in ("ask", "look"):
        monkeypatch.setattr(running.engine, name, never)
    async with client(running) as stubs:
        calls = [
            stubs.orders.Submit(submit()),
            stubs.orders.Get(GetRequest(root_id="T1")),
            stubs.sessions.List(SessionServiceListRequest()),
            stubs.sessions.Watch(SessionServiceWatchRequest()),
        ]
        refusals = [asyncio.create_task(refusal(call)) for call in calls]
        for _ in calls:
            await asked.get()
        await running.server.stop(0.5)
        for code, said in await asyncio.gather(*refusals):
            assert (code, said.refusal) == (grpc.StatusCode.UNAVAILABLE, refusal_pb2.REFUSAL_SHUTTING_DOWN)
    assert caplog.text == ""


async def test_sessions_are_listed_as_they_stand(running: Gateway) -> None:
    async with client(running, "viewer/audit") as stubs:
        found = (await stubs.sessions.List(SessionServiceListRequest())).sessions
    assert [(session.name, session.kind) for session in found] == [
        (ORDERS, session_pb2.SESSION_KIND_ORDERS),
        (MARKET_DATA, session_pb2.SESSION_KIND_MARKET_DATA),
    ]
    assert found[0].phase == session_pb2.SESSION_PHASE_READY
    assert (found[0].session_epoch, found[0].begin_string, found[0].next_target) == (1, "FIX.4.4", 2)


async def test_a_session_that_goes_down_is_told(running: Gateway) -> None:
    async with client(running) as stubs:
        call = stubs.sessions.Watch(SessionServiceWatchRequest())
        first = await call.read()
        running.engine.links.cut(ORDERS)
        second = await call.read()
        call.cancel()
    assert [session.name for session in first.sessions] == [ORDERS, MARKET_DATA]
    assert [(session.name, session.phase) for session in second.sessions] == [(ORDERS, session_pb2.SESSION_PHASE_DOWN)]
