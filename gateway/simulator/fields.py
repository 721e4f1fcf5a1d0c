"""FIX code sets in which the simulated broker understands more than the gateway says, and the fields' printable form."""

from datetime import UTC, datetime
from enum import Enum

SECOND_NS = 1_000_000_000


class Side(Enum):
    """Side(54)."""

    BUY = "1"
    SELL = "2"
    SELL_SHORT = "5"

    @property
    def is_buy(self) -> bool:
        return self is Side.BUY


class OrdType(Enum):
    """OrdType(40)."""

    MARKET = "1"
    LIMIT = "2"


class TimeInForce(Enum):
    """TimeInForce(59). A day never ends here: the broker does not close."""

    DAY = "0"
    GOOD_TILL_CANCEL = "1"
    IMMEDIATE_OR_CANCEL = "3"
    FILL_OR_KILL = "4"
    GOOD_TILL_DATE = "6"

    @property
    def never_rests(self) -> bool:
        return self in {TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL}


class OrdRejReason(Enum):
    """OrdRejReason(103)."""

    BROKER_OPTION = "0"
    UNKNOWN_SYMBOL = "1"
    DUPLICATE_ORDER = "6"
    INCORRECT_QUANTITY = "13"
    OTHER = "99"


def utc_timestamp(at_ns: int) -> str:
    """UTCTimestamp to the microsecond."""
    whole_s, rest_ns = divmod(at_ns, SECOND_NS)
    return f"{datetime.fromtimestamp(whole_s, UTC):%Y%m%d-%H:%M:%S}.{rest_ns // 1000:06d}"


def utc_timestamp_ns(text: str) -> int:
    """Nanoseconds since the epoch of a UTCTimestamp with up to nine digits of fraction. Raises ValueError."""
    whole, _, fraction = text.partition(".")
    if fraction and not (fraction.isascii() and fraction.isdigit() and len(fraction) <= 9):
        raise ValueError(f"{text!r} is not a UTCTimestamp")
    moment = datetime.strptime(whole, "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
    return int(moment.timestamp()) * SECOND_NS + int(fraction.ljust(9, "0"))
