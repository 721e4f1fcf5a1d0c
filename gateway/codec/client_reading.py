"""What a client asks of us in FIX: requests read field by field, each checked before it is believed.

A field that would change what the order means and that we cannot carry is refused by its number, never passed over.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import TypeVar

import msgspec

from gateway.codec.text import Fields
from oms.domain.fields import HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.numbers import ZERO
from oms.domain.terms import CustomTags, Instructions, Terms

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")
_NAME = re.compile(r"[!-~]{1,64}")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)
_EXEC_INST = re.compile(r"[0-9A-Za-z](?: [0-9A-Za-z]){0,25}")
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIMESTAMP = re.compile(r"(\d{8}-\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_PRINTABLE = re.compile(r"[ -~]{1,256}")
CUSTOM_TAGS_MAX = 64
FIRST_CUSTOM_TAG = 5000
LOCATE_ID = 5700
_NS_PER_S = 1_000_000_000
_PRICED = frozenset({OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_ON_CLOSE})
_UNPRICED = frozenset({OrdType.MARKET, OrdType.STOP, OrdType.MARKET_ON_CLOSE, OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT})
_TRIGGERED = frozenset({OrdType.STOP, OrdType.STOP_LIMIT, OrdType.MARKET_IF_TOUCHED})
_NOT_CARRIED = {
    73: "NoOrders",
    78: "NoAllocs",
    168: "EffectiveTime",
    388: "DiscretionInst",
    389: "DiscretionOffsetValue",
    423: "PriceType",
    516: "OrderPercent",
    555: "NoLegs",
    836: "PegOffsetType",
    847: "TargetStrategy",
    1084: "DisplayMethod",
    1138: "DisplayQty",
}
"""Fields that make another order of it."""
_OF_SYMBOL, _ALL = "1", "7"
"""MassCancelRequestType(530)."""


class Malformed(Exception):
    """A field is missing, or says something that it cannot mean here."""

    def __init__(self, tag: int, problem: str) -> None:
        super().__init__(f"tag {tag} {problem}")
        self.tag = tag
        self.is_missing = problem == _MISSING


_MISSING = "is missing"


class NewOrder(msgspec.Struct, frozen=True, gc=False):
    """NewOrderSingle(35=D)."""

    cl_ord_id: str
    terms: Terms


class Cancel(msgspec.Struct, frozen=True, gc=False):
    """OrderCancelRequest(35=F)."""

    cl_ord_id: str
    orig_cl_ord_id: str
    order_id: str


class Replace(msgspec.Struct, frozen=True, gc=False):
    """OrderCancelReplaceRequest(35=G): the whole desired order (R9)."""

    cl_ord_id: str
    orig_cl_ord_id: str
    order_id: str
    terms: Terms
    tags: frozenset[int]
    """Which fields it has: what it does not name stays as it is."""


class StatusQuestion(msgspec.Struct, frozen=True, gc=False):
    """OrderStatusRequest(35=H)."""

    cl_ord_id: str
    order_id: str
    ord_status_req_id: str
    symbol: str
    side: Side | None


class MassCancel(msgspec.Struct, frozen=True, gc=False):
    """OrderMassCancelRequest(35=q): all orders (530=7), or all of one symbol (530=1); of one side or account where it names one.

    Account(1) is not in the standard message, though many take it: passed over it would cancel more than was asked.
    """

    cl_ord_id: str
    mass_cancel_request_type: str
    symbol: str
    side: Side | None
    account: str = ""


Request = NewOrder | Cancel | Replace | StatusQuestion | MassCancel


def new_order(found: Fields, default_account: str) -> NewOrder:
    """A new order. Raises Malformed."""
    given = _first(found)
    return NewOrder(_needed(given, 11, name), _terms(found, given, default_account))


def cancel(found: Fields) -> Cancel:
    """A cancel. Raises Malformed."""
    given = _first(found)
    return Cancel(_needed(given, 11, name), _needed(given, 41, name), _optional(given, 37, name) or "")


def replace(found: Fields, default_account: str) -> Replace:
    """A replace. Raises Malformed."""
    given = _first(found)
    return Replace(
        _needed(given, 11, name),
        _needed(given, 41, name),
        _optional(given, 37, name) or "",
        _terms(found, given, default_account),
        frozenset(given),
    )


def status_question(found: Fields) -> StatusQuestion:
    """A question about an order, which it names by either id. Raises Malformed."""
    given = _first(found)
    order_id = _optional(given, 37, name) or ""
    cl_ord_id = (_optional if order_id else _needed)(given, 11, name) or ""
    side = _optional(given, 54, code_of(Side))
    return StatusQuestion(cl_ord_id, order_id, _optional(given, 790, name) or "", _optional(given, 55, name) or "", side)


def mass_cancel(found: Fields) -> MassCancel:
    """A cancel of many orders. Raises Malformed."""
    given = _first(found)
    cl_ord_id, kind = _needed(given, 11, name), _needed(given, 530, name)
    if kind not in {_OF_SYMBOL, _ALL}:
        raise Malformed(530, f"is {kind[:20]!r}; 1 (one symbol) and 7 (all orders) are served")
    if kind == _ALL and 55 in given:
        raise Malformed(55, "is given, and MassCancelRequestType(530) 7 means all orders")
    symbol = _needed(given, 55, name) if kind == _OF_SYMBOL else ""
    side, account = _optional(given, 54, code_of(Side)), _optional(given, 1, name) or ""
    return MassCancel(cl_ord_id, kind, symbol, side, account)


def name(text: str, tag: int) -> str:
    """An id, a symbol, an account: what can be echoed safely. Raises Malformed."""
    if not _NAME.fullmatch(text):
        raise Malformed(tag, f"is {text[:40]!r}, not up to 64 printable ASCII characters without spaces")
    return text


def code_of(codes: type[_E]) -> Callable[[str, int], _E]:
    """A reader of one of the codes."""
    return partial(_code, codes)


def _terms(found: Fields, given: Mapping[int, str], default_account: str) -> Terms:
    """The order itself. Quantities and prices are as the order type wants them."""
    for tag, field in _NOT_CARRIED.items():
        if tag in given:
            raise Malformed(tag, f"({field}) is not supported")
    ord_type = _needed(given, 40, code_of(OrdType))
    cash_order_qty = _optional(given, 152, _positive)
    order_qty = ZERO if cash_order_qty is not None and 38 not in given else _needed(given, 38, _positive)
    if cash_order_qty is not None and order_qty:
        raise Malformed(152, "is given beside OrderQty(38); one of them says how much")
    return Terms(
        account=_optional(given, 1, name) or default_account or _needed(given, 1, name),
        symbol=_needed(given, 55, name),
        side=_needed(given, 54, code_of(Side)),
        ord_type=ord_type,
        order_qty=order_qty,
        price=_price(given, ord_type),
        time_in_force=_optional(given, 59, code_of(TimeInForce)) or TimeInForce.DAY,
        stop_px=_stop_px(given, ord_type),
        cash_order_qty=cash_order_qty,
        instructions=_instructions(found, given),
        currency=_optional(given, 15, _currency) or "",
    )


def _currency(text: str, tag: int) -> str:
    if not (len(text) == 3 and text.isascii() and text.isupper()):
        raise Malformed(tag, f"is {text[:20]!r}, no currency of three capital letters")
    return text


def _price(given: Mapping[int, str], ord_type: OrdType) -> Decimal | None:
    if ord_type in _UNPRICED and 44 in given:
        raise Malformed(44, f"is given; an order of OrdType(40) {ord_type.code} has no price")
    return _needed(given, 44, _positive) if ord_type in _PRICED else _optional(given, 44, _positive)


def _stop_px(given: Mapping[int, str], ord_type: OrdType) -> Decimal | None:
    if ord_type not in _TRIGGERED and 99 in given:
        raise Malformed(99, f"is given; an order of OrdType(40) {ord_type.code} has no trigger")
    return _needed(given, 99, _positive) if ord_type in _TRIGGERED else None


def _instructions(found: Fields, given: Mapping[int, str]) -> Instructions:
    return Instructions(
        handl_inst=_optional(given, 21, code_of(HandlInst)) or HandlInst.AUTOMATED_PRIVATE,
        exec_inst=_optional(given, 18, _exec_inst) or "",
        min_qty=_optional(given, 110, _positive),
        max_floor=_optional(given, 111, _quantity),
        peg_offset_value=_optional(given, 211, _number),
        expire_time_ns=_optional(given, 126, _timestamp_ns),
        expire_date=_optional(given, 432, _date) or "",
        position_effect=_optional(given, 77, code_of(PositionEffect)),
        order_capacity=_optional(given, 528, code_of(OrderCapacity)),
        locate_reqd=_optional(given, 114, _boolean),
        locate_id=_optional(given, LOCATE_ID, name) or "",
        custom=_custom(found),
    )


def _custom(found: Fields) -> CustomTags:
    custom = tuple([(tag, value) for tag, value in found if tag >= FIRST_CUSTOM_TAG and tag != LOCATE_ID])
    if len(custom) > CUSTOM_TAGS_MAX:
        raise Malformed(custom[CUSTOM_TAGS_MAX][0], f"is one custom tag too many; at most {CUSTOM_TAGS_MAX} are taken")
    for tag, value in custom:
        if not _PRINTABLE.fullmatch(value):
            raise Malformed(tag, f"is {value[:40]!r}, not up to 256 printable ASCII characters")
    return custom


def _first(found: Fields) -> dict[int, str]:
    """The fields by tag. Of one that comes again, in a group, the first."""
    return dict(reversed(found))


def _needed(given: Mapping[int, str], tag: int, read: Callable[[str, int], _T]) -> _T:
    value = given.get(tag, "")
    if not value:
        raise Malformed(tag, _MISSING)
    return read(value, tag)


def _optional(given: Mapping[int, str], tag: int, read: Callable[[str, int], _T]) -> _T | None:
    return read(given[tag], tag) if tag in given else None


def _code(codes: type[_E], text: str, tag: int) -> _E:
    try:
        return codes(text)
    except ValueError:
        raise Malformed(tag, f"is {text[:20]!r}, no code of {codes.__name__} that is served") from None


def _number(text: str, tag: int) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise Malformed(tag, f"is {text[:40]!r}, no number of at most 18 digits before and 12 after the point")
    return Decimal(text)


def _quantity(text: str, tag: int) -> Decimal:
    number = _number(text, tag)
    if number < ZERO:
        raise Malformed(tag, f"is {text}: a quantity is never negative")
    return abs(number)


def _positive(text: str, tag: int) -> Decimal:
    number = _number(text, tag)
    if number <= ZERO:
        raise Malformed(tag, f"is {text}, and must be above zero")
    return number


def _exec_inst(text: str, tag: int) -> str:
    if not _EXEC_INST.fullmatch(text):
        raise Malformed(tag, f"is {text[:40]!r}, not codes of one letter with spaces between")
    return text


def _boolean(text: str, tag: int) -> bool:
    if text not in {"Y", "N"}:
        raise Malformed(tag, f"is {text[:20]!r}, neither Y nor N")
    return text == "Y"


def _date(text: str, tag: int) -> str:
    if not _DATE.fullmatch(text):
        raise Malformed(tag, f"is {text[:20]!r}, no date as YYYYMMDD")
    _moment(text, "%Y%m%d", tag)
    return text


def _timestamp_ns(text: str, tag: int) -> int:
    """Nanoseconds since the Unix epoch."""
    matched = _TIMESTAMP.fullmatch(text)
    if matched is None:
        raise Malformed(tag, f"is {text[:40]!r}, no UTCTimestamp")
    second = int(_moment(matched[1], "%Y%m%d-%H:%M:%S", tag).timestamp())
    return second * _NS_PER_S + int((matched[2] or "").ljust(9, "0"))


def _moment(text: str, form: str, tag: int) -> datetime:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(tag, f"is {text[:40]!r}, which no calendar has") from None
