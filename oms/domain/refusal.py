"""Every business "no" that we say ourselves, in order of precedence: the first that holds is the one that is told."""

from enum import Enum


class Refusal(Enum):
    """Why a request was refused. The value is the stable code; clients and journals keep it for ever."""

    DUPLICATE_CLIENT_ORDER_ID = "DUPLICATE_CLIENT_ORDER_ID"
    """The id was used before with another payload."""
    NOT_ENTITLED = "NOT_ENTITLED"
    """The account exists for others, not for this principal."""
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    UNKNOWN_SYMBOL = "UNKNOWN_SYMBOL"
    UNKNOWN_ORDER = "UNKNOWN_ORDER"
    """No such order, or not one that this principal may see."""
    TOO_LATE = "TOO_LATE"
    """The order has ended: nothing is left to cancel or replace."""
    REQUEST_PENDING = "REQUEST_PENDING"
    """A cancel of the same order has no answer yet; or, for a replace, nobody knows of the last one, or eight are waiting."""
    EXPIRED = "EXPIRED"
    """The order's own deadline, `expire_at`, has passed."""
    SESSION_DOWN = "SESSION_DOWN"
    """The venue's FIX session is not logged on, or has not yet proved that no message is missing."""
    PRICE_NOT_ON_TICK = "PRICE_NOT_ON_TICK"
    ORDER_QTY_NOT_IN_LOTS = "ORDER_QTY_NOT_IN_LOTS"
    MISSING_LIMIT = "MISSING_LIMIT"
    """Nobody set a limit for this account and instrument: nothing may pass."""
    ORDER_QTY_EXCEEDS_MAX = "ORDER_QTY_EXCEEDS_MAX"
    NO_REFERENCE_PX = "NO_REFERENCE_PX"
    """There is no market price to judge the order by."""
    STALE_REFERENCE_PX = "STALE_REFERENCE_PX"
    """The last market price is older than the limits allow."""
    PRICE_EXCEEDS_COLLAR = "PRICE_EXCEEDS_COLLAR"
    ORDER_NOTIONAL_EXCEEDS_MAX = "ORDER_NOTIONAL_EXCEEDS_MAX"
    PRICE_ON_MARKET_ORDER = "PRICE_ON_MARKET_ORDER"
    """A replace names a price for an order that has none."""


RETRY_CAN_HELP = frozenset({Refusal.SESSION_DOWN, Refusal.REQUEST_PENDING, Refusal.NO_REFERENCE_PX, Refusal.STALE_REFERENCE_PX})
"""The refusals that pass by themselves: the same order under a new id may be accepted later."""
