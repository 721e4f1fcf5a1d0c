"""The rules of the order book, each at its boundary."""

import pytest

from oms import deciding, hearing
from oms.domain.chain import RequestState
from oms.domain.commands import DecideAgain
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    Event,
    ExecutionReported,
    MessageSent,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    ReportQuarantined,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
    RequestRejected,
    StatusRequested,
)
from oms.domain.fields import CxlRejReason, ExecType, MsgType, OrdStatus
from oms.domain.refusal import Refusal
from oms.domain.report import CancelReject, MessageReject, Unreadable
from oms.told import Answered
from tests.support.orders import (
    GRANT,
    OTHER,
    PRINCIPAL,
    SESSION,
    D,
    asked,
    book,
    cancel,
    change,
    fill,
    place,
    placed,
    receipt,
    report,
    request_refused,
    said,
    status,
    terms,
    unknown,
)

ROOT, NEXT = "FG00000001", "FG00000002"
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))
PENDING = said(report(ExecType.PENDING_NEW, OrdStatus.PENDING_NEW, exec_id="P1"))
FILLED = said(fill(1_000))
SENT = MessageSent(ROOT, ROOT, SESSION, 1, 12, "D", "raw")
CANCEL = CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, GRANT)
CANCEL_SENT = MessageSent(ROOT, NEXT, SESSION, 1, 13, "F", "raw")
DONE_FOR_DAY = said(report(ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY, exec_id="DD1"))
DOUBTED = RequestDoubted(ROOT, ROOT, "why")
AGE_NS = 1_000


def refused(command: object, refusal: Refusal, text: str) -> OrderRefused:
    asked = place() if command is None else command
    return OrderRefused(asked.client_order_id, PRINCIPAL, asked.terms, refusal, text)  # type: ignore[attr-defined]


class TestPlace:
    def test_a_good_order_gets_the_next_cl_ord_id(self) -> None:
        assert deciding.place(book(), place(), SESSION, GRANT, 5) == placed(ROOT)
        assert deciding.place(book(placed()), place("c2"), SESSION, GRANT, 5) == placed(NEXT, client_order_id="c2")

    def test_the_cl_ord_id_counts_every_request_that_went_out(self) -> None:
        made = deciding.place(book(placed(), CANCEL), place("c2"), SESSION, GRANT, 5)
        assert isinstance(made, OrderPlaced)
        assert made.root_id == "FG00000003"

    def test_a_used_id_is_refused_before_all_else(self) -> None:
        other = place(wanted=terms(5, account="NOBODY", expire_at_ns=1))
        answer = deciding.place(book(placed()), other, SESSION, 0, 5)
        assert answer == refused(other, Refusal.DUPLICATE_CLIENT_ORDER_ID, "client_order_id=c1")

    def test_an_account_of_others_is_refused(self) -> None:
        command = place(wanted=terms(account="DESK2"))
        answer = deciding.place(book(), command, SESSION, GRANT, 5)
        assert answer == refused(command, Refusal.NOT_ENTITLED, f"account=DESK2 principal={PRINCIPAL}")

    @pytest.mark.parametrize(("expire_at_ns", "is_taken"), [(4, False), (5, False), (6, True), (None, True)])
    def test_an_order_expires_at_its_instant(self, expire_at_ns: int | None, is_taken: bool) -> None:
        command = place(wanted=terms(expire_at_ns=expire_at_ns))
        answer = deciding.place(book(), command, SESSION, GRANT, 5)
        assert isinstance(answer, OrderPlaced) == is_taken
        assert is_taken or answer == refused(command, Refusal.EXPIRED, f"expire_at_ns={expire_at_ns} at_ns=5")

    def test_a_session_that_is_down_takes_nothing(self) -> None:
        assert deciding.place(book(), place(), SESSION, 0, 5) == refused(None, Refusal.SESSION_DOWN, f"session={SESSION}")


