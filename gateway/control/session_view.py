"""A FIX session as the contract shows it: its state, what is asked of it, its queues, and what is amiss."""

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.api.v1 import alarm_pb2, session_pb2
from gateway.control.codes import ALARM_KINDS, SESSION_KINDS, SESSION_PHASES
from gateway.session_acts import Numbers
from gateway.sessions import Session
from gateway.state import State
from gateway.vitals import Done, Vitals
from oms.domain.chain import RequestState

_NS_PER_S, _NS_PER_MS = 1_000_000_000, 1_000_000
_VERBS = {
    "LogOnAsked": session_pb2.SESSION_VERB_LOG_ON,
    "LogOutAsked": session_pb2.SESSION_VERB_LOG_OUT,
    "SessionEnabled": session_pb2.SESSION_VERB_ENABLE,
    "SessionDisabled": session_pb2.SESSION_VERB_DISABLE,
    "NumbersSet": session_pb2.SESSION_VERB_SET_NUMBERS,
    "HaltReleased": session_pb2.SESSION_VERB_RELEASE_HALT,
    "HoldReleased": session_pb2.SESSION_VERB_RELEASE_HOLD,
}
"""By the name of the fact."""


def shown(state: State, name: str, now_ns: int) -> session_pb2.Session:
    """One configured session, its ages counted to `now_ns`."""
    plan, session, vitals = state.plans[name], state.sessions[name], state.vitals[name]
    told = session_pb2.Session(
        name=name,
        kind=SESSION_KINDS[plan.kind],
        phase=SESSION_PHASES[session.phase],
        begin_string=plan.version.begin_string,
        session_epoch=session.session_epoch,
        next_target=session.next_target,
        last_sender=session.last_sender,
        reserved_to=session.reserved_to,
        grant=session.grant,
        asked=_asked(session),
        halted=session.halted,
        next_sender=session.numbers.next_sender,
    )
    _show_hold(told, session)
    _show_vitals(told, vitals, now_ns)
    _show_queues(told, state, name)
    _show_doubts(told, state, name, now_ns)
    told.alarms.extend(alarms(name, vitals))
    return told


def alarms(session: str, vitals: Vitals) -> list[alarm_pb2.Alarm]:
    """What is amiss with it, oldest first."""
    raised = sorted(vitals.raised.items(), key=lambda pair: pair[1].seq)
    return [
        alarm_pb2.Alarm(kind=ALARM_KINDS[kind], session=session, seq=one.seq, at=_at(one.at_ns), text=one.text)
        for kind, one in raised
    ]


def _asked(session: Session) -> session_pb2.SessionAsked:
    """What keeps it out, the most lasting first."""
    if session.halted:
        return session_pb2.SESSION_ASKED_HALTED
    if session.hold is not None and session.hold.is_down:
        return session_pb2.SESSION_ASKED_HELD
    if session.is_disabled:
        return session_pb2.SESSION_ASKED_DISABLED
    if session.is_logged_off:
        return session_pb2.SESSION_ASKED_LOG_OUT
    if not session.is_within_hours:
        return session_pb2.SESSION_ASKED_CLOSED
    return session_pb2.SESSION_ASKED_PAUSED if session.paused_until_ns else session_pb2.SESSION_ASKED_LOG_ON


def _show_hold(told: session_pb2.Session, session: Session) -> None:
    hold = session.hold
    if hold is not None and not session.halted:
        told.held, told.is_held_down, told.released_by = hold.reason, hold.is_down, hold.released_by
    if session.paused_until_ns:
        told.paused_until.CopyFrom(_at(session.paused_until_ns))


def _show_vitals(told: session_pb2.Session, vitals: Vitals, now_ns: int) -> None:
    told.heart_bt_int_s, told.changed_seq = vitals.heart_bt_int_s, vitals.changed_seq
    told.logon_failures, told.logon_failure = vitals.logon_failures, vitals.logon_text if vitals.logon_failures else ""
    if vitals.since_ns:
        told.since.CopyFrom(_at(vitals.since_ns))
    if vitals.heard_at_ns:
        told.heard_ms_ago = _ms_ago(vitals.heard_at_ns, now_ns)
    if vitals.sent_at_ns:
        told.sent_ms_ago = _ms_ago(vitals.sent_at_ns, now_ns)
    told.acts.extend(_act(fact, done) for fact, done in sorted(vitals.acts.items(), key=lambda pair: pair[1].seq))


def _act(fact: str, done: Done) -> session_pb2.SessionAct:
    act = done.act
    return session_pb2.SessionAct(
        verb=_VERBS[fact],
        principal=act.principal,
        reason=act.reason,
        seq=done.seq,
        at=_at(done.at_ns),
        before=_numbers(act.before),
        after=_numbers(act.after),
    )


def _numbers(numbers: Numbers) -> session_pb2.SessionNumbers:
    return session_pb2.SessionNumbers(
        session_epoch=numbers.session_epoch, next_sender=numbers.next_sender, next_target=numbers.next_target
    )


def _show_queues(told: session_pb2.Session, state: State, name: str) -> None:
    states = [request.state for _, request in state.book.open_requests(name)]
    told.unsent_requests = states.count(RequestState.INTENT)
    told.unanswered_requests = len(states) - told.unsent_requests
    told.waiting_cancels = len(state.book.to_cancel.get(name, ()))
    outbox = state.outboxes.get(name)
    told.waiting_reports = 0 if outbox is None else len(outbox.waiting)


def _show_doubts(told: session_pb2.Session, state: State, name: str, now_ns: int) -> None:
    doubts = state.book.doubts.get(name)
    if doubts is None:
        return
    oldest_ns = doubts.oldest_ns()
    told.unknown_requests, told.unknown_ms = len(doubts.unknown), doubts.unknown_ns // _NS_PER_MS
    told.unconfirmed_orders = len(doubts.unconfirmed)
    if oldest_ns is not None:
        told.oldest_unknown_ms = _ms_ago(oldest_ns, now_ns)


def _ms_ago(at_ns: int, now_ns: int) -> int:
    return max(now_ns - at_ns, 0) // _NS_PER_MS


def _at(at_ns: int) -> Timestamp:
    seconds, nanos = divmod(at_ns, _NS_PER_S)
    return Timestamp(seconds=seconds, nanos=nanos)
