"""Whose orders are canceled when nobody hears of them any more: facts.

A program that trades over gRPC says how long its silence may last (armed), and has to be heard more often than that. A client
over FIX is watched from when its session is lost until it is back, as its file says.
"""

from typing import ClassVar

import msgspec

from oms.domain.event import Event


class Silence(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """How long somebody may be silent, and what is done then."""

    timeout_ms: int
    leaves_good_till: bool = False
    """Whether orders that are good till canceled, or till a date, stay."""
    latches: bool = False
    """Whether nothing passes for it any more, until two persons have released the latch."""


class DeadManArmed(Event, frozen=True, gc=False):
    """A principal wants its orders canceled when it falls silent. It holds over every restart, until disarmed or fired."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    silence: Silence

    @property
    def key(self) -> str:
        return self.principal


class DeadManDisarmed(Event, frozen=True, gc=False):
    """The principal need not be heard any more: its orders stay as they are."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str

    @property
    def key(self) -> str:
        return self.principal


class GraceBegan(Event, frozen=True, gc=False):
    """A client's session is lost: it has this long to come back."""

    session: str
    principal: str
    silence: Silence

    @property
    def key(self) -> str:
        return self.session


class GraceEnded(Event, frozen=True, gc=False):
    """The client's session is back."""

    session: str
    principal: str

    @property
    def key(self) -> str:
        return self.session


class DeadManFired(Event, frozen=True, gc=False):
    """Somebody was silent for too long: what it had open is canceled by a mass cancel, which follows in the journal."""

    principal: str
    session: str
    """The client's; empty for one that is heard over gRPC."""
    silent_ms: int

    @property
    def key(self) -> str:
        return self.principal


DEAD_MAN_EVENTS: tuple[type[Event], ...] = (DeadManArmed, DeadManDisarmed, GraceBegan, GraceEnded, DeadManFired)
