"""Facts as bytes: what is put together by hand is what protobuf would have written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.v1 import fix_pb2
from gateway.api.v1.order_event_pb2 import OrderEvent
from gateway.api.v1.order_service_pb2 import OrderServiceWatchResponse, TradeResponse
from gateway.control.order_events import encoded, framed, up_to
from gateway.facts import Fact
from oms.book import Book
from oms.domain.events import CancelRequested, Event, ExecutionReported, OrderPlaced, RequestNotSent
from oms.domain.fields import ExecType, OrdStatus, OrdType, Side
from oms.domain.report import ExecutionReport
from oms.domain.terms import Terms
from tests.support.orders import receipt

TERMS = Terms("DESK1", "EURUSD", Side.SELL, OrdType.LIMIT, Decimal("100.00"), Decimal("1.3850"))
PLACED = OrderPlaced("T1", "A1", "me", "SIM", 1, TERMS)


def facts(*events: Event) -> list[Fact]:
    """The events as they come from the engine, a nanosecond after the second of their seq."""
    book = Book("T")
    return [Fact(seq, seq * 10**9 + 1, event, book.apply(event, seq, seq)) for seq, event in enumerate(events, 1)]


def shown(fact: Fact) -> OrderEvent:
    (event,) = TradeResponse.FromString(encoded(fact)).events
    return event


def trade(exec_id: str, last_qty: str, last_px: str, cl_ord_id: str = "T1") -> ExecutionReported:
    report = ExecutionReport(
        cl_ord_id, exec_id, ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, "V1", last_qty=Decimal(last_qty), last_px=Decimal(last_px)
    )
    return ExecutionReported("T1", receipt("SIM"), report)


@given(
    events=st.lists(st.builds(OrderEvent, text=st.text(max_size=20_000), seq=st.integers(0, 2**64 - 1)), max_size=4),
    seq=st.integers(0, 2**64 - 1),
)
def test_framed_events_are_a_response(events: list[OrderEvent], seq: int) -> None:
    data = b"".join([*map(framed, events), up_to(seq)])
    assert TradeResponse.FromString(data) == TradeResponse(events=events, seq=seq)
    assert OrderServiceWatchResponse.FromString(data) == OrderServiceWatchResponse(events=events, seq=seq)


def test_an_event_shows_the_order_after_it() -> None:
    told = [shown(fact) for fact in facts(PLACED, trade("E1", "40", "1.385"), trade("E2", "20", "1.386"))]
    assert [(event.cum_qty, event.leaves_qty, event.avg_px) for event in told] == [
        ("0", "100", ""),
        ("40", "60", "1.385"),
        ("60", "40", "1.385333333333"),
    ]
    assert [event.ord_status for event in told] == [
        fix_pb2.ORD_STATUS_PENDING_NEW,
        fix_pb2.ORD_STATUS_PARTIALLY_FILLED,
        fix_pb2.ORD_STATUS_PARTIALLY_FILLED,
    ]
    assert (told[2].at.seconds, told[2].at.nanos, told[2].seq) == (3, 1, 3)
    assert (told[0].order_qty, told[0].price, told[0].side) == ("100", "1.385", fix_pb2.SIDE_SELL)


def test_an_event_names_the_request_that_it_tells_of() -> None:
    cancel = CancelRequested("T1", "T2", "T1", "C1", "me", "SIM", 1)
    told = [shown(fact) for fact in facts(PLACED, cancel, trade("E1", "1", "1"), RequestNotSent("T1", "T2", "too late"))]
    assert [(event.client_order_id, event.cl_ord_id) for event in told] == [
        ("A1", "T1"),
        ("C1", "T2"),
        ("A1", "T1"),
        ("C1", "T2"),
    ]
    assert told[-1].text == "too late"


def test_a_report_about_an_id_that_nobody_knows_names_no_request() -> None:
    told = shown(facts(PLACED, trade("E1", "1", "1", cl_ord_id="X9"))[1])
    assert (told.cl_ord_id, told.client_order_id, told.root_id) == ("X9", "", "T1")


@pytest.mark.parametrize("text", ["x" * 127, "x" * 16_500])
def test_a_long_event_has_its_length_in_several_bytes(text: str) -> None:
    assert TradeResponse.FromString(framed(OrderEvent(text=text))).events[0].text == text
