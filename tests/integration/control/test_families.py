"""Types of order, custom fields, parents and children, and the search for them, over the real wire."""

from typing import Any

import grpc
import pytest

from gateway.api.v1 import fix_pb2, refusal_pb2
from gateway.api.v1.instructions_pb2 import CustomTag, Instructions
from gateway.api.v1.order_pb2 import Order
from gateway.api.v1.order_service_pb2 import (
    CancelRequest,
    GetRequest,
    OrderServiceListRequest,
    OrderServiceWatchRequest,
    ReplaceRequest,
    TradeRequest,
)
from tests.integration.control.calls import Stubs, client, entry, refusal, submit, told, when
from tests.integration.control.gateway import Gateway

TAGGED = {"instructions": Instructions(min_qty="10", custom_tags=[CustomTag(tag=9000, value="abc")])}
STOP_LIMIT = {"ord_type": fix_pb2.ORD_TYPE_STOP_LIMIT, "price": "1.39", "stop_px": "1.388"}


async def get(stubs: Stubs, root_id: str) -> Order:
    response = await stubs.orders.Get(GetRequest(root_id=root_id))
    found: Order = response.order
    return found


async def listed(stubs: Stubs, **wanted: Any) -> list[str]:
    page = await stubs.orders.List(OrderServiceListRequest(**wanted))
    return [order.client_order_id for order in page.orders]


async def is_filled(stubs: Stubs, root_id: str) -> bool:
    return (await get(stubs, root_id)).ord_status == fix_pb2.ORD_STATUS_FILLED


async def test_an_order_is_shown_with_everything_that_it_said(running: Gateway) -> None:
    async with client(running) as stubs:
        placed = await stubs.orders.Submit(submit("A1", **STOP_LIMIT, **TAGGED))
        order = await get(stubs, placed.root_id)
        await stubs.orders.Replace(ReplaceRequest(client_order_id="R1", root_id=placed.root_id, order_qty="200", stop_px="1.387"))
        await when(lambda: _has_order_qty(stubs, placed.root_id, "200"))
        replaced = await get(stubs, placed.root_id)
    expected = Instructions(handl_inst=fix_pb2.HANDL_INST_AUTOMATED_PRIVATE)
    expected.MergeFrom(TAGGED["instructions"])
    assert (order.ord_type, order.price, order.stop_px) == (fix_pb2.ORD_TYPE_STOP_LIMIT, "1.39", "1.388")
    assert order.instructions == expected
    assert (replaced.order_qty, replaced.price, replaced.stop_px) == ("200", "1.39", "1.387")
    assert replaced.instructions == expected


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"ord_type": fix_pb2.ORD_TYPE_STOP, "price": "", "stop_px": "1.39"}, "ord_type=STOP session=SIM"),
        ({"time_in_force": fix_pb2.TIME_IN_FORCE_AT_THE_CLOSE}, "time_in_force=AT_THE_CLOSE session=SIM"),
        ({"instructions": Instructions(max_floor="10")}, "max_floor=10 session=SIM"),
        ({"instructions": Instructions(exec_inst="G")}, "exec_inst=ALL_OR_NONE session=SIM"),
    ],
)
async def test_what_the_counterparty_does_not_take_is_refused_with_field_and_value(
    running: Gateway, changes: dict[str, Any], text: str
) -> None:
    async with client(running) as stubs:
        code, detail = await refusal(stubs.orders.Submit(submit("A1", **changes)))
        assert not await listed(stubs)
    assert (code, detail.refusal, detail.text) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_NOT_TAKEN, text)
    assert detail.seq


async def test_an_instruction_that_cannot_be_is_named_and_uses_up_no_id(running: Gateway) -> None:
    async with client(running) as stubs:
        code, detail = await refusal(stubs.orders.Submit(submit("A1", side=fix_pb2.SIDE_SELL_SHORT, price="1.386")))
        assert (code, detail.field, detail.seq) == (grpc.StatusCode.INVALID_ARGUMENT, "locate_reqd", 0)
        await stubs.orders.Submit(
            submit("A1", side=fix_pb2.SIDE_SELL_SHORT, price="1.386", instructions=Instructions(locate_reqd=True))
        )


