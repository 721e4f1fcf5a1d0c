"""What we know of each FIX session, as a fold over the journal: its numbers, its phase, and what the peer asked for again.

A session takes orders only in phase READY: logged on, and a TestRequest(1) sent after the logon has come back, so that every
report before it has been heard and every ResendRequest(2) for what the peer missed has been seen.
"""

from collections.abc import Callable
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from gateway import alarm, session_acts, standing
from gateway.alarm import AlarmCleared, AlarmRaised, LogonFailed
from gateway.hold import Hold
from gateway.link import BLOCK
from gateway.session_event import SessionEvent as SessionEvent  # noqa: PLC0414  Facts are imported from here, and so is what they are.
from oms.domain.acts import MassCancelRejected, MassCancelReported
from oms.domain.events import CancelRejected, Event, ExecutionReported, MessageSent, RequestRejected
from oms.domain.fields import Choice, plain_members
from oms.domain.report import Receipt


@plain_members
class Phase(Choice):
    DOWN = "DOWN"
    LOGGED_ON = "LOGGED_ON"
    READY = "READY"


class EngineStarted(Event, frozen=True, gc=False):
    """An engine took the journal over: every session is down until its worker says otherwise."""

    version: str
    config_hash: str

    @property
    def key(self) -> str:
        return "engine"


class SessionGranted(SessionEvent, frozen=True, gc=False):
    """A worker may log on with these numbers. The journal seq of this record names this start of the worker."""

    session_epoch: int
    next_sender: int
    next_target: int
    reserved_to: int
    trusted: bool
    """Whether the predecessor's sent.log was believed."""
    pid: int


class SessionHalted(SessionEvent, frozen=True, gc=False, omit_defaults=True):
    """Somebody knows of numbers that this journal never gave out: a worker that came, the folder that it found, or the peer.
    A database restored from a backup looks like this. No worker logs on until a person has looked, and released it."""

    reason: str
    next_sender: int = 0
    """The next MsgSeqNum(34) to send by the FIX store that a worker found; 0 where that was not noted."""
    grant: int = 0
    """The grant of the worker that was at work; 0 where one came and was not granted a start."""
    peer_expects: int = 0
    """The next MsgSeqNum(34) of ours by the peer's word; 0 where it said none."""
    cl_ord_ids: int = 0
    """The number of a ClOrdID(11) of ours that the peer knows and we never gave out; 0 where it knows none such."""


class SessionHeld(SessionEvent, frozen=True, gc=False):
    """The session takes no new order and no replace until a person has released it. Cancels pass, as long as it is logged on."""

    reason: str
    is_down: bool
    """Whether it is logged off, too, and kept so."""


class LogonsPaused(SessionEvent, frozen=True, gc=False):
    """So many logons failed that we wait before the next one."""

    reason: str
    until_ns: int


class LogonsResumed(SessionEvent, frozen=True, gc=False):
    """We have waited long enough, and try to log on again."""


class SequencesReset(SessionEvent, frozen=True, gc=False, omit_defaults=True):
    """The peer began the numbers anew: those of its messages count from 1 again, in another epoch. Ours go on, far above whatever
    it may expect. Nobody knows what it made of what we sent; every order is asked for."""

    session_epoch: int
    reason: str
    is_ours_too: bool = False
    """Whether ours begin at 1 again, too: those towards a client."""


class SenderReserved(SessionEvent, frozen=True, gc=False):
    """Sender numbers up to this one may be used."""

    reserved_to: int


class SessionLoggedOn(SessionEvent, frozen=True, gc=False):
    """The FIX session is logged on. The journal seq of this record is the TestReqID(112) that we now ask for."""


class SessionReady(SessionEvent, frozen=True, gc=False):
    """The TestRequest came back: nothing is missing on either side that was not asked for."""


class SessionLoggedOut(SessionEvent, frozen=True, gc=False):
    """The FIX session, or its worker, is gone."""

    reason: str


class SessionOpened(SessionEvent, frozen=True, gc=False):
    """The session's schedule has opened: its worker logs it on."""

    until_ns: int | None
    """When it closes; None where it does not."""


class SessionClosed(SessionEvent, frozen=True, gc=False):
    """The session's schedule has closed: its worker logs it off, and nothing is sent until it opens."""

    until_ns: int | None
    """When it opens; None where it does not."""


class MessageReceived(Event, frozen=True, gc=False):
    """A message came in that changes no order by itself."""

    receipt: Receipt

    @property
    def key(self) -> str:
        return self.receipt.session


