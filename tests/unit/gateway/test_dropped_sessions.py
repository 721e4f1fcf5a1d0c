"""What a counterparty's file says of dropped sessions and resend requests, and how long what it is told may be."""

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.cell import Cell
from gateway.codec import writing
from gateway.codec.version import FIX_44
from gateway.rules import decide, react
from gateway.session_acts import LogOnAsked, LogOutAsked, Numbers, SessionAct, SessionDisabled, SessionEnabled
from gateway.sessions import (
    EngineStarted,
    GapFilled,
    SessionClosed,
    SessionHalted,
    SessionHeld,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionOpened,
    SessionReady,
)
from gateway.sizes import HEADER_BYTES, Sizes
from gateway.state import State
from gateway.taking import EVERYTHING, Takes
from oms.domain.acts import MassCancelRequested, RequestMissed
from oms.domain.chain import RequestState
from oms.domain.commands import DecideAgain, MassCancel
from oms.domain.events import (
    CancelRequested,
    Event,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
)
from oms.domain.fields import ExecType, OrdStatus, Side
from oms.domain.refusal import Refusal
from oms.domain.terms import Instructions
from tests.support.orders import CELL, QUOTE, SECOND, SESSION, cancel, change, place, placed, report, said, terms
from tests.unit.gateway.test_rules import NEW, NEXT, ON, ORDER, READY, ROOT, gap_fill, granted, sent, told

WITHDRAWN = "withdrawn: its session was lost, and it is to be canceled"
LOST = SessionLoggedOut(SESSION, "gone")


def act(kind: type[SessionAct]) -> SessionAct:
    return kind(SESSION, kind.__name__, "ops", "", "", Numbers(1, 1, 1), Numbers(1, 1, 1))


ENDINGS: dict[str, tuple[Event, ...]] = {
    "held": (SessionHeld(SESSION, "a storm", is_down=True), LOST),
    "halted": (SessionHalted(SESSION, "numbers", grant=1), LOST),
    "disabled": (act(SessionDisabled), LOST, act(SessionEnabled)),
    "logged out": (act(LogOutAsked), LOST, act(LogOnAsked)),
}


def after(*events: Event, cell: Cell = CELL, **plan: object) -> State:
    """A session that has been ready, and these facts; its plan says so."""
    first = replace(cell.sessions[0], **plan)
    made = State(replace(cell, sessions=(first, *cell.sessions[1:])))
    made.quotes["EURUSD"] = QUOTE
    for event in (granted(), ON, READY, *events):
        made.apply(event, made.seq + 1, 0)
    return made


class TestTrustedResendRequests:
    FILLED = gap_fill(2, 3)

    def test_what_was_sent_under_the_number_was_missed_and_is_decided_again(self) -> None:
        state = after(ORDER, sent(2), trusts_resend_request=True)
        missed = RequestMissed(ROOT, ROOT, "the peer asked for its number")
        assert [e for e in decide(state, told(self.FILLED), 0) if not isinstance(e, GapFilled)][1:] == [missed]
        state.apply(missed, state.seq + 1, 0)
        request = state.book.chains[ROOT].requests[0]
        assert (request.state, request.grant, request.msg_seq_num) == (RequestState.INTENT, 0, 0)
        assert react(state, missed) == (DecideAgain(ROOT, ROOT),)
        assert isinstance(decide(state, DecideAgain(ROOT, ROOT), 0)[0], RequestReissued)

    def test_without_the_word_it_is_in_doubt(self) -> None:
        state = after(ORDER, sent(2))
        assert RequestDoubted(ROOT, ROOT, "the peer asked for its number") in decide(state, told(self.FILLED), 0)

    def test_what_the_venue_has_answered_was_not_missed(self) -> None:
        state = after(ORDER, sent(2), NEW, trusts_resend_request=True)
        assert not any(isinstance(event, RequestMissed) for event in decide(state, told(self.FILLED), 0))

    @pytest.mark.parametrize(("trusts", "kind"), [(True, RequestMissed), (False, RequestDoubted)])
    def test_what_a_worker_gap_filled_before_it_died_counts_the_same(self, trusts: bool, kind: type[Event]) -> None:
        state = after(ORDER, sent(2), trusts_resend_request=trusts)
        filled = link.Logged(3, 0, "", "", "4", self.FILLED.raw)
        log = link.SentLog("boot", 1, 1, (filled,))
        hello = link.Hello(SESSION, "boot", 1, 3, log)
        assert kind in [type(event) for event in decide(state, told(hello, grant=0), 0)]


