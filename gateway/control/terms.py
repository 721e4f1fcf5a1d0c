"""The terms of a new order out of its request. Each complaint names the field."""

from gateway.api.v1.order_service_pb2 import SubmitRequest
from gateway.control import instructions
from gateway.control.codes import ORD_TYPES, SIDES, TIMES_IN_FORCE, by_number
from gateway.control.reading import code, instant, name, optional_positive, positive, wrong
from oms.domain.fields import TimeInForce
from oms.domain.fitness import why_unfit
from oms.domain.numbers import ZERO
from oms.domain.terms import PLAIN, Terms

_SIDES = by_number(SIDES)
_ORD_TYPES = by_number(ORD_TYPES)
_TIMES_IN_FORCE = by_number(TIMES_IN_FORCE)


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
    unfit = why_unfit(found)
    if unfit is not None:
        raise wrong(*unfit)
    return found


def _currency(text: str) -> str:
    if text and not (len(text) == 3 and text.isascii() and text.isupper()):
        raise wrong("currency", f"{text[:20]!r} is no ISO 4217 code of three capital letters")
    return text
