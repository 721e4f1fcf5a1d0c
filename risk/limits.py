"""What risk judges by: instruments, limits and prices, as values. Where one is missing, nothing passes."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from risk.limit import Limit


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be traded, and in which steps."""

    symbol: str
    currency: str
    tick: Decimal
    """Smallest step of Price(44), in the price unit."""
    lot: Decimal
    """Smallest step of OrderQty(38)."""
    multiplier: Decimal = Decimal(1)
    """Money per price unit and quantity unit."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of one account."""

    order_qty_max: Decimal
    order_notional_max: Decimal
    """In the instrument's currency."""
    price_collar_bps: Decimal
    """How far through the far touch a price may be, in basis points of it; also the assumed slippage of an order without one."""
    passive_collar_bps: Decimal
    """How far away from the market, on its own side, a price may be: a typing error looks like this."""
    reference_age_ms_max: int
    """A market price older than this is no price."""


class Quote(msgspec.Struct, frozen=True, gc=False):
    """Top of book of one instrument, as last heard."""

    bid_px: Decimal
    offer_px: Decimal
    at_ns: int
    """When we heard it, ns since the Unix epoch."""
    stands_in: str = ""
    """The kind of the row of reference data that it was made of; empty where it was heard."""


class Policy(msgspec.Struct, frozen=True):
    """The limits in force: versioned, and looked up by account and symbol."""

    version: str
    limits: Mapping[str, Limits]
    """By account."""
    instruments: Mapping[str, Instrument]
    """By symbol."""
    rows: tuple[Limit, ...] = ()
    """Further limits, at any scope."""
    base_currency: str = ""
    """What values of several currencies are converted to; empty where there is one currency alone."""