class TestCancelOnDisconnect:
    def back(self, *between: Event, cancels: bool = True) -> State:
        """An order that was acknowledged, a session that dropped, and is logged on again."""
        return after(ORDER, sent(2), NEW, *between, ON, cancels_on_ready=cancels)

    def canceling(self) -> State:
        state = self.back(LOST)
        state.apply(READY, state.seq + 1, 0)
        command = react(state, READY)[0]
        assert isinstance(command, MassCancel)
        (asked,) = decide(state, command, 0)
        state.apply(asked, state.seq + 1, 0)
        for single in react(state, asked):
            for event in decide(state, single, 0):
                state.apply(event, state.seq + 1, 0)
        return state

    def test_when_the_session_is_back_all_its_orders_are_canceled_first_of_all(self) -> None:
        state = self.back(LOST)
        state.apply(READY, state.seq + 1, 0)
        first = react(state, READY)[0]
        expected = MassCancel("fixgate", f"lost-{SESSION}-{state.seq}", frozenset({"DESK1"}), session=SESSION)
        assert first == expected
        (asked,) = decide(state, first, 0)
        assert isinstance(asked, MassCancelRequested)
        assert asked.root_ids == (ROOT,)

    def test_new_orders_and_replaces_wait_until_all_is_told(self) -> None:
        state = self.canceling()
        (refused,) = decide(state, place("c2"), 0)
        assert isinstance(refused, OrderRefused)
        assert (refused.refusal, refused.text) == (
            Refusal.SESSION_DOWN,
            f"session={SESSION} was lost: orders_untold=1 orders_to_cancel=0",
        )
        canceled = report(ExecType.CANCELED, OrdStatus.CANCELED, NEXT, exec_id="E9", orig_cl_ord_id=ROOT)
        state.apply(said(canceled), state.seq + 1, 0)
        assert isinstance(decide(state, place("c3"), 0)[0], OrderPlaced)

    def test_what_never_left_is_not_sent_after_it(self) -> None:
        state = after(placed(grant=1), LOST, granted(), ON, cancels_on_ready=True)
        state.apply(READY, state.seq + 1, 0)
        (asked,) = decide(state, react(state, READY)[0], 0)
        state.apply(asked, state.seq + 1, 0)
        assert decide(state, DecideAgain(ROOT, ROOT), 0) == (RequestNotSent(ROOT, ROOT, WITHDRAWN),)

    def test_a_new_start_of_the_engine_drops_the_session_too(self) -> None:
        state = self.back(EngineStarted("", ""), granted())
        assert state.lost == {SESSION}

    def test_a_session_that_its_schedule_closed_was_not_lost(self) -> None:
        state = self.back(SessionClosed(SESSION, None), LOST, SessionOpened(SESSION, None))
        state.apply(READY, state.seq + 1, 0)
        assert not any(isinstance(command, MassCancel) for command in react(state, READY))
        assert isinstance(decide(state, place("c2"), 0)[0], OrderPlaced)

    @pytest.mark.parametrize("why", ["held", "halted", "disabled", "logged out"])
    def test_what_kept_the_session_from_logging_on_before_it_dropped_does_not_excuse_it(self, why: str) -> None:
        """It is most suspect then."""
        state = self.back(*ENDINGS[why])
        assert state.lost == {SESSION}
        state.apply(READY, state.seq + 1, 0)
        assert isinstance(react(state, READY)[0], MassCancel)

    def test_a_loss_that_was_dealt_with_is_over_when_the_schedule_closes_the_session(self) -> None:
        state = self.canceling()
        canceled = report(ExecType.CANCELED, OrdStatus.CANCELED, NEXT, exec_id="E9", orig_cl_ord_id=ROOT)
        for event in (said(canceled), SessionClosed(SESSION, None), LOST):
            state.apply(event, state.seq + 1, 0)
        assert state.lost == set()

    def test_a_loss_stays_one_while_cancels_wait_though_the_schedule_closes_the_session(self) -> None:
        state = self.back(LOST)
        state.apply(READY, state.seq + 1, 0)
        (asked,) = decide(state, react(state, READY)[0], 0)
        for event in (asked, SessionClosed(SESSION, None), LOST):
            state.apply(event, state.seq + 1, 0)
        assert state.lost == {SESSION}

    def test_without_the_word_they_stay(self) -> None:
        state = self.back(LOST, cancels=False)
        state.apply(READY, state.seq + 1, 0)
        assert not any(isinstance(command, MassCancel) for command in react(state, READY))
        assert isinstance(decide(state, place("c2"), 0)[0], OrderPlaced)


