"""What each command causes over the whole state, and what each fact sets off."""

from typing import Any, get_args

import pytest

from gateway import link
from gateway.codec.text import text
from gateway.frames import FRAMES
from gateway.inbound import Read
from gateway.rules import DECISIONS, Command, FromLink, LinkLost, decide, react
from gateway.sessions import (
    AdminSent,
    EngineStarted,
    GapFilled,
    SenderReserved,
    SessionGranted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
)
from gateway.state import State
from oms.domain.commands import AskStatus, DecideAgain, LookAfter
from oms.domain.events import (
    CancelRequested,
    Event,
    MessageSent,
    OrderRefused,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
    StatusRequested,
)
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision
from tests.support.orders import (
    CELL,
    DATA,
    OTHER,
    PRINCIPAL,
    QUOTE,
    SESSION,
    D,
    asked,
    cancel,
    change,
    place,
    placed,
    report,
    said,
    terms,
    unknown,
)

G = 1
"""The grant: the journal's first record."""
ROOT, NEXT = "FG00000001", "FG00000002"
NUMBERS = Decision("v1", QUOTE.bid_px, QUOTE.offer_px, QUOTE.at_ns, D("1.3850"))
ON, READY = SessionLoggedOn(SESSION), SessionReady(SESSION)
ORDER = placed(grant=G)
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))


def granted(session: str = SESSION) -> SessionGranted:
    return SessionGranted(session, 1, 1, 1, link.BLOCK, trusted=True, pid=1)


def state(*events: Event) -> State:
    """After a grant and these facts, with a price."""
    made = State(CELL)
    made.quotes["EURUSD"] = QUOTE
    for event in (granted(), *events):
        made.apply(event, made.seq + 1, 0)
    return made


def ready(*events: Event) -> State:
    return state(ON, READY, *events)


def sent(number: int, cl_ord_id: str = ROOT, msg_type: str = "D") -> MessageSent:
    return MessageSent(ROOT, cl_ord_id, SESSION, 1, number, msg_type, "raw")


def told(frame: link.FromWorker, grant: int = G, session: str = SESSION) -> FromLink:
    return FromLink(session, grant, frame)


def gap_fill(begin_seq_no: int, new_seq_no: int) -> link.Sent:
    raw = text("FIX.4.4", "4", [(34, str(begin_seq_no)), (43, "Y"), (123, "Y"), (36, str(new_seq_no))])
    return link.Sent(begin_seq_no, "", "", "4", raw.encode())


class TestClients:
    def test_an_order_is_placed_under_the_grant_with_the_numbers_of_its_verdict(self) -> None:
        assert decide(ready(), place(), 0) == (placed(grant=G, decision=NUMBERS),)

    def test_an_account_that_nobody_has_is_unknown(self) -> None:
        nobody = terms(account="DESK9")
        refused = OrderRefused("c1", PRINCIPAL, nobody, Refusal.UNKNOWN_ACCOUNT, "account=DESK9")
        assert decide(ready(), place(wanted=nobody), 0) == (refused,)

    def test_risk_turns_an_order_into_a_refusal_with_its_numbers(self) -> None:
        (refused,) = decide(ready(), place(wanted=terms(150)), 0)
        expected = OrderRefused("c1", PRINCIPAL, terms(150), Refusal.ORDER_QTY_NOT_IN_LOTS, "order_qty=150 lot=100", NUMBERS)
        assert refused == expected

    @pytest.mark.parametrize(
        "facts", [(), (ON,), (ON, READY, SessionLoggedOut(SESSION, "gone")), (ON, READY, EngineStarted("", ""))]
    )
    def test_only_a_ready_session_takes_orders_and_cancels(self, facts: tuple[Event, ...]) -> None:
        (refused,) = decide(state(*facts), place(), 0)
        assert refused == OrderRefused("c1", PRINCIPAL, terms(), Refusal.SESSION_DOWN, f"session={SESSION}")
        (not_canceled,) = decide(state(*facts, ORDER, NEW), cancel(), 0)
        assert isinstance(not_canceled, RequestRefused)
        assert not_canceled.refusal is Refusal.SESSION_DOWN

    def test_a_session_of_prices_takes_no_orders(self) -> None:
        made = state(granted(DATA), SessionLoggedOn(DATA), SessionReady(DATA))
        assert (made.grant_if_ready(DATA), made.grant_if_ready(OTHER), made.grant_if_ready("none")) == (0, 0, 0)

    def test_risk_turns_a_replace_into_a_refusal_of_the_order_as_wanted(self) -> None:
        (refused,) = decide(ready(ORDER, NEW), change(order_qty=150), 0)
        assert isinstance(refused, RequestRefused)
        assert (refused.refusal, refused.root_id, refused.terms) == (Refusal.ORDER_QTY_NOT_IN_LOTS, ROOT, terms(150))
        assert refused.decision is not None

    def test_risk_never_stands_in_the_way_of_a_cancel(self) -> None:
        made = ready(ORDER, NEW)
        made.quotes.clear()
        assert decide(made, cancel(), 10**18) == (CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, G),)

    def test_an_order_that_waits_to_be_sent_again_is_withdrawn_by_its_cancel(self) -> None:
        made = ready(ORDER, granted(), ON, READY)
        grant = made.sessions[SESSION].grant
        asked = CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, grant)
        withdrawn = RequestNotSent(ROOT, ROOT, "withdrawn: its cancel was asked for before it was sent")
        assert decide(made, cancel(), 0) == (asked, withdrawn)

    def test_an_order_that_is_on_its_way_is_not_withdrawn(self) -> None:
        assert decide(ready(ORDER), cancel(), 0) == (CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, G),)


