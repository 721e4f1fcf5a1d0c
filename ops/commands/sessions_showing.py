"""How FIX sessions and their alarms are shown."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ops.commands.showing import word

if TYPE_CHECKING:
    from gateway.api.v1.alarm_pb2 import Alarm
    from gateway.api.v1.session_pb2 import Session, SessionAct, SessionNumbers

ALARM_COLUMNS = ("session", "alarm", "since", "what")
_WIDTH = 16
_MS_PER_S = 1_000


def alarm_row(alarm: "Alarm") -> tuple[str, ...]:
    """One line of ALARM_COLUMNS."""
    return alarm.session, _alarm(alarm), _instant(alarm.at), alarm.text


def state_line(session: "Session") -> str:
    """How it stands, in one line."""
    alarms = f"alarms: {', '.join(map(_alarm, session.alarms))}" if session.alarms else ""
    kept = session.halted or _held(session)
    parts = (session.name, _phase(session), f"asked: {_asked(session)}", _numbers_now(session), kept, alarms)
    return "  ".join(part for part in parts if part)


def detail(session: "Session") -> str:
    """All of it, a line for each thing."""
    return "\n".join(f"{name:<{_WIDTH}}  {text}" for name, text in _lines(session) if text)


def _lines(session: "Session") -> Iterable[tuple[str, str]]:
    from gateway.api.v1 import session_pb2

    kind = word(session_pb2.SessionKind.Name(session.kind), "SESSION_KIND")
    yield "session", f"{session.name}, {kind}, {session.begin_string}"
    yield "phase", f"{_phase(session)}{f', since {_instant(session.since)}' if session.HasField('since') else ''}"
    yield "asked", _asked(session)
    yield "halted", session.halted
    yield "held", _held(session)
    yield "waits until", _instant(session.paused_until) if session.HasField("paused_until") else ""
    yield "numbers", _numbers_now(session)
    yield "reserved to", str(session.reserved_to)
    yield "heartbeat", f"every {session.heart_bt_int_s} s"
    yield "heard", _ago(session, "heard_ms_ago")
    yield "sent", _ago(session, "sent_ms_ago")
    yield "requests", f"{session.unsent_requests} unsent, {session.unanswered_requests} unanswered, {_unknown(session)}"
    yield "orders", f"{session.unconfirmed_orders} unconfirmed, {session.waiting_cancels} wait for their cancel"
    yield "reports", f"{session.waiting_reports} wait to be sent" if session.kind == session_pb2.SESSION_KIND_CLIENTS else ""
    yield "failed logons", f"{session.logon_failures} in a row: {session.logon_failure}" if session.logon_failures else ""
    for alarm in session.alarms:
        yield "alarm", f"{_alarm(alarm)} since {_instant(alarm.at)}: {alarm.text}"
    for act in session.acts:
        yield "act", _act(act)


def _phase(session: "Session") -> str:
    from gateway.api.v1 import session_pb2

    return word(session_pb2.SessionPhase.Name(session.phase), "SESSION_PHASE")


def _asked(session: "Session") -> str:
    """What is asked of it, and by whom and why where a person did."""
    from gateway.api.v1 import session_pb2

    asked = session.asked
    verbs = {
        session_pb2.SESSION_ASKED_LOG_OUT: session_pb2.SESSION_VERB_LOG_OUT,
        session_pb2.SESSION_ASKED_DISABLED: session_pb2.SESSION_VERB_DISABLE,
    }
    who = next((f" by {act.principal}: {act.reason}" for act in session.acts if act.verb == verbs.get(asked)), "")
    return word(session_pb2.SessionAsked.Name(asked), "SESSION_ASKED") + who


def _held(session: "Session") -> str:
    """Why it takes no new order, and who has still to come."""
    if not session.held:
        return ""
    waits = f"; released by {session.released_by}, and another person has to follow" if session.released_by else ""
    return f"held: {session.held}{waits}"


def _alarm(alarm: "Alarm") -> str:
    from gateway.api.v1 import alarm_pb2

    return word(alarm_pb2.AlarmKind.Name(alarm.kind), "ALARM_KIND")


def _act(act: "SessionAct") -> str:
    from gateway.api.v1 import session_pb2

    verb = word(session_pb2.SessionVerb.Name(act.verb), "SESSION_VERB")
    changed = f", {_numbers(act.before)} became {_numbers(act.after)}" if act.before != act.after else ""
    return f"{verb} at {_instant(act.at)} by {act.principal}: {act.reason} (seq {act.seq}{changed})"


def _numbers(numbers: "SessionNumbers") -> str:
    return f"epoch {numbers.session_epoch} out {numbers.next_sender} in {numbers.next_target}"


def _numbers_now(session: "Session") -> str:
    return f"epoch {session.session_epoch}, next out {session.next_sender}, next in {session.next_target}"


def _unknown(session: "Session") -> str:
    age = f" for {session.oldest_unknown_ms / _MS_PER_S:.0f} s" if session.HasField("oldest_unknown_ms") else ""
    return f"{session.unknown_requests} unknown{age}"


def _ago(session: "Session", field: str) -> str:
    return f"{getattr(session, field) / _MS_PER_S:.1f} s ago" if session.HasField(field) else ""


def _instant(at: Any) -> str:
    return f"{datetime.fromtimestamp(at.seconds, UTC):%Y-%m-%d %H:%M:%S}Z"
