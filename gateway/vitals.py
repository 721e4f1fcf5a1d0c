"""The signs of life of one FIX session, as a fold over the journal: when either side last spoke, what was asked for again, what
was rejected, which logons failed. The alarms are judged by them; bounded, however long the session lives.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from gateway.alarm import REJECTS_MAX, AlarmCleared, AlarmKind, AlarmRaised, LogonFailed
from gateway.cell import SessionKind, SessionPlan
from gateway.session_acts import ACTS, SessionAct
from gateway.session_event import SessionEvent
from gateway.sessions import (
    EVENTS,
    AdminSent,
    ClientTold,
    EngineStarted,
    GapFilled,
    Heard,
    LogonsPaused,
    LogonsResumed,
    MessageDropped,
    MessageReceived,
    Phase,
    ReportSent,
    SenderReserved,
    Session,
)
from oms.domain.event import Event
from oms.domain.events import CancelRejected, ExecutionReported, MessageSent
from oms.domain.fields import ExecType

_REJECTED = ExecType.REJECTED
_RESEND_REQUEST, _LOGON = "2", "A"
_REJECTS = frozenset({"3", "j"})
_ANSWERS = frozenset({"8", "9", "r", "3", "j"})
"""MsgType(35) of what a venue says of orders, read or not."""
_HEART_BT_INT = "\x01108="
_DIGITS_MAX = 9
_PAUSES = frozenset({LogonsPaused, LogonsResumed})
"""While we wait, the failures that made us wait go on."""


QUIET = frozenset({MessageDropped, SenderReserved, GapFilled, ClientTold, AdminSent, ReportSent})
"""Facts about a session that change nothing but numbers."""
CHANGES = frozenset({EngineStarted, *(event for event in EVENTS if issubclass(event, SessionEvent))} - QUIET)
"""Facts after which a session stands otherwise than before."""


class Raised(msgspec.Struct, frozen=True):
    """An alarm that is not cleared."""

    seq: int
    at_ns: int
    text: str


class Done(msgspec.Struct, frozen=True):
    """The last act of its kind."""

    seq: int
    at_ns: int
    act: SessionAct


class Vitals(msgspec.Struct):
    """Changed only by `hear` and `note`, in the order of the journal. An instant is 0 where it never was."""

    is_client: bool
    heart_bt_int_s: int
    """HeartBtInt(108); a client says its own in its Logon(A). 0: no heartbeats are sent."""
    rejects: deque[int]
    """When the last rejects were."""
    since_ns: int = 0
    """When its phase was last another one."""
    open_since_ns: int = 0
    """When it was last allowed to log on."""
    heard_at_ns: int = 0
    sent_at_ns: int = 0
    answered_at_ns: int = 0
    """When the venue last said anything about orders."""
    asked_again_at_ns: int = 0
    """When a side last asked for messages again; 0 once that gap is over."""
    asked_again: str = ""
    """Which side it was."""
    logon_failures: int = 0
    """In a row."""
    logon_text: str = ""
    """What the peer said at the last of them."""
    raised: dict[AlarmKind, Raised] = {}
    acts: dict[str, Done] = {}
    """By the name of the fact."""
    changed_seq: int = 0
    """The last fact that changed more than numbers."""

    @classmethod
    def of(cls, plan: SessionPlan) -> "Vitals":
        kept = min(plan.alarms.rejects_max, REJECTS_MAX) + 1
        return cls(plan.kind is SessionKind.CLIENTS, plan.heart_bt_int_s, deque(maxlen=kept))

    def hear(self, event: Heard, at_ns: int) -> None:
        """A message came in. On the path of every report."""
        self.heard_at_ns = at_ns
        if type(event) is ExecutionReported:
            self.answered_at_ns = at_ns
            if event.report.exec_type is _REJECTED:
                self.rejects.append(at_ns)
        elif type(event) is MessageReceived:
            self._hear_message(event, at_ns)
        else:
            self.answered_at_ns = at_ns
            if type(event) is CancelRejected or event.receipt.msg_type in _REJECTS:
                self.rejects.append(at_ns)

    def note(self, event: SessionEvent | MessageSent, was: Session, now: Session, seq: int, at_ns: int) -> None:
        """Any other fact about the session, which made `now` of `was`. On the path of every order."""
        if type(event) is MessageSent:
            self.sent_at_ns = at_ns
            return
        note = self._NOTES.get(type(event), Vitals._changed)
        note(self, event, seq, at_ns)
        if was.phase is not now.phase:
            self.turned(now.phase, seq, at_ns)
        if was.is_open is not now.is_open and type(event) not in _PAUSES:
            self.open_since_ns, self.logon_failures = at_ns, 0

    def turned(self, phase: Phase, seq: int, at_ns: int) -> None:
        """Its phase has changed."""
        self.since_ns, self.changed_seq = at_ns, seq
        if phase is not Phase.DOWN:
            self.logon_failures = 0

    def _hear_message(self, event: MessageReceived, at_ns: int) -> None:
        msg_type = event.receipt.msg_type
        if msg_type == _RESEND_REQUEST:
            self.asked_again_at_ns, self.asked_again = at_ns, "the peer"
        elif msg_type == _LOGON and self.is_client:
            self.heart_bt_int_s = _heart_bt_int_s(event.receipt.raw, self.heart_bt_int_s)
        if msg_type in _ANSWERS:
            self.answered_at_ns = at_ns
        if msg_type in _REJECTS:
            self.rejects.append(at_ns)

    def _sent(self, _event: ReportSent, _seq: int, at_ns: int) -> None:
        self.sent_at_ns = at_ns

    def _admin_sent(self, event: AdminSent, _seq: int, at_ns: int) -> None:
        self.sent_at_ns = at_ns
        if event.msg_type == _RESEND_REQUEST:
            self.asked_again_at_ns, self.asked_again = at_ns, "we"
        elif event.msg_type in _REJECTS:
            self.rejects.append(at_ns)

    def _logon_failed(self, event: LogonFailed, seq: int, _at_ns: int) -> None:
        self.logon_failures += 1
        self.logon_text, self.changed_seq = event.text, seq

    def _alarm_raised(self, event: AlarmRaised, seq: int, at_ns: int) -> None:
        self.raised[event.kind] = Raised(seq, at_ns, event.text)
        self.changed_seq = seq

    def _alarm_cleared(self, event: AlarmCleared, seq: int, _at_ns: int) -> None:
        self.raised.pop(event.kind, None)
        self.changed_seq = seq
        if event.kind is AlarmKind.GAP:
            self.asked_again_at_ns = 0

    def _acted(self, event: SessionAct, seq: int, at_ns: int) -> None:
        self.acts[type(event).__name__] = Done(seq, at_ns, event)
        self.changed_seq = seq

    def _changed(self, _event: SessionEvent, seq: int, _at_ns: int) -> None:
        self.changed_seq = seq

    def _same(self, _event: SessionEvent, _seq: int, _at_ns: int) -> None:
        """Nothing that anybody would be told of."""

    _NOTES: ClassVar[dict[type[Event], Callable[["Vitals", Any, int, int], None]]] = {
        ReportSent: _sent,
        AdminSent: _admin_sent,
        MessageDropped: _same,
        SenderReserved: _same,
        GapFilled: _same,
        ClientTold: _same,
        LogonFailed: _logon_failed,
        AlarmRaised: _alarm_raised,
        AlarmCleared: _alarm_cleared,
        **dict.fromkeys(ACTS, _acted),
    }
    """What each kind of fact is a sign of; any other is a change."""


def _heart_bt_int_s(raw: str, known_s: int) -> int:
    """HeartBtInt(108) of a Logon(A); what is known where it says none that can be read."""
    _, _, rest = raw.partition(_HEART_BT_INT)
    text = rest.partition("\x01")[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX else known_s
