"""FIX text to values: reports and market data, with every field checked before it is believed.

QuickFIX lets NUL and non-ASCII ids, over-long text and some bad numbers through; this is where they stop.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from gateway.codec.message import TAGS, Message
from gateway.codec.text import Fields, Garbled, groups
from gateway.codec.version import FIX_44, Version
from oms.domain.fields import CxlRejReason, CxlRejResponseTo, ExecRestatementReason, ExecType, OrdRejReason, OrdStatus, Side
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport, MessageReject, Report, Unreadable
from oms.domain.terms import CustomTags

ID_CHARS_MAX = 64
TEXT_CHARS_MAX = 512
CUSTOM_TAGS_MAX = 32
CUSTOM_CHARS_MAX = 512
"""Of all custom tags of a report together."""
CODE_CHARS_MAX = 4
_ID = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)
COUNT_DIGITS_MAX = 18
"""What a database takes for an integer, and far more than a session counts."""


class Malformed(Exception):
    """A field is missing or says something that it cannot mean."""


class TopOfBook(msgspec.Struct, frozen=True, gc=False):
    """MarketDataSnapshotFullRefresh(35=W), cut down to the best prices."""

    symbol: str
    bid_px: Decimal
    offer_px: Decimal


def report(message: Message, version: Version = FIX_44) -> Report | None:
    """What an application message or a Reject(3) says of our orders; None if it is about something else."""
    reader = _READERS.get(message.msg_type)
    if reader is None:
        return None
    try:
        return reader(message if version.modern is None else version.modern(message))
    except (Malformed, Garbled) as malformed:
        return Unreadable(f"{message.msg_type}: {malformed}")


def top_of_book(found: Fields) -> TopOfBook:
    """Best bid and offer of a snapshot. Raises Malformed or Garbled."""
    prices: dict[str, Decimal] = {}
    for entry in groups(found, 268):
        px = _number(entry.get(270), 270)
        if px is None:
            raise Malformed("MDEntryPx(270) is missing")
        prices.setdefault(entry.get(269, ""), px)
    if "0" not in prices or "1" not in prices:
        raise Malformed("MDEntryType(269): a snapshot needs a bid and an offer")
    return TopOfBook(_id(dict(reversed(found)).get(55, ""), 55), prices["0"], prices["1"])


def count(value: str, tag: int) -> int:
    """A MsgSeqNum(34), or a field that holds one: NewSeqNo(36), RefSeqNum(45). Raises Garbled."""
    if not (value.isascii() and value.isdecimal()) or len(value) > COUNT_DIGITS_MAX:
        raise Garbled(f"tag {tag} is {value[:20]!r}, no number of a message")
    return int(value)


def _execution(message: Message) -> ExecutionReport:
    """A trade, correction or bust is never lost over a number that only repeats what the order is."""
    try:
        return _told(message)
    except Malformed:
        if message.exec_type not in _TRADES:
            raise
        return _told(replace(message, order_qty=None, price=None, avg_px=None, day_order_qty=None, day_cum_qty=None))


def _told(message: Message) -> ExecutionReport:
    exec_type = _EXEC_TYPES.get(message.exec_type)
    ord_status = _ORD_STATUSES.get(message.ord_status)
    if exec_type is None:
        raise _no_code(message.exec_type, 150, ExecType)
    if ord_status is None:
        raise _no_code(message.ord_status, 39, OrdStatus)
    if not message.exec_id and exec_type is not ExecType.ORDER_STATUS:
        raise Malformed("tag 17 is missing")
    cl_ord_id, orig_cl_ord_id, order_id, exec_id, exec_ref_id, secondary_order_id, account, symbol, _ = _checked_ids(message)
    try:
        last_qty, cum_qty, leaves_qty, order_qty = map(_no_less_than_zero, _quantities_of(message))
        last_px, price, avg_px = map(_decimal, _prices_of(message))
    except ValueError:
        raise _wrong_number(message) from None
    if exec_type in _BOOKS and (not last_qty or last_px is None):
        raise Malformed("a trade needs LastQty(32) above zero and LastPx(31)")
    if exec_type in _REFERS and not exec_ref_id:
        raise Malformed("tag 19 is missing")
    told = ExecutionReport(
        cl_ord_id,
        exec_id,
        exec_type,
        ord_status,
        order_id,
        orig_cl_ord_id,
        last_qty,
        last_px,
        cum_qty,
        leaves_qty,
        message.text[:TEXT_CHARS_MAX],
        exec_ref_id,
        secondary_order_id,
        _day(message),
        order_qty,
        price,
        avg_px,
        account=account,
        symbol=symbol,
        side=_SIDES.get(message.side),
    )
    return _with_rest(told, message) if any(_rest_of(message)) else told


def _with_rest(told: ExecutionReport, message: Message) -> ExecutionReport:
    """What few reports say."""
    return replace(
        told,
        day_order_qty=_quantity(message.day_order_qty, 424),
        day_cum_qty=_quantity(message.day_cum_qty, 425),
        exec_restatement_reason=_RESTATEMENT_REASONS.get(message.exec_restatement_reason),
        ord_rej_reason=_ORD_REJ_REASONS.get(message.ord_rej_reason),
        mass_status_req_id=message.mass_status_req_id,
        tot_num_reports=count(message.tot_num_reports, 911) if message.tot_num_reports else 0,
        is_last_status=message.last_rpt_requested == "Y",
        custom=_custom(message.custom) if message.custom else (),
    )


def _custom(tags: CustomTags) -> CustomTags:
    """Those that can be passed on, up to the bounds. What is left out is still in the raw message."""
    kept: list[tuple[int, str]] = []
    room = CUSTOM_CHARS_MAX
    for tag, value in tags[:CUSTOM_TAGS_MAX]:
        room -= len(value)
        if room < 0:
            break
        if value and value.isascii() and value.isprintable():
            kept.append((tag, value))
    return tuple(kept)


def _day(message: Message) -> str:
    """TradeDate(75), else the day of TransactTime(60): a resent report tells the same one. Empty where neither can be read."""
    day = message.trade_date or message.transact_time[:8]
    return day if len(day) == 8 and day.isascii() and day.isdecimal() else ""


def _cancel_reject(message: Message) -> CancelReject:
    ord_status = _ORD_STATUSES.get(message.ord_status)
    cxl_rej_reason = _CXL_REJ_REASONS.get(message.cxl_rej_reason or "")
    if ord_status is None:
        raise _no_code(message.ord_status, 39, OrdStatus)
    if cxl_rej_reason is None and message.cxl_rej_reason is not None:
        raise _no_code(message.cxl_rej_reason, 102, CxlRejReason)
    if not message.cl_ord_id:
        raise Malformed("tag 11 is missing")
    _checked_ids(message)
    return CancelReject(
        cl_ord_id=message.cl_ord_id,
        orig_cl_ord_id=message.orig_cl_ord_id,
        ord_status=ord_status,
        cxl_rej_reason=cxl_rej_reason,
        order_id=message.order_id,
        text=message.text[:TEXT_CHARS_MAX],
        cxl_rej_response_to=_CXL_REJ_RESPONSES_TO.get(message.cxl_rej_response_to),
    )


def _mass_cancel_report(message: Message) -> MassCancelReport:
    _checked_ids(message)
    return MassCancelReport(
        cl_ord_id=message.cl_ord_id,
        mass_cancel_request_type=_code(message.mass_cancel_request_type, 530),
        mass_cancel_response=_code(message.mass_cancel_response, 531),
        mass_cancel_reject_reason=message.mass_cancel_reject_reason and _code(message.mass_cancel_reject_reason, 532),
        total_affected_orders=count(message.total_affected_orders, 533) if message.total_affected_orders else None,
        text=message.text[:TEXT_CHARS_MAX],
    )


def _message_reject(message: Message) -> MessageReject:
    try:
        return MessageReject(count(message.ref_seq_num, 45), message.text[:TEXT_CHARS_MAX])
    except Garbled as garbled:
        raise Malformed(str(garbled)) from None


_READERS: dict[str, Callable[[Message], Report]] = {
    "8": _execution,
    "9": _cancel_reject,
    "r": _mass_cancel_report,
    "3": _message_reject,
    "j": _message_reject,
}
_EXEC_TYPES = {member.code: member for member in ExecType}
_ORD_STATUSES = {member.code: member for member in OrdStatus}
_CXL_REJ_REASONS = {member.code: member for member in CxlRejReason}
_RESTATEMENT_REASONS = {member.code: member for member in ExecRestatementReason}
_ORD_REJ_REASONS = {member.code: member for member in OrdRejReason}
_CXL_REJ_RESPONSES_TO = {member.code: member for member in CxlRejResponseTo}
_SIDES = {member.code: member for member in Side}
"""Calling the enum takes four times as long. A code of the last four that we do not know changes nothing and is left out."""
_BOOKS = frozenset({ExecType.TRADE, ExecType.TRADE_CORRECT})
_REFERS = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
_TRADES = frozenset(exec_type.code for exec_type in _BOOKS | _REFERS)
_IDS = (
    "cl_ord_id",
    "orig_cl_ord_id",
    "order_id",
    "exec_id",
    "exec_ref_id",
    "secondary_order_id",
    "account",
    "symbol",
    "mass_status_req_id",
)
_ids_of = attrgetter(*_IDS)
_QUANTITIES, _PRICES = ("last_qty", "cum_qty", "leaves_qty", "order_qty"), ("last_px", "price", "avg_px")
_quantities_of, _prices_of = attrgetter(*_QUANTITIES), attrgetter(*_PRICES)
_rest_of = attrgetter(
    "day_order_qty",
    "day_cum_qty",
    "exec_restatement_reason",
    "ord_rej_reason",
    "mass_status_req_id",
    "tot_num_reports",
    "last_rpt_requested",
    "custom",
)


def _checked_ids(message: Message) -> tuple[str, ...]:
    """Those of _IDS: checked all at once, and each by itself only where that fails."""
    ids: tuple[str, ...] = _ids_of(message)
    together = "".join(ids)
    is_long = len(together) > ID_CHARS_MAX and len(max(ids, key=len)) > ID_CHARS_MAX
    if is_long or " " in together or not (together.isascii() and together.isprintable()):
        for name, value in zip(_IDS, ids, strict=True):
            if value:
                _id(value, TAGS[name])
    return ids


def _id(value: str, tag: int) -> str:
    if not value:
        raise Malformed(f"tag {tag} is missing")
    if len(value) > ID_CHARS_MAX or not _ID.fullmatch(value):
        raise Malformed(f"tag {tag} is {value[:40]!r}, not up to {ID_CHARS_MAX} printable ASCII characters")
    return value


@lru_cache(maxsize=8_192)
def _decimal(value: str | None) -> Decimal | None:
    """None where absent. Prices and quantities come again and again. Raises ValueError, and what is malformed is not kept."""
    if value is None:
        return None
    if not _NUMBER.fullmatch(value):
        raise ValueError("not a number")
    return Decimal(value)


@lru_cache(maxsize=8_192)
def _no_less_than_zero(value: str | None) -> Decimal | None:
    """None where absent. Raises ValueError."""
    number = _decimal(value)
    if number is not None and number.is_signed() and number:
        raise ValueError("a quantity is never negative")
    return number


def _number(value: str | None, tag: int) -> Decimal | None:
    """None where absent."""
    try:
        return _decimal(value)
    except ValueError as error:
        raise Malformed(f"tag {tag} is {str(value)[:40]!r}, {error}") from None


def _quantity(value: str | None, tag: int) -> Decimal | None:
    """None where absent."""
    _number(value, tag)
    try:
        return _no_less_than_zero(value)
    except ValueError as error:
        raise Malformed(f"tag {tag} is {value}: {error}") from None


def _wrong_number(message: Message) -> Malformed:
    """The first of a report's numbers that is none."""
    try:
        for name in _QUANTITIES:
            _quantity(getattr(message, name), TAGS[name])
        for name in _PRICES:
            _number(getattr(message, name), TAGS[name])
    except Malformed as malformed:
        return malformed
    raise AssertionError("every number of the message can be read")


def _code(value: str, tag: int) -> str:
    """A code of a set that we do not list. Raises Malformed where there is none."""
    if not (value.isascii() and value.isalnum() and len(value) <= CODE_CHARS_MAX):
        raise Malformed(f"tag {tag} is {value[:20]!r}, no code")
    return value


def _no_code(value: str, tag: int, codes: type[Enum]) -> Malformed:
    return Malformed(f"tag {tag} is {value[:20]!r}, no code of {codes.__name__}")
