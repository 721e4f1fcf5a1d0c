"""One order with every number that a check may read."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from oms.domain.fields import Side
from oms.domain.numbers import BPS, ZERO
from oms.domain.refusal import Refusal
from oms.domain.terms import Terms
from risk.exposure import Exposure
from risk.latches import Latch
from risk.ledger import Ledger, Usage
from risk.limits import Instrument, Quote
from risk.reference import Reference
from risk.scope import Facets, Scope

_BUY = Side.BUY
_PER_BPS = Decimal("0.0001")
NS_PER_MS = 1_000_000

Verdict = tuple[Refusal, str]
"""Why not, and the numbers, as `key=value` text."""


class Case(msgspec.Struct, frozen=True, gc=False):
    """What is asked for, what is there already, and the market that it meets."""

    terms: Terms
    facets: Facets
    instrument: Instrument
    quote: Quote
    reference_px: Decimal
    """Far touch: the offer for a buy, the bid for a sell."""
    near_px: Decimal
    worst_px: Decimal
    order_notional: Decimal
    reference_age_ms: int
    collar_bps: Decimal
    ledger: Ledger
    latch: Latch | None
    """The strictest latch that the order is under."""
    held: Exposure | None
    """What the order has reserved already: of a new one, nothing."""
    asked: Exposure
    """What it would have reserved."""
    at_ns: int
    reference: Reference
    fx_rate_age_ms_max: Decimal | None
    """How old a rate of exchange may be; None where nobody says, and none may be used."""

    def used(self, scope: Scope) -> Iterable[tuple[str, Usage]]:
        """What is used within a scope, by currency. Of money see `risk.rates`."""
        return self.ledger.usage(scope).items()


def order_notional(terms: Terms, worst: Decimal, multiplier: Decimal) -> Decimal:
    """`order_qty × worst_px × multiplier`, in the instrument's currency; `cash_order_qty` of an order that is given as money."""
    return max(terms.cash_order_qty or ZERO, terms.order_qty * worst * multiplier)


def worst_px(terms: Terms, reference_px: Decimal, collar_bps: Decimal) -> Decimal:
    """The price that makes an order largest, in money. A sell trades at the bid where that is better."""
    if terms.price is None:
        return _triggered(terms, reference_px) * (BPS + collar_bps) * _PER_BPS
    return terms.price if terms.side is _BUY else max(terms.price, _triggered(terms, reference_px))


def _triggered(terms: Terms, reference_px: Decimal) -> Decimal:
    """The higher of the market now and where a stop would be triggered."""
    return reference_px if terms.stop_px is None else max(terms.stop_px, reference_px)


def least_px(case: Case) -> Decimal:
    """The lowest price that a cash order is assumed to trade at, slippage included where it has no price of its own."""
    terms, bid_px = case.terms, case.quote.bid_px
    lowest = min(px for px in (bid_px, terms.price, terms.stop_px) if px is not None)
    return lowest if terms.price is not None else lowest * (BPS - case.collar_bps) * _PER_BPS


def added(case: Case) -> tuple[Decimal, Decimal]:
    """By how much the order's reservation would grow: quantity and value. Never below zero: proof alone frees."""
    held, asked = case.held, case.asked
    if held is None:
        return asked.leaves_qty, asked.value
    return max(asked.leaves_qty - held.leaves_qty, ZERO), max(asked.value - held.value, ZERO)
