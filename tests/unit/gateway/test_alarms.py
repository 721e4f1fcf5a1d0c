"""Alarms by a table: what was heard and when, and what is amiss then. Raised once, cleared once."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway.alarm import AlarmCleared, AlarmKind, AlarmRaised, AlarmTerms, LogonFailed
from gateway.alarms import KeepWatch
from gateway.cell import Cell, SessionKind
from gateway.rules import decide
from gateway.session_acts import Numbers, SessionDisabled
from gateway.sessions import (
    EVENTS,
    AdminSent,
    EngineStarted,
    MessageReceived,
    SessionEvent,
    SessionGranted,
    SessionHalted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
)
from gateway.state import State
from gateway.vitals import CHANGES, QUIET
from oms.domain.events import Event, ExecutionReported, MessageSent, RequestDoubted
from oms.domain.fields import ExecType, OrdStatus
from tests.support.client_side import PLAN as CLIENT_PLAN
from tests.support.orders import CELL, DATA, SECOND, SESSION, placed, receipt, report

TERMS = AlarmTerms(silent_after_s=5, rejects_max=2, reject_window_s=10, logon_failures_max=2, not_logged_on_s=20, gap_quiet_s=8)
ROOT = "FG00000001"
STARTED = EngineStarted("0", "x")
GRANTED = SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1)
ON, READY, OUT = SessionLoggedOn(SESSION), SessionReady(SESSION), SessionLoggedOut(SESSION, "gone")
UP = ((0, GRANTED), (0, ON), (0, READY))
FAILED = LogonFailed(SESSION, "wrong password")
NOW = Numbers(1, 1, 1)
DISABLED = SessionDisabled(SESSION, "id", "operator", "DisableSession", "why", NOW, NOW)
Steps = tuple[tuple[float, Event], ...]


def cell(**changes: Any) -> Cell:
    plans = [replace(plan, alarms=TERMS, heart_bt_int_s=10, **changes) for plan in CELL.sessions]
    return replace(CELL, sessions=tuple(plans))


def state(steps: Steps, known: Cell | None = None) -> State:
    """After these facts, each so many seconds after the first."""
    made = State(known or cell())
    for at_s, event in ((0, STARTED), *steps):
        made.apply(event, made.seq + 1, 1_000 * SECOND + round(at_s * SECOND))
    return made


def judged(steps: Steps, at_s: float, session: str = SESSION, known: Cell | None = None) -> list[tuple[AlarmKind, str]]:
    """What is raised so many seconds after the first fact."""
    events = decide(state(steps, known), KeepWatch(session), 1_000 * SECOND + round(at_s * SECOND))
    assert all(isinstance(event, AlarmRaised) for event in events)
    return [(event.kind, event.text) for event in events if isinstance(event, AlarmRaised)]


def said(msg_type: str, number: int, raw: str = "raw") -> MessageReceived:
    return MessageReceived(receipt(SESSION, number, number + 1, msg_type, raw))


def rejected(number: int) -> ExecutionReported:
    return ExecutionReported(ROOT, receipt(SESSION, number, number + 1), report(ExecType.REJECTED, OrdStatus.REJECTED))


def sent(number: int = 2) -> MessageSent:
    return MessageSent(ROOT, ROOT, SESSION, 1, number, "D", "")


@pytest.mark.parametrize(
    ("steps", "at_s", "amiss"),
    [
        # A heartbeat may be late by half an interval and a second.
        (UP, 16, []),
        (UP, 16.1, ["LATE_HEARTBEAT"]),
        ((*UP, (9, said("0", 1))), 25, []),
        ((*UP, (9, said("0", 1))), 25.1, ["LATE_HEARTBEAT"]),
        ((*UP, (1, OUT)), 18, []),
        (((0, GRANTED), (5, ON)), 21, []),
        (((0, GRANTED), (5, ON)), 21.1, ["LATE_HEARTBEAT"]),
        # A gap, by either side, until nobody has asked again for a while and the session is ready.
        ((*UP, (9, said("2", 1))), 9, ["GAP"]),
        ((*UP, (9, AdminSent(SESSION, 1, 3, "2", ""))), 9, ["GAP"]),
        ((*UP, (1, said("2", 1)), (8, said("0", 2))), 9, []),
        ((*UP, (1, said("2", 1)), (2, OUT), (2, GRANTED), (2, ON)), 10, ["GAP"]),
        # Rejects of messages and orders, by either side.
        ((*UP, (0, placed()), (1, said("3", 1)), (2, rejected(2))), 3, []),
        ((*UP, (0, placed()), (1, said("3", 1)), (2, rejected(2)), (3, AdminSent(SESSION, 1, 3, "j", ""))), 3, ["REJECT_RATE"]),
        ((*UP, (0, placed()), (1, said("3", 1)), (2, rejected(2)), (3, said("j", 3))), 10.9, ["REJECT_RATE"]),
        ((*UP, (0, placed()), (1, said("3", 1)), (2, rejected(2)), (3, said("j", 3))), 11, []),
        # Logons: in a row, or none at all, of a session that should be up.
        (((0, GRANTED), (1, FAILED)), 2, []),
        (((0, GRANTED), (1, FAILED), (2, FAILED)), 2, ["LOGON_FAILURES"]),
        (((0, GRANTED), (1, FAILED), (2, ON), (3, OUT), (4, FAILED)), 4, []),
        (((0, GRANTED),), 19.9, []),
        (((0, GRANTED),), 20, ["LOGON_FAILURES"]),
        (((0, GRANTED), (1, FAILED), (2, FAILED), (3, DISABLED)), 60, []),
        (((0, GRANTED), (1, FAILED), (2, FAILED), (3, SessionHalted(SESSION, "why"))), 60, []),
        # Alive and silent: nothing was said of any order, and something was asked.
        ((*UP, (1, placed()), (1, sent()), (6, said("0", 1))), 6, []),
        ((*UP, (1, placed()), (1, sent()), (6, said("0", 1))), 6.1, ["ALIVE_BUT_SILENT"]),
        ((*UP, (1, placed()), (6, said("0", 1))), 9, []),
        ((*UP, (1, placed()), (1, sent()), (2, RequestDoubted(ROOT, ROOT, "w")), (6, said("0", 1))), 9, ["ALIVE_BUT_SILENT"]),
        ((*UP, (1, placed()), (1, sent()), (5, said("8", 1))), 9, []),
        ((*UP, (1, placed()), (1, sent())), 17, ["LATE_HEARTBEAT"]),
        ((*UP, (1, placed()), (1, sent()), (2, OUT)), 17, []),
    ],
)
def test_what_is_amiss(steps: Steps, at_s: float, amiss: list[str]) -> None:
    assert [kind.name for kind, _ in judged(steps, at_s)] == amiss


def test_an_alarm_says_the_numbers() -> None:
    assert judged(UP, 17) == [(AlarmKind.LATE_HEARTBEAT, "nothing was heard of the peer for 17 s; HeartBtInt(108) is 10")]
    assert judged(((0, GRANTED), (1, FAILED), (2, FAILED)), 2) == [
        (AlarmKind.LOGON_FAILURES, "2 logons in a row failed: wrong password")
    ]


def test_an_alarm_is_raised_once_and_cleared_once() -> None:
    made, told = state(UP), []
    for second in (17, 18, 19):
        at_ns = (1_000 + second) * SECOND
        for event in decide(made, KeepWatch(SESSION), at_ns):
            told.append(event)
            made.apply(event, made.seq + 1, at_ns)
    made.apply(said("0", 1), made.seq + 1, 1_020 * SECOND)
    for second in (20, 21):
        at_ns = (1_000 + second) * SECOND
        for event in decide(made, KeepWatch(SESSION), at_ns):
            told.append(event)
            made.apply(event, made.seq + 1, at_ns)
    text = "nothing was heard of the peer for 17 s; HeartBtInt(108) is 10"
    assert told == [
        AlarmRaised(SESSION, AlarmKind.LATE_HEARTBEAT, text),
        AlarmCleared(SESSION, AlarmKind.LATE_HEARTBEAT, "after 3 s"),
    ]


@pytest.mark.parametrize(("at_s", "is_over"), [(11.9, False), (12, True)])
def test_rejects_are_over_when_there_are_half_as_many(at_s: float, is_over: bool) -> None:
    raised = AlarmRaised(SESSION, AlarmKind.REJECT_RATE, "3")
    steps = (*UP, (1, said("3", 1)), (2, said("3", 2)), (9, said("3", 3)), (9, raised))
    events = decide(state(steps), KeepWatch(SESSION), 1_000 * SECOND + round(at_s * SECOND))
    assert bool(events) is is_over


def test_a_gap_that_is_over_does_not_come_back_when_the_session_goes_down() -> None:
    steps = (*UP, (1, said("2", 1)), (1, AlarmRaised(SESSION, AlarmKind.GAP, "w")), (8, said("0", 2)))
    over = AlarmCleared(SESSION, AlarmKind.GAP, "after 9 s")
    assert decide(state(steps), KeepWatch(SESSION), 1_010 * SECOND) == (over,)
    assert judged((*steps, (10, over), (11, OUT)), 12) == []


def test_rejects_are_remembered_no_longer_than_they_matter() -> None:
    made = state((*UP, *((1, said("3", number)) for number in range(1, 100))))
    assert len(made.vitals[SESSION].rejects) == TERMS.rejects_max + 1


def test_a_client_comes_when_it_likes_and_says_its_own_heartbeat() -> None:
    known = replace(CELL, sessions=(replace(CLIENT_PLAN, alarms=TERMS, heart_bt_int_s=10),))
    name = CLIENT_PLAN.name
    down = (0, replace(GRANTED, session=name))
    assert judged((down,), 1_000, name, known) == []  # A venue would have to be there.
    logon = MessageReceived(receipt(name, 1, 2, "A", "8=FIX.4.4\x0135=A\x01108=100\x0110=000\x01"))
    up = (down, (0, logon), (0, SessionLoggedOn(name)), (0, SessionReady(name)))
    assert judged(up, 151, name, known) == []
    assert [kind for kind, _ in judged(up, 151.1, name, known)] == [AlarmKind.LATE_HEARTBEAT]
    silent = MessageReceived(receipt(name, 1, 2, "A", "8=FIX.4.4\x0135=A\x01108=0\x0110=000\x01"))
    assert judged((down, (0, silent), *up[2:]), 1_000, name, known) == []


def test_of_a_market_data_session_only_its_logons_are_judged() -> None:
    granted, on = replace(GRANTED, session=DATA), SessionLoggedOn(DATA)
    assert judged(((0, granted), (0, on)), 1_000, DATA) == []
    assert [kind for kind, _ in judged(((0, granted),), 1_000, DATA)] == [AlarmKind.LOGON_FAILURES]


def test_every_kind_of_session_is_watched() -> None:
    assert {plan.kind for plan in (*CELL.sessions, CLIENT_PLAN)} == set(SessionKind)


def test_every_fact_about_a_session_changes_it_or_is_known_to_change_numbers_alone() -> None:
    facts = {event for event in EVENTS if issubclass(event, SessionEvent)}
    assert facts == (CHANGES - {EngineStarted}) | QUIET
    assert not CHANGES & QUIET
