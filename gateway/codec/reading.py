"""FIX text to values: reports and market data, with every field checked before it is believed.

QuickFIX lets NUL and non-ASCII ids, over-long text and some bad numbers through; this is where they stop.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import TypeVar

import msgspec

from gateway.codec.text import Fields, Flat, Garbled, groups
from oms.domain.fields import CxlRejReason, ExecType, OrdStatus
from oms.domain.report import CancelReject, ExecutionReport, MessageReject, Report, Unreadable

ID_CHARS_MAX = 64
TEXT_CHARS_MAX = 512
_ID = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)
NUMBER_CHARS_MAX = 32
COUNT_DIGITS_MAX = 18
"""What a database takes for an integer, and far more than a session counts."""
_Code = TypeVar("_Code", bound=Enum)


class Malformed(Exception):
    """A field is missing or says something that it cannot mean."""


class TopOfBook(msgspec.Struct, frozen=True, gc=False):
    """MarketDataSnapshotFullRefresh(35=W), cut down to the best prices."""

    symbol: str
    bid_px: Decimal
    offer_px: Decimal


def report(msg_type: str, message: Flat) -> Report | None:
    """What an application message or a Reject(3) says of our orders; None if it is about something else."""
    reader = _READERS.get(msg_type)
    if reader is None:
        return None
    try:
        return reader(message)
    except Malformed as malformed:
        return Unreadable(f"{msg_type}: {malformed}")


def top_of_book(found: Fields) -> TopOfBook:
    """Best bid and offer of a snapshot. Raises Malformed or Garbled."""
    message = dict(reversed(found))
    prices: dict[str, Decimal] = {}
    for entry in groups(found, 268):
        px = _number(entry, 270)
        if px is None:
            raise Malformed("MDEntryPx(270) is missing")
        prices.setdefault(entry.get(269, ""), px)
    if "0" not in prices or "1" not in prices:
        raise Malformed("MDEntryType(269): a snapshot needs a bid and an offer")
    return TopOfBook(_id(message, 55), prices["0"], prices["1"])


def msg_seq_num(message: Flat) -> int:
    """MsgSeqNum(34). Raises Garbled."""
    return _count(message, 34)


def new_seq_no(message: Flat) -> int:
    """NewSeqNo(36) of a SequenceReset(35=4). Raises Garbled."""
    return _count(message, 36)


def ref_seq_num(message: Flat) -> int:
    """RefSeqNum(45) of a Reject(3). Raises Garbled."""
    return _count(message, 45)


def _count(message: Flat, tag: int) -> int:
    value = message.get(tag, "")
    if not (value.isascii() and value.isdecimal()) or len(value) > COUNT_DIGITS_MAX:
        raise Garbled(f"tag {tag} is {value[:20]!r}, no number of a message")
    return int(value)


def _execution(message: Flat) -> ExecutionReport:
    told = ExecutionReport(
        cl_ord_id=_id(message, 11, required=False),
        orig_cl_ord_id=_id(message, 41, required=False),
        order_id=_id(message, 37, required=False),
        exec_id=_id(message, 17, required=message.get(150) != ExecType.ORDER_STATUS.value),
        exec_type=_code(message, 150, ExecType),
        ord_status=_code(message, 39, OrdStatus),
        last_qty=_quantity(message, 32),
        last_px=_number(message, 31),
        cum_qty=_quantity(message, 14),
        leaves_qty=_quantity(message, 151),
        text=_text(message),
    )
    if told.exec_type is ExecType.TRADE and (not told.last_qty or told.last_px is None):
        raise Malformed("a trade needs LastQty(32) above zero and LastPx(31)")
    return told


def _cancel_reject(message: Flat) -> CancelReject:
    return CancelReject(
        cl_ord_id=_id(message, 11),
        orig_cl_ord_id=_id(message, 41, required=False),
        ord_status=_code(message, 39, OrdStatus),
        cxl_rej_reason=_code(message, 102, CxlRejReason) if 102 in message else None,
        order_id=_id(message, 37, required=False),
        text=_text(message),
    )


def _message_reject(message: Flat) -> MessageReject:
    try:
        return MessageReject(ref_seq_num(message), _text(message))
    except Garbled as garbled:
        raise Malformed(str(garbled)) from None


_READERS: dict[str, Callable[[Flat], Report]] = {"8": _execution, "9": _cancel_reject, "3": _message_reject, "j": _message_reject}


def _id(message: Flat, tag: int, *, required: bool = True) -> str:
    value = message.get(tag, "")
    if not value:
        if required:
            raise Malformed(f"tag {tag} is missing")
        return ""
    if len(value) > ID_CHARS_MAX or not _ID.fullmatch(value):
        raise Malformed(f"tag {tag} is {value[:40]!r}, not up to {ID_CHARS_MAX} printable ASCII characters")
    return value


def _text(message: Flat) -> str:
    return message.get(58, "")[:TEXT_CHARS_MAX]


def _number(message: Flat, tag: int) -> Decimal | None:
    value = message.get(tag)
    if value is None:
        return None
    number = _decimal(value) if len(value) <= NUMBER_CHARS_MAX else None
    if number is None:
        raise Malformed(f"tag {tag} is {value[:40]!r}, not a number")
    return number


@lru_cache(maxsize=8_192)
def _decimal(value: str) -> Decimal | None:
    """Prices and quantities come again and again."""
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def _quantity(message: Flat, tag: int) -> Decimal | None:
    number = _number(message, tag)
    if number is not None and number < 0:
        raise Malformed(f"tag {tag} is {number}: a quantity is never negative")
    return number


def _code(message: Flat, tag: int, codes: type[_Code]) -> _Code:
    value = message.get(tag, "")
    code: _Code | None = _by_value(codes).get(value)
    if code is None:
        raise Malformed(f"tag {tag} is {value[:20]!r}, no code of {codes.__name__}")
    return code


@cache
def _by_value(codes: type[_Code]) -> dict[str, _Code]:
    """Calling the enum takes four times as long."""
    return {code.value: code for code in codes}
