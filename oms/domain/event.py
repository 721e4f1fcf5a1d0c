"""What every fact is: one journal record, about something."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A fact. `VERSION` rises when a field changes its meaning; old records are then lifted by an upcaster."""

    VERSION: ClassVar[int] = 1
    IS_ANSWER: ClassVar[bool] = False
    """Whether it answers a client's request, for ever."""

    @property
    def key(self) -> str:
        """What the fact is about: an order's root_id, a session's name, a client's id."""
        raise NotImplementedError(type(self).__name__)


class OrderEvent(Event, frozen=True, gc=False):
    """A fact that changes one order."""

    root_id: str

    @property
    def key(self) -> str:
        return self.root_id
