"""What a client may ask of the broker, and how it is read from FIX fields. Whatever we would echo is checked here."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import TypeVar

import msgspec

from gateway.codec.text import Fields
from gateway.simulator.fields import OrdType, Side, TimeInForce, utc_timestamp_ns

TEXT_LENGTH_MAX = 64
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,64}")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{0,10})?", re.ASCII)
_Code = TypeVar("_Code", bound=Enum)


class Malformed(Exception):
    """A field is missing or cannot be read; the message names it."""


class Unsupported(Exception):
    """A MsgType(35) that the broker does not serve."""


class NewOrder(msgspec.Struct, frozen=True):
    """NewOrderSingle(D)."""

    cl_ord_id: str
    symbol: str
    side: Side
    ord_type: OrdType
    order_qty: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_at_ns: int | None = None
    account: str = ""
    maybe_repeated: bool = False
    """PossResend(97)=Y or PossDupFlag(43)=Y: a known ClOrdID is answered with its status and never refused as a duplicate."""


class CancelRequest(msgspec.Struct, frozen=True):
    """OrderCancelRequest(F)."""

    cl_ord_id: str
    orig_cl_ord_id: str
    maybe_repeated: bool = False


class ReplaceRequest(msgspec.Struct, frozen=True):
    """OrderCancelReplaceRequest(G): the whole desired order (R9)."""

    cl_ord_id: str
    orig_cl_ord_id: str
    symbol: str
    side: Side
    ord_type: OrdType
    order_qty: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_at_ns: int | None = None
    maybe_repeated: bool = False


class StatusRequest(msgspec.Struct, frozen=True):
    """OrderStatusRequest(H)."""

    cl_ord_id: str
    symbol: str
    side: Side
    ord_status_req_id: str = ""


class MassStatusRequest(msgspec.Struct, frozen=True):
    """OrderMassStatusRequest(AF) for all orders: MassStatusReqType(585)=7."""

    mass_status_req_id: str


Request = NewOrder | CancelRequest | ReplaceRequest | StatusRequest | MassStatusRequest
_ALL_ORDERS = "7"


def read(fields: Fields) -> Request:
    """The request in `fields`. Raises Malformed for a field and Unsupported for a MsgType."""
    found = dict(fields)
    match found.get(35):
        case "D":
            return _new_order(found)
        case "F":
            return CancelRequest(text(found, 11), text(found, 41), _maybe_repeated(found))
        case "G":
            return _replace_request(found)
        case "H":
            return StatusRequest(text(found, 11), text(found, 55), _code(found, 54, Side), text(found, 790, needed=False))
        case "AF":
            if text(found, 585) != _ALL_ORDERS:
                raise Malformed(f"tag 585 has the unsupported value {found[585]!r}")
            return MassStatusRequest(text(found, 584))
        case other:
            raise Unsupported(f"MsgType(35)={other} is not served on this session")


def text(found: Mapping[int, str], tag: int, *, needed: bool = True) -> str:
    """A printable ASCII value that is safe to echo; empty when absent and not `needed`."""
    value = found.get(tag, "")
    if not value and not needed:
        return ""
    if not value:
        raise Malformed(f"tag {tag} is missing")
    if not _PRINTABLE.fullmatch(value):
        raise Malformed(f"tag {tag} is not printable ASCII of at most {TEXT_LENGTH_MAX} characters")
    return value


def _new_order(found: Mapping[int, str]) -> NewOrder:
    return NewOrder(
        cl_ord_id=text(found, 11),
        symbol=text(found, 55),
        side=_code(found, 54, Side),
        ord_type=_code(found, 40, OrdType),
        order_qty=_quantity(found),
        price=_number(found, 44),
        time_in_force=_time_in_force(found),
        expire_at_ns=_expire_at_ns(found),
        account=text(found, 1, needed=False),
        maybe_repeated=_maybe_repeated(found),
    )


def _replace_request(found: Mapping[int, str]) -> ReplaceRequest:
    return ReplaceRequest(
        cl_ord_id=text(found, 11),
        orig_cl_ord_id=text(found, 41),
        symbol=text(found, 55),
        side=_code(found, 54, Side),
        ord_type=_code(found, 40, OrdType),
        order_qty=_quantity(found),
        price=_number(found, 44),
        time_in_force=_time_in_force(found),
        expire_at_ns=_expire_at_ns(found),
        maybe_repeated=_maybe_repeated(found),
    )


def _code(found: Mapping[int, str], tag: int, codes: type[_Code]) -> _Code:
    try:
        return codes(text(found, tag))
    except ValueError:
        raise Malformed(f"tag {tag} has the unsupported value {found[tag]!r}") from None


def _number(found: Mapping[int, str], tag: int) -> Decimal | None:
    if tag not in found:
        return None
    if not _NUMBER.fullmatch(found[tag]):
        raise Malformed(f"tag {tag} is not a number of at most 12 digits before and 10 after the point")
    return Decimal(found[tag])


def _quantity(found: Mapping[int, str]) -> Decimal:
    order_qty = _number(found, 38)
    if order_qty is None:
        raise Malformed("tag 38 is missing")
    return order_qty


def _time_in_force(found: Mapping[int, str]) -> TimeInForce:
    return _code(found, 59, TimeInForce) if 59 in found else TimeInForce.DAY


def _expire_at_ns(found: Mapping[int, str]) -> int | None:
    if found.get(59) != TimeInForce.GOOD_TILL_DATE.value:
        return None
    try:
        return utc_timestamp_ns(text(found, 126))
    except ValueError:
        raise Malformed("tag 126 is not a UTCTimestamp") from None


def _maybe_repeated(found: Mapping[int, str]) -> bool:
    return "Y" in {found.get(97), found.get(43)}
