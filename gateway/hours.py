"""Sessions are logged on and off by their schedules: what the engine asks for when one changes, and what that causes."""

from collections.abc import Iterable

import msgspec

from gateway.cell import SessionPlan
from gateway.schedule import standing, trading_day
from gateway.sessions import SessionClosed, SessionOpened
from gateway.state import State


class KeepHours(msgspec.Struct, frozen=True, gc=False):
    """Bring a session to where its schedule says that it is now."""

    session: str


class Timetable:
    """When each session's schedule has to be looked at next: at once, and then at each change."""

    def __init__(self, plans: Iterable[SessionPlan]) -> None:
        self._plans = {plan.name: plan for plan in plans if plan.schedule is not None}
        self._due_ns: dict[str, int | None] = dict.fromkeys(self._plans, 0)
        """By session; None for one whose schedule stays as it is."""

    def due(self, at_ns: int) -> list[KeepHours]:
        """What is to be asked for now. Each change is asked for once."""
        due = [name for name, due_ns in self._due_ns.items() if due_ns is not None and due_ns <= at_ns]
        for name in due:
            schedule = self._plans[name].schedule
            assert schedule is not None
            self._due_ns[name] = standing(schedule, at_ns).changes_at_ns
        return [KeepHours(name) for name in due]


def keep(state: State, command: KeepHours, at_ns: int) -> tuple[SessionOpened | SessionClosed, ...]:
    """Nothing where the session is where it should be."""
    schedule = state.plans[command.session].schedule
    assert schedule is not None
    stands = standing(schedule, at_ns)
    if stands.is_open is state.sessions[command.session].is_within_hours:
        return ()
    kind = SessionOpened if stands.is_open else SessionClosed
    return (kind(command.session, stands.changes_at_ns),)


def is_of_another_day(state: State, session: str, placed_at_ns: int, at_ns: int) -> bool:
    """Whether the session's trading day has ended since: what was meant for one day is not sent on the next."""
    schedule = state.plans[session].schedule
    return schedule is not None and trading_day(schedule, placed_at_ns) != trading_day(schedule, at_ns)
