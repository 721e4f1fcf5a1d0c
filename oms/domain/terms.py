"""What an order asks for: the part that a client chooses and a replace may change."""

from decimal import Decimal

import msgspec

from oms.domain.fields import OrdType, Side, TimeInForce


class Terms(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One version of an order as its client wants it. Validated at the edge: quantities positive, price only on a limit."""

    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    order_qty: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_at_ns: int | None = None
    """Not to be sent at or after this instant, ns since the Unix epoch. Says nothing of how long the venue keeps the order."""


class Decision(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The numbers that risk judged an order by, kept so that the verdict can be explained and repeated."""

    limits_version: str
    reference_px: Decimal | None = None
    """The far touch, in the instrument's price unit."""
    reference_age_ms: int | None = None
    worst_px: Decimal | None = None
    """The worst price that the order could trade at."""
    order_notional: Decimal | None = None
    """`order_qty × worst_px × multiplier`, in the instrument's currency."""