class TestFirstAnswer:
    ANSWERS = (
        (place(), placed()),
        (place(), OrderRefused("c1", PRINCIPAL, terms(), Refusal.SESSION_DOWN, "")),
        (cancel(), CANCEL),
        (cancel(), request_refused(MsgType.ORDER_CANCEL_REQUEST, Refusal.SESSION_DOWN)),
        (change(), ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000))),
        (change(), request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.SESSION_DOWN)),
    )

    @pytest.mark.parametrize(("command", "answer"), ANSWERS)
    def test_the_same_request_gets_the_first_answer_again(self, command: object, answer: Event) -> None:
        order = placed(client_order_id="c1") if answer is not self.ANSWERS[0][1] else None
        facts = (order, answer) if order is not None and not isinstance(answer, OrderRefused) else (answer,)
        known = deciding.first_answer(book(*facts), command)  # type: ignore[arg-type]
        assert known == Answered(len(facts), answer)  # type: ignore[arg-type]

    def test_a_new_request_has_none(self) -> None:
        assert deciding.first_answer(book(placed()), place("c2")) is None

    def test_ids_of_another_principal_are_other_ids(self) -> None:
        assert deciding.first_answer(book(placed()), place(principal="trader/desk2")) is None

    @pytest.mark.parametrize(
        "command",
        [
            place(wanted=terms(2_000)),
            place(wanted=terms(price="1.3851")),
            place(wanted=terms(price=None)),
            place(wanted=terms(expire_at_ns=9)),
            cancel("c1"),
            change("c1"),
            cancel("r1"),
            change("x1"),
            change("r1", 3_000),
            change("r1", 2_000, "1.39"),
            change("r1", 2_000, expire_at_ns=9),
            cancel("x1", of="c2"),
            change("r1", 2_000, of="c2"),
        ],
    )
    def test_another_payload_is_no_repetition_and_the_first_answer_stays(self, command: object) -> None:
        replace = ReplaceRequested(ROOT, "FG00000003", ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000))
        orders = book(placed(), placed("FG00000009", client_order_id="c2"), CANCEL, replace)
        assert deciding.first_answer(orders, command) is None  # type: ignore[arg-type]
        orders.apply(refused(place(), Refusal.DUPLICATE_CLIENT_ORDER_ID, "again"), 9, 9)
        assert orders.answer(PRINCIPAL, "c1") == Answered(1, placed())

    def test_the_order_may_be_named_by_either_id(self) -> None:
        assert deciding.first_answer(book(placed(), CANCEL), cancel(of="", root_id=ROOT)) == Answered(2, CANCEL)

    def test_a_replace_that_keeps_the_price_is_repeated_with_or_without_it(self) -> None:
        answer = ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000))
        orders = book(placed(), answer)
        assert [deciding.first_answer(orders, change(price=price)) for price in (None, "1.3850")] == [Answered(2, answer)] * 2

    def test_a_cancel_of_another_unknown_order_is_no_repetition(self) -> None:
        known = request_refused(MsgType.ORDER_CANCEL_REQUEST, Refusal.UNKNOWN_ORDER, "", text="order=c1")
        orders = book(known, placed(client_order_id="c2"))
        assert deciding.first_answer(orders, cancel()) == Answered(1, known)
        assert deciding.first_answer(orders, cancel(of="c2")) is None
        assert deciding.first_answer(orders, cancel(of="", root_id=ROOT)) is None


class TestCancel:
    def test_a_live_order_is_canceled_under_a_name_of_its_own(self) -> None:
        orders = book(placed(), NEW)
        assert deciding.cancel(orders, cancel(), orders.chains[ROOT], GRANT) == CANCEL

    def test_the_version_that_the_venue_knows_is_named(self) -> None:
        replace = ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000))
        orders = book(placed(), NEW, replace, said(report(ExecType.REPLACED, OrdStatus.NEW, NEXT, exec_id="R1")))
        asked = deciding.cancel(orders, cancel(), orders.chains[ROOT], GRANT)
        assert asked == CancelRequested(ROOT, "FG00000003", NEXT, "x1", PRINCIPAL, SESSION, GRANT)

    @pytest.mark.parametrize(
        ("facts", "grant", "refusal"),
        [
            ((placed(), FILLED), GRANT, Refusal.TOO_LATE),
            ((placed(), FILLED), 0, Refusal.TOO_LATE),
            ((placed(), RequestNotSent(ROOT, ROOT, "expired")), GRANT, Refusal.TOO_LATE),
            ((placed(), NEW, DONE_FOR_DAY), GRANT, Refusal.TOO_LATE),
            ((placed(), NEW, CancelRequested(ROOT, NEXT, ROOT, "x0", PRINCIPAL, SESSION, GRANT)), 0, Refusal.REQUEST_PENDING),
            ((placed(), NEW), 0, Refusal.SESSION_DOWN),
        ],
    )
    def test_a_cancel_is_refused_for_the_first_reason(self, facts: tuple[Event, ...], grant: int, refusal: Refusal) -> None:
        orders = book(*facts)
        answer = deciding.cancel(orders, cancel(), orders.chains[ROOT], grant)
        assert answer == request_refused(MsgType.ORDER_CANCEL_REQUEST, refusal)

    def test_a_used_id_is_refused(self) -> None:
        orders = book(placed(), NEW)
        answer = deciding.cancel(orders, cancel("c1"), orders.chains[ROOT], GRANT)
        assert isinstance(answer, RequestRefused)
        assert answer.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID

    def test_an_order_of_others_is_not_known(self) -> None:
        orders = book(placed(), NEW)
        expected = request_refused(MsgType.ORDER_CANCEL_REQUEST, Refusal.UNKNOWN_ORDER, "")
        assert deciding.cancel(orders, cancel(accounts=frozenset({"DESK2"})), orders.chains[ROOT], GRANT) == expected
        assert deciding.cancel(book(), cancel(), None, 0) == expected


