"""What an order may still do at its worst, as far as anybody can prove: over all versions that the venue may be working.

Nothing is freed by time, by a lost session or by a request that is UNKNOWN: only by what the venue, or a person, has said.
"""

from decimal import Decimal

import msgspec

from oms.domain.chain import OPEN, Chain
from oms.domain.fields import Side
from oms.domain.numbers import ZERO

_BUY = Side.BUY


class Exposure(msgspec.Struct, frozen=True, gc=False):
    """The worst of one order, in its instrument's currency."""

    is_buy: bool
    leaves_qty: Decimal
    """The most that may still trade."""
    value: Decimal
    """At the worst price of any version, times the multiplier."""
    is_unpriced: bool = False
    """Whether the value is only a lower bound, as there is a version of which nobody knows a price."""


def exposure(chain: Chain, multiplier: Decimal) -> Exposure | None:
    """None where nothing may trade any more. Asked after every fact about an order: plain loops."""
    live, cum_qty = versions(chain), chain.cum_qty
    most, worst_px, is_unpriced = cum_qty, ZERO, not live
    for order_qty, px in live:
        most = max(most, order_qty)
        if px is None:
            is_unpriced = True
        elif px > worst_px:
            worst_px = px
    leaves_qty = most - cum_qty
    if chain.told_cum_qty > most:
        leaves_qty = chain.unheard_qty
    terms = chain.terms
    cash = ZERO if terms.cash_order_qty is None else _cash(chain)
    if not leaves_qty and not cash:
        return None
    return Exposure(terms.side is _BUY, leaves_qty, max(leaves_qty * worst_px * multiplier, cash), is_unpriced)


def versions(chain: Chain) -> list[tuple[Decimal, Decimal | None]]:
    """OrderQty(38) and worst price of every version that may trade or come to: the accepted one, and each that has no answer yet.

    A replace without an answer counts beside what it would replace, whichever is larger; so do pipelined ones. The worst price is
    what risk let the version through for; one that began at the venue has no more than its own price, or none that we know.
    """
    if chain.end is not None:
        return []
    accepted, price = chain.accepted, chain.terms.price
    accepted_px = price
    found: list[tuple[Decimal, Decimal | None]] = []
    for request in chain.requests:
        if request.cl_ord_id == accepted:
            accepted_px = price if request.worst_px is None else request.worst_px
        elif request.terms is not None and request.state in OPEN:
            found.append((request.terms.order_qty, price if request.worst_px is None else request.worst_px))
    if accepted and chain.leaves_qty:
        found.append((chain.terms.order_qty, accepted_px))
    return found


def _cash(chain: Chain) -> Decimal:
    """The money of an order that is an amount of money, as long as the venue has made no quantity of it."""
    is_waiting = chain.end is None and not chain.terms.order_qty
    return chain.terms.cash_order_qty or ZERO if is_waiting else ZERO