class TestWorker:
    @pytest.mark.parametrize(
        "frame",
        [
            link.LoggedOn(),
            link.LoggedOut(),
            link.Received(b"8=FIX.4.4\x0135=0\x0134=1\x01"),
            link.Sent(5, ROOT, ROOT, "D", b"raw"),
            link.NotSent(ROOT, ROOT, "D", "EXPIRED"),
            link.WantNumbers(),
        ],
    )
    def test_a_worker_that_was_replaced_is_not_heard(self, frame: link.FromWorker) -> None:
        assert decide(ready(ORDER), told(frame, G - 1), 0) == ()
        assert decide(ready(ORDER), told(frame), 0) != ()

    def test_a_lost_link_takes_the_session_down_once_and_only_its_own(self) -> None:
        down = SessionLoggedOut(SESSION, "worker gone")
        assert decide(ready(), LinkLost(SESSION, G), 0) == (down,)
        assert decide(ready(), LinkLost(SESSION, G - 1), 0) == ()
        assert decide(ready(down), LinkLost(SESSION, G), 0) == ()

    def test_logged_on_is_ready_at_once_where_nothing_can_be_missing(self) -> None:
        assert decide(state(), told(link.LoggedOn()), 0) == (ON,)
        made = state(granted(DATA))
        assert decide(made, told(link.LoggedOn(), 2, DATA), 0) == (SessionLoggedOn(DATA), SessionReady(DATA))

    def test_more_numbers_are_reserved_in_blocks(self) -> None:
        assert decide(ready(), told(link.WantNumbers()), 0) == (SenderReserved(SESSION, 2 * link.BLOCK),)

    def test_what_was_sent_is_a_fact_of_its_order_or_of_its_session(self) -> None:
        assert decide(ready(ORDER), told(link.Sent(5, ROOT, ROOT, "D", b"raw\xe9")), 0) == (
            MessageSent(ROOT, ROOT, SESSION, 1, 5, "D", "raw\xe9"),
        )
        assert decide(ready(), told(link.Sent(5, "", "", "0", b"raw")), 0) == (AdminSent(SESSION, 1, 5, "0", "raw"),)

    def test_what_was_dropped_is_given_up(self) -> None:
        dropped = link.NotSent(ROOT, ROOT, "D", "EXPIRED")
        assert decide(ready(ORDER), told(dropped), 0) == (RequestNotSent(ROOT, ROOT, "EXPIRED"),)
        assert decide(ready(ORDER, NEW), told(dropped), 0) == ()
        assert decide(ready(), told(dropped), 0) == ()

    def test_a_dropped_question_gives_nothing_up(self) -> None:
        assert decide(ready(ORDER), told(link.NotSent(ROOT, ROOT, "H", "SESSION_DOWN")), 0) == ()


class TestGapFill:
    @pytest.mark.parametrize(
        ("begin_seq_no", "new_seq_no", "is_doubted"), [(5, 6, True), (1, 6, True), (5, 9, True), (6, 9, False), (1, 5, False)]
    )
    def test_exactly_what_lies_in_the_range_is_put_in_doubt(self, begin_seq_no: int, new_seq_no: int, is_doubted: bool) -> None:
        frame = gap_fill(begin_seq_no, new_seq_no)
        admin = AdminSent(SESSION, 1, begin_seq_no, "4", frame.raw.decode())
        doubts = [RequestDoubted(ROOT, ROOT, "the peer asked for its number")] if is_doubted else []
        filled = GapFilled(SESSION, begin_seq_no, new_seq_no)
        assert decide(ready(ORDER, sent(5)), told(frame), 0) == (admin, filled, *doubts)

    @pytest.mark.parametrize("facts", [(), (sent(5), NEW), (sent(5), RequestDoubted(ROOT, ROOT, "before"))])
    def test_what_is_not_sent_answered_or_in_doubt_already_is_left_alone(self, facts: tuple[Event, ...]) -> None:
        assert len(decide(ready(ORDER, *facts), told(gap_fill(1, 9)), 0)) == 2

    def test_the_question_about_the_gap_is_asked_again_when_it_may_have_been_in_it(self) -> None:
        assert decide(state(ON), told(gap_fill(1, 9)), 0)[-1] == ON
        assert decide(ready(), told(gap_fill(1, 9)), 0)[-1] == GapFilled(SESSION, 1, 9)


