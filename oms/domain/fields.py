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
    """One of a few. Members are singletons and hash as such: Enum itself hashes the name, in Python, at every look-up."""

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


@plain_members
class OrdType(CodeSet):
    """OrdType(40)."""

    MARKET = "1"
    LIMIT = "2"


@plain_members
class TimeInForce(CodeSet):
    """TimeInForce(59)."""

    DAY = "0"
    GOOD_TILL_CANCEL = "1"
    IMMEDIATE_OR_CANCEL = "3"
    FILL_OR_KILL = "4"


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


@plain_members
class CxlRejReason(CodeSet):
    """CxlRejReason(102): why a venue would not cancel or replace."""

    TOO_LATE_TO_CANCEL = "0"
    UNKNOWN_ORDER = "1"
    BROKER_OPTION = "2"
    ALREADY_PENDING = "3"
    UNABLE_TO_PROCESS_MASS_CANCEL = "4"
    ORIG_ORD_MOD_TIME_MISMATCH = "5"
    DUPLICATE_CL_ORD_ID = "6"
    OTHER = "99"
