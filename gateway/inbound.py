"""What a received FIX message causes: one record with its number and what it says of an order, or of the session after it.

Each number counts once. A message below the expected number is a repetition and is dropped, unless it is a gap-fill that reaches
beyond it. A session message above the gap (QuickFIX looks at Logon(A), ResendRequest(2) and Reject(3) at once, and counts them
silently later) is recorded and counts when the gap below it is closed. Any other message above the gap means that something was
jumped over, and the worker has to start again from the number that we know: not even a Heartbeat(0) proves anything there.

A message that cannot be read is set aside; it counts where its number can be read, or it would be asked for again for ever. So
does a message that our FIX layer refuses by itself: all that we ever see of it is our own Reject(3).
"""

from collections.abc import Callable, Sequence

import msgspec

from gateway import holding, link
from gateway.cell import SessionPlan
from gateway.codec import reading
from gateway.codec.dialect import heard
from gateway.codec.message import Message, readable
from gateway.codec.message import message as read
from gateway.codec.reading import count
from gateway.codec.text import Garbled
from gateway.sessions import HEARD, MessageReceived, Phase, Session, SessionLoggedOn, SessionReady
from gateway.state import State
from oms import deciding, hearing
from oms.domain.acts import MassCancelRejected
from oms.domain.events import Event, ReportQuarantined
from oms.domain.report import MessageReject, Receipt, Report

MAY_COME_AHEAD = frozenset({"2", "3", "4", "5", "A"})
"""MsgType(35) of the session messages that QuickFIX looks at whatever their number."""


_NOT_COUNTED = frozenset({"A", "4"})
"""RefMsgType(372) of the messages that our FIX layer rejects without counting them."""


GUARDED = frozenset({"2", "5", "A"})
"""MsgType(35) of the messages that say something of our numbers."""
_NOTHING = Message()
_NO_ACCOUNTS: frozenset[str] = frozenset()


class Hole(Exception):
    """A message came in above the expected number that should have waited: what lies between would be lost."""


Meaning = Callable[[Receipt, Message, str], tuple[Event, ...]]
"""What a message that counts causes; the text says what about it could not be read."""


class Read(msgspec.Struct, frozen=True, gc=False):
    """A received message, as far as it can be read."""

    raw: bytes
    message: Message
    problem: str
    """What about it could not be read; empty if all could."""
    told: Report | None
    """What a counterparty says in it of our orders; None where it is about something else."""


def read_ahead(plan: SessionPlan, frames: Sequence[link.FromWorker]) -> Sequence[link.FromWorker | Read]:
    """What a counterparty's worker said at once, with its received messages read: each step for all of them, one after the other.
    A processor that does the same many times over has it in its caches: that is twice as fast as a message here and there.

    What breaks the reader is left as it came: it breaks it again when its turn comes, and is set aside there.
    """
    raws = [frame.raw for frame in frames if type(frame) is link.Received]
    try:
        messages = [_message(raw if plan.dialect is None else heard(plan.dialect, raw)) for raw in raws]
        reports = [_report(plan, *message) for message in messages]
    except Exception:  # noqa: BLE001  `decide` raises it again
        return frames
    read = iter([Read(raw, *message, report) for raw, message, report in zip(raws, messages, reports, strict=True)])
    return [next(read) if type(frame) is link.Received else frame for frame in frames]


def received(state: State, session: Session, frame: link.Received | Read, meaning: Meaning | None = None) -> tuple[Event, ...]:
    """The facts in one received message. Raises Hole when the link must be cut and the session started again.

    `meaning` is a venue's, unless another is given.
    """
    found = frame if isinstance(frame, Read) else _read(state.plans[session.name], frame.raw)
    message, problem = found.message, found.problem
    try:
        number = _number(session, message)
        next_target = _next_target(session, number, message)
    except Garbled as garbled:
        unreadable = ReportQuarantined(session.name, f"unreadable message: {problem or garbled}", is_suspended=True)
        return (unreadable, *holding.against(state, session, frame.raw))
    if number < session.next_target == next_target:  # The peer repeats what we have.
        return holding.against(state, session, frame.raw) if message.msg_type in GUARDED else ()
    if number > session.next_target and message.msg_type not in MAY_COME_AHEAD:
        raise Hole(f"{session.name}: MsgSeqNum {number} where {session.next_target} was expected")
    receipt = _receipt(session, number, message.msg_type, next_target, frame.raw)
    caused = meaning(receipt, message, problem) if meaning else _meaning(state, session, receipt, found)
    if caused and type(caused[0]) in HEARD:
        return caused
    return caused if any(type(event) in HEARD for event in caused) else (MessageReceived(receipt), *caused)


def set_aside(session: Session, frame: link.Received | Read, why: str) -> tuple[Event, ...]:
    """A message that no rule can deal with counts, is kept, and waits for a person; else it would come again for ever."""
    message, _ = _message(frame.raw)
    number = _number(session, message)
    receipt = _receipt(session, number, message.msg_type, _next_target(session, number, message), frame.raw)
    return MessageReceived(receipt), ReportQuarantined(session.name, why, is_suspended=True)


