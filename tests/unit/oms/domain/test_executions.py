"""Executions are corrected, busted and split, and quantities, values and days add up over all of it."""

from decimal import Decimal
from typing import Any

import pytest

from oms.book import Book
from oms.domain.chain import Chain, Execution
from oms.domain.fields import ExecRestatementReason, ExecType, OrdRejReason, OrdStatus, TimeInForce
from oms.domain.report import ExecutionReport
from tests.support.orders import D, book, fill, placed, report, said, terms

GTC = placed(wanted=terms(10_000, time_in_force=TimeInForce.GOOD_TILL_CANCEL))
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N"))


def order(*told: ExecutionReport) -> Chain:
    """A GTC order for 10,000, after these reports."""
    return told_of(book(GTC, NEW, *(said(one) for one in told)))


def told_of(made: Book) -> Chain:
    (chain,) = made.chains.values()
    return chain


def bust(of: str, exec_id: str = "B1", **changes: Any) -> ExecutionReport:
    return report(ExecType.TRADE_CANCEL, OrdStatus.NEW, exec_id=exec_id, exec_ref_id=of, **changes)


def correction(of: str, qty: int, px: str, exec_id: str = "C1", **changes: Any) -> ExecutionReport:
    told: dict[str, Any] = {"exec_id": exec_id, "exec_ref_id": of, "last_qty": D(qty), "last_px": D(px)} | changes
    return report(ExecType.TRADE_CORRECT, OrdStatus.PARTIALLY_FILLED, **told)


def restated(reason: ExecRestatementReason, **changes: Any) -> ExecutionReport:
    given: dict[str, Any] = {"exec_id": "R1", "exec_restatement_reason": reason} | changes
    return report(ExecType.RESTATED, OrdStatus.PARTIALLY_FILLED, **given)


def sums(chain: Chain) -> tuple[Decimal, Decimal, Decimal]:
    return chain.cum_qty, chain.cum_value, chain.day_cum_qty


def test_a_bust_takes_its_execution_away_and_opens_a_filled_order_again() -> None:
    chain = order(fill(4_000, "1.5", "E1"), fill(6_000, "1.6", "E2"), bust("E2"))
    assert (chain.ord_status, chain.leaves_qty, sums(chain)) == (
        OrdStatus.PARTIALLY_FILLED,
        D(6_000),
        (D(4_000), D(6_000), D(4_000)),
    )


def test_a_correction_stands_in_the_place_of_its_execution_and_is_what_the_next_one_refers_to() -> None:
    chain = order(fill(4_000, "1.5", "E1"), correction("E1", 3_000, "1.4", "C1"), correction("C1", 2_000, "1.3", "C2"))
    assert chain.executions == (Execution("C2", D(2_000), D(2_600), 1),)
    assert sums(chain) == (D(2_000), D(2_600), D(2_000))


def test_a_canceled_order_takes_a_bust_and_a_new_execution_and_stays_canceled() -> None:
    ended = report(ExecType.CANCELED, OrdStatus.CANCELED, exec_id="X")
    chain = order(fill(4_000, "1.5", "E1"), ended, bust("E1"), fill(1_000, "1.5", "E2"))
    assert (chain.ord_status, chain.leaves_qty, chain.cum_qty) == (OrdStatus.CANCELED, D(0), D(1_000))


@pytest.mark.parametrize(("trade_date", "day_cum_qty"), [("20261123", D(0)), ("20261124", D(0))])
def test_a_bust_lowers_what_traded_today_only_if_it_traded_today(trade_date: str, day_cum_qty: Decimal) -> None:
    first = fill(4_000, "1.5", "E1", trade_date="20261123")
    chain = order(first, bust("E1", trade_date=trade_date))
    assert (chain.cum_qty, chain.day_cum_qty) == (D(0), day_cum_qty)
    two_days = order(first, fill(1_000, "1.5", "E2", trade_date="20261124"), bust("E1", trade_date="20261124"))
    assert (two_days.cum_qty, two_days.day_cum_qty, two_days.day_order_qty) == (D(1_000), D(1_000), D(10_000))


def test_a_renewal_begins_a_day_and_lifts_done_for_day() -> None:
    done = report(ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY, exec_id="X")
    evening = order(fill(2_000, "1.5", "E1"), done)
    assert (evening.ord_status, evening.leaves_qty, evening.is_live) == (OrdStatus.DONE_FOR_DAY, D(8_000), True)
    renewed = restated(ExecRestatementReason.GT_RENEWAL, order_id="V2")
    morning = order(fill(2_000, "1.5", "E1"), done, renewed)
    assert (morning.ord_status, morning.leaves_qty, morning.order_id) == (OrdStatus.PARTIALLY_FILLED, D(8_000), "V2")
    assert (morning.day_cum_qty, morning.day_order_qty) == (D(0), D(8_000))


