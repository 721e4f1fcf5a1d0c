"""What a received FIX message causes: its own record, and then what it says of the session or of an order.

Each number counts once. A message below the expected number is a repetition and is dropped, unless it is a gap-fill that reaches
beyond it. A session message above the gap (QuickFIX looks at Logon(A), ResendRequest(2) and Reject(3) at once, and counts them
silently later) is recorded and counts when the gap below it is closed. A business message above the gap means that something was
jumped over, and the worker has to start again from the number that we know.
"""

from gateway import link
from gateway.codec import reading
from gateway.codec.text import Flat, Garbled, flat
from gateway.sessions import MessageReceived, Phase, Session, SessionReady
from gateway.state import State
from oms import deciding
from oms.domain.events import Event, ReportQuarantined

ADMIN = frozenset({"0", "1", "2", "3", "4", "5", "A"})
"""MsgType(35) of session messages."""


class Hole(Exception):
    """A business message came in above the expected number: what lies between would be lost."""


def received(state: State, session: Session, frame: link.Received) -> tuple[Event, ...]:
    """The facts in one received message. Raises Hole when the link must be cut and the session started again."""
    raw = frame.raw.decode("latin-1")
    try:
        message = flat(raw)
        number = reading.msg_seq_num(message)
    except Garbled as garbled:
        return (ReportQuarantined(session.name, f"unreadable message: {garbled}"),)
    msg_type = message.get(35, "")
    next_target = _next_target(session, number, message)
    if number < session.next_target == next_target:
        return ()  # The peer repeats what we have.
    if number > session.next_target and msg_type not in ADMIN:
        raise Hole(f"{session.name}: MsgSeqNum {number} where {session.next_target} was expected")
    record = MessageReceived(
        session=session.name,
        session_epoch=session.session_epoch,
        msg_seq_num=number,
        msg_type=msg_type,
        next_target=next_target,
        raw=raw,
    )
    return (record, *_meaning(state, session, msg_type, message))


def _next_target(session: Session, number: int, message: Flat) -> int:
    """SequenceReset-GapFill(35=4, 123=Y) counts up to NewSeqNo(36); whatever then stands next and was heard before counts too."""
    if number > session.next_target:
        return session.next_target
    new_seq_no = message.get(36, "")
    is_gap_fill = message.get(35) == "4" and new_seq_no.isdecimal()
    next_target = max(number + 1, int(new_seq_no) if is_gap_fill else 0, session.next_target)
    while next_target in session.heard_ahead:
        next_target += 1
    return next_target


def _meaning(state: State, session: Session, msg_type: str, message: Flat) -> tuple[Event, ...]:
    match msg_type:
        case "0":
            is_answer = session.phase is Phase.LOGGED_ON and message.get(112) == session.test_req_id
            return (SessionReady(session.name),) if is_answer else ()
        case _:
            told = reading.report(msg_type, message)
            return () if told is None else deciding.report(state.book, session.name, session.session_epoch, told)
