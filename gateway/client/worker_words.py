"""What the worker of a client's session says, in facts: messages that came in, and reports that were handed over."""

from gateway import holding, link
from gateway.client.receiving import Decide, Desk
from gateway.codec import reading
from gateway.codec.message import Message, message
from gateway.granting import filled_in_log, left_in_log, trusts
from gateway.inbound import GUARDED, filled_over, is_reset, rejected
from gateway.inbound import received as counted
from gateway.sessions import (
    AdminSent,
    GapFilled,
    ReportSent,
    Session,
)
from gateway.state import State
from oms.domain.events import Event, ReportQuarantined
from oms.domain.report import Receipt

_REJECTS = frozenset({"3", "j"})
"""What our FIX layer answers by itself to a message that it does not let through."""
_FILLS = "4"


def received(state: State, session: Session, frame: link.Received, at_ns: int, decide: Decide) -> tuple[Event, ...]:
    """The facts in one message of the client: its number, and all that it causes. Raises Hole."""

    def meaning(receipt: Receipt, found: Message, problem: str) -> tuple[Event, ...]:
        desk = Desk(state, state.outboxes[session.name], receipt.msg_seq_num, at_ns, decide)
        if problem:
            return (desk.unreadable(found.msg_type, problem),)
        if is_reset(found):
            return (_skipped(session, receipt),)
        if found.msg_type == _FILLS:
            return filled_over(state, session)
        if found.msg_type in GUARDED:
            return holding.against(state, session, frame.raw)
        return desk.causes(found.msg_type, frame.raw)

    return counted(state, session, frame, meaning)


def sent(state: State, session: Session, frame: link.Sent) -> tuple[Event, ...]:
    """A report was handed over; or our FIX layer said something by itself, or said something again."""
    name, epoch, raw = session.name, session.session_epoch, frame.raw.decode("latin-1")
    if frame.seq:
        return (ReportSent(name, epoch, frame.msg_seq_num, frame.seq, frame.msg_type, raw),)
    told = AdminSent(name, epoch, frame.msg_seq_num, frame.msg_type, raw)
    if frame.msg_type in _REJECTS:
        return (told, *rejected(state, session, frame)[:1])  # The client has its answer: no person need look.
    if frame.msg_type != link.SEQUENCE_RESET:
        return (told,)  # Even a Logout(5) over a number that was too low: the client may come again with the right one.
    filled = GapFilled(name, frame.msg_seq_num, reading.count(message(frame.raw).new_seq_no, 36))
    return (told, filled, *_lost(state, filled))


def left_behind(state: State, session: Session, hello: link.Hello) -> tuple[Event, ...]:
    """What the predecessor did without being able to tell: reports handed over, numbers filled over. For a trusted log."""
    if session.grant == 0 or not trusts(session, hello):
        return ()
    name, epoch = session.name, session.session_epoch
    reports = [
        ReportSent(name, epoch, e.msg_seq_num, e.seq, e.msg_type, e.raw.decode("latin-1")) for e in left_in_log(session, hello)
    ]
    fills = [GapFilled(name, reading.count(message(e.raw).msg_seq_num, 34), e.msg_seq_num) for e in filled_in_log(hello)]
    return *reports, *fills, *(lost for filled in fills for lost in _lost(state, filled))


def _skipped(session: Session, receipt: Receipt) -> ReportQuarantined:
    """A client may give up its own numbers by SequenceReset-Reset: what it asked for under them was never taken."""
    what = f"the client gave up MsgSeqNum {receipt.msg_seq_num} to {receipt.next_target - 1} by SequenceReset-Reset"
    return ReportQuarantined(session.name, f"{what}: whatever it sent under them was not taken")


def _lost(state: State, filled: GapFilled) -> tuple[ReportQuarantined, ...]:
    """Reports older than what is remembered, filled over: the client has to be told of them by a person."""
    forgotten_to = state.outboxes[filled.session].forgotten_to
    if filled.begin_seq_no > forgotten_to:
        return ()
    what = f"reports from MsgSeqNum {filled.begin_seq_no} to {min(forgotten_to, filled.new_seq_no - 1)} were filled over"
    return (ReportQuarantined(filled.session, f"{what} and are too old to be sent again: the client may not have them"),)
