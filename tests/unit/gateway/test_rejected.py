"""What our FIX layer's own Reject(3) causes: the message that it refused counts, once, and a person is told."""

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.codec.text import text
from gateway.inbound import rejected
from gateway.rules import FromLink, decide
from gateway.sessions import AdminSent, MessageReceived, Phase, Session, SessionGranted
from gateway.state import State
from oms.domain.events import Event, MessageSent, ReportQuarantined, RequestDoubted
from tests.support.orders import CELL, GRANT, SESSION, placed, receipt

READY = Session(SESSION, Phase.READY, grant=GRANT, next_target=30)
REASON = "MsgSeqNum 30 of type '8' was rejected by our FIX layer, unread: Tag appears more than once"


def reject(number: str, msg_type: str = "8") -> link.Sent:
    body = [(34, "9"), (45, number), (372, msg_type), (58, "Tag appears more than once")]
    return link.Sent(9, "", "", "3", text("FIX.4.4", "3", body).encode())


def causes(frame: link.Sent, session: Session = READY) -> tuple[Event, ...]:
    return rejected(State(CELL), session, frame)


def test_the_expected_number_counts_without_its_text() -> None:
    assert causes(reject("30")) == (
        MessageReceived(receipt(SESSION, 30, 31, raw="")),
        ReportQuarantined(SESSION, REASON, is_suspended=True),
    )


def test_what_was_heard_ahead_counts_with_it() -> None:
    record, _ = causes(reject("30"), replace(READY, heard_ahead=frozenset({31})))
    assert record == MessageReceived(receipt(SESSION, 30, 32, raw=""))


@pytest.mark.parametrize("number", ["29", "31", "", "x", "9" * 40])
def test_no_other_number_counts(number: str) -> None:
    assert causes(reject(number)) == ()


@pytest.mark.parametrize("msg_type", ["A", "4"])
def test_a_logon_and_a_sequence_reset_do_not_count(msg_type: str) -> None:
    """QuickFIX rejects them and goes on expecting their number."""
    assert causes(reject("30", msg_type)) == ()


def test_an_answer_may_have_been_in_it() -> None:
    state = State(CELL)
    facts: list[Event] = [
        placed(),
        MessageSent("FG00000001", "FG00000001", SESSION, 1, 8, "D", ""),
        SessionGranted(SESSION, 1, 9, 30, 10_000, trusted=True, pid=1),
    ]
    for seq, event in enumerate(facts, 1):
        state.apply(event, seq, seq)
    events = decide(state, FromLink(SESSION, 3, reject("30")), 9)
    assert [type(event) for event in events] == [AdminSent, MessageReceived, ReportQuarantined, RequestDoubted]
