"""The alarms of a FIX session: which there are, at what they sound, and the facts that tell of them."""

import msgspec

from gateway.session_event import SessionEvent
from oms.domain.event import Event
from oms.domain.fields import Choice, plain_members

REJECTS_MAX = 1_000
"""So many rejects are remembered at most, whatever a file says."""


@plain_members
class AlarmKind(Choice):
    """What is amiss with a session."""

    LATE_HEARTBEAT = "LATE_HEARTBEAT"
    """Logged on, and nothing has come from the peer for longer than a heartbeat may be late."""
    GAP = "GAP"
    """A side asked for messages again, by ResendRequest(2)."""
    REJECT_RATE = "REJECT_RATE"
    """Too many rejects within a while, of messages or of orders, by either side."""
    LOGON_FAILURES = "LOGON_FAILURES"
    """The session should be logged on, and is not: the peer refuses again and again, or nobody answers for long."""
    ALIVE_BUT_SILENT = "ALIVE_BUT_SILENT"
    """The peer's heartbeats come, and it answers no order."""


class AlarmTerms(msgspec.Struct, frozen=True):
    """At what the alarms of one counterparty's sessions sound."""

    silent_after_s: int = 30
    """A request without an answer for so long, and no other answer meanwhile."""
    rejects_max: int = 10
    """More rejects than this within the window; at most REJECTS_MAX."""
    reject_window_s: int = 60
    logon_failures_max: int = 3
    """So many logons in a row that came to nothing."""
    not_logged_on_s: int = 60
    """So long without a logon, of a session that should be logged on. A client comes when it likes: it is not waited for."""
    gap_quiet_s: int = 30
    """A gap is over when nobody has asked again for so long."""


class LogonFailed(SessionEvent, frozen=True, gc=False):
    """A Logon(A) was sent or received, and the session was lost before it was logged on."""

    text: str
    """What the peer said in its Logout(5); empty where it just hung up."""


class AlarmRaised(SessionEvent, frozen=True, gc=False):
    """Something is amiss with the session. Raised once, until it is cleared."""

    kind: AlarmKind
    text: str
    """The numbers, for people."""


class AlarmCleared(SessionEvent, frozen=True, gc=False):
    """It is not amiss any more."""

    kind: AlarmKind
    text: str


EVENTS: tuple[type[Event], ...] = (LogonFailed, AlarmRaised, AlarmCleared)
