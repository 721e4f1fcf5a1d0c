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
    STOP_PX_ON_PLAIN_ORDER = "STOP_PX_ON_PLAIN_ORDER"
    """A replace names a stop price for an order that has none."""
    NOT_TAKEN = "NOT_TAKEN"
    """The counterparty does not take such an order; the text names the field and the value."""
    UNKNOWN_PARENT = "UNKNOWN_PARENT"
    """No such parent order, or not one that this principal may see."""
    PARENT_DIFFERS = "PARENT_DIFFERS"
    """A child order is of another symbol or side than its parent."""
    PARENT_QTY_EXCEEDED = "PARENT_QTY_EXCEEDED"
    """The children could trade more than the parent's quantity."""
    UNKNOWN_REPORT = "UNKNOWN_REPORT"
    """No such report in suspense, or not one that this principal may see."""
    REPORT_RESOLVED = "REPORT_RESOLVED"
    """The report was attributed or dismissed before."""
    REPORT_UNREADABLE = "REPORT_UNREADABLE"
    """What would have to be known of the report for this cannot be read."""
    OTHER_SESSION = "OTHER_SESSION"
    """The report came over another session than the order's."""
    UNKNOWN_EXECUTION = "UNKNOWN_EXECUTION"
    """The bust or correction refers to no standing execution of the order."""
    DUPLICATE_EXECUTION = "DUPLICATE_EXECUTION"
    """The order has an execution of this ExecID(17) already."""
    NOT_UNKNOWN = "NOT_UNKNOWN"
    """The request is not UNKNOWN: the venue's word stands."""
    CURRENCY_DIFFERS = "CURRENCY_DIFFERS"
    """The order names another currency than the instrument is traded in."""
    UNFIT_TERMS = "UNFIT_TERMS"
    """Two fields of the order do not fit one another; the text names the one that is wrong."""
    DRAINING = "DRAINING"
    """This engine takes nothing new: it is about to end in good order. Its successor takes orders again."""
    NOT_DRAINING = "NOT_DRAINING"
    """There is no drain that could be stopped."""
    RATE_EXCEEDED = "RATE_EXCEEDED"
    """The counterparty takes no more messages now; the text has the numbers, and says when a later try can help."""


RETRY_CAN_HELP = frozenset(
    {
        Refusal.SESSION_DOWN,
        Refusal.DRAINING,
        Refusal.REQUEST_PENDING,
        Refusal.NO_REFERENCE_PX,
        Refusal.STALE_REFERENCE_PX,
        Refusal.RATE_EXCEEDED,
    }
)
"""The refusals that pass by themselves: the same order under a new id may be accepted later."""
