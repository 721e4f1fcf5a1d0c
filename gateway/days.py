"""The trading day of a session ends: what was meant for that day and may still trade is asked for, never guessed to have expired.

What lives longer carries over; the venue renews it, and says so. A day that ended while the engine was down is ended when it
starts.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from gateway.cell import SessionKind, SessionPlan
from gateway.schedule import Schedule, day_ends_at_ns, trading_day
from gateway.sessions import SessionEvent
from oms import deciding
from oms.domain.chain import GOOD_TILL, Chain, Request, RequestState
from oms.domain.events import Event
from oms.domain.fields import TimeInForce

if TYPE_CHECKING:
    from gateway.state import State


class DayBegan(SessionEvent, frozen=True, gc=False):
    """The first trading day that this journal knows of the session."""

    day: str
    """YYYYMMDD, as the schedule counts it."""


class DayEnded(SessionEvent, frozen=True, gc=False):
    """A trading day of the session has ended, and this is how things stood."""

    day: str
    """The day that ended, YYYYMMDD."""
    next_day: str
    """The one that it is now."""
    unconfirmed: tuple[str, ...]
    """root_id of each acknowledged order for that day of whose end the venue has not told: it is asked for."""
    good_till_orders: int
    """Orders that live longer than a day, and carry over."""
    unknown_requests: int
    """Requests of which nobody knew whether the venue has them, with those that the day left without an answer."""
    suspended_reports: int
    """Reports of the session that wait for a person."""


class UtcDayBegan(Event, frozen=True, gc=False):
    """The first record of a day of UTC: what risk counts by the day begins anew for sessions without a schedule, before anything
    of that day is judged."""

    @property
    def key(self) -> str:
        return "engine"


EVENTS: tuple[type[Event], ...] = (DayBegan, DayEnded, UtcDayBegan)


class RollDay(msgspec.Struct, frozen=True, gc=False):
    """Bring a session to the trading day that it is now."""

    session: str


class Day(msgspec.Struct, frozen=True):
    """What the journal knows of one session's trading days."""

    day: str
    """The one that it is now."""
    ended_at_ns: int = 0
    """When the last one was ended; 0 before the first."""
    ended: DayEnded | None = None


class Calendar:
    """When each session's day has to be looked at next: at once, and then whenever one ends."""

    def __init__(self, plans: Iterable[SessionPlan]) -> None:
        self._schedules = {plan.name: plan.schedule for plan in plans if plan.kind is SessionKind.ORDERS and plan.schedule}
        self._due_ns = dict.fromkeys(self._schedules, 0)

    def due(self, at_ns: int) -> list[RollDay]:
        """What is to be asked for now. Each end is asked for once."""
        due = [name for name, due_ns in self._due_ns.items() if due_ns <= at_ns]
        for name in due:
            self._due_ns[name] = day_ends_at_ns(self._schedules[name], at_ns)
        return [RollDay(name) for name in due]


def roll(state: "State", command: RollDay, at_ns: int) -> tuple[Event, ...]:
    """Nothing where the session's day is the one that it is."""
    schedule = state.plans[command.session].schedule
    assert schedule is not None
    known, today = state.days.get(command.session), _text(schedule, at_ns)
    if known is None:
        return (DayBegan(command.session, today),)
    return () if known.day >= today else _Roll(state, command.session, schedule, today, at_ns).events(known.day)


class _Roll:
    """One session goes over to the day that is `today`."""

    def __init__(self, state: "State", session: str, schedule: Schedule, today: str, at_ns: int) -> None:
        self._book, self._session, self._schedule, self._today, self._at_ns = state.book, session, schedule, today, at_ns

    def events(self, day: str) -> tuple[Event, ...]:
        """A request without an answer is in doubt from here on: nobody need wait for it any more."""
        book = self._book
        mine = [chain for chain in map(book.chains.__getitem__, book.live) if chain.session == self._session]
        waiting = list(book.open_requests(self._session))
        reason = f"trading day {day} ended without an answer"
        doubts = [deciding.doubt(chain, request, reason) for chain, request in waiting if self._was_before(request)]
        doubted = [doubt for doubt in doubts if doubt is not None]
        unknown = sum(request.state is RequestState.UNKNOWN for _, request in waiting)
        ended = DayEnded(
            session=self._session,
            day=day,
            next_day=self._today,
            unconfirmed=tuple(c.root_id for c in mine if c.accepted and self._should_have_ended(c)),
            good_till_orders=sum(map(self._lives_longer, mine)),
            unknown_requests=unknown + len(doubted),
            suspended_reports=sum(entry.session == self._session for entry in book.suspense.values()),
        )
        return *doubted, ended

    def _should_have_ended(self, chain: Chain) -> bool:
        return not self._lives_longer(chain) and self._was_before(chain.requests[0])

    def _was_before(self, request: Request) -> bool:
        """Whether it was asked for on a day that has ended, and not on the one that it is now."""
        return _text(self._schedule, request.placed_at_ns) < self._today

    def _lives_longer(self, chain: Chain) -> bool:
        terms = chain.terms
        if terms.time_in_force is not TimeInForce.GOOD_TILL_DATE:
            return terms.time_in_force in GOOD_TILL
        until_ns, until = terms.instructions.expire_time_ns, terms.instructions.expire_date
        return (until_ns is None or until_ns > self._at_ns) and (not until or until >= self._today)


def _text(schedule: Schedule, at_ns: int) -> str:
    return trading_day(schedule, at_ns).strftime("%Y%m%d")
