"""When waiting cancels are let go: after each turn that made room, and when time has made some."""

import asyncio
from collections.abc import Callable

from gateway.inbox import Inbox
from gateway.metering import ReleaseCancels, due_ns
from gateway.state import State

_NS_PER_S = 1_000_000_000


class Releasing:
    """Asks for it in the inbox; `wake` makes a turn come."""

    def __init__(self, state: State, inbox: Inbox, wake: Callable[[], None]) -> None:
        self._state, self._inbox, self._wake = state, inbox, wake
        self._timer: asyncio.TimerHandle | None = None

    def look(self, at_ns: int) -> None:
        """At the end of a turn."""
        soonest_ns: int | None = None
        for session, meter in self._state.meters.items():
            due = due_ns(meter, at_ns)
            if due is None or not self._state.grant_if_ready(session):
                continue
            if due <= at_ns:
                self._inbox.react(ReleaseCancels(session))
            elif soonest_ns is None or due < soonest_ns:
                soonest_ns = due
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if soonest_ns is not None:
            self._timer = asyncio.get_running_loop().call_later((soonest_ns - at_ns) / _NS_PER_S, self._wake)