class TestReissue:
    def again(self, cl_ord_id: str = ROOT, *facts: Event, grant: int = 9, at_ns: int = 50) -> object:
        return deciding.reissue(book(placed(), *facts), DecideAgain(ROOT, cl_ord_id), grant, at_ns, AGE_NS)

    def test_what_was_only_meant_for_a_dead_worker_is_sent_again(self) -> None:
        assert self.again() == RequestReissued(ROOT, ROOT, SESSION, 9)

    def test_what_the_venue_does_not_know_is_sent_again_under_the_same_grant(self) -> None:
        assert self.again(ROOT, SENT, DOUBTED, asked(), said(unknown()), grant=GRANT) == RequestReissued(
            ROOT, ROOT, SESSION, GRANT
        )

    @pytest.mark.parametrize("facts", [(SENT,), (SENT, DOUBTED), (NEW,), (RequestNotSent(ROOT, ROOT, "expired"),)])
    def test_what_is_sent_unknown_or_answered_is_left_alone(self, facts: tuple[Event, ...]) -> None:
        assert self.again(ROOT, *facts) is None

    def test_what_is_on_its_way_is_left_alone(self) -> None:
        assert self.again(grant=GRANT) is None

    @pytest.mark.parametrize(("at_ns", "is_sent"), [(AGE_NS + 1, True), (AGE_NS + 2, False)])
    def test_an_old_order_is_given_up(self, at_ns: int, is_sent: bool) -> None:
        answer = self.again(at_ns=at_ns)
        assert answer == (
            RequestReissued(ROOT, ROOT, SESSION, 9) if is_sent else RequestNotSent(ROOT, ROOT, "too old to be sent again")
        )

    @pytest.mark.parametrize(("at_ns", "is_sent"), [(19, True), (20, False)])
    def test_an_expired_order_is_given_up(self, at_ns: int, is_sent: bool) -> None:
        orders = book(placed(wanted=terms(expire_at_ns=20)))
        answer = deciding.reissue(orders, DecideAgain(ROOT, ROOT), 9, at_ns, AGE_NS)
        assert answer == (RequestReissued(ROOT, ROOT, SESSION, 9) if is_sent else RequestNotSent(ROOT, ROOT, "expired"))

    def test_a_cancel_is_sent_as_long_as_its_order_lives_however_old(self) -> None:
        assert self.again(NEXT, NEW, CANCEL, at_ns=10**18) == RequestReissued(ROOT, NEXT, SESSION, 9)

    @pytest.mark.parametrize("asked", [CANCEL, ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000))])
    def test_nothing_more_is_asked_of_an_order_that_has_ended(self, asked: Event) -> None:
        assert self.again(NEXT, NEW, asked, FILLED) == RequestNotSent(ROOT, NEXT, "the order has ended")

    def test_an_order_whose_cancel_was_asked_for_is_not_sent_after_all(self) -> None:
        reason = "withdrawn: its cancel was asked for before it was sent"
        assert self.again(ROOT, CANCEL) == RequestNotSent(ROOT, ROOT, reason)


