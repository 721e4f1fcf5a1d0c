"""The broker's rules where a FIX dialogue is too coarse: time, priority, restarts."""

from decimal import Decimal

import msgspec
import pytest

from gateway.simulator.book import Book
from gateway.simulator.fields import OrdRejReason, OrdType, Side, TimeInForce
from gateway.simulator.report import Report
from gateway.simulator.requests import CancelRequest, ReplaceRequest
from oms.domain.fields import CxlRejReason, ExecType, OrdStatus
from oms.domain.numbers import ZERO
from tests.unit.gateway.simulator.build import book, new_order, quote, replace

AT_NS = 1_700_000_000_000_000_000


def traded(reports: list[Report]) -> list[tuple[str, int]]:
    return [(report.cl_ord_id, int(report.last_qty or 0)) for report in reports if report.exec_type is ExecType.TRADE]


def test_an_accepted_order_is_told_whole() -> None:
    assert book().handle(new_order("A1", price="1.38"), AT_NS) == [
        Report(
            seq=1,
            at_ns=AT_NS,
            exec_id="T-1",
            cl_ord_id="A1",
            order_id="T-O1",
            ord_status=OrdStatus.NEW,
            exec_type=ExecType.NEW,
            symbol="EURUSD",
            side=Side.BUY,
            ord_type=OrdType.LIMIT,
            order_qty=Decimal(100),
            price=Decimal("1.38"),
            time_in_force=TimeInForce.DAY,
            leaves_qty=Decimal(100),
        )
    ]


def test_a_market_order_without_a_quote_waits_for_one() -> None:
    venue = Book("EURUSD", Decimal(1000), "T")
    assert [report.exec_type for report in venue.handle(new_order("A1"), AT_NS)] == [ExecType.NEW]
    assert traded(venue.on_quote(quote("1.38", "1.39"), AT_NS)) == [("A1", 100)]


def test_a_good_till_date_order_expires_at_its_time_and_not_before() -> None:
    venue = book()
    venue.handle(new_order("A1", price="1.2", time_in_force=TimeInForce.GOOD_TILL_DATE, expire_at_ns=AT_NS + 5), AT_NS)
    assert venue.on_time(AT_NS + 4) == []
    [expired] = venue.on_time(AT_NS + 5)
    assert (expired.exec_type, expired.ord_status, int(expired.leaves_qty)) == (ExecType.EXPIRED, OrdStatus.EXPIRED, 0)
    assert venue.on_time(AT_NS + 6) == []


def test_a_filled_order_does_not_expire() -> None:
    venue = book()
    venue.handle(new_order("A1", price="1.39", time_in_force=TimeInForce.GOOD_TILL_DATE, expire_at_ns=AT_NS + 5), AT_NS)
    assert venue.on_time(AT_NS + 5) == []


@pytest.mark.parametrize(
    ("request_", "first"),
    [
        pytest.param(replace("R1", "A1", 500, "1.38"), "A1", id="less quantity keeps the place"),
        pytest.param(replace("R1", "A1", 700, "1.38"), "A2", id="more quantity loses it"),
        pytest.param(replace("R1", "A1", 600, "1.379"), "A2", id="another price loses it"),
    ],
)
def test_a_replaced_order_keeps_its_place_only_when_it_asks_for_less(request_: ReplaceRequest, first: str) -> None:
    venue = book()
    venue.handle(new_order("A1", 600, "1.38"), AT_NS)
    venue.handle(new_order("A2", 600, "1.38"), AT_NS)
    venue.handle(request_, AT_NS)
    [(cl_ord_id, _), *_] = traded(venue.on_quote(quote("1.37", "1.378"), AT_NS))
    assert {"R1": "A1"}.get(cl_ord_id, cl_ord_id) == first


def test_a_market_order_goes_before_a_limit_order_and_a_better_price_before_an_older_one() -> None:
    venue = book("1.38", "1.39", displayed_qty=10)
    venue.handle(new_order("first", 10), AT_NS)
    for cl_ord_id, price in (("worse", "1.40"), ("better", "1.41"), ("market", None)):
        venue.handle(new_order(cl_ord_id, 10, price), AT_NS)
    turns = [traded(venue.on_quote(quote("1.38", "1.39"), AT_NS)) for _ in range(3)]
    assert turns == [[("market", 10)], [("better", 10)], [("worse", 10)]]


