"""Requests into commands: whatever passes here is well formed, whatever is not is refused with the name of the field."""

import re
from decimal import Decimal
from functools import lru_cache

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.api.v1.order_service_pb2 import CancelRequest, ReplaceRequest, SubmitRequest, TradeEntry
from gateway.control.codes import ORD_TYPES, SIDES, TIMES_IN_FORCE
from gateway.control.identity import Principal
from gateway.control.status import EdgeRefusal, Refused
from oms.domain.commands import CancelOrder, ClientCommand, PlaceOrder, ReplaceOrder
from oms.domain.fields import OrdType, TimeInForce
from oms.domain.terms import Terms

NAME_LENGTH_MAX = 64
_NAME = re.compile(r"[!-~]{1,64}").fullmatch
NUMBER_LENGTH_MAX = 31
"""18 digits, a point, 12 digits."""
_DECIMAL = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,12})?").fullmatch
_SIDES = {number: side for side, number in SIDES.items()}
_ORD_TYPES = {number: ord_type for ord_type, number in ORD_TYPES.items()}
_TIMES_IN_FORCE = {number: time_in_force for time_in_force, number in TIMES_IN_FORCE.items()}
_NS_PER_S = 1_000_000_000
_SECONDS_MAX = 253_402_300_799
"""The last second that a Timestamp can hold: the end of the year 9999."""


def command(entry: TradeEntry, caller: Principal) -> ClientCommand:
    """One entry of a Trade stream. Raises Refused."""
    match entry.WhichOneof("request"):
        case "submit":
            return place(entry.submit, caller)
        case "cancel":
            return cancel(entry.cancel, caller)
        case "replace":
            return change(entry.replace, caller)
        case _:
            raise _wrong("request", "holds neither submit nor cancel nor replace")


def place(request: SubmitRequest, caller: Principal) -> PlaceOrder:
    """A new order. Raises Refused. Whether its deadline has passed is the engine's question."""
    price = request.price
    ord_type = _ORD_TYPES.get(request.ord_type)
    if ord_type is None:
        raise _not_an_enum("ord_type", request.ord_type)
    if ord_type is OrdType.MARKET and price:
        raise _wrong("price", "a market order has none")
    if ord_type is OrdType.LIMIT and not price:
        raise _wrong("price", "a limit order needs one")
    side = _SIDES.get(request.side)
    if side is None:
        raise _not_an_enum("side", request.side)
    time_in_force = _TIMES_IN_FORCE.get(request.time_in_force) if request.time_in_force else TimeInForce.DAY
    if time_in_force is None:
        raise _not_an_enum("time_in_force", request.time_in_force)
    terms = Terms(
        account=name("account", request.account),
        symbol=name("symbol", request.symbol),
        side=side,
        ord_type=ord_type,
        order_qty=positive("order_qty", request.order_qty),
        price=positive("price", price) if price else None,
        time_in_force=time_in_force,
        expire_at_ns=_instant("expire_at", request.expire_at) if request.HasField("expire_at") else None,
    )
    return PlaceOrder(caller.spiffe_id, name("client_order_id", request.client_order_id), terms, caller.accounts)


def cancel(request: CancelRequest, caller: Principal) -> CancelOrder:
    """A cancel. Raises Refused."""
    _one_order(request)
    return CancelOrder(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        root_id=request.root_id,
        orig_client_order_id=request.orig_client_order_id,
    )


def change(request: ReplaceRequest, caller: Principal) -> ReplaceOrder:
    """A replace. Raises Refused."""
    _one_order(request)
    return ReplaceOrder(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        order_qty=positive("order_qty", request.order_qty),
        price=positive("price", request.price) if request.price else None,
        root_id=request.root_id,
        orig_client_order_id=request.orig_client_order_id,
        expire_at_ns=_instant("expire_at", request.expire_at) if request.HasField("expire_at") else None,
    )


def name(field: str, text: str) -> str:
    """An id of any kind: what a FIX field can carry, and a log line can show. Raises Refused."""
    if _NAME(text):
        return text
    if not text:
        raise _wrong(field, "is missing")
    if len(text) > NAME_LENGTH_MAX:
        raise _wrong(field, f"has {len(text)} characters; at most {NAME_LENGTH_MAX} are allowed")
    raise _wrong(field, f"{text!r} holds something other than printable ASCII without spaces")


def optional_name(field: str, text: str) -> str:
    """The same, or nothing."""
    return name(field, text) if text else ""


def positive(field: str, text: str) -> Decimal:
    """A price or a quantity. Raises Refused."""
    number = _number(text) if len(text) <= NUMBER_LENGTH_MAX else None  # What is longer must not stay in memory.
    if number is None:
        problem = f"{text[:40]!r} is no plain decimal of at most 18 digits before and 12 after the point"
        raise _wrong(field, problem if text else "is missing")
    if not number:
        raise _wrong(field, f"is {text}, and must be above zero")
    return number


@lru_cache(maxsize=4_096)
def _number(text: str) -> Decimal | None:
    """Prices and quantities come again and again."""
    return Decimal(text) if _DECIMAL(text) else None


def _one_order(request: CancelRequest | ReplaceRequest) -> None:
    """It names one order, in one way."""
    if request.root_id and request.orig_client_order_id:
        raise _wrong("orig_client_order_id", "is given beside root_id; one of them names the order")
    if not request.root_id and not request.orig_client_order_id:
        raise _wrong("root_id", "is missing, and so is orig_client_order_id")
    optional_name("root_id", request.root_id)
    optional_name("orig_client_order_id", request.orig_client_order_id)


def _instant(field: str, at: Timestamp) -> int:
    """Nanoseconds since the Unix epoch."""
    if not (0 <= at.seconds <= _SECONDS_MAX and 0 <= at.nanos < _NS_PER_S):
        raise _wrong(field, f"seconds={at.seconds} nanos={at.nanos} is no instant from 1970 to 9999")
    return at.seconds * _NS_PER_S + at.nanos


def _not_an_enum(field: str, number: int) -> Refused:
    return _wrong(field, f"{number} is no value of this field" if number else "is missing")


def _wrong(field: str, problem: str) -> Refused:
    return Refused(EdgeRefusal.INVALID_FIELD, problem, field=field)
