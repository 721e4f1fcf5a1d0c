"""A session is open while its schedule is, and what was meant for one trading day is not sent on the next."""

from datetime import UTC, datetime, time

import msgspec
import pytest

from gateway import link
from gateway.effects import Outgoing, effects
from gateway.facts import Fact
from gateway.hours import KeepHours, Timetable
from gateway.rules import decide
from gateway.schedule import Schedule, Window
from gateway.sessions import (
    EngineStarted,
    SessionClosed,
    SessionGranted,
    SessionLoggedOn,
    SessionOpened,
    SessionReady,
)
from gateway.state import State
from oms.domain.commands import DecideAgain
from oms.domain.events import Event, OrderRefused, RequestNotSent, RequestReissued
from oms.domain.refusal import Refusal
from risk.limits import Quote
from tests.support.orders import CELL, QUOTE, SESSION, place, placed, terms

SCHEDULE = Schedule("Europe/London", tuple(Window(day, time(8), 0, time(16, 30)) for day in range(5)), end_of_day=time(12))
PLAN, *OTHERS = CELL.sessions
SCHEDULED = msgspec.structs.replace(
    CELL, sessions=(msgspec.structs.replace(PLAN, schedule=SCHEDULE), *OTHERS), reissue_age_ms_max=10 * 3_600_000
)
STARTED = EngineStarted("0", "x")
GRANTED = SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1)
KEEP = KeepHours(SESSION)


def at_ns(day: int, hour: int, minute: int = 0) -> int:
    """In June 2026, when London is an hour ahead; the 1st is a Monday."""
    return int(datetime(2026, 6, day, hour - 1, minute, tzinfo=UTC).timestamp()) * 1_000_000_000


def state(*events: Event, at_ns: int = 0) -> State:
    made = State(SCHEDULED)
    for event in events:
        made.apply(event, made.seq + 1, at_ns)
    return made


OPENED = SessionOpened(SESSION, at_ns(1, 16, 30))
READY = (STARTED, OPENED, GRANTED, SessionLoggedOn(SESSION), SessionReady(SESSION))


@pytest.mark.parametrize(
    ("found", "when", "causes"),
    [
        ((STARTED,), at_ns(1, 8), (OPENED,)),
        ((STARTED,), at_ns(1, 7, 59), ()),
        ((STARTED, OPENED), at_ns(1, 16, 29), ()),
        ((STARTED, OPENED), at_ns(1, 16, 30), (SessionClosed(SESSION, at_ns(2, 8)),)),
        ((STARTED, OPENED), at_ns(5, 17), (SessionClosed(SESSION, at_ns(8, 8)),)),
        ((STARTED, OPENED, STARTED), at_ns(1, 9), (OPENED,)),
    ],
)
def test_a_session_is_brought_to_where_its_schedule_says(found: tuple[Event, ...], when: int, causes: tuple[Event, ...]) -> None:
    assert decide(state(*found), KEEP, when) == causes


def test_a_session_without_a_schedule_is_always_open() -> None:
    assert {name: session.is_open for name, session in state(STARTED).sessions.items()} == {
        SESSION: False,
        "BROKER-MD": True,
        "VENUE": True,
    }


def test_each_change_is_asked_for_once() -> None:
    timetable = Timetable(SCHEDULED.sessions)
    instants = (at_ns(1, 9), at_ns(1, 10), at_ns(1, 16, 30) - 1, at_ns(1, 16, 30), at_ns(3, 9), at_ns(3, 9))
    assert [timetable.due(instant) for instant in instants] == [[KEEP], [], [], [KEEP], [KEEP], []]


def test_nothing_is_sent_once_the_schedule_has_closed() -> None:
    closed = state(*READY, SessionClosed(SESSION, None))
    closed.quotes["EURUSD"] = QUOTE
    (refused,) = decide(closed, place(), 0)
    assert isinstance(refused, OrderRefused)
    assert refused.refusal is Refusal.SESSION_DOWN


def released(*events: Event) -> list[Outgoing]:
    """What the last of these facts releases."""
    made = state(*events[:-1])
    return list(effects(made, Fact(made.seq + 1, 0, events[-1], made.apply(events[-1], made.seq + 1, 0))))


def test_the_worker_is_told_when_to_log_on_and_off() -> None:
    assert released(STARTED, GRANTED) == [Outgoing(SESSION, 2, link.Grant(2, 1, 1, 1, 10_000, is_open=False))]
    assert released(STARTED, GRANTED, OPENED) == [Outgoing(SESSION, 2, link.LogOn())]
    assert released(STARTED, GRANTED, SessionClosed(SESSION, None)) == [Outgoing(SESSION, 2, link.LogOff())]
    assert released(STARTED, OPENED, GRANTED) == [Outgoing(SESSION, 3, link.Grant(3, 1, 1, 1, 10_000, is_open=True))]


@pytest.mark.parametrize(("hour", "becomes"), [(11, RequestReissued), (12, RequestNotSent)])
def test_an_order_of_yesterday_is_not_sent_again(hour: int, becomes: type[Event]) -> None:
    made = state(*READY, placed(wanted=terms(price="1.3850"), session=SESSION, grant=3), at_ns=at_ns(1, 10))
    for again in (GRANTED, SessionLoggedOn(SESSION), SessionReady(SESSION)):
        made.apply(again, made.seq + 1, made.at_ns)
    made.quotes["EURUSD"] = Quote(QUOTE.bid_px, QUOTE.offer_px, at_ns(1, hour))
    (event,) = decide(made, DecideAgain("FG00000001", "FG00000001"), at_ns(1, hour))
    assert isinstance(event, becomes)
    assert getattr(event, "reason", "") in {"", "the trading day has ended"}