class TestOwnAge:
    @pytest.mark.parametrize(("own_ms", "kind"), [(None, RequestReissued), (1_000, RequestNotSent), (0, RequestNotSent)])
    def test_a_counterpartys_own_age_goes_before_the_cells(self, own_ms: int | None, kind: type[Event]) -> None:
        state = after(ORDER, granted(), SessionLoggedOn(SESSION), SessionReady(SESSION), reissue_age_ms_max=own_ms)
        assert type(decide(state, DecideAgain(ROOT, ROOT), 2 * SECOND)[0]) is kind


class TestReplacesAtOnce:
    @pytest.mark.parametrize(("most", "kind"), [(1, RequestRefused), (2, ReplaceRequested)])
    def test_no_more_replaces_of_an_order_wait_than_it_takes(self, most: int, kind: type[Event]) -> None:
        state = after(ORDER, sent(2), NEW, takes=replace(Takes(), replaces_pending_max=most))
        state.apply(decide(state, change("r1"), 0)[0], state.seq + 1, 0)
        (event,) = decide(state, change("r2", 3_000), 0)
        assert type(event) is kind
        if isinstance(event, RequestRefused):
            assert event.refusal is Refusal.REQUEST_PENDING


class TestSizes:
    LOCATE = Instructions(locate_id="L" * 33)
    CUSTOM = Instructions(custom=((9_000, "x" * 33),))

    @pytest.mark.parametrize(
        ("sizes", "wanted", "text"),
        [
            (Sizes(cl_ord_id_length_max=9), terms(), f"cl_ord_id={ROOT} has 10 characters of 9"),
            (Sizes(text_length_max=32), terms(side=Side.SELL_SHORT, instructions=LOCATE), "locate_id has 33 characters of 32"),
            (Sizes(text_length_max=32), terms(instructions=CUSTOM), "custom_tags=9000 has 33 characters of 32"),
        ],
    )
    def test_what_is_too_long_is_refused_with_its_length(self, sizes: Sizes, wanted: object, text: str) -> None:
        (refused,) = decide(after(sizes=sizes, takes=EVERYTHING), place(wanted=wanted), 0)  # type: ignore[arg-type]
        assert isinstance(refused, OrderRefused)
        assert (refused.refusal, refused.text) == (Refusal.NOT_TAKEN, f"{text} session={SESSION}")

    def test_a_message_is_as_long_as_it_is_on_the_wire(self) -> None:
        length = HEADER_BYTES + len(writing.new_order_single(FIX_44, ROOT, terms(), 0))
        assert isinstance(decide(after(sizes=Sizes(message_bytes_max=length)), place(), 0)[0], OrderPlaced)
        (refused,) = decide(after(sizes=Sizes(message_bytes_max=length - 1)), place(), 0)
        assert isinstance(refused, OrderRefused)
        assert refused.text == f"message has {length} bytes of {length - 1} session={SESSION}"

    @pytest.mark.parametrize("sizes", [Sizes(cl_ord_id_length_max=9), Sizes(message_bytes_max=100)])
    def test_a_replace_is_bounded_too_and_a_cancel_is_not(self, sizes: Sizes) -> None:
        state = after(ORDER, sent(2), NEW, sizes=sizes)
        (refused,) = decide(state, change(), 0)
        assert isinstance(refused, RequestRefused)
        assert refused.refusal is Refusal.NOT_TAKEN
        assert isinstance(decide(state, cancel(), 0)[0], CancelRequested)


def test_nothing_is_said_of_sizes_where_the_file_says_nothing() -> None:
    state = after(takes=EVERYTHING)
    assert isinstance(decide(state, place(wanted=terms(instructions=TestSizes.CUSTOM)), 0)[0], OrderPlaced)
