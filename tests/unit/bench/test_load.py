"""The load generator's book-keeping: what it sends, when it may, and what it makes of events."""

import pytest

from gateway.api.v1.fix_pb2 import EXEC_TYPE_NEW, EXEC_TYPE_TRADE, ORD_STATUS_FILLED, ORD_STATUS_PARTIALLY_FILLED, SIDE_BUY
from gateway.api.v1.order_event_pb2 import ORDER_EVENT_KIND_PLACED, ORDER_EVENT_KIND_REFUSED, OrderEvent
from gateway.api.v1.order_service_pb2 import TradeRequest, TradeResponse
from tests.bench.load import ENTRIES, WINDOW, NotFilled, Orders, request


def response(*events: OrderEvent) -> bytes:
    return TradeResponse(events=events).SerializeToString()


def fill(number: int) -> OrderEvent:
    return OrderEvent(client_order_id=f"{number:010d}", exec_type=EXEC_TYPE_TRADE, ord_status=ORD_STATUS_FILLED)


def test_a_request_holds_one_entry_for_each_number() -> None:
    entries = TradeRequest.FromString(request((7, 8))).entries
    assert [entry.submit.client_order_id for entry in entries] == ["0000000007", "0000000008"]
    assert {(each.submit.side, each.submit.order_qty, each.submit.price) for each in entries} == {(SIDE_BUY, "100000", "1.38500")}


def test_an_order_counts_when_it_is_filled() -> None:
    orders = Orders(first=10, count=2)
    orders.hear(response(OrderEvent(client_order_id="0000000011", kind=ORDER_EVENT_KIND_PLACED), fill(11)))
    assert orders.filled == 1


def test_an_ack_is_noted_at_its_order() -> None:
    orders = Orders(first=10, count=2)
    orders.hear(response(OrderEvent(client_order_id="0000000011", exec_type=EXEC_TYPE_NEW)))
    assert orders.acked_ns[0] == 0
    assert orders.acked_ns[1] > 0


@pytest.mark.parametrize(
    "event",
    [
        OrderEvent(client_order_id="0000000000", exec_type=EXEC_TYPE_TRADE, ord_status=ORD_STATUS_PARTIALLY_FILLED),
        OrderEvent(client_order_id="0000000000", kind=ORDER_EVENT_KIND_REFUSED),
    ],
)
def test_an_order_that_is_not_filled_at_once_ends_the_run(event: OrderEvent) -> None:
    with pytest.raises(NotFilled):
        Orders(first=0, count=1).hear(response(event))


def test_an_order_that_is_filled_twice_ends_the_run() -> None:
    orders = Orders(first=0, count=2)
    with pytest.raises(NotFilled):
        orders.hear(response(fill(1), fill(1)))


async def test_no_more_orders_are_out_than_the_window_allows() -> None:
    orders = Orders(first=0, count=10 * WINDOW)
    batches = orders.in_window()
    out = 0
    while out + ENTRIES <= WINDOW:
        out += len(await anext(batches))
    orders.hear(response(*map(fill, range(ENTRIES))))
    assert len(await anext(batches)) == ENTRIES
    assert out + ENTRIES - orders.filled <= WINDOW


async def test_the_last_message_holds_what_is_left() -> None:
    assert [len(batch) async for batch in Orders(first=0, count=ENTRIES + 1).in_window()] == [ENTRIES, 1]
