"""The Trade stream: entries in, events out, many in one message."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from gateway.api.v1 import fix_pb2, refusal_pb2
from gateway.api.v1 import order_event_pb2 as events
from gateway.api.v1.order_event_pb2 import OrderEvent
from gateway.api.v1.order_service_pb2 import (
    CancelRequest,
    OrderServiceWatchRequest,
    ReplaceRequest,
    SubmitRequest,
    TradeEntry,
    TradeRequest,
    TradeResponse,
)
from gateway.inbox import BOUNDS, Lane
from ops.dev_ca import Certificates
from tests.integration.control.calls import client, detail, entry, refusal, submit, told, when
from tests.integration.control.gateway import Gateway, gateway
from tests.support.polling import eventually_async


async def sent(*batches: list[TradeEntry]) -> AsyncIterator[TradeRequest]:
    """A client that sends these messages and has finished."""
    for batch in batches:
        yield TradeRequest(entries=batch)


async def read_to_the_end(call: Any, found: list[OrderEvent]) -> None:
    while (response := await call.read()) is not grpc.aio.EOF:
        found += response.events


def is_refused(event: OrderEvent) -> bool:
    return event.kind == events.ORDER_EVENT_KIND_REFUSED


def is_filled(event: OrderEvent) -> bool:
    return event.ord_status == fix_pb2.ORD_STATUS_FILLED


def is_new(event: OrderEvent) -> bool:
    return event.exec_type == fix_pb2.EXEC_TYPE_NEW


async def test_an_order_is_followed_from_the_intent_to_the_fill(running: Gateway) -> None:
    async with client(running) as stubs:
        found = await told(stubs.orders.Trade(sent([entry("A1", price="")])), is_filled)
    kinds = [(event.kind, event.exec_type) for event in found]
    assert kinds == [
        (events.ORDER_EVENT_KIND_PLACED, 0),
        (events.ORDER_EVENT_KIND_EXECUTION_REPORT, fix_pb2.EXEC_TYPE_NEW),
        (events.ORDER_EVENT_KIND_EXECUTION_REPORT, fix_pb2.EXEC_TYPE_TRADE),
    ]
    seqs = [event.seq for event in found]
    assert seqs == sorted(seqs)
    assert all(event.HasField("at") for event in found)
    assert {(event.client_order_id, event.root_id, event.cl_ord_id) for event in found} == {("A1", "T00000001", "T00000001")}
    last = found[-1]
    assert (last.cum_qty, last.leaves_qty, last.avg_px, last.last_qty, last.last_px) == ("100", "0", "1.385", "100", "1.385")
    assert (last.account, last.symbol, last.side, last.order_qty, last.price) == ("DESK1", "EURUSD", fix_pb2.SIDE_BUY, "100", "")
    assert (last.exec_id, last.order_id) == ("E2", "VT00000001")


async def test_the_first_message_comes_before_anything_is_sent(running: Gateway) -> None:
    async with client(running) as stubs:
        call = stubs.orders.Trade()
        response = await call.read()
        assert (len(response.events), response.seq) == (0, running.engine.durable_seq)
        call.cancel()


async def test_the_stream_ends_when_everything_that_was_asked_for_has_ended(running: Gateway) -> None:
    async with client(running) as stubs:
        responses: list[TradeResponse] = [
            r async for r in stubs.orders.Trade(sent([entry(f"A{n}", price="") for n in range(20)]))
        ]
    filled = [event for response in responses for event in response.events if is_filled(event)]
    assert sorted(event.client_order_id for event in filled) == sorted(f"A{n}" for n in range(20))
    assert responses[-1].seq >= max(event.seq for event in filled)


async def test_a_refused_entry_is_an_event_and_the_stream_goes_on(running: Gateway) -> None:
    batch = [entry("A1", order_qty="-1"), entry("A2", account="NOBODY"), entry("A3", price="")]
    async with client(running) as stubs:
        responses = [response async for response in stubs.orders.Trade(sent(batch))]
    found = [event for response in responses for event in response.events]
    edge, engine = [event for event in found if is_refused(event)]
    assert (edge.client_order_id, edge.refusal, edge.field) == ("A1", refusal_pb2.REFUSAL_INVALID_FIELD, "order_qty")
    assert (edge.seq, edge.HasField("at")) == (0, False)
    assert (engine.client_order_id, engine.refusal, engine.text) == ("A2", refusal_pb2.REFUSAL_UNKNOWN_ACCOUNT, "account=NOBODY")
    assert engine.seq
    assert is_filled(found[-1])


async def test_an_entry_that_asks_for_nothing_is_refused(running: Gateway) -> None:
    async with client(running) as stubs:
        found = await told(stubs.orders.Trade(sent([TradeEntry()])), is_refused)
    assert (found[-1].refusal, found[-1].field) == (refusal_pb2.REFUSAL_INVALID_FIELD, "request")


async def test_a_repeated_entry_gets_its_first_answer_and_says_so(running: Gateway) -> None:
    async with client(running) as stubs:
        first = await stubs.orders.Submit(submit("A1", price=""))
        found = await told(stubs.orders.Trade(sent([entry("A1", price="")])), lambda event: event.is_repetition)
    again = found[-1]
    assert (again.kind, again.seq, again.root_id) == (events.ORDER_EVENT_KIND_PLACED, first.seq, first.root_id)
    assert again.ord_status == fix_pb2.ORD_STATUS_UNSPECIFIED


async def test_a_stream_hears_of_older_orders_once_it_asks_about_them(running: Gateway) -> None:
    async with client(running) as stubs:
        placed = await stubs.orders.Submit(submit("A1"))
        cancel = TradeEntry(cancel=CancelRequest(client_order_id="C1", root_id=placed.root_id))
        await when(lambda: running.engine.look(lambda state: bool(state.book.chains[placed.root_id].accepted)))
        responses = [response async for response in stubs.orders.Trade(sent([cancel]))]
    found = [event for response in responses for event in response.events]
    assert {event.root_id for event in found} == {placed.root_id}
    assert [event.client_order_id for event in found] == ["C1"] * 2
    assert found[-1].ord_status == fix_pb2.ORD_STATUS_CANCELED


async def test_a_replace_on_the_stream_changes_the_order(running: Gateway) -> None:
    async with client(running) as stubs:
        call = stubs.orders.Trade()
        await call.write(TradeRequest(entries=[entry("A1")]))
        await told(call, is_new)
        replace = ReplaceRequest(client_order_id="R1", orig_client_order_id="A1", order_qty="50", price="1.381")
        await call.write(TradeRequest(entries=[TradeEntry(replace=replace)]))
        found = await told(call, lambda event: event.exec_type == fix_pb2.EXEC_TYPE_REPLACED)
        call.cancel()
    assert (found[-1].client_order_id, found[-1].order_qty, found[-1].price) == ("R1", "50", "1.381")


async def test_nobody_hears_of_another_principal_s_orders(running: Gateway) -> None:
    async with client(running) as one, client(running, "trader/desk2") as other:
        call = other.orders.Trade()
        await call.read()
        await one.orders.Submit(submit("A1"))
        await call.write(TradeRequest(entries=[entry("B1", account="DESK2")]))
        found = await told(call, is_new)
        call.cancel()
    assert {event.client_order_id for event in found} == {"B1"}


async def test_too_many_entries_in_one_message_end_the_stream(running: Gateway) -> None:
    async with client(running) as stubs:
        code, said = await refusal(stubs.orders.Trade(sent([entry("A1")] * 501)))
    assert (code, said.refusal, said.field) == (grpc.StatusCode.INVALID_ARGUMENT, refusal_pb2.REFUSAL_INVALID_FIELD, "entries")


async def test_a_message_that_is_no_request_ends_the_stream_and_not_the_server(running: Gateway) -> None:
    async with client(running) as stubs:
        call = stubs.channel.stream_stream("/gateway.api.v1.OrderService/Trade")(iter([b"\x0a\xff\xff\xff"]))
        code, said = await refusal(call)
        assert (code, said.refusal) == (grpc.StatusCode.INVALID_ARGUMENT, refusal_pb2.REFUSAL_INVALID_FIELD)
        assert "TradeRequest" in said.text
        assert (await stubs.orders.Submit(submit())).root_id


async def test_text_that_is_no_utf_8_is_refused(running: Gateway) -> None:
    broken = SubmitRequest(client_order_id="A1").SerializeToString().replace(b"A1", b"\xff\xfe")
    async with client(running) as stubs:
        code, said = await refusal(stubs.channel.unary_unary("/gateway.api.v1.OrderService/Submit")(broken))
    assert (code, said.refusal) == (grpc.StatusCode.INVALID_ARGUMENT, refusal_pb2.REFUSAL_INVALID_FIELD)


async def test_a_client_that_goes_away_leaves_nothing_behind(running: Gateway) -> None:
    async with client(running) as stubs:
        call = stubs.orders.Trade()
        await call.read()
        assert len(running.server._feed._traders) == 1
        call.cancel()
        await eventually_async(lambda: not running.server._feed._traders)


async def test_a_slow_client_is_cut_and_goes_on_from_its_token(
    database_url: str, certificates: Certificates, tmp_path: Path
) -> None:
    """The client takes nothing until its stream has been cut: everything arrives in the end, once, in two parts."""
    async with (
        gateway(database_url, certificates, tmp_path, buffer_events=300) as running,
        client(running, "trader/desk1", **{"http2.bdp_probe": 0}) as stubs,
    ):
        call = stubs.orders.Trade()
        orders = 400
        for start in range(0, orders, 100):
            await call.write(TradeRequest(entries=[entry(f"A{n}", price="") for n in range(start, start + 100)]))
        subscription = (await eventually_async(lambda: running.server._feed._traders))[0].subscription
        await eventually_async(lambda: not subscription.is_open)
        await when(lambda: running.engine.look(lambda state: len(state.book.chains) == orders))
        found: list[OrderEvent] = []
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await read_to_the_end(call, found)
        said = detail(ended.value)
        assert ended.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert (said.refusal, said.seq) == (refusal_pb2.REFUSAL_SLOW_CONSUMER, max(event.seq for event in found))
        rest = stubs.orders.Watch(OrderServiceWatchRequest(after_seq=said.seq))
        while sum(map(is_filled, found)) < orders:
            found += (await rest.read()).events
        rest.cancel()
    seqs = [event.seq for event in found]
    assert seqs == sorted(set(seqs))
    assert len([event for event in found if event.kind == events.ORDER_EVENT_KIND_PLACED]) == orders


async def test_above_the_bound_an_entry_is_refused_and_its_id_stays_free(
    running: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with client(running) as stubs:
        with monkeypatch.context() as full:
            full.setitem(BOUNDS, Lane.ORDERS, 0)
            event = (await told(stubs.orders.Trade(sent([entry("A1", price="")])), is_refused))[-1]
            code, said = await refusal(stubs.orders.Submit(submit("A1", price="")))
        assert (event.client_order_id, event.refusal, event.seq) == ("A1", refusal_pb2.REFUSAL_OVERLOADED, 0)
        assert (code, said.refusal) == (grpc.StatusCode.RESOURCE_EXHAUSTED, refusal_pb2.REFUSAL_OVERLOADED)
        assert said.retry_can_help
        assert not (await stubs.orders.Submit(submit("A1", price=""))).is_repetition
