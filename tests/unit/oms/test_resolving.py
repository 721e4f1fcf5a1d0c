"""What a person may decide of reports in suspense and of requests of which nobody knows, and what becomes of the order."""

from typing import Any

import pytest
from msgspec.structs import replace

from oms import deciding, hearing, resolving
from oms.book import Book
from oms.domain.acts import ActRefused, RequestResolved
from oms.domain.chain import RequestState
from oms.domain.commands import AttributeReport, DismissReport, ResolveRequest
from oms.domain.events import (
    CancelRequested,
    Event,
    OrderOverfilled,
    ReplaceRequested,
    ReportAttributed,
    ReportDismissed,
    ReportQuarantined,
    RequestDoubted,
)
from oms.domain.fields import DKReason, ExecType, OrdStatus, Side
from oms.domain.refusal import Refusal
from oms.domain.report import ExecutionReport
from tests.support.orders import ACCOUNTS, OTHER, PRINCIPAL, SESSION, D, book, fill, placed, receipt, report, said, terms

ROOT = "FG00000001"
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))
STRAY = fill(100, cl_ord_id="X9", order_id="V9", exec_id="E9", symbol="EURUSD", side=Side.BUY)
"""A trade of an order that nobody knows."""


def suspended(told: ExecutionReport | None = STRAY, root_id: str = "", session: str = SESSION) -> ReportQuarantined:
    return ReportQuarantined(session, "why", root_id, told, is_suspended=True)


def attribute(**changes: Any) -> AttributeReport:
    given: dict[str, Any] = {
        "principal": PRINCIPAL,
        "client_order_id": "a1",
        "accounts": ACCOUNTS,
        "seq": 3,
        "root_id": ROOT,
        "reason": "asked",
    }
    return AttributeReport(**(given | changes))


def dismiss(**changes: Any) -> DismissReport:
    given: dict[str, Any] = {
        "principal": PRINCIPAL,
        "client_order_id": "d1",
        "accounts": ACCOUNTS,
        "seq": 3,
        "reason": "not ours",
    }
    return DismissReport(**(given | changes))


def resolve(state: RequestState = RequestState.NOT_SENT, cl_ord_id: str = ROOT, **changes: Any) -> ResolveRequest:
    given: dict[str, Any] = {
        "principal": PRINCIPAL,
        "client_order_id": "s1",
        "accounts": ACCOUNTS,
        "root_id": ROOT,
        "cl_ord_id": cl_ord_id,
        "state": state,
        "reason": "telephone",
    }
    return ResolveRequest(**(given | changes))


def apply(made: Book, *events: Event) -> Book:
    for seq, event in enumerate(events, 100):
        made.apply(event, seq, seq)
    return made


def hear(made: Book, told: ExecutionReport) -> list[Event]:
    """The venue says it; what it causes is applied."""
    events = hearing.report(made, receipt(), told)
    for event in events:
        made.apply(event, 200, 200)
    return list(events)