def test_the_past_makes_the_same_book_again() -> None:
    venue = book()
    said = venue.handle(new_order("A1", 1500, "1.3851"), AT_NS)
    said += venue.handle(replace("A2", "A1", 1600, "1.386"), AT_NS)
    said += venue.handle(new_order("A3", 10, "1.39", Side.SELL), AT_NS)
    said += venue.handle(CancelRequest("C3", "A3"), AT_NS)
    said += venue.handle(CancelRequest("C4", "NOPE"), AT_NS)
    again = Book("EURUSD", Decimal(1000), "T", said)
    assert again.blotter.orders == venue.blotter.orders
    assert again.on_quote(quote("1.384", "1.385"), AT_NS) == venue.on_quote(quote("1.384", "1.385"), AT_NS)
    assert again.handle(new_order("C4"), AT_NS)[0].ord_rej_reason is OrdRejReason.DUPLICATE_ORDER


def test_a_remainder_that_may_not_rest_is_canceled_at_the_restart() -> None:
    said = book().handle(new_order("A1", 1500, "1.3851", time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL), AT_NS)
    again = Book("EURUSD", Decimal(1000), "T", said[:2])  # Killed before the third line.
    [canceled] = again.on_restart(AT_NS)
    assert (canceled.seq, canceled.exec_type, int(canceled.cum_qty), int(canceled.leaves_qty)) == (3, ExecType.CANCELED, 1000, 0)
    assert again.on_restart(AT_NS) == []


def test_an_order_repeated_by_a_recovery_is_told_and_not_booked() -> None:
    venue = book()
    venue.handle(new_order("A1"), AT_NS)
    [status] = venue.handle(new_order("A1", maybe_repeated=True), AT_NS)
    assert (status.seq, status.exec_type, status.ord_status, int(status.cum_qty)) == (
        0,
        ExecType.ORDER_STATUS,
        OrdStatus.FILLED,
        100,
    )
    assert venue.blotter.seq == 2


def test_a_repeated_cancel_of_an_unknown_order_is_refused_again() -> None:
    venue = book()
    venue.handle(CancelRequest("C1", "NOPE"), AT_NS)
    [refused] = venue.handle(CancelRequest("C1", "NOPE", maybe_repeated=True), AT_NS)
    assert (refused.exec_type, refused.cxl_rej_reason) == (None, CxlRejReason.UNKNOWN_ORDER)


def test_half_of_one_is_one() -> None:
    venue = book()
    venue.fills_in_halves = True
    assert traded(venue.handle(new_order("A1", 1), AT_NS)) == [("A1", 1)]
    assert traded(venue.handle(new_order("A2", 5), AT_NS)) == [("A2", 2), ("A2", 3)]


def test_a_busted_fill_is_open_again_and_trades_again_at_the_next_quote() -> None:
    made = book()
    accepted, fill = made.handle(new_order("A1", price="1.38510"), AT_NS)
    (bust,) = made.bust(fill, AT_NS + 1)
    assert bust == msgspec.structs.replace(
        fill,
        seq=3,
        at_ns=AT_NS + 1,
        exec_id="T-3",
        exec_ref_id="T-2",
        exec_type=ExecType.TRADE_CANCEL,
        ord_status=OrdStatus.NEW,
        leaves_qty=Decimal(100),
        cum_qty=Decimal(0),
        avg_px=Decimal(0),
    )
    (again,) = made.on_quote(quote("1.38499", "1.38509"), AT_NS + 2)
    assert (again.exec_id, again.ord_status, again.avg_px) == ("T-4", OrdStatus.FILLED, Decimal("1.38509"))
    restarted = Book("EURUSD", Decimal(1000), "T", (accepted, fill, bust, again))
    assert restarted.blotter.orders == made.blotter.orders


def test_a_busted_fill_of_an_order_that_never_rests_ends_it() -> None:
    made = book()
    _, fill = made.handle(new_order("A1", time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL), AT_NS)
    bust, end = made.bust(fill, AT_NS)
    assert (bust.exec_type, bust.cum_qty, bust.leaves_qty) == (ExecType.TRADE_CANCEL, ZERO, Decimal(100))
    assert (end.exec_type, end.ord_status, end.leaves_qty) == (ExecType.CANCELED, OrdStatus.CANCELED, ZERO)


def test_a_busted_fill_of_a_canceled_order_leaves_it_canceled() -> None:
    made = book(displayed_qty=40)
    _, fill = made.handle(new_order("A1", price="1.38510"), AT_NS)
    made.handle(CancelRequest("C1", "A1"), AT_NS)
    (bust,) = made.bust(fill, AT_NS)
    assert (bust.ord_status, bust.cum_qty, bust.leaves_qty) == (OrdStatus.CANCELED, ZERO, ZERO)
