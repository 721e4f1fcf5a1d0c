"""Breakers of a session: too many rejects, questions, repeated gaps or failed logons, counted in the journal's own time.

What is counted is a fold over the journal, bounded. It begins anew when a breaker has tripped, and at a release; what is
counted by numbers, where these begin anew.
"""

from collections.abc import Iterator

import msgspec

from gateway import guards
from gateway.alarm import LogonFailed
from gateway.session_acts import HaltReleased, HoldReleased, NumbersSet
from gateway.sessions import (
    AdminSent,
    LogonsPaused,
    LogonsResumed,
    MessageReceived,
    SequencesReset,
    Session,
    SessionHeld,
    SessionLoggedOn,
)
from oms.domain.events import CancelRejected, Event, ExecutionReported, RequestRejected
from oms.domain.fields import CxlRejReason, ExecType

COUNT_MAX = 1_000
"""No breaker counts further."""
SECONDS_MAX = 3_600
PAUSE_S_MAX = 600
NS_PER_S = 1_000_000_000
_RESEND_REQUEST = "2"
_TOO_LATE = CxlRejReason.TOO_LATE_TO_CANCEL
_REJECTED = ExecType.REJECTED


class Breakers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[breakers] of a counterparty's or client's file: how much is too much."""

    rejects: int = 200
    """Of our requests, by Reject(3), BusinessMessageReject(j), ExecutionReport(8) or OrderCancelReject(9), within `rejects_s`:
    the session takes no new order until a person releases it. A cancel or replace that came too late is none: markets move."""
    rejects_s: int = 10
    resends: int = 20
    """ResendRequests(2) of the peer for what overlaps, within `resends_s`: logged off until a person releases the session."""
    resends_s: int = 60
    gaps: int = 20
    """ResendRequests(2) of ours from the same number on, without an answer that counts: the same."""
    logons: int = 10
    """Logons(A) of ours that fail, within `logons_s`: then we wait `pause_s`, and twice as long each time after that."""
    logons_s: int = 60
    pause_s: int = 30

    def wrong(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Each key whose number cannot be, and why."""
        for key, number in msgspec.structs.asdict(self).items():
            most = PAUSE_S_MAX if key == "pause_s" else SECONDS_MAX if key.endswith("_s") else COUNT_MAX
            if not 2 <= number <= most:
                yield ("breakers", key), f"{number} is not between 2 and {most}"


class Asked(msgspec.Struct, frozen=True):
    """A ResendRequest(2) of the peer's."""

    at_ns: int
    begin_seq_no: int
    end_seq_no: int


class Counts(msgspec.Struct):
    """What was counted of one session. No list is longer than its breaker."""

    rejected_ns: tuple[int, ...] = ()
    asked: tuple[Asked, ...] = ()
    gap: int = 0
    """The number from which we last asked."""
    gaps: int = 0
    logons_ns: tuple[int, ...] = ()
    pauses: int = 0
    """How often we have waited since we were last logged on."""


COUNTED: frozenset[type[Event]] = frozenset(
    {
        ExecutionReported,
        CancelRejected,
        RequestRejected,
        MessageReceived,
        AdminSent,
        LogonFailed,
        SessionLoggedOn,
        LogonsPaused,
        LogonsResumed,
        SessionHeld,
        HaltReleased,
        HoldReleased,
        SequencesReset,
        NumbersSet,
    }
)
"""The facts that a breaker looks at."""
_HEARD = (ExecutionReported, CancelRejected, RequestRejected, MessageReceived)


def counted_on(event: Event) -> str:
    """The session that one of these facts is about: a report counts where it came in."""
    name: str = event.receipt.session if isinstance(event, _HEARD) else event.session  # type: ignore[attr-defined]
    return name


def note(counts: Counts, breakers: Breakers, session: Session, event: Event, at_ns: int) -> None:
    """Take in one fact about the session."""
    match event:
        case ExecutionReported() if event.report.exec_type is not _REJECTED:
            return
        case CancelRejected() if event.report.cxl_rej_reason is _TOO_LATE:
            return
        case ExecutionReported() | CancelRejected() | RequestRejected():
            counts.rejected_ns = (*counts.rejected_ns, at_ns)[-breakers.rejects :]
        case MessageReceived() if event.receipt.msg_type == _RESEND_REQUEST:
            begin, end = guards.asked_range(event.receipt.raw.encode("latin-1"), session.last_sender)
            counts.asked = (*counts.asked, Asked(at_ns, begin, end))[-breakers.resends :]
        case AdminSent(msg_type="2"):
            begin, _ = guards.asked_range(event.raw.encode("latin-1"), 0)
            counts.gap, counts.gaps = begin, min(counts.gaps + 1 if begin == counts.gap else 1, breakers.gaps)
        case LogonFailed():
            counts.logons_ns = (*counts.logons_ns, at_ns)[-breakers.logons :]
        case SessionLoggedOn():
            counts.logons_ns, counts.pauses = (), 0
        case LogonsPaused():
            counts.logons_ns, counts.pauses = (), counts.pauses + 1
        case LogonsResumed():
            counts.logons_ns = ()
        case SequencesReset() | NumbersSet():  # The same number is another message's now.
            is_ours_too = isinstance(event, NumbersSet) or event.is_ours_too
            counts.asked, counts.gap, counts.gaps = () if is_ours_too else counts.asked, 0, 0
        case SessionHeld() | HaltReleased() | HoldReleased():
            counts.rejected_ns, counts.asked, counts.gap, counts.gaps = (), (), 0, 0


def tripped(counts: Counts, breakers: Breakers, event: Event) -> tuple[str, bool] | None:
    """Why the session has to be held because of this fact, and whether it is to be logged off; None where nothing is too much."""
    match event:
        case ExecutionReported() | CancelRejected() | RequestRejected():
            if _is_storm(counts.rejected_ns, breakers.rejects, breakers.rejects_s):
                return f"{breakers.rejects} of our requests were rejected within {breakers.rejects_s} s", False
        case MessageReceived() if event.receipt.msg_type == _RESEND_REQUEST:
            last = counts.asked[-1]
            overlaps = tuple(one.at_ns for one in counts.asked if _is_overlap(one, last))
            if _is_storm(overlaps, breakers.resends, breakers.resends_s):
                what = f"{breakers.resends} ResendRequests within {breakers.resends_s} s"
                return f"{what} for MsgSeqNum {last.begin_seq_no} to {last.end_seq_no}, or what overlaps it", True
        case AdminSent(msg_type="2") if counts.gaps >= breakers.gaps:
            return f"we asked {breakers.gaps} times from MsgSeqNum {counts.gap} on, and the gap does not close", True
    return None


def pause_ns(counts: Counts, breakers: Breakers) -> int:
    """How long no logon is tried because of those that failed; 0 where they are not too many."""
    if not _is_storm(counts.logons_ns, breakers.logons, breakers.logons_s):
        return 0
    return min(breakers.pause_s << min(counts.pauses, 10), PAUSE_S_MAX) * NS_PER_S


def _is_storm(times_ns: tuple[int, ...], count: int, seconds: int) -> bool:
    return len(times_ns) >= count and times_ns[-1] - times_ns[-count] <= seconds * NS_PER_S


def _is_overlap(one: Asked, other: Asked) -> bool:
    return one.begin_seq_no <= other.end_seq_no and other.begin_seq_no <= one.end_seq_no