class TestAttributing:
    def test_a_report_counts_for_the_order_that_a_person_names(self) -> None:
        made = book(placed(), NEW, suspended())
        events = resolving.attribute(made, attribute())
        assert events == (ReportAttributed(ROOT, 3, "a1", PRINCIPAL, "asked", STRAY),)
        apply(made, *events)
        assert (made.chains[ROOT].cum_qty, made.suspense, made.resolved) == (D(100), {}, {3})

    @pytest.mark.parametrize("changes", [{}, {"cl_ord_id": ROOT}, {"cl_ord_id": ROOT, "cum_qty": D(100)}])
    @pytest.mark.parametrize("kind", ["trade", "correction"])
    def test_what_was_attributed_counts_once_however_the_venue_says_it_again(self, kind: str, changes: dict[str, Any]) -> None:
        stray = STRAY
        before = [placed(), NEW]
        if kind == "correction":
            before.append(said(fill(50, exec_id="E8")))
            stray = report(
                ExecType.TRADE_CORRECT, OrdStatus.NEW, "X9", exec_id="E9", exec_ref_id="E8", last_qty=D(100), last_px=D("1.385")
            )
        made = book(*before)
        hear(made, replace(stray, order_id="V9"))
        (seq,) = made.suspense
        apply(made, *resolving.attribute(made, attribute(seq=seq)))
        assert made.chains[ROOT].cum_qty == D(100)
        assert hear(made, replace(stray, order_id="V9", **changes)) == []
        assert made.chains[ROOT].cum_qty == D(100)

    def test_later_reports_under_its_order_id_find_the_order(self) -> None:
        made = book(placed(), NEW, suspended())
        apply(made, *resolving.attribute(made, attribute()))
        hear(made, fill(200, cl_ord_id="X9", order_id="V9", exec_id="E10"))
        assert made.chains[ROOT].cum_qty == D(300)

    def test_too_much_is_booked_and_told(self) -> None:
        stray = fill(2_000, cl_ord_id="X9", exec_id="E9")
        made = book(placed(), NEW, suspended(stray))
        _, told = resolving.attribute(made, attribute())
        assert told == OrderOverfilled(ROOT, SESSION, "E9", D(1_000))

    @pytest.mark.parametrize(
        ("entry", "changes", "refusal", "words"),
        [
            (suspended(), {"seq": 77}, Refusal.UNKNOWN_REPORT, "seq=77"),
            (suspended(None), {}, Refusal.REPORT_UNREADABLE, "seq=3 cannot be read, so it can only be dismissed: why"),
            (suspended(), {"root_id": "FG9"}, Refusal.UNKNOWN_ORDER, "order=FG9"),
            (suspended(), {"accounts": frozenset({"DESK2"})}, Refusal.UNKNOWN_ORDER, f"order={ROOT}"),
            (suspended(session=OTHER), {}, Refusal.OTHER_SESSION, f"seq=3 came over {OTHER}, order={ROOT} is of {SESSION}"),
            (
                suspended(report(ExecType.TRADE_CANCEL, OrdStatus.NEW, exec_ref_id="E7")),
                {},
                Refusal.UNKNOWN_EXECUTION,
                f"exec_ref_id=E7 is no standing execution of order={ROOT}",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, entry: ReportQuarantined, changes: dict[str, Any], refusal: Refusal, words: str
    ) -> None:
        (refused,) = resolving.attribute(book(placed(), NEW, entry), attribute(**changes))
        assert isinstance(refused, ActRefused)
        assert (refused.refusal, refused.text) == (refusal, words)

    def test_an_execution_is_not_booked_twice_under_one_id(self) -> None:
        made = book(placed(), said(fill(100, exec_id="E9")), suspended(fill(300, exec_id="E9"), ROOT))
        (refused,) = resolving.attribute(made, attribute())
        assert isinstance(refused, ActRefused)
        assert refused.refusal is Refusal.DUPLICATE_EXECUTION

    def test_what_names_an_order_of_others_is_hidden_from_us(self) -> None:
        made = book(placed(), NEW, suspended(STRAY, ROOT))
        (refused,) = resolving.attribute(made, attribute(accounts=frozenset({"DESK2"})))
        assert isinstance(refused, ActRefused)
        assert refused.refusal is Refusal.UNKNOWN_REPORT

    def test_what_is_resolved_stays_so_and_its_answer_is_told_again(self) -> None:
        made = book(placed(), NEW, suspended())
        apply(made, *resolving.attribute(made, attribute()))
        known = deciding.first_answer(made, attribute())
        assert known is not None
        assert isinstance(known.answer, ReportAttributed)
        assert deciding.first_answer(made, attribute(reason="another")) is None
        refused = resolving.dismiss(made, dismiss(), 0)
        assert isinstance(refused, ActRefused)
        assert (refused.refusal, refused.text) == (Refusal.REPORT_RESOLVED, "seq=3 was resolved before")
        assert refused.asked == "DismissReport seq=3 reason=not ours dk_reason="


class TestDismissing:
    @pytest.mark.parametrize("told", [STRAY, None])
    def test_it_changes_nothing(self, told: ExecutionReport | None) -> None:
        made = book(placed(), NEW, suspended(told))
        event = resolving.dismiss(made, dismiss(), 0)
        assert event == ReportDismissed(3, "d1", PRINCIPAL, "not ours")
        apply(made, event)
        assert (made.chains[ROOT].cum_qty, made.suspense, made.resolved) == (D(0), {}, {3})
        if told is not None:
            assert hear(made, told) == []

    def test_with_a_reason_for_the_venue_it_keeps_what_is_not_known(self) -> None:
        event = resolving.dismiss(book(placed(), NEW, suspended()), dismiss(dk_reason=DKReason.NO_MATCHING_ORDER), 7)
        assert event == ReportDismissed(3, "d1", PRINCIPAL, "not ours", DKReason.NO_MATCHING_ORDER, SESSION, 7, STRAY)

    @pytest.mark.parametrize(
        ("told", "grant", "refusal", "words"),
        [
            (STRAY, 0, Refusal.SESSION_DOWN, f"session={SESSION}"),
            (None, 7, Refusal.REPORT_UNREADABLE, "seq=3 cannot be read, so it can only be dismissed without a dk_reason"),
            (fill(1), 7, Refusal.REPORT_UNREADABLE, "seq=3 says nothing of symbol, side, which a dk_reason needs"),
        ],
    )
    def test_a_venue_that_cannot_be_told_keeps_the_report_in_suspense(
        self, told: ExecutionReport | None, grant: int, refusal: Refusal, words: str
    ) -> None:
        made = book(placed(), NEW, suspended(told))
        refused = resolving.dismiss(made, dismiss(dk_reason=DKReason.OTHER), grant)
        assert isinstance(refused, ActRefused)
        assert (refused.refusal, refused.text) == (refusal, words)


CANCEL = CancelRequested(ROOT, "FG00000002", ROOT, "x1", PRINCIPAL, SESSION, 7)
REPLACE = ReplaceRequested(ROOT, "FG00000002", ROOT, "r1", PRINCIPAL, SESSION, 7, terms(2_000))


def doubted(*events: Event, cl_ord_id: str) -> Book:
    return book(placed(), *events, RequestDoubted(ROOT, cl_ord_id, "lost"))


class TestResolving:
    @pytest.mark.parametrize(
        ("events", "cl_ord_id", "state", "ord_status", "order_qty", "is_live"),
        [
            ((), ROOT, RequestState.DONE, OrdStatus.NEW, 1_000, True),
            ((), ROOT, RequestState.REFUSED, OrdStatus.REJECTED, 1_000, False),
            ((), ROOT, RequestState.NOT_SENT, OrdStatus.REJECTED, 1_000, False),
            ((NEW, CANCEL), "FG00000002", RequestState.DONE, OrdStatus.CANCELED, 1_000, False),
            ((NEW, CANCEL), "FG00000002", RequestState.REFUSED, OrdStatus.NEW, 1_000, True),
            ((NEW, CANCEL), "FG00000002", RequestState.NOT_SENT, OrdStatus.NEW, 1_000, True),
            ((NEW, REPLACE), "FG00000002", RequestState.DONE, OrdStatus.NEW, 2_000, True),
            ((NEW, REPLACE), "FG00000002", RequestState.REFUSED, OrdStatus.NEW, 1_000, True),
        ],
    )
    def test_a_persons_word_does_what_the_venues_would(
        self, events: tuple[Event, ...], cl_ord_id: str, state: RequestState, ord_status: OrdStatus, order_qty: int, is_live: bool
    ) -> None:
        made = doubted(*events, cl_ord_id=cl_ord_id)
        event = resolving.resolve(made, resolve(state, cl_ord_id))
        assert event == RequestResolved(ROOT, cl_ord_id, "s1", PRINCIPAL, state, "telephone")
        chain = apply(made, event).chains[ROOT]
        request = chain.request(cl_ord_id)
        assert request is not None
        assert (request.state, chain.ord_status, chain.terms.order_qty) == (state, ord_status, D(order_qty))
        assert (ROOT in made.live) is chain.is_live is is_live
        assert list(made.open_requests(SESSION)) == []

    def test_a_trade_after_it_still_counts(self) -> None:
        made = doubted(cl_ord_id=ROOT)
        apply(made, resolving.resolve(made, resolve()))
        hear(made, fill(400, order_id="V1"))
        assert (made.chains[ROOT].cum_qty, made.chains[ROOT].ord_status, ROOT in made.live) == (
            D(400),
            OrdStatus.PARTIALLY_FILLED,
            True,
        )

    @pytest.mark.parametrize(
        ("changes", "refusal", "words"),
        [
            ({"root_id": "FG9"}, Refusal.UNKNOWN_ORDER, "order=FG9"),
            ({"accounts": frozenset({"DESK2"})}, Refusal.UNKNOWN_ORDER, f"order={ROOT}"),
            ({"cl_ord_id": "FG9"}, Refusal.UNKNOWN_ORDER, f"order={ROOT} has no request cl_ord_id=FG9"),
            ({}, Refusal.NOT_UNKNOWN, f"cl_ord_id={ROOT} is DONE"),
            ({"client_order_id": "c1"}, Refusal.DUPLICATE_CLIENT_ORDER_ID, "client_order_id=c1"),
        ],
    )
    def test_only_what_is_unknown_is_resolved(self, changes: dict[str, Any], refusal: Refusal, words: str) -> None:
        refused = resolving.resolve(book(placed(), NEW), resolve(**changes))
        assert isinstance(refused, ActRefused)
        assert (refused.refusal, refused.text) == (refusal, words)


def test_the_index_of_live_orders_follows_every_end_and_every_return() -> None:
    made = book(placed())
    assert list(made.live) == [ROOT]
    hear(made, fill(1_000, order_id="V1"))
    assert list(made.live) == []
    hear(made, report(ExecType.TRADE_CANCEL, OrdStatus.NEW, exec_id="E2", exec_ref_id="E1"))
    assert list(made.live) == [ROOT]
    hear(made, report(ExecType.CANCELED, OrdStatus.CANCELED, exec_id="E3"))
    assert list(made.live) == []
