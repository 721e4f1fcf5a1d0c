"""A drain refuses what is new, lets cancels pass, knows what is left, and is lifted by a person or the next start."""

import pytest

from gateway.draining import Left, left
from gateway.rules import decide, react
from gateway.sessions import EngineStarted, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms import deciding
from oms.domain.acts import ActRefused, DrainRequested, DrainStopped
from oms.domain.commands import Drain, MassCancel, PlaceOrder, StopDrain
from oms.domain.events import CancelRequested, Event, OrderPlaced, OrderRefused, RequestDoubted, RequestRefused
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.refusal import RETRY_CAN_HELP, Refusal
from tests.support import orders

OPERATOR = "operator/ops"
NOW = orders.SECOND
UP = (
    SessionGranted(orders.SESSION, 1, 1, 1, 10_000, trusted=True, pid=1),
    SessionLoggedOn(orders.SESSION),
    SessionReady(orders.SESSION),
)
DRAIN = DrainRequested("D1", OPERATOR, "release", is_canceling=True, wait_ms=1_000)
ASKED = Drain(OPERATOR, "D1", "release", is_canceling=True, wait_ms=1_000)
WORKING = (orders.placed(), orders.said(orders.report(ExecType.NEW, OrdStatus.NEW)))


def state(*events: Event) -> State:
    made = State(orders.CELL)
    for seq, event in enumerate((*UP, *events), start=1):
        made.apply(event, seq, seq)
    made.quotes["EURUSD"] = orders.QUOTE
    return made


class TestWhatIsNew:
    @pytest.mark.parametrize("is_parent", [False, True])
    def test_an_order_is_refused_and_a_later_try_can_help(self, is_parent: bool) -> None:
        (event,) = decide(state(DRAIN), orders.place("c9", is_parent=is_parent), NOW)
        assert isinstance(event, OrderRefused)
        assert (event.refusal, event.text) == (Refusal.DRAINING, "principal=operator/ops reason=release")
        assert event.refusal in RETRY_CAN_HELP

    def test_a_replace_is_refused_and_the_order_stays_what_it_is(self) -> None:
        (event,) = decide(state(*WORKING, DRAIN), orders.change("r1"), NOW)
        assert isinstance(event, RequestRefused)
        assert (event.refusal, event.root_id) == (Refusal.DRAINING, "FG00000001")

    def test_an_id_that_was_used_is_refused_for_that(self) -> None:
        wanted: PlaceOrder = orders.place("c1", orders.terms(500))
        (event,) = decide(state(*WORKING, DRAIN), wanted, NOW)
        assert isinstance(event, OrderRefused)
        assert event.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID

    def test_a_cancel_passes(self) -> None:
        (event,) = decide(state(*WORKING, DRAIN), orders.cancel(), NOW)
        assert isinstance(event, CancelRequested)

    @pytest.mark.parametrize("lifted", [DrainStopped("D2", OPERATOR, "enough"), EngineStarted("", "")])
    def test_orders_are_taken_again_once_it_is_lifted(self, lifted: Event) -> None:
        made = state(DRAIN, lifted)
        assert made.draining is None
        for seq, fact in enumerate(UP, start=made.seq + 1):
            made.apply(fact, seq, seq)
        (event,) = decide(made, orders.place("c9"), NOW)
        assert isinstance(event, OrderPlaced)


class TestTheDrainItself:
    def test_it_is_a_fact_and_its_first_answer_for_ever(self) -> None:
        made = state()
        assert decide(made, ASKED, NOW) == (DRAIN,)
        made.apply(DRAIN, made.seq + 1, NOW)
        known = deciding.first_answer(made.book, ASKED)
        assert known is not None
        assert known.answer is DRAIN
        other = Drain(OPERATOR, "D1", "release", is_canceling=False, wait_ms=1_000)
        (refused,) = decide(made, other, NOW)
        assert isinstance(refused, ActRefused)
        assert refused.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID

    def test_only_a_drain_can_be_stopped(self) -> None:
        asked = StopDrain(OPERATOR, "D2", "enough")
        (refused,) = decide(state(), asked, NOW)
        assert isinstance(refused, ActRefused)
        assert refused.refusal is Refusal.NOT_DRAINING
        assert decide(state(DRAIN), asked, NOW) == (DrainStopped("D2", OPERATOR, "enough"),)

    def test_what_is_working_is_canceled_if_that_was_asked_for(self) -> None:
        made = state(*WORKING, DRAIN)
        assert react(made, DRAIN) == (MassCancel(OPERATOR, "D1 drain", frozenset({"DESK1"})),)
        assert react(made, DrainRequested("D1", OPERATOR, "release", is_canceling=False, wait_ms=1_000)) == ()
        assert react(state(DRAIN), DRAIN) == ()


class TestWhatIsLeft:
    def test_nothing_where_nothing_lives(self) -> None:
        canceled = orders.said(orders.report(ExecType.CANCELED, OrdStatus.CANCELED, exec_id="E2"))
        assert left(state(*WORKING, canceled)).is_nothing()

    def test_an_order_that_works_and_one_of_which_nobody_knows(self) -> None:
        second = orders.placed("FG00000002", client_order_id="c2")
        doubted = RequestDoubted("FG00000002", "FG00000002", "lost")
        assert left(state(*WORKING, second, doubted)) == Left(live_orders=2, unanswered_requests=1, unknown_requests=1)
