"""Orders at rest: ended orders as tombstones, beside the book's own, with the names by which they are found. Pure.

Nobody changes an order at rest. A fact about it wakes it first; whoever only asks is shown what the tombstone says.
"""

import msgspec

from oms.domain.chain import Chain
from oms.told import Answered, Told
from oms.tombstone import Tombstone, opened, rested_at_ns, squeezed


class Named(msgspec.Struct, gc=False):
    """Under what the book knows one order, beside its own ids of its requests."""

    answers: list[str] = []
    told: list[str] = []
    order_ids: list[str] = []


class Rest:
    """Changed only by the book. Every dict is by name, and says in which tombstone it is: that is called as its first order."""

    def __init__(self) -> None:
        self.stones: dict[str, bytes] = {}
        """By the root_id of its first order, those that rest longest first."""
        self.orders: dict[str, str] = {}
        """By root_id and ClOrdID(11), but for those that are in `stones`."""
        self.answers: dict[str, str] = {}
        self.told: dict[str, str] = {}
        self.order_ids: dict[str, str] = {}
        self.orders_at_rest = 0
        self.forgotten = 0
        """How many orders were here and are in the journal alone now."""
        self.forgotten_to = 0
        """The highest number among the root_ids of those."""
        self._opened: tuple[bytes, Tombstone] | None = None

    def __eq__(self, other: object) -> bool:
        """Equal where nothing that the journal decides differs."""
        return isinstance(other, Rest) and self._decided() == other._decided()

    __hash__ = None  # type: ignore[assignment]  # It changes.

    def _decided(self) -> dict[str, object]:
        return {
            key: list(value.items()) if isinstance(value, dict) else value
            for key, value in vars(self).items()
            if key != "_opened"
        }

    def stone_of(self, name: str) -> str:
        """Which tombstone an order is in, by its root_id or a ClOrdID(11) of it; empty where it is in none."""
        return name if name in self.stones else self.orders.get(name, "")

    def order(self, root_id: str) -> Chain | None:
        """The order as it was laid to rest; None where none of that name rests."""
        stone = self.stone_of(root_id)
        return self.look(stone).chains.get(root_id) if stone else None

    def by_cl_ord_id(self, cl_ord_id: str) -> Chain | None:
        """The order of which a request has this ClOrdID(11)."""
        stone = self.stone_of(cl_ord_id)
        if not stone:
            return None
        chains = self.look(stone).chains.values()
        return next((chain for chain in chains if chain.request(cl_ord_id) is not None), None)

    def by_order_id(self, named: str) -> Chain | None:
        """The order that has this OrderID(37) in this session."""
        stone = self.order_ids.get(named, "")
        if not stone:
            return None
        known = self.look(stone)
        return known.chains[known.order_ids[named]]

    def answer(self, named: str) -> Answered | None:
        stone = self.answers.get(named, "")
        return self.look(stone).answers[named] if stone else None

    def said(self, named: str) -> Told | None:
        """What a report of this name said."""
        stone = self.told.get(named, "")
        return self.look(stone).told[named] if stone else None

    def look(self, stone: str) -> Tombstone:
        """What a tombstone says. The last one is kept open: whoever asks once asks again."""
        squeezed_stone = self.stones[stone]
        if self._opened is None or self._opened[0] is not squeezed_stone:
            self._opened = squeezed_stone, opened(squeezed_stone)
        return self._opened[1]

    def lay(self, stone: Tombstone, at_ns: int) -> None:
        """Keep it. A name that another tombstone has had is this one's from here on, as it was in the book."""
        head = stone.root_id
        self.stones[head] = squeezed(stone, at_ns)
        self.orders_at_rest += len(stone.chains)
        self.orders.update((name, head) for name in _names(stone) if name != head)
        self.answers.update(dict.fromkeys(stone.answers, head))
        self.told.update(dict.fromkeys(stone.told, head))
        self.order_ids.update(dict.fromkeys(stone.order_ids, head))

    def take(self, head: str) -> Tombstone:
        """Take it out, with what is still called so: a name may have become another order's."""
        stone = self.look(head)
        self._opened = None
        del self.stones[head]
        self.orders_at_rest -= len(stone.chains)
        for name in _names(stone):
            self.orders.pop(name, None)
        for named in stone.answers:
            del self.answers[named]
        told = {named: told for named, told in stone.told.items() if _left(self.told, named, head)}
        order_ids = {named: root_id for named, root_id in stone.order_ids.items() if _left(self.order_ids, named, head)}
        return Tombstone(stone.chains, stone.answers, told, order_ids)

    def forget(self, head: str) -> Tombstone:
        """Take it out for good."""
        stone = self.take(head)
        self.forgotten += len(stone.chains)
        return stone

    def rested_at_ns(self, head: str) -> int:
        """Since when it rests."""
        return rested_at_ns(self.stones[head])


def _names(stone: Tombstone) -> list[str]:
    named = [request.cl_ord_id for chain in stone.chains.values() for request in chain.requests]
    return [*stone.chains, *named]


def _left(names: dict[str, str], named: str, head: str) -> bool:
    """Whether the name is still this tombstone's, which leaves it."""
    if names.get(named) != head:
        return False
    del names[named]
    return True