class TestReport:
    def causes(self, told: object, *facts: Event, session: str = SESSION) -> tuple[Event, ...]:
        return hearing.report(book(*facts), receipt(session), told)  # type: ignore[arg-type]

    def test_a_report_is_a_fact_about_its_order(self) -> None:
        assert self.causes(fill(100), placed()) == (ExecutionReported(ROOT, receipt(), fill(100)),)

    def test_a_report_may_name_the_order_by_the_version_before(self) -> None:
        told = fill(100, cl_ord_id="theirs", orig_cl_ord_id=ROOT)
        assert self.causes(told, placed()) == (ExecutionReported(ROOT, receipt(), told),)

    def test_an_execution_that_we_hold_is_a_repetition(self) -> None:
        assert self.causes(fill(100), placed(), said(fill(100))) == ()

    def test_the_same_exec_id_of_another_counterparty_is_another_execution(self) -> None:
        other = placed("FG00000009", session=OTHER, client_order_id="c9")
        told = fill(100, cl_ord_id="FG00000009")
        assert self.causes(told, placed(), other, said(fill(100)), session=OTHER) == (
            ExecutionReported("FG00000009", receipt(OTHER), told),
        )

    def test_a_status_has_no_key(self) -> None:
        told = status(OrdStatus.NEW, exec_id="E1")
        assert self.causes(told, placed(), said(told)) == (said(told),)

    def test_a_status_does_not_hide_the_execution_of_the_same_id(self) -> None:
        told = status(OrdStatus.PARTIALLY_FILLED, exec_id="E1")
        assert self.causes(fill(100), placed(), said(told)) == (said(fill(100)),)

    def test_a_report_of_another_sessions_order_is_set_aside(self) -> None:
        reason = f"ExecutionReport for {ROOT}, which is an order of {SESSION}"
        told = fill(100)
        assert self.causes(told, placed(), session=OTHER) == (ReportQuarantined(OTHER, reason, "", told, is_suspended=True),)

    def test_a_report_of_an_unknown_order_is_set_aside(self) -> None:
        reason = "ExecutionReport for unknown ClOrdID theirs"
        told = fill(100, cl_ord_id="theirs", order_id="V9")
        assert self.causes(told, placed()) == (ReportQuarantined(SESSION, reason, "", told, is_suspended=True),)

    def test_what_cannot_be_read_is_set_aside(self) -> None:
        assert self.causes(Unreadable("8: tag 17 is missing")) == (
            ReportQuarantined(SESSION, "8: tag 17 is missing", is_suspended=True),
        )

    def test_a_cancel_reject_answers_its_request(self) -> None:
        told = CancelReject(NEXT, ROOT, OrdStatus.NEW, CxlRejReason.BROKER_OPTION)
        assert self.causes(told, placed(), NEW, CANCEL) == (CancelRejected(ROOT, receipt(), told),)

    def test_a_cancel_reject_of_nothing_we_know_is_set_aside(self) -> None:
        told = CancelReject("theirs", ROOT, OrdStatus.NEW)
        assert self.causes(told, placed()) == (ReportQuarantined(SESSION, "OrderCancelReject for unknown ClOrdID theirs"),)

    def test_a_cancel_reject_of_another_session_is_set_aside(self) -> None:
        told = CancelReject(NEXT, ROOT, OrdStatus.NEW)
        reason = f"OrderCancelReject for {ROOT}, which is an order of {SESSION}"
        assert self.causes(told, placed(), NEW, CANCEL, session=OTHER) == (ReportQuarantined(OTHER, reason),)

    def test_a_cancel_reject_that_names_an_order_refuses_nothing(self) -> None:
        told = CancelReject(ROOT, "", OrdStatus.NEW)
        reason = f"OrderCancelReject for {ROOT}, which asked for no cancel or replace"
        assert self.causes(told, placed(), NEW) == (ReportQuarantined(SESSION, reason),)

    def test_a_second_answer_to_a_cancel_changes_nothing(self) -> None:
        done = said(report(ExecType.CANCELED, OrdStatus.CANCELED, NEXT, exec_id="C1"))
        told = CancelReject(NEXT, ROOT, OrdStatus.CANCELED, CxlRejReason.DUPLICATE_CL_ORD_ID)
        orders = book(placed(), NEW, CANCEL, done, CancelRejected(ROOT, receipt(), told))
        assert orders.chains[ROOT].requests[1].state is RequestState.DONE

    def test_a_rejected_message_is_found_by_its_number(self) -> None:
        assert self.causes(MessageReject(12, "no"), placed(), SENT) == (RequestRejected(ROOT, receipt(), ROOT, "no"),)

    @pytest.mark.parametrize("facts", [(placed(),), (placed(), SENT, NEW)])
    def test_a_reject_of_another_number_or_of_what_is_answered_is_set_aside(self, facts: tuple[Event, ...]) -> None:
        assert self.causes(MessageReject(12, "no"), *facts) == (ReportQuarantined(SESSION, "reject of MsgSeqNum 12: no"),)

    def test_a_rejected_question_does_not_end_the_order_it_was_about(self) -> None:
        question = MessageSent(ROOT, ROOT, SESSION, 1, 40, "H", "raw")
        facts = (placed(), SENT, DOUBTED, StatusRequested(ROOT, ROOT, SESSION, GRANT), question)
        assert self.causes(MessageReject(40, "unsupported"), *facts) == (
            ReportQuarantined(SESSION, "reject of MsgSeqNum 40: unsupported"),
        )


@pytest.mark.parametrize(
    ("facts", "is_doubted"), [((SENT,), True), ((SENT, PENDING), True), ((), False), ((NEW,), False), ((SENT, DOUBTED), False)]
)
def test_only_what_was_sent_and_not_answered_is_put_in_doubt(facts: tuple[Event, ...], is_doubted: bool) -> None:
    chain = book(placed(), *facts).chains[ROOT]
    expected = RequestDoubted(ROOT, ROOT, "why") if is_doubted else None
    assert deciding.doubt(chain, chain.requests[0], "why") == expected


def test_quantities_are_decimals_of_the_same_value() -> None:
    assert deciding.first_answer(book(placed()), place(wanted=terms("1000.00"))) == Answered(1, placed(wanted=terms(D(1_000))))  # type: ignore[arg-type]
