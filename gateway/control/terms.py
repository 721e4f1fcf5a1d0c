"""The terms of a new order, and whether its fields fit one another. Each complaint names the field."""

from gateway.api.v1.order_service_pb2 import SubmitRequest
from gateway.control import instructions
from gateway.control.codes import ORD_TYPES, SIDES, TIMES_IN_FORCE, by_number
from gateway.control.reading import code, instant, name, optional_positive, positive, wrong
from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.numbers import ZERO, plain
from oms.domain.terms import PLAIN, PRICED, STOPPED, Instructions, Terms

_SIDES = by_number(SIDES)
_ORD_TYPES = by_number(ORD_TYPES)
_TIMES_IN_FORCE = by_number(TIMES_IN_FORCE)
_SHORT = frozenset({Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT})


def terms(request: SubmitRequest) -> Terms:
    """What a new order asks for. Raises Refused. Whether its deadline has passed is the engine's question."""
    ord_type = code("ord_type", request.ord_type, _ORD_TYPES)
    time_in_force = request.time_in_force
    is_cash = bool(request.cash_order_qty)
    if is_cash and request.order_qty:
        raise wrong("cash_order_qty", "is given beside order_qty; one of them says how much")
    found = Terms(
        account=name("account", request.account),
        symbol=name("symbol", request.symbol),
        side=code("side", request.side, _SIDES),
        ord_type=ord_type,
        order_qty=ZERO if is_cash else positive("order_qty", request.order_qty),
        price=optional_positive("price", request.price),
        time_in_force=code("time_in_force", time_in_force, _TIMES_IN_FORCE) if time_in_force else TimeInForce.DAY,
        expire_at_ns=instant("expire_at", request.expire_at) if request.HasField("expire_at") else None,
        stop_px=optional_positive("stop_px", request.stop_px),
        cash_order_qty=positive("cash_order_qty", request.cash_order_qty) if is_cash else None,
        currency=_currency(request.currency),
        instructions=instructions.read(request.instructions) if request.HasField("instructions") else PLAIN,
    )
    _check_prices(found)
    _check_expiry(found)
    _check_locate(found)
    if found.instructions is not PLAIN:
        _check_quantities(found, found.instructions)
    return found


def _currency(text: str) -> str:
    if text and not (len(text) == 3 and text.isascii() and text.isupper()):
        raise wrong("currency", f"{text[:20]!r} is no ISO 4217 code of three capital letters")
    return text


def _check_prices(found: Terms) -> None:
    """The prices that its OrdType(40) has, and no other."""
    kind = found.ord_type
    if found.price is None and kind in PRICED and kind is not OrdType.PEGGED:
        raise wrong("price", f"is missing: a {kind.name} order needs one")
    if found.price is not None and kind not in PRICED:
        raise wrong("price", f"a {kind.name} order has none")
    if found.stop_px is None and kind in STOPPED:
        raise wrong("stop_px", f"is missing: a {kind.name} order needs one")
    if found.stop_px is not None and kind not in STOPPED:
        raise wrong("stop_px", f"a {kind.name} order has none")
    if found.instructions.peg_offset_value is not None and kind is not OrdType.PEGGED:
        raise wrong("peg_offset_value", f"a {kind.name} order has none")


def _check_expiry(found: Terms) -> None:
    given = found.instructions
    if found.time_in_force is not TimeInForce.GOOD_TILL_DATE:
        if given.expire_time_ns is not None or given.expire_date:
            field = "expire_date" if given.expire_date else "expire_time"
            raise wrong(field, f"belongs to GOOD_TILL_DATE, and the order is {found.time_in_force.name}")
        return
    if given.expire_time_ns is None and not given.expire_date:
        raise wrong("expire_time", "is missing, and so is expire_date: a GOOD_TILL_DATE order needs one of them")
    if given.expire_time_ns is not None and given.expire_date:
        raise wrong("expire_date", "is given beside expire_time; one of them says until when")


def _check_locate(found: Terms) -> None:
    """A short sale says who finds the shares; an exempt one may."""
    given = found.instructions
    if found.side is Side.SELL_SHORT and not given.locate_reqd and not given.locate_id:
        raise wrong("locate_reqd", "is not true, and locate_id is missing: a SELL_SHORT order needs one of them")
    if found.side not in _SHORT and (given.locate_reqd is not None or given.locate_id):
        field = "locate_id" if given.locate_id else "locate_reqd"
        raise wrong(field, f"belongs to a short sale, and the order is {found.side.name}")


def _check_quantities(found: Terms, given: Instructions) -> None:
    """A part of the order is no larger than the order."""
    for field, part in (("min_qty", given.min_qty), ("max_floor", given.max_floor)):
        if part is None:
            continue
        if found.cash_order_qty is not None:
            raise wrong(field, "is a part of order_qty, and the order is given as cash_order_qty")
        if part > found.order_qty:
            raise wrong(field, f"is {plain(part)}, and order_qty is {plain(found.order_qty)}")
