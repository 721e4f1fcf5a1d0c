"""That orders which have ended were laid to rest, and that after many days they were forgotten."""

from oms.domain.event import Event


class OrdersLaidToRest(Event, frozen=True, gc=False):
    """These orders have ended, and so has their day: they are kept small until a fact is about one of them again."""

    session: str
    root_ids: tuple[str, ...]
    """A parent order is followed by all of its children, and none of them comes without it."""

    @property
    def key(self) -> str:
        return self.session


class OrdersForgotten(Event, frozen=True, gc=False):
    """These orders were at rest for as long as the cell keeps them: from here on they are in the journal alone."""

    root_ids: tuple[str, ...]
    """Of a family its parent's."""

    @property
    def key(self) -> str:
        return "engine"


RESTING: tuple[type[Event], ...] = (OrdersLaidToRest, OrdersForgotten)