class TestAgain:
    AGAIN = DecideAgain(ROOT, ROOT)
    UNSENT = (ORDER, sent(5), RequestDoubted(ROOT, ROOT, "why"), asked(), said(unknown()))

    def test_a_request_is_judged_afresh_and_sent_again(self) -> None:
        assert decide(ready(*self.UNSENT), self.AGAIN, 0) == (RequestReissued(ROOT, ROOT, SESSION, G, NUMBERS),)

    def test_a_session_that_is_not_ready_leaves_it_to_the_next_logon(self) -> None:
        assert decide(state(ON, *self.UNSENT), self.AGAIN, 0) == ()

    def test_a_cancel_is_sent_again_without_a_price(self) -> None:
        wanted = CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, G)
        facts = (ORDER, NEW, wanted, sent(6, NEXT, "F"), RequestDoubted(ROOT, NEXT, "why"), asked())
        made = ready(*facts, said(report(ExecType.ORDER_STATUS, OrdStatus.NEW, exec_id="0")))
        made.quotes.clear()
        assert decide(made, DecideAgain(ROOT, NEXT), 10**18) == (RequestReissued(ROOT, NEXT, SESSION, G),)

    def test_a_question_is_asked_only_of_a_ready_session(self) -> None:
        doubted = (ORDER, sent(5), RequestDoubted(ROOT, ROOT, "why"))
        assert decide(ready(*doubted), AskStatus(ROOT, ROOT), 0) == (StatusRequested(ROOT, ROOT, SESSION, G),)
        assert decide(state(ON, *doubted), AskStatus(ROOT, ROOT), 0) == ()
        assert decide(ready(ORDER, NEW), AskStatus(ROOT, ROOT), 0) == ()


class TestReactions:
    def test_ready_resolves_all_that_is_open_and_leaves_what_is_on_its_way(self) -> None:
        facts = (
            placed("FG1", client_order_id="c1", grant=G),
            placed("FG2", client_order_id="c2", grant=G),
            RequestDoubted("FG2", "FG2", "why"),
            placed("FG3", client_order_id="c3", grant=G),
            MessageSent("FG3", "FG3", SESSION, 1, 9, "D", "raw"),
            placed("FG4", client_order_id="c4", session=OTHER, grant=G),
            granted(),
            ON,
            READY,
            placed("FG5", client_order_id="c5", grant=9),
        )
        made = ready(*facts)
        assert made.sessions[SESSION].grant == 10
        assert react(made, READY) == (DecideAgain("FG1", "FG1"), AskStatus("FG2", "FG2"), DecideAgain("FG5", "FG5"))

    def test_a_session_that_is_back_looks_after_its_unconfirmed_orders(self) -> None:
        facts = (ORDER, NEW, SessionLoggedOut(SESSION, "gone"), ON)
        made = state(ON, READY, *facts, READY)
        assert react(made, READY) == (LookAfter(SESSION),)
        assert decide(made, LookAfter(SESSION), 0) == (StatusRequested(ROOT, ROOT, SESSION, G),)

    def test_an_engine_that_starts_has_lost_its_sessions(self) -> None:
        assert list(ready(ORDER, NEW, EngineStarted("", "")).book.doubts[SESSION].unconfirmed) == [ROOT]
        assert state(ON, ORDER, NEW, EngineStarted("", "")).book.doubts == {}

    def test_what_is_on_its_way_under_this_grant_is_left_alone(self) -> None:
        assert react(ready(ORDER), READY) == ()

    def test_doubt_asks(self) -> None:
        doubted = RequestDoubted(ROOT, ROOT, "why")
        assert react(ready(ORDER, sent(5), doubted), doubted) == (AskStatus(ROOT, ROOT),)

    def test_an_answer_that_it_never_arrived_decides_again(self) -> None:
        facts: tuple[Any, ...] = TestAgain.UNSENT
        assert react(ready(*facts), said(unknown())) == (DecideAgain(ROOT, ROOT),)
        assert react(ready(ORDER, sent(5)), said(unknown())) == ()

    @pytest.mark.parametrize("event", [ORDER, NEW, ON, sent(5), EngineStarted("", "")])
    def test_other_facts_set_nothing_off(self, event: Event) -> None:
        assert react(ready(ORDER), event) == ()


def test_there_is_a_decision_for_every_command_and_every_frame() -> None:
    assert set(DECISIONS) == set(get_args(Command))
    assert set(FRAMES) == {*get_args(link.FromWorker), Read}
