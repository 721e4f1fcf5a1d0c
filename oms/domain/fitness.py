"""Whether the fields of an order fit one another, whoever sent it and however: asked at each door and once more inside."""

from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.numbers import plain
from oms.domain.terms import PLAIN, PRICED, STOPPED, Terms

Unfit = tuple[str, str]
"""The field, and what is wrong with it."""
_SHORT = frozenset({Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT})
_SELL_SHORT, _PEGGED, _GOOD_TILL_DATE = Side.SELL_SHORT, OrdType.PEGGED, TimeInForce.GOOD_TILL_DATE


def why_unfit(terms: Terms) -> Unfit | None:
    """The first field that does not fit the others; None where all do."""
    return _prices(terms) or _expiry(terms) or _locate(terms) or (_parts(terms) if terms.instructions is not PLAIN else None)


def _prices(terms: Terms) -> Unfit | None:
    """The prices that its OrdType(40) has, and no other."""
    kind = terms.ord_type
    if terms.price is None and kind in PRICED and kind is not _PEGGED:
        return "price", f"is missing: a {kind.name} order needs one"
    if terms.price is not None and kind not in PRICED:
        return "price", f"a {kind.name} order has none"
    if terms.stop_px is None and kind in STOPPED:
        return "stop_px", f"is missing: a {kind.name} order needs one"
    if terms.stop_px is not None and kind not in STOPPED:
        return "stop_px", f"a {kind.name} order has none"
    if terms.instructions.peg_offset_value is not None and kind is not _PEGGED:
        return "peg_offset_value", f"a {kind.name} order has none"
    return None


def _expiry(terms: Terms) -> Unfit | None:
    given = terms.instructions
    if terms.time_in_force is not _GOOD_TILL_DATE:
        if given.expire_time_ns is None and not given.expire_date:
            return None
        field = "expire_date" if given.expire_date else "expire_time"
        return field, f"belongs to GOOD_TILL_DATE, and the order is {terms.time_in_force.name}"
    if given.expire_time_ns is None and not given.expire_date:
        return "expire_time", "is missing, and so is expire_date: a GOOD_TILL_DATE order needs one of them"
    if given.expire_time_ns is not None and given.expire_date:
        return "expire_date", "is given beside expire_time; one of them says until when"
    return None


def _locate(terms: Terms) -> Unfit | None:
    """A short sale says who finds the shares; an exempt one may."""
    given = terms.instructions
    if terms.side is _SELL_SHORT and not given.locate_reqd and not given.locate_id:
        return "locate_reqd", "is not true, and locate_id is missing: a SELL_SHORT order needs one of them"
    if terms.side not in _SHORT and (given.locate_reqd is not None or given.locate_id):
        field = "locate_id" if given.locate_id else "locate_reqd"
        return field, f"belongs to a short sale, and the order is {terms.side.name}"
    return None


def _parts(terms: Terms) -> Unfit | None:
    """A part of the order is no larger than the order."""
    given = terms.instructions
    for field, part in (("min_qty", given.min_qty), ("max_floor", given.max_floor)):
        if part is None:
            continue
        if terms.cash_order_qty is not None:
            return field, "is a part of order_qty, and the order is given as cash_order_qty"
        if part > terms.order_qty:
            return field, f"is {plain(part)}, and order_qty is {plain(terms.order_qty)}"
    return None
