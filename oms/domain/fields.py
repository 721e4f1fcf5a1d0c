"""FIX code sets that an order speaks in, valued by their wire codes (FIX 4.4 Volume 6, and 5.0SP2 where noted)."""

from enum import Enum
from typing import TypeVar

E = TypeVar("E", bound=type[Enum])


def plain_members(enum: E) -> E:
    """Put the members into their class, as Python does from 3.12 on. 3.11 finds each by a function in Python, every time."""
    for member in enum:
        type.__setattr__(enum, member.name, member)
    return enum


class Choice(Enum):
    """One of a few. Members are singletons and hash as such: Enum itself hashes the name, in Python, at every look-up.

    To look a member up in its class takes ten times as long as to look up a module's own name: on the path of every order modules
    have names for those that they ask for.
    """

    __hash__ = object.__hash__


class CodeSet(Choice):
    """A FIX code set."""

    def __init__(self, code: str) -> None:
        self.code = code
        """As on the wire. The same as `value`, which Enum computes in Python at every look."""


@plain_members
class MsgType(CodeSet):
    """MsgType(35) of the messages that ask a venue for something."""

    NEW_ORDER_SINGLE = "D"
    ORDER_CANCEL_REQUEST = "F"
    ORDER_CANCEL_REPLACE_REQUEST = "G"
    ORDER_STATUS_REQUEST = "H"


@plain_members
class Side(CodeSet):
    """Side(54)."""

    BUY = "1"
    SELL = "2"
    SELL_SHORT = "5"
    SELL_SHORT_EXEMPT = "6"


@plain_members
class OrdType(CodeSet):
    """OrdType(40). The two "on close" codes are those of FIX 4.2; later versions say the same with TimeInForce(59)."""

    MARKET = "1"
    LIMIT = "2"
    STOP = "3"
    STOP_LIMIT = "4"
    MARKET_ON_CLOSE = "5"
    LIMIT_ON_CLOSE = "B"
    MARKET_IF_TOUCHED = "J"
    MARKET_WITH_LEFT_OVER_AS_LIMIT = "K"
    PEGGED = "P"


@plain_members
class TimeInForce(CodeSet):
    """TimeInForce(59)."""

    DAY = "0"
    GOOD_TILL_CANCEL = "1"
    AT_THE_OPENING = "2"
    IMMEDIATE_OR_CANCEL = "3"
    FILL_OR_KILL = "4"
    GOOD_TILL_CROSSING = "5"
    GOOD_TILL_DATE = "6"
    AT_THE_CLOSE = "7"


@plain_members
class HandlInst(CodeSet):
    """HandlInst(21)."""

    AUTOMATED_PRIVATE = "1"
    AUTOMATED_PUBLIC = "2"
    MANUAL = "3"


@plain_members
class PositionEffect(CodeSet):
    """PositionEffect(77)."""

    CLOSE = "C"
    FIFO = "F"
    OPEN = "O"
    ROLLED = "R"


@plain_members
class OrderCapacity(CodeSet):
    """OrderCapacity(528); Rule80A(47) in FIX 4.2."""

    AGENCY = "A"
    PROPRIETARY = "G"
    INDIVIDUAL = "I"
    PRINCIPAL = "P"
    RISKLESS_PRINCIPAL = "R"
    AGENT_FOR_OTHER_MEMBER = "W"


@plain_members
class OrdStatus(CodeSet):
    """OrdStatus(39)."""

    NEW = "0"
    PARTIALLY_FILLED = "1"
    FILLED = "2"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    ACCEPTED_FOR_BIDDING = "D"
    PENDING_REPLACE = "E"


@plain_members
class ExecType(CodeSet):
    """ExecType(150): why a report was sent."""

    NEW = "0"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    REPLACED = "5"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    RESTATED = "D"
    PENDING_REPLACE = "E"
    TRADE = "F"
    TRADE_CORRECT = "G"
    TRADE_CANCEL = "H"
    ORDER_STATUS = "I"
    TRIGGERED = "L"


@plain_members
class ExecRestatementReason(CodeSet):
    """ExecRestatementReason(378): why a venue changed an order of its own accord."""

    GT_CORPORATE_ACTION = "0"
    GT_RENEWAL = "1"
    VERBAL_CHANGE = "2"
    REPRICING = "3"
    BROKER_OPTION = "4"
    PARTIAL_DECLINE = "5"
    CANCEL_ON_TRADING_HALT = "6"
    CANCEL_ON_SYSTEM_FAILURE = "7"
    MARKET_OPTION = "8"
    CANCELED_NOT_BEST = "9"
    WAREHOUSE_RECAP = "10"
    OTHER = "99"


@plain_members
class OrdRejReason(CodeSet):
    """OrdRejReason(103): why an order was rejected."""

    BROKER_OPTION = "0"
    UNKNOWN_SYMBOL = "1"
    EXCHANGE_CLOSED = "2"
    ORDER_EXCEEDS_LIMIT = "3"
    TOO_LATE_TO_ENTER = "4"
    UNKNOWN_ORDER = "5"
    DUPLICATE_ORDER = "6"
    DUPLICATE_OF_VERBAL_ORDER = "7"
    STALE_ORDER = "8"
    TRADE_ALONG_REQUIRED = "9"
    INVALID_INVESTOR_ID = "10"
    UNSUPPORTED_ORDER_CHARACTERISTIC = "11"
    SURVEILLANCE_OPTION = "12"
    INCORRECT_QUANTITY = "13"
    INCORRECT_ALLOCATED_QUANTITY = "14"
    UNKNOWN_ACCOUNT = "15"
    OTHER = "99"


@plain_members
class DKReason(CodeSet):
    """DKReason(127): why we do not know a trade that the venue reported."""

    UNKNOWN_SYMBOL = "A"
    WRONG_SIDE = "B"
    QUANTITY_EXCEEDS_ORDER = "C"
    NO_MATCHING_ORDER = "D"
    PRICE_EXCEEDS_LIMIT = "E"
    CALCULATION_DIFFERENCE = "F"
    OTHER = "Z"


@plain_members
class CxlRejReason(CodeSet):
    """CxlRejReason(102): why a venue would not cancel or replace; 7, 8 and 18 since FIX 5.0."""

    TOO_LATE_TO_CANCEL = "0"
    UNKNOWN_ORDER = "1"
    BROKER_OPTION = "2"
    ALREADY_PENDING = "3"
    UNABLE_TO_PROCESS_MASS_CANCEL = "4"
    ORIG_ORD_MOD_TIME_MISMATCH = "5"
    DUPLICATE_CL_ORD_ID = "6"
    PRICE_EXCEEDS_CURRENT_PRICE = "7"
    PRICE_EXCEEDS_CURRENT_PRICE_BAND = "8"
    INVALID_PRICE_INCREMENT = "18"
    OTHER = "99"


@plain_members
class CxlRejResponseTo(CodeSet):
    """CxlRejResponseTo(434): what an OrderCancelReject answers."""

    ORDER_CANCEL_REQUEST = "1"
    ORDER_CANCEL_REPLACE_REQUEST = "2"
