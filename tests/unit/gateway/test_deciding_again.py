"""What becomes of a request that never reached the venue, when its session is ready again."""

from gateway.rules import decide, is_undecided
from gateway.sessions import SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms.domain.commands import DecideAgain
from oms.domain.events import Event, RequestNotSent, RequestReissued
from oms.domain.terms import Decision
from risk.limits import Quote
from tests.support.orders import CELL, QUOTE, SECOND, SESSION, D, placed, terms

COMMAND = DecideAgain("FG00000001", "FG00000001")


def state_after_a_restart() -> State:
    """An order of an older grant, and the session ready under a newer one. No price has been heard."""
    state = State(CELL)
    apply(state, SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1), SessionLoggedOn(SESSION), SessionReady(SESSION))
    apply(state, placed(wanted=terms(price="1.3850"), session=SESSION, grant=1))
    apply(state, SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=2), SessionLoggedOn(SESSION), SessionReady(SESSION))
    return state


def apply(state: State, *events: Event) -> None:
    for event in events:
        state.apply(event, state.seq + 1, state.at_ns)


def test_it_waits_for_a_market_price() -> None:
    state = state_after_a_restart()
    assert decide(state, COMMAND, SECOND) == ()
    assert is_undecided(state, COMMAND)


def test_it_is_sent_again_once_there_is_a_price() -> None:
    state = state_after_a_restart()
    state.quotes["EURUSD"] = Quote(QUOTE.bid_px, QUOTE.offer_px, SECOND)
    (event,) = decide(state, COMMAND, SECOND)
    assert isinstance(event, RequestReissued)
    apply(state, event)
    assert not is_undecided(state, COMMAND)


def test_it_is_given_up_when_it_has_become_too_old_without_a_price() -> None:
    state = state_after_a_restart()
    (event,) = decide(state, COMMAND, 6 * SECOND)
    assert event == RequestNotSent("FG00000001", "FG00000001", "too old to be sent again")


def test_it_is_given_up_when_risk_says_no() -> None:
    state = state_after_a_restart()
    state.quotes["EURUSD"] = Quote(D("1.2000"), D("1.2001"), SECOND)
    (event,) = decide(state, COMMAND, SECOND)
    assert isinstance(event, RequestNotSent)
    assert event.reason.startswith("PRICE_EXCEEDS_COLLAR")
    assert event.decision == Decision("v1", D("1.2000"), D("1.2001"), SECOND, D("1.3850"))