def rejected(state: State, session: Session, frame: link.Sent) -> tuple[Event, ...]:
    """What is lost when our FIX layer sends a Reject(3) or BusinessMessageReject(j) of its own: it counts, nobody has read it.

    A message above a gap comes again, and is rejected again, when the gap is closed.
    """
    reject, _ = _message(frame.raw)
    try:
        number = count(reject.ref_seq_num, 45)
    except Garbled:
        return ()  # The message had no number, and does not count.
    msg_type = reject.ref_msg_type
    if number != session.next_target or msg_type in _NOT_COUNTED:
        return ()
    what = f"MsgSeqNum {number} of type {msg_type!r} was rejected by our FIX layer, unread: {reject.text[:200]}"
    receipt = _receipt(session, number, msg_type, _next_target(session, number, _NOTHING), b"")
    doubts = [deciding.doubt(c, r, "the peer's message was rejected unread") for c, r in state.book.open_requests(session.name)]
    return (
        MessageReceived(receipt),
        ReportQuarantined(session.name, what, is_suspended=True),
        *(d for d in doubts if d is not None),
    )


def _receipt(session: Session, number: int, msg_type: str, next_target: int, raw: bytes) -> Receipt:
    return Receipt(session.name, session.session_epoch, number, msg_type, next_target, raw.decode("latin-1"))


def _read(plan: SessionPlan, raw: bytes) -> Read:
    message, problem = _message(raw if plan.dialect is None else heard(plan.dialect, raw))
    return Read(raw, message, problem, _report(plan, message, problem))


def _report(plan: SessionPlan, message: Message, problem: str) -> Report | None:
    return None if problem else reading.report(message, plan.version)


def _message(raw: bytes) -> tuple[Message, str]:
    """The message, and what is wrong with it; then it holds only those fields that can be read."""
    try:
        return read(raw), ""
    except Garbled as garbled:
        return readable(raw), str(garbled)


def _number(session: Session, message: Message) -> int:
    """The number that counts. That of a SequenceReset-Reset means nothing (FIX 4.4 volume 2): one that goes up stands where we
    are, and any other repeats what we have. Raises Garbled."""
    if not is_reset(message):
        return count(message.msg_seq_num, 34)
    return session.next_target if count(message.new_seq_no, 36) > session.next_target else session.next_target - 1


def is_reset(message: Message) -> bool:
    """Whether it is a SequenceReset-Reset(35=4, 123=N)."""
    return message.msg_type == "4" and message.gap_fill_flag != "Y"


def _next_target(session: Session, number: int, message: Message) -> int:
    """SequenceReset-GapFill(35=4, 123=Y) counts up to NewSeqNo(36); whatever then stands next and was heard before counts too."""
    if number > session.next_target:
        return session.next_target
    filled_to = count(message.new_seq_no, 36) if message.msg_type == "4" else number + 1
    if filled_to <= number:
        return session.next_target  # A gap-fill to nowhere: our FIX layer rejects it, and its number is still free.
    next_target, heard_ahead = max(number + 1, filled_to, session.next_target), session.ahead_of(message.msg_type)
    while next_target in heard_ahead:
        next_target += 1
    return next_target


def _meaning(state: State, session: Session, receipt: Receipt, found: Read) -> tuple[Event, ...]:
    message, told = found.message, found.told
    if found.problem:
        return (ReportQuarantined(session.name, f"unreadable message: {found.problem}", is_suspended=True),)
    match message.msg_type:
        case "0":
            is_answer = session.phase is Phase.LOGGED_ON and message.test_req_id == session.test_req_id
            return (SessionReady(session.name),) if is_answer else ()
        case "2" | "5" | "A":
            return holding.against(state, session, found.raw)
        case "4" if is_reset(message):
            return _given_up(state, session, receipt)
        case "4":
            return (*filled_over(state, session), *_asked_anew(session, receipt, message))
        case _:
            if type(told) is MessageReject and (asked := session.asked_in(range(told.ref_seq_num, told.ref_seq_num + 1))):
                return (MassCancelRejected(asked[-1], receipt, told.text),)
            accounts = state.adopting.get(session.name, _NO_ACCOUNTS)
            caused = () if told is None else hearing.report(state.book, receipt, told, accounts)
            return (*caused, *holding.knows_more(state, session, caused)) if caused else ()


def _asked_anew(session: Session, receipt: Receipt, message: Message) -> tuple[SessionLoggedOn, ...]:
    """The answer to our TestRequest(1) may have been among what the peer filled over: a session message is never sent again."""
    if session.phase is not Phase.LOGGED_ON:
        return ()
    filled = range(receipt.msg_seq_num, count(message.new_seq_no, 36))
    is_all_heard = all(number in session.heard_ahead for number in filled)
    return () if is_all_heard else (SessionLoggedOn(session.name),)


def _given_up(state: State, session: Session, receipt: Receipt) -> tuple[Event, ...]:
    """A SequenceReset-Reset upwards: the peer will never say what it said under these numbers, and it may have been anything.
    A person is told, what is open is in doubt, and the session has to prove itself again: then every order is asked for."""
    what = f"the peer gave up MsgSeqNum {receipt.msg_seq_num} to {receipt.next_target - 1} by SequenceReset-Reset"
    is_up = session.phase is not Phase.DOWN
    return (
        ReportQuarantined(session.name, f"{what}: there may have been executions among them", is_suspended=True),
        *filled_over(state, session),
        *((SessionLoggedOn(session.name),) if is_up else ()),
    )


def filled_over(state: State, session: Session) -> tuple[Event, ...]:
    """The peer will not say again what it said under some numbers: an answer to any unanswered request may have been there."""
    doubts = [deciding.doubt(c, r, "the peer filled over its own messages") for c, r in state.book.open_requests(session.name)]
    return tuple(d for d in doubts if d is not None)
