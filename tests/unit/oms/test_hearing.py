"""What a venue says is booked once, compared, and set aside where it cannot be."""

from typing import Any

import pytest

from oms import hearing
from oms.book import Book
from oms.domain.chain import RequestState
from oms.domain.events import (
    Event,
    ExecutionReported,
    OrderOverfilled,
    ReplaceRequested,
    ReportDiffered,
    ReportQuarantined,
    RequestDoubted,
)
from oms.domain.fields import ExecRestatementReason, ExecType, OrdRejReason, OrdStatus, Side
from oms.domain.report import ExecutionReport
from tests.support.orders import GRANT, PRINCIPAL, SESSION, D, book, fill, placed, receipt, report, said, status, terms

ROOT, NEXT = "FG00000001", "FG00000002"
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N"))
TRADED = said(fill(400, exec_id="E1"))
REPLACE = ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000))


def causes(made: Book, told: ExecutionReport) -> tuple[Event, ...]:
    return hearing.report(made, receipt(), told)


def refers(exec_type: ExecType, to: str, exec_id: str, **changes: Any) -> ExecutionReport:
    given: dict[str, Any] = {"exec_id": exec_id, "exec_ref_id": to} | changes
    return report(exec_type, OrdStatus.NEW, **given)


BUST = refers(ExecType.TRADE_CANCEL, "E1", "B1")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ((TRADED, said(BUST)), refers(ExecType.TRADE_CANCEL, "E1", "B2")),
        ((TRADED, said(BUST)), refers(ExecType.TRADE_CANCEL, "B1", "B2")),
        ((TRADED,), refers(ExecType.TRADE_CORRECT, "E9", "C1", last_qty=D(1), last_px=D(1))),
        ((TRADED, said(BUST)), refers(ExecType.TRADE_CORRECT, "E1", "C1", last_qty=D(1), last_px=D(1))),
    ],
)
def test_a_bust_or_correction_of_what_does_not_stand_is_in_suspense(facts: tuple[Event, ...], told: ExecutionReport) -> None:
    """No bust of a bust (R11)."""
    (quarantined,) = causes(book(placed(), NEW, *facts), told)
    assert isinstance(quarantined, ReportQuarantined)
    assert (quarantined.root_id, quarantined.report, quarantined.is_suspended) == (ROOT, told, True)


def test_a_report_for_an_order_of_another_account_is_in_suspense() -> None:
    (quarantined,) = causes(book(placed(), NEW), fill(100, exec_id="E1", account="DESK9"))
    assert isinstance(quarantined, ReportQuarantined)
    assert quarantined.is_suspended


@pytest.mark.parametrize("exec_type", [ExecType.CANCELED, ExecType.STOPPED, ExecType.RESTATED, ExecType.PENDING_CANCEL])
def test_only_trades_book_a_quantity(exec_type: ExecType) -> None:
    """R2, R21: a report never mixes a fill with another change."""
    told = report(exec_type, OrdStatus.NEW, exec_id="X", last_qty=D(300), last_px=D("1.38"))
    assert book(placed(), NEW, said(told)).chains[ROOT].cum_qty == D(0)


def test_a_status_books_no_execution() -> None:
    """R10."""
    told = status(OrdStatus.PARTIALLY_FILLED, last_qty=D(300), last_px=D("1.38"))
    assert book(placed(), NEW, said(told)).chains[ROOT].cum_qty == D(0)


def test_a_fill_accepts_no_version_that_is_pending() -> None:
    """R3, R4: also where it comes first of all, under the id of the replace."""
    chain = book(placed(), REPLACE, said(fill(100, exec_id="E1", cl_ord_id=NEXT))).chains[ROOT]
    assert (chain.accepted, chain.terms.order_qty, chain.cum_qty) == (ROOT, D(1_000), D(100))


def test_why_the_venue_changed_an_order_is_kept() -> None:
    """R15."""
    told = report(
        ExecType.RESTATED, OrdStatus.NEW, order_qty=D(700), exec_restatement_reason=ExecRestatementReason.PARTIAL_DECLINE
    )
    chain = book(placed(), NEW, said(told)).chains[ROOT]
    assert (chain.terms.order_qty, chain.exec_restatement_reason) == (D(700), ExecRestatementReason.PARTIAL_DECLINE)


def test_what_is_told_otherwise_is_a_break_with_both_numbers() -> None:
    told = fill(400, exec_id="E1", cum_qty=D(500), leaves_qty=D(500))
    _, differs = causes(book(placed(), NEW), told)
    assert differs == ReportDiffered(ROOT, SESSION, "E1", D(500), D(400), D(500), D(600))


