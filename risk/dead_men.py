"""Who is watched, and since when: a fold over the facts. It survives every restart, after which each has its whole time again."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from oms.domain.dead_man import DeadManArmed, DeadManDisarmed, DeadManFired, GraceBegan, GraceEnded, Silence
from oms.domain.event import Event


class Watched(msgspec.Struct, frozen=True):
    """One whose orders are canceled when it is silent for too long."""

    principal: str
    session: str
    """Of a client over FIX, which is watched as long as it is away; empty for one that has to be heard."""
    silence: Silence
    since_ns: int
    """When it was armed, or lost, or the engine started after that."""
    is_over: bool = False
    """Whether it was fired: what a client had open that is still away is canceled once."""


class DeadMen(msgspec.Struct):
    """All that are watched: no more than there are principals."""

    by_principal: dict[str, Watched] = {}

    def apply(self, event: Event, at_ns: int) -> None:
        """Take in one fact of DEAD_MAN_EVENTS."""
        self._CHANGES[type(event)](self, event, at_ns)

    def restarted(self, at_ns: int) -> None:
        """An engine began: nobody could be heard before."""
        self.by_principal = {name: replace(watched, since_ns=at_ns) for name, watched in self.by_principal.items()}

    def _armed(self, event: DeadManArmed, at_ns: int) -> None:
        self.by_principal[event.principal] = Watched(event.principal, "", event.silence, at_ns)

    def _lost(self, event: GraceBegan, at_ns: int) -> None:
        self.by_principal[event.principal] = Watched(event.principal, event.session, event.silence, at_ns)

    def _over(self, event: DeadManDisarmed | GraceEnded, _at_ns: int) -> None:
        self.by_principal.pop(event.principal, None)

    def _fired(self, event: DeadManFired, _at_ns: int) -> None:
        watched = self.by_principal.pop(event.principal)
        if watched.session:
            self.by_principal[event.principal] = replace(watched, is_over=True)

    _CHANGES: ClassVar[Mapping[type[Event], Callable[["DeadMen", Any, int], None]]] = {
        DeadManArmed: _armed,
        DeadManDisarmed: _over,
        GraceBegan: _lost,
        GraceEnded: _over,
        DeadManFired: _fired,
    }