def test_a_split_changes_quantities_in_proportion_and_leaves_what_they_are_worth() -> None:
    two_for_one = restated(ExecRestatementReason.GT_CORPORATE_ACTION, order_qty=D(20_000), cum_qty=D(4_000), price=D("0.7"))
    chain = order(fill(2_000, "1.5", "E1"), two_for_one)
    assert (chain.terms.order_qty, chain.terms.price, chain.leaves_qty) == (D(20_000), D("0.7"), D(16_000))
    assert (chain.cum_qty, chain.avg_px, chain.day_cum_qty) == (D(4_000), D("0.75"), D(0))
    busted = order(fill(2_000, "1.5", "E1"), two_for_one, fill(500, "0.7", "E2"), bust("E1"))
    assert (busted.cum_qty, busted.cum_value) == (D(500), D(350))


def test_a_split_that_leaves_no_exact_quantities_is_left_to_a_person() -> None:
    odd = restated(ExecRestatementReason.GT_CORPORATE_ACTION, order_qty=D(7_000), cum_qty=D(700))
    chain = order(fill(100, "1.5", "E1"), fill(200, "1.5", "E2"), odd)
    assert (chain.cum_qty, chain.unheard_qty) == (D(300), D(400))


def test_what_the_venue_says_has_traded_and_did_not_report_is_exposure_until_it_is_reported() -> None:
    behind = report(ExecType.ORDER_STATUS, OrdStatus.PARTIALLY_FILLED, exec_id="0", cum_qty=D(500))
    assert order(behind).unheard_qty == D(500)
    assert order(behind, fill(200, "1.5", "E1", cum_qty=D(200))).unheard_qty == D(300)
    assert order(behind, fill(200, "1.5", "E1"), fill(300, "1.5", "E2", cum_qty=D(500))).unheard_qty == D(0)
    assert order(fill(500, "1.5", "E1", cum_qty=D(500)), bust("E1")).unheard_qty == D(0)


def test_an_overfill_is_booked() -> None:
    chain = order(fill(10_100, "1.5", "E1"))
    assert (chain.cum_qty, chain.leaves_qty, chain.overfill_qty, chain.ord_status) == (D(10_100), D(0), D(100), OrdStatus.FILLED)


def test_to_be_stopped_is_a_guarantee_and_no_trade() -> None:
    stopped = report(ExecType.STOPPED, OrdStatus.STOPPED, exec_id="S", last_qty=D(1_000), last_px=D("1.5"))
    chain = order(stopped)
    assert (chain.ord_status, chain.cum_qty, chain.leaves_qty) == (OrdStatus.STOPPED, D(0), D(10_000))
    assert order(stopped, fill(1_000, "1.5", "E1")).ord_status is OrdStatus.PARTIALLY_FILLED


def test_a_suspended_order_comes_back_or_is_canceled() -> None:
    suspended = report(ExecType.SUSPENDED, OrdStatus.SUSPENDED, exec_id="S")
    again = report(ExecType.NEW, OrdStatus.NEW, exec_id="N2")
    assert [order(suspended).ord_status, order(suspended, again).ord_status] == [OrdStatus.SUSPENDED, OrdStatus.NEW]
    assert order(suspended, report(ExecType.CANCELED, OrdStatus.CANCELED, exec_id="X")).ord_status is OrdStatus.CANCELED


def test_a_late_fill_does_not_bring_back_an_order_for_the_day() -> None:
    done = said(report(ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY, exec_id="X"))
    chain = told_of(book(placed(), NEW, done, said(fill(100, exec_id="E1"))))
    assert (chain.ord_status, chain.leaves_qty, chain.cum_qty, chain.is_live) == (OrdStatus.DONE_FOR_DAY, D(0), D(100), False)


def test_a_cash_order_has_a_quantity_when_the_venue_has_made_one() -> None:
    wanted = terms(0, price=None, cash_order_qty=D(10_000))
    assert (told_of(book(placed(wanted=wanted))).is_live, told_of(book(placed(wanted=wanted))).is_filled) == (True, False)
    chain = told_of(book(placed(wanted=wanted), said(report(ExecType.NEW, OrdStatus.NEW, order_qty=D(200)))))
    assert (chain.terms.order_qty, chain.leaves_qty, chain.ord_status) == (D(200), D(200), OrdStatus.NEW)


def test_the_remainder_of_an_order_that_never_rests_is_canceled_whatever_the_venue_calls_it() -> None:
    ioc = placed(wanted=terms(time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL))
    expired = said(report(ExecType.EXPIRED, OrdStatus.EXPIRED, exec_id="X"))
    assert told_of(book(ioc, NEW, expired)).ord_status is OrdStatus.CANCELED
    assert told_of(book(placed(), NEW, expired)).ord_status is OrdStatus.EXPIRED


def test_the_rejection_of_a_duplicate_does_not_end_the_order_that_owns_the_id() -> None:
    twice = report(ExecType.REJECTED, OrdStatus.PARTIALLY_FILLED, exec_id="X", ord_rej_reason=OrdRejReason.DUPLICATE_ORDER)
    assert order(fill(100, exec_id="E1"), twice).ord_status is OrdStatus.PARTIALLY_FILLED
