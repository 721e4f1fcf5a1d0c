"""When a session's alarms are raised and cleared: judged once in a while, from the facts and the time alone. Pure.

A rule says what is amiss, in words with numbers; nothing where nothing is. An alarm is raised once, and cleared when its rule
finds nothing any more; a rule may be stricter about the end than about the beginning, so that no alarm flutters.
"""

from collections.abc import Callable
from itertools import islice

import msgspec

from gateway.alarm import AlarmCleared, AlarmKind, AlarmRaised
from gateway.cell import SessionKind, SessionPlan
from gateway.sessions import Phase, Session
from gateway.state import State
from gateway.vitals import Vitals
from oms.book import Book
from oms.domain.chain import RequestState

_NS = 1_000_000_000
_LATE_AFTER = 1.5
"""Heartbeat intervals, and a second for the way: QuickFIX gives the session up after 2.4."""
_LOOKED_AT_MAX = 1_000
"""So many unanswered requests are looked at for one that has waited too long; the oldest come first."""
_UNANSWERED = frozenset({RequestState.SENT, RequestState.UNKNOWN})


class KeepWatch(msgspec.Struct, frozen=True, gc=False):
    """Time has passed: see whether something is amiss with a session, or not any more."""

    session: str


class Case(msgspec.Struct, frozen=True):
    """What a rule judges."""

    plan: SessionPlan
    session: Session
    vitals: Vitals
    book: Book
    at_ns: int
    is_raised: bool

    def s_since(self, *instants_ns: int) -> float:
        """Seconds since the latest of these."""
        return (self.at_ns - max(instants_ns)) / _NS


def look(state: State, command: KeepWatch, at_ns: int) -> tuple[AlarmRaised | AlarmCleared, ...]:
    """Nothing where every alarm is as it should be."""
    plan, vitals = state.plans[command.session], state.vitals[command.session]
    changes: list[AlarmRaised | AlarmCleared] = []
    for kind, rule in _RULES[plan.kind]:
        raised = vitals.raised.get(kind)
        amiss = rule(Case(plan, state.sessions[plan.name], vitals, state.book, at_ns, raised is not None))
        if amiss and raised is None:
            changes.append(AlarmRaised(plan.name, kind, amiss))
        elif raised is not None and not amiss:
            changes.append(AlarmCleared(plan.name, kind, f"after {(at_ns - raised.at_ns) / _NS:.0f} s"))
    return tuple(changes)


def _late_heartbeat(case: Case) -> str:
    heard_s = case.s_since(case.vitals.heard_at_ns, case.vitals.since_ns)
    if case.session.phase is Phase.DOWN or not _is_late(case, heard_s):
        return ""
    return f"nothing was heard of the peer for {heard_s:.0f} s; HeartBtInt(108) is {case.vitals.heart_bt_int_s}"


def _is_late(case: Case, heard_s: float) -> bool:
    interval_s = case.vitals.heart_bt_int_s
    return interval_s > 0 and heard_s > _LATE_AFTER * interval_s + 1


def _gap(case: Case) -> str:
    """Over when the session has proved that nothing is missing, and nobody has asked again for a while."""
    vitals = case.vitals
    if not vitals.asked_again_at_ns:
        return ""
    is_quiet = case.s_since(vitals.asked_again_at_ns) >= case.plan.alarms.gap_quiet_s
    if is_quiet and case.session.phase is Phase.READY and not case.session.heard_ahead:
        return ""
    return f"{vitals.asked_again} asked for messages again, by ResendRequest(2)"


def _reject_rate(case: Case) -> str:
    """Once raised, over when there are half as many."""
    terms = case.plan.alarms
    recent = sum(case.s_since(instant_ns) < terms.reject_window_s for instant_ns in case.vitals.rejects)
    if recent <= (terms.rejects_max // 2 if case.is_raised else terms.rejects_max):
        return ""
    return f"{recent} rejects or more within {terms.reject_window_s} s; {terms.rejects_max} are usual"


def _logon_failures(case: Case) -> str:
    session, vitals, terms = case.session, case.vitals, case.plan.alarms
    if session.phase is not Phase.DOWN or not (session.is_open or session.paused_until_ns):
        return ""
    if vitals.logon_failures >= terms.logon_failures_max:
        return f"{vitals.logon_failures} logons in a row failed: {vitals.logon_text or 'the peer hung up without a word'}"
    out_s = case.s_since(vitals.since_ns, vitals.open_since_ns)
    if case.plan.kind is SessionKind.CLIENTS or out_s < terms.not_logged_on_s:
        return ""
    return f"not logged on for {out_s:.0f} s, and {vitals.logon_failures} logons failed: does its address answer?"


def _alive_but_silent(case: Case) -> str:
    """A request waits for its answer, no answer to any other came meanwhile, and yet the peer is there."""
    vitals, after_s = case.vitals, case.plan.alarms.silent_after_s
    heard_s, silent_s = case.s_since(vitals.heard_at_ns), case.s_since(vitals.answered_at_ns, vitals.since_ns)
    if case.session.phase is not Phase.READY or silent_s <= after_s or _is_late(case, heard_s):
        return ""
    for _, request in islice(case.book.open_requests(case.session.name), _LOOKED_AT_MAX):
        waits_s = min(case.s_since(request.placed_at_ns), silent_s)
        if request.state in _UNANSWERED and waits_s > after_s:
            return f"{request.cl_ord_id} and whatever came after it has had no answer for {waits_s:.0f} s"
    return ""


Rule = Callable[[Case], str]
_ALWAYS: tuple[tuple[AlarmKind, Rule], ...] = ((AlarmKind.LOGON_FAILURES, _logon_failures),)
_COUNTED: tuple[tuple[AlarmKind, Rule], ...] = (
    (AlarmKind.LATE_HEARTBEAT, _late_heartbeat),
    (AlarmKind.GAP, _gap),
    (AlarmKind.REJECT_RATE, _reject_rate),
)
"""Of sessions whose messages are in the journal: of market data only the prices are taken, and none is kept."""
_RULES: dict[SessionKind, tuple[tuple[AlarmKind, Rule], ...]] = {
    SessionKind.ORDERS: (*_COUNTED, *_ALWAYS, (AlarmKind.ALIVE_BUT_SILENT, _alive_but_silent)),
    SessionKind.CLIENTS: (*_COUNTED, *_ALWAYS),
    SessionKind.MARKET_DATA: _ALWAYS,
}
