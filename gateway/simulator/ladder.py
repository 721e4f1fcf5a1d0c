"""One side of the book in price-time order."""

from bisect import bisect_left, insort
from decimal import Decimal

from gateway.simulator.order import Order

_AHEAD_OF_ALL = Decimal("-Infinity")
_Key = tuple[Decimal, int, str]


class Ladder:
    """OrderIDs of the open orders of one side, best first: market orders, then by price, then by age of their priority."""

    def __init__(self) -> None:
        self._keys: list[_Key] = []

    def add(self, order: Order) -> None:
        insort(self._keys, _key(order))

    def remove(self, order: Order) -> None:
        key = _key(order)
        index = bisect_left(self._keys, key)
        assert self._keys[index] == key
        del self._keys[index]

    def first(self) -> str | None:
        """OrderID of the order whose turn it is."""
        return self._keys[0][2] if self._keys else None


def _key(order: Order) -> _Key:
    if order.price is None:
        return (_AHEAD_OF_ALL, order.priority_seq, order.order_id)
    return (order.price.copy_negate() if order.side.is_buy else order.price, order.priority_seq, order.order_id)
