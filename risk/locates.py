"""What of each locate is used: a fold over the facts about orders that name one.

An order uses what it has sold short, and the most that it may still sell: what a fill takes from the one it adds to the other,
and what is canceled is free again. Nothing is freed but by proof, as of every reservation.
"""

from decimal import Decimal

from oms.domain.chain import Chain
from oms.domain.fields import Side
from oms.domain.numbers import ZERO
from risk.exposure import exposure

SHORT = frozenset({Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT})
_ONE = Decimal(1)


class Locates:
    """By LocateID(5700)."""

    def __init__(self) -> None:
        self._used: dict[str, Decimal] = {}
        self._orders: dict[str, Decimal] = {}
        """What each order uses of its locate, by root_id."""

    def used(self, locate_id: str) -> Decimal:
        return self._used.get(locate_id, ZERO)

    def changed(self, chain: Chain) -> None:
        """A fact has made `chain` of an order that names a locate. An order keeps its locate for life."""
        if chain.terms.side not in SHORT:
            return
        worst = exposure(chain, _ONE)
        uses = chain.cum_qty + (worst.leaves_qty if worst is not None else ZERO)
        locate_id = chain.terms.instructions.locate_id
        self._used[locate_id] = self.used(locate_id) + uses - self._orders.get(chain.root_id, ZERO)
        self._orders[chain.root_id] = uses
