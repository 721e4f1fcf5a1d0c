"""What an order may still do at its worst, as far as anybody can prove: over all versions that the venue may be working.

Nothing is freed by time, by a lost session or by a request that is UNKNOWN: only by what the venue, or a person, has said.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from oms.domain.chain import OPEN, Chain, Request
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
    """None where nothing may trade any more."""
    live = list(versions(chain))
    most = max((order_qty for order_qty, _ in live), default=ZERO)
    leaves_qty = max(most - chain.cum_qty, chain.unheard_qty, ZERO)
    cash = _cash(chain)
    if not leaves_qty and not cash:
        return None
    prices = [_worst_px(chain, request) for _, request in live]
    known = [worst_px for worst_px in prices if worst_px is not None]
    value = leaves_qty * max(known, default=ZERO) * multiplier
    return Exposure(chain.terms.side is _BUY, leaves_qty, max(value, cash), is_unpriced=not known or len(known) < len(prices))


def versions(chain: Chain) -> Iterator[tuple[Decimal, Request | None]]:
    """OrderQty(38) of every version that may trade or come to: the accepted one, and each that has no answer yet.

    A replace without an answer counts beside what it would replace, whichever is larger; so do pipelined ones.
    """
    if chain.end is not None:
        return
    if chain.accepted and chain.leaves_qty:
        yield chain.terms.order_qty, chain.request(chain.accepted)
    for request in chain.requests:
        if request.terms is not None and request.state in OPEN and request.cl_ord_id != chain.accepted:
            yield request.terms.order_qty, request


def _cash(chain: Chain) -> Decimal:
    """The money of an order that is an amount of money, as long as the venue has made no quantity of it."""
    is_waiting = chain.end is None and not chain.terms.order_qty
    return chain.terms.cash_order_qty or ZERO if is_waiting else ZERO


def _worst_px(chain: Chain, request: Request | None) -> Decimal | None:
    """What risk let the version through for. One that began at the venue has no more than its own price."""
    if request is not None and request.worst_px is not None:
        return request.worst_px
    return chain.terms.price