def test_another_status_is_a_break() -> None:
    _, differs = causes(book(placed(), NEW), report(ExecType.PENDING_CANCEL, OrdStatus.CANCELED, exec_id="X"))
    assert isinstance(differs, ReportDiffered)
    assert (differs.told_ord_status, differs.held_ord_status) == (OrdStatus.CANCELED, OrdStatus.NEW)


def test_an_overfill_is_told_when_it_grows() -> None:
    found = [event for event in causes(book(placed(), NEW), fill(1_100, exec_id="E1")) if isinstance(event, OrderOverfilled)]
    assert found == [OrderOverfilled(ROOT, SESSION, "E1", D(100))]


def test_a_trade_that_comes_again_under_another_date_is_a_repetition() -> None:
    first = fill(400, exec_id="E1", trade_date="20261123", cum_qty=D(400))
    again = fill(400, exec_id="E1", trade_date="20261124", cum_qty=D(400))
    assert causes(book(placed(), NEW, said(first)), again) == ()


def test_an_exec_id_that_comes_again_on_another_day_is_another_trade() -> None:
    first = fill(400, exec_id="E1", trade_date="20261123", cum_qty=D(400))
    next_day = fill(400, exec_id="E1", trade_date="20261124", cum_qty=D(800), leaves_qty=D(200))
    assert causes(book(placed(), NEW, said(first)), next_day) == (ExecutionReported(ROOT, receipt(), next_day),)


def test_a_trade_has_its_exec_id_for_itself_among_all_orders() -> None:
    other = placed(NEXT, client_order_id="c2")
    (quarantined,) = causes(book(placed(), other, TRADED), fill(400, exec_id="E1", cl_ord_id=NEXT))
    assert isinstance(quarantined, ReportQuarantined)


def test_acks_that_are_not_numbered_are_not_taken_for_one() -> None:
    other = placed(NEXT, client_order_id="c2")
    ack, next_ack = (report(ExecType.NEW, OrdStatus.NEW, one, exec_id="0") for one in (ROOT, NEXT))
    assert causes(book(placed(), other, said(ack)), next_ack) == (ExecutionReported(NEXT, receipt(), next_ack),)


def test_an_order_that_the_venue_says_it_has_already_is_asked_about() -> None:
    told = report(ExecType.REJECTED, OrdStatus.REJECTED, exec_id="X", ord_rej_reason=OrdRejReason.DUPLICATE_ORDER)
    _, doubted = causes(book(placed()), told)
    assert isinstance(doubted, RequestDoubted)
    assert causes(book(placed(), NEW), told)[1:] == ()


def test_a_bust_takes_one_execution_where_two_days_have_the_same_exec_id() -> None:
    days = [said(fill(100, exec_id="E1", trade_date="20260101")), said(fill(50, exec_id="E1", trade_date="20260102"))]
    chain = book(placed(), NEW, *days, said(refers(ExecType.TRADE_CANCEL, "E1", "B1", trade_date="20260102"))).chains[ROOT]
    assert chain.cum_qty == D(100)


def test_order_id_none_is_no_orders_id() -> None:
    rejected = said(report(ExecType.REJECTED, OrdStatus.REJECTED, exec_id="X", order_id="NONE"))
    (quarantined,) = causes(book(placed(), rejected), fill(7, exec_id="E9", cl_ord_id="theirs", order_id="NONE"))
    assert isinstance(quarantined, ReportQuarantined)


@pytest.mark.parametrize("changes", [{"symbol": "OTHER"}, {"side": Side.SELL}])
def test_a_trade_of_another_symbol_or_side_is_in_suspense(changes: dict[str, Any]) -> None:
    (quarantined,) = causes(book(placed(), NEW), fill(100, exec_id="E1", **changes))
    assert isinstance(quarantined, ReportQuarantined)
    assert quarantined.is_suspended


def test_a_trade_that_comes_again_after_the_bust_of_another_is_a_repetition() -> None:
    first, second = fill(100, exec_id="E1", cum_qty=D(100)), fill(100, exec_id="E2", cum_qty=D(200))
    busted = refers(ExecType.TRADE_CANCEL, "E1", "B1", cum_qty=D(100))
    again = fill(100, exec_id="E2", cum_qty=D(200), trade_date="20261124")
    assert causes(book(placed(), NEW, said(first), said(second), said(busted)), again) == ()


def test_a_rejected_replace_found_by_status_leaves_the_order_working() -> None:
    rejected = said(status(OrdStatus.REJECTED, NEXT))
    chain = book(placed(), NEW, REPLACE, rejected).chains[ROOT]
    assert (chain.ord_status, chain.is_live, chain.requests[1].state) == (OrdStatus.NEW, True, RequestState.REFUSED)
