"""Which received messages count, when they count, and what must start the session again."""

import pytest

from gateway import link
from gateway.cell import Cell, SessionKind, SessionPlan
from gateway.codec.text import text
from gateway.inbound import Hole, received
from gateway.sessions import MessageReceived, SessionGranted
from gateway.state import State
from oms.domain.events import Event
from risk.limits import Policy

LOGON = [(98, "0"), (108, "10")]
REPORT = [(37, "B1"), (17, "E1"), (11, "FG00000001"), (150, "0"), (39, "0"), (151, "100"), (14, "0")]


def session_expecting(next_target: int) -> State:
    """A state whose session has just been granted."""
    plans = (SessionPlan("BROKER", SessionKind.ORDERS),)
    state = State(Cell("FG", "test", "", plans, {}, Policy("1", {}, {}), 10_000))
    state.apply(SessionGranted("BROKER", 1, 1, next_target, 10_000, trusted=True, pid=1), 1, 1)
    return state


def hear(state: State, msg_type: str, msg_seq_num: int, *body: tuple[int, str]) -> tuple[Event, ...]:
    """Take one message in, and all that it causes."""
    raw = text("FIX.4.4", msg_type, [(34, str(msg_seq_num)), *body]).encode()
    events = received(state, state.sessions["BROKER"], link.Received(raw))
    for event in events:
        state.apply(event, state.seq + 1, state.at_ns + 1)
    return events


def next_target(state: State) -> int:
    return state.sessions["BROKER"].next_target


def test_a_logon_above_a_gap_counts_when_the_gap_is_closed() -> None:
    """QuickFIX keeps it and counts it without a callback: the peer's gap-fill over it is dropped as a repetition."""
    state = session_expecting(117)
    hear(state, "A", 120, *LOGON)
    assert next_target(state) == 117
    hear(state, "4", 117, (43, "Y"), (123, "Y"), (36, "119"))
    assert next_target(state) == 119
    hear(state, "8", 119, *REPORT)
    assert next_target(state) == 121
    hear(state, "8", 121, *REPORT)
    assert next_target(state) == 122


def test_a_gap_fill_that_begins_below_and_reaches_beyond_counts() -> None:
    state = session_expecting(20)
    hear(state, "4", 18, (43, "Y"), (123, "Y"), (36, "25"))
    assert next_target(state) == 25


def test_a_repeated_message_is_not_recorded_again() -> None:
    state = session_expecting(20)
    assert hear(state, "8", 19, *REPORT) == ()
    assert hear(state, "4", 18, (43, "Y"), (123, "Y"), (36, "20")) == ()


def test_a_business_message_above_the_gap_is_a_hole() -> None:
    state = session_expecting(117)
    hear(state, "A", 120, *LOGON)
    with pytest.raises(Hole):
        hear(state, "8", 119, *REPORT)


def test_what_was_heard_ahead_is_forgotten_with_its_grant() -> None:
    """The next worker asks from the number that counts, and hears of the rest again."""
    state = session_expecting(117)
    hear(state, "A", 120, *LOGON)
    state.apply(SessionGranted("BROKER", 1, 1, 117, 10_000, trusted=True, pid=2), 3, state.at_ns)
    hear(state, "4", 117, (43, "Y"), (123, "Y"), (36, "120"))
    assert next_target(state) == 120


def test_every_counted_message_is_a_record() -> None:
    state = session_expecting(5)
    (record, *_) = hear(state, "0", 5)
    assert isinstance(record, MessageReceived)
    assert (record.msg_seq_num, record.next_target) == (5, 6)