ASKED_MAX = 64
"""So many requests about more than one order are remembered by their numbers: a reject names nothing else."""


class AdminSent(SessionEvent, frozen=True, gc=False, omit_defaults=True):
    """A message about no one order was sent under this number, by our FIX layer or for us; a gap-fill bears an old number."""

    session_epoch: int
    msg_seq_num: int
    msg_type: str
    raw: str
    cl_ord_id: str = ""
    """ClOrdID(11) of a mass cancel; else empty."""


class MessageDropped(SessionEvent, frozen=True, gc=False):
    """A message about no one order never reached the FIX session, and will not be sent any more."""

    msg_type: str
    cl_ord_id: str
    reason: str


class GapFilled(SessionEvent, frozen=True, gc=False):
    """The peer asked for messages of ours again and got a gap-fill instead: what was in that range it may not have."""

    begin_seq_no: int
    new_seq_no: int
    """The first number after the range."""


class ClientTold(SessionEvent, frozen=True, gc=False):
    """What we say to a client over FIX that no fact about an order says: a status, a mass cancel's report, a refusal of what
    could not be read. It will be sent to the client like the reports of its orders."""

    msg_type: str
    body: str
    """Between the header and the trailer, fields ended by SOH."""


class ReportSent(SessionEvent, frozen=True, gc=False):
    """The worker handed a report to the client's FIX session under this number: from here on it is delivered or asked for."""

    session_epoch: int
    msg_seq_num: int
    reported: int
    """Journal seq of the fact that it tells."""
    msg_type: str
    raw: str
    """The message as sent, credentials masked, bytes as Latin-1."""


Heard = MessageReceived | ExecutionReported | CancelRejected | RequestRejected | MassCancelReported | MassCancelRejected
"""The facts that came in a message: its receipt is in them, so that its number counts in one record with what it said. Each
number that counts has one such record."""
HEARD: frozenset[type[Event]] = frozenset(get_args(Heard))

EVENTS: tuple[type[Event], ...] = (
    EngineStarted,
    SessionGranted,
    SessionHalted,
    SessionHeld,
    LogonsPaused,
    LogonsResumed,
    SequencesReset,
    SenderReserved,
    SessionLoggedOn,
    SessionReady,
    SessionLoggedOut,
    SessionOpened,
    SessionClosed,
    MessageReceived,
    AdminSent,
    MessageDropped,
    GapFilled,
    ClientTold,
    ReportSent,
    *session_acts.EVENTS,
    *alarm.EVENTS,
)


class Session(msgspec.Struct, frozen=True):
    """One FIX session's state."""

    name: str
    phase: Phase = Phase.DOWN
    session_epoch: int = 1
    """Rises with every reset of the sequence numbers."""
    grant: int = 0
    """Journal seq of the last grant; 0 before the first."""
    was_ready: bool = False
    """Whether business was possible since the last grant."""
    next_target: int = 1
    heard_ahead: frozenset[int] = frozenset()
    """Numbers above `next_target` under which a session message was taken in since the last Logon(A), which is the first message
    of its connection: they count when the gap below them is closed."""
    last_sender: int = 0
    """The highest MsgSeqNum(34) that the journal saw us send."""
    reserved_to: int = 0
    test_req_id: str = ""
    asked: tuple[tuple[int, str], ...] = ()
    """MsgSeqNum(34) and ClOrdID(11) of the last mass cancels that went out."""
    is_open: bool = True
    """Whether it may log on: within its hours, enabled, not asked to stay logged out; neither halted, held down nor paused."""
    is_within_hours: bool = True
    """Whether its schedule lets it log on."""
    open_until_ns: int | None = None
    """When its schedule closes that opened last; None where it does not."""
    is_disabled: bool = False
    is_logged_off: bool = False
    """Whether it is to stay logged out until a LogOn, or the next opening of its schedule."""
    halted: str = ""
    """Why no worker is granted a start, until a person has looked; empty where none was halted."""
    halted_at: int = 0
    """The next MsgSeqNum(34) to send by the FIX store of a halted session."""
    peer_expects: int = 0
    """The next MsgSeqNum(34) of ours by the word of a halted session's peer."""
    cl_ord_ids_ahead: int = 0
    """The number of a ClOrdID(11) of ours that a halted session's peer knows and we never gave out."""
    released: str = ""
    """The last halt that a person has released, until the next grant."""
    reserved_before: int = 0
    """The highest sender number that may have been used before a person set the numbers."""
    hold: Hold | None = None
    paused_until_ns: int = 0
    """When we try to log on again after too many failures; 0 where we do not wait."""

    @property
    def numbers(self) -> session_acts.Numbers:
        return session_acts.Numbers(self.session_epoch, self.last_sender + 1, self.next_target)

    def ahead_of(self, msg_type: str) -> frozenset[int]:
        """What was heard ahead on the connection of a message of this type. Our FIX layer has forgotten what came on another one,
        and a peer that begins anew uses the numbers again."""
        return frozenset() if msg_type == "A" else self.heard_ahead

    def asked_in(self, numbers: range) -> list[str]:
        """The mass cancels that left under one of these numbers."""
        return [cl_ord_id for number, cl_ord_id in self.asked if number in numbers]


