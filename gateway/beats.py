"""When each was last heard, and who was silent for too long. In no journal: after a start all have their whole time again."""

from collections.abc import Iterator

from gateway.dead_man import FireDeadMan
from gateway.state import State

DEAF_NS = 3_000_000_000
"""Looks come once a second. Where none came for so long, it was we who could hear nobody: everybody has its whole time again."""
_MS = 1_000_000


class Beats:
    """Of those that the state says are watched."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._heard_ns: dict[str, int] = {}
        self._looked_ns = 0
        self._deaf_to_ns = 0

    def beat(self, principal: str, at_ns: int) -> int | None:
        """It lives; returns how many milliseconds it may be silent now, or None where nobody watches it."""
        watched = self._state.dead_men.by_principal.get(principal)
        if watched is None or watched.session:
            return None
        self._heard_ns[principal] = at_ns
        return watched.silence.timeout_ms

    def due(self, now_ns: int) -> Iterator[FireDeadMan]:
        """Those that have been silent for too long."""
        if now_ns - self._looked_ns > DEAF_NS:
            self._deaf_to_ns = now_ns
        self._looked_ns = now_ns
        for principal, watched in self._state.dead_men.by_principal.items():
            silent_ns = now_ns - max(watched.since_ns, self._heard_ns.get(principal, 0), self._deaf_to_ns)
            if not watched.is_over and silent_ns >= watched.silence.timeout_ms * _MS:
                yield FireDeadMan(principal, silent_ns // _MS)
