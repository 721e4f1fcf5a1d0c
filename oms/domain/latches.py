"""What stops trading within a scope, and lets it go on again: facts. A scope is told in words, as `risk.scope` writes it."""

from typing import ClassVar

from oms.domain.event import Event
from oms.domain.fields import Choice, plain_members


@plain_members
class Mode(Choice):
    """What orders may still do within the scope of a latch. Cancels always pass."""

    HALTED = "HALTED"
    """No new order, no replace."""
    CLOSE_ONLY = "CLOSE_ONLY"
    """Only what closes a position whole."""
    REDUCE_ONLY = "REDUCE_ONLY"
    """Only what makes a position smaller, whatever else that is open trades."""


class Latched(Event, frozen=True, gc=False):
    """From this record on nothing passes within the scope but what the mode lets through; the journal seq names the latch.

    A kill is a latch that halts; what is open is canceled by a mass cancel of its own, which follows it in the journal.
    """

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    scope: str
    mode: Mode
    reason: str
    cancels: bool
    """Whether everything that is open in the scope is canceled."""
    sessions: tuple[str, ...] = ()
    """The sessions whose workers may have orders in their hands: each has to answer before the latch is effective."""
    is_drill: bool = False
    """Whether it rehearses a stop: it does all that a stop does."""

    @property
    def key(self) -> str:
        return self.scope


class HaltAnswered(Event, frozen=True, gc=False):
    """A session's worker has dropped what was in the scope, or is gone with all that it had: nothing leaves above this number."""

    session: str
    latch: int
    msg_seq_num: int
    """The last MsgSeqNum(34) that it used."""

    @property
    def key(self) -> str:
        return self.session


class ReleaseAsked(Event, frozen=True, gc=False):
    """One person wants the latch released: another one has to say the same."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    latch: int
    reason: str

    @property
    def key(self) -> str:
        return str(self.latch)


class LatchReleased(Event, frozen=True, gc=False):
    """Two persons have said so: the latch holds no more."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    latch: int
    reason: str
    asked_by: str
    """The other person."""

    @property
    def key(self) -> str:
        return str(self.latch)


class DrillNoted(Event, frozen=True, gc=False):
    """How a drill went, by the word of the person who led it. Times are in microseconds from the latch's record on."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    latch: int
    orders: int
    left: int
    effective_us: int | None
    cancels_us: int | None
    flat_us: int | None

    @property
    def key(self) -> str:
        return str(self.latch)


LATCH_EVENTS: tuple[type[Event], ...] = (Latched, HaltAnswered, ReleaseAsked, LatchReleased)