async def test_orders_are_found_by_what_they_carry(running: Gateway) -> None:
    async with client(running) as stubs:
        plain = await stubs.orders.Submit(submit("A1", price=""))
        tagged = await stubs.orders.Submit(submit("A2", **TAGGED))
        await when(lambda: is_filled(stubs, plain.root_id))
        assert await listed(stubs, custom_tag=CustomTag(tag=9000, value="abc")) == ["A2"]
        assert await listed(stubs, custom_tag=CustomTag(tag=9000)) == ["A2"]
        assert await listed(stubs, custom_tag=CustomTag(tag=9000, value="ab")) == []
        assert await listed(stubs, client_order_id="A1") == await listed(stubs, any_id="A1") == ["A1"]
        assert await listed(stubs, cl_ord_id=tagged.cl_ord_id) == await listed(stubs, any_id=tagged.cl_ord_id) == ["A2"]
        order_id = (await get(stubs, plain.root_id)).order_id
        assert await listed(stubs, order_id=order_id) == await listed(stubs, any_id=order_id) == ["A1"]
        assert await listed(stubs, exec_id="E2", client_order_id="A1") == await listed(stubs, any_id="E2", client_order_id="A1")
        assert await listed(stubs, ord_status=fix_pb2.ORD_STATUS_FILLED) == ["A1"]
        assert await listed(stubs, side=fix_pb2.SIDE_SELL) == []
        assert await listed(stubs, side=fix_pb2.SIDE_BUY, session="SIM") == ["A2", "A1"]
        assert await listed(stubs, session="NOBODY") == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"custom_tag": CustomTag(tag=38)}, "custom_tags"),
        ({"custom_tag": CustomTag(tag=9000, value="a" * 65)}, "custom_tag"),
        ({"any_id": "A\x01"}, "any_id"),
        ({"cl_ord_id": "A B"}, "cl_ord_id"),
        ({"ord_status": 1}, "ord_status"),
        ({"side": 1}, "side"),
    ],
)
async def test_a_search_that_cannot_be_is_refused_by_its_field(running: Gateway, wanted: dict[str, Any], field: str) -> None:
    async with client(running) as stubs:
        code, detail = await refusal(stubs.orders.List(OrderServiceListRequest(**wanted)))
    assert (code, detail.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


async def test_a_parent_shows_what_its_children_did(running: Gateway) -> None:
    async with client(running) as stubs:
        parent = await stubs.orders.Submit(submit("P1", order_qty="1000", is_parent=True))
        filled = await stubs.orders.Submit(submit("A1", order_qty="300", price="", parent_root_id=parent.root_id))
        rests = await stubs.orders.Submit(submit("A2", order_qty="200", parent_root_id=parent.root_id))
        await when(lambda: is_filled(stubs, filled.root_id))
        order, child = await get(stubs, parent.root_id), await get(stubs, rests.root_id)
        code, detail = await refusal(stubs.orders.Submit(submit("A3", order_qty="501", parent_root_id=parent.root_id)))
        assert await listed(stubs, parent_root_id=parent.root_id) == ["A2", "A1"]
    assert (order.ord_status, order.cum_qty, order.leaves_qty, order.avg_px) == (
        fix_pb2.ORD_STATUS_PARTIALLY_FILLED, "300", "700", "1.385"
    )  # fmt: skip
    assert list(order.family.child_root_ids) == [filled.root_id, rests.root_id]
    assert (order.family.child_leaves_qty, order.family.unplaced_qty, order.session) == ("200", "500", "")
    assert (child.parent_root_id, child.HasField("family")) == (parent.root_id, False)
    assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_PARENT_QTY_EXCEEDED)


async def test_canceling_a_parent_is_told_by_its_children(running: Gateway) -> None:
    async with client(running) as stubs:
        parent = await stubs.orders.Submit(submit("P1", order_qty="1000", is_parent=True))
        child = await stubs.orders.Submit(submit("A1", order_qty="300", parent_root_id=parent.root_id))
        await when(lambda: _rests(stubs, child.root_id))
        watch = stubs.orders.Watch(OrderServiceWatchRequest(after_seq=child.seq, root_id=parent.root_id))
        await stubs.orders.Cancel(CancelRequest(client_order_id="X1", root_id=parent.root_id))
        events = await told(watch, lambda event: event.exec_type == fix_pb2.EXEC_TYPE_CANCELED)
        order = await get(stubs, parent.root_id)
        code, detail = await refusal(stubs.orders.Submit(submit("A2", parent_root_id=parent.root_id)))
        theirs = (await get(stubs, child.root_id)).requests[-1]
    assert {event.parent_root_id for event in events if event.root_id == child.root_id} == {parent.root_id}
    assert (order.ord_status, order.leaves_qty) == (fix_pb2.ORD_STATUS_CANCELED, "0")
    assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_TOO_LATE)
    assert theirs.principal == "fixgate"


async def test_a_parent_of_others_cannot_be_seen(running: Gateway) -> None:
    async with client(running) as stubs, client(running, "trader/desk2") as other:
        parent = await stubs.orders.Submit(submit("P1", order_qty="1000", is_parent=True))
        code, detail = await refusal(other.orders.Submit(submit("A1", account="DESK2", parent_root_id=parent.root_id)))
    assert (code, detail.refusal) == (grpc.StatusCode.NOT_FOUND, refusal_pb2.REFUSAL_UNKNOWN_PARENT)


async def test_a_trade_stream_does_not_wait_for_a_parent(running: Gateway) -> None:
    async with client(running) as stubs:
        call = stubs.orders.Trade()
        await call.write(TradeRequest(entries=[entry("P1", is_parent=True), entry("A1", price="")]))
        await call.done_writing()
        kinds = []
        while (response := await call.read()) is not grpc.aio.EOF:
            kinds += [(event.client_order_id, event.ord_status) for event in response.events]
    assert kinds[0] == ("P1", fix_pb2.ORD_STATUS_NEW)
    assert kinds[-1] == ("A1", fix_pb2.ORD_STATUS_FILLED)


async def _has_order_qty(stubs: Stubs, root_id: str, order_qty: str) -> bool:
    return (await get(stubs, root_id)).order_qty == order_qty


async def _rests(stubs: Stubs, root_id: str) -> bool:
    return (await get(stubs, root_id)).ord_status == fix_pb2.ORD_STATUS_NEW
