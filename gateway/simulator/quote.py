"""Top of book at one moment."""

from decimal import Decimal

import msgspec


class Quote(msgspec.Struct, frozen=True, gc=False):
    """The best bid and offer of the one instrument."""

    bid_px: Decimal
    offer_px: Decimal