def evolve(session: Session, event: SessionEvent | MessageSent, seq: int) -> Session:
    """`session` after `event`, which is journal record `seq`."""
    return EVOLUTIONS[type(event)](session, event, seq)


def heard(session: Session, receipt: Receipt) -> Session:
    """`session` after a message came in."""
    heard_ahead, next_target = session.ahead_of(receipt.msg_type), receipt.next_target
    if receipt.msg_seq_num > next_target:
        heard_ahead |= {receipt.msg_seq_num}
    elif heard_ahead:
        heard_ahead = frozenset({number for number in heard_ahead if number > next_target})
    return replace(session, next_target=next_target, heard_ahead=heard_ahead)


def _sent(session: Session, event: MessageSent | AdminSent | ReportSent, _seq: int) -> Session:
    return replace(session, last_sender=max(session.last_sender, event.msg_seq_num))


def _admin_sent(session: Session, event: AdminSent, seq: int) -> Session:
    sent = _sent(session, event, seq)
    return replace(sent, asked=(*sent.asked, (event.msg_seq_num, event.cl_ord_id))[-ASKED_MAX:]) if event.cl_ord_id else sent


def _granted(session: Session, event: SessionGranted, seq: int) -> Session:
    return standing.changed(
        session,
        phase=Phase.DOWN,
        grant=seq,
        was_ready=False,
        heard_ahead=frozenset(),
        session_epoch=event.session_epoch,
        next_target=event.next_target,
        reserved_to=event.reserved_to,
        last_sender=max(session.last_sender, event.next_sender - 1),
        released="",
        **standing.NOT_HALTED,
    )


def _reset(session: Session, event: SequencesReset, _seq: int) -> Session:
    """Down until its next worker is granted a start: no log of the old epoch is evidence for it."""
    return replace(
        session,
        phase=Phase.DOWN,
        session_epoch=event.session_epoch,
        last_sender=0 if event.is_ours_too else session.last_sender,
        reserved_to=BLOCK if event.is_ours_too else session.reserved_to,
        next_target=1,
        heard_ahead=frozenset(),
        test_req_id="",
    )


def _reserved(session: Session, event: SenderReserved, _seq: int) -> Session:
    return replace(session, reserved_to=event.reserved_to)


def _logged_on(session: Session, _event: SessionLoggedOn, seq: int) -> Session:
    return replace(session, phase=Phase.LOGGED_ON, test_req_id=str(seq))


def _ready(session: Session, _event: SessionReady, _seq: int) -> Session:
    return replace(session, phase=Phase.READY, was_ready=True, test_req_id="")


def _logged_out(session: Session, _event: SessionLoggedOut, _seq: int) -> Session:
    return replace(session, phase=Phase.DOWN, test_req_id="")


def _unchanged(session: Session, _event: Event, _seq: int) -> Session:
    return session


EVOLUTIONS: dict[type[Event], Callable[[Session, Any, int], Session]] = {
    MessageSent: _sent,
    AdminSent: _admin_sent,
    MessageDropped: _unchanged,
    ReportSent: _sent,
    SessionGranted: _granted,
    SenderReserved: _reserved,
    SessionLoggedOn: _logged_on,
    SessionReady: _ready,
    SessionLoggedOut: _logged_out,
    SessionOpened: standing.opened,
    SessionClosed: standing.closed,
    GapFilled: _unchanged,
    SessionHalted: standing.halted,
    SessionHeld: standing.held,
    LogonsPaused: standing.paused,
    LogonsResumed: standing.resumed,
    SequencesReset: _reset,
    ClientTold: _unchanged,
    LogonFailed: _unchanged,
    AlarmRaised: _unchanged,
    AlarmCleared: _unchanged,
    **standing.EVOLUTIONS,
}
