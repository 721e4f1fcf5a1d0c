"""Where trading is stopped: a fold over the facts about latches. It survives every restart, as the journal does."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from oms.domain.event import Event
from oms.domain.latches import HaltAnswered, Latched, LatchReleased, Mode, ReleaseAsked
from risk.scope import Facets, Scope, parse

STRICTNESS = (Mode.HALTED, Mode.CLOSE_ONLY, Mode.REDUCE_ONLY)
"""Of several latches on one order the strictest holds."""


class Latch(msgspec.Struct, frozen=True):
    """One stop."""

    seq: int
    scope: Scope
    mode: Mode
    principal: str
    reason: str
    at_ns: int
    cancels: bool
    unanswered: frozenset[str]
    """The sessions of which nobody knows yet that nothing leaves any more."""
    barriers: Mapping[str, int]
    """The last MsgSeqNum(34) of each session that answered: no order of the scope leaves above it."""
    release_asked_by: str = ""
    effective_at_ns: int = 0
    """When the last of them answered; 0 until then."""
    is_drill: bool = False

    @property
    def is_effective(self) -> bool:
        return not self.unanswered


class Latches:
    """All latches that hold."""

    def __init__(self) -> None:
        self.by_seq: dict[int, Latch] = {}
        self._of: dict[Facets, Latch | None] = {}

    def of(self, facets: Facets) -> Latch | None:
        """The strictest latch that an order with these facets is under."""
        if not self.by_seq:
            return None
        if facets not in self._of:
            within = [latch for latch in self.by_seq.values() if latch.scope.holds(facets)]
            self._of[facets] = min(within, key=lambda latch: (STRICTNESS.index(latch.mode), latch.seq), default=None)
        return self._of[facets]

    def apply(self, event: Event, seq: int, at_ns: int) -> None:
        """Take in one fact; facts about other things change nothing."""
        change = self._CHANGES.get(type(event))
        if change is not None:
            change(self, event, seq, at_ns)
            self._of.clear()

    def _latched(self, event: Latched, seq: int, at_ns: int) -> None:
        self.by_seq[seq] = Latch(
            seq=seq,
            scope=parse(event.scope),
            mode=event.mode,
            principal=event.principal,
            reason=event.reason,
            at_ns=at_ns,
            cancels=event.cancels,
            unanswered=frozenset(event.sessions),
            barriers={},
            effective_at_ns=0 if event.sessions else at_ns,
            is_drill=event.is_drill,
        )

    def _answered(self, event: HaltAnswered, _seq: int, at_ns: int) -> None:
        latch = self.by_seq.get(event.latch)
        if latch is not None:
            barriers, left = {**latch.barriers, event.session: event.msg_seq_num}, latch.unanswered - {event.session}
            since_ns = latch.effective_at_ns if left else at_ns
            self.by_seq[event.latch] = replace(latch, unanswered=left, barriers=barriers, effective_at_ns=since_ns)

    def _release_asked(self, event: ReleaseAsked, _seq: int, _at_ns: int) -> None:
        self.by_seq[event.latch] = replace(self.by_seq[event.latch], release_asked_by=event.principal)

    def _released(self, event: LatchReleased, _seq: int, _at_ns: int) -> None:
        del self.by_seq[event.latch]

    _CHANGES: ClassVar[Mapping[type[Event], Callable[["Latches", Any, int, int], None]]] = {
        Latched: _latched,
        HaltAnswered: _answered,
        ReleaseAsked: _release_asked,
        LatchReleased: _released,
    }
