"""What a counterparty takes, and why an order that it does not take is refused before it leaves. Pure."""

from collections.abc import Iterator

import msgspec

from oms.deciding import PIPELINED_MAX
from oms.domain.exec_inst import ExecInst
from oms.domain.fields import Choice, HandlInst, OrdType, Side, TimeInForce, plain_members
from oms.domain.numbers import plain
from oms.domain.terms import PLAIN, Instructions, Terms


@plain_members
class Instruction(Choice):
    """The fields beyond price and quantity that a counterparty takes or does not take, whatever they say."""

    MIN_QTY = "min_qty"
    MAX_FLOOR = "max_floor"
    PEG_OFFSET_VALUE = "peg_offset_value"
    POSITION_EFFECT = "position_effect"
    ORDER_CAPACITY = "order_capacity"
    LOCATE = "locate"
    """LocateReqd(114) and LocateID(5700)."""
    CASH_ORDER_QTY = "cash_order_qty"
    CUSTOM_TAGS = "custom_tags"


class Takes(msgspec.Struct, frozen=True):
    """What may be sent to one counterparty. The defaults are what the simulated broker takes."""

    ord_types: frozenset[OrdType] = frozenset({OrdType.MARKET, OrdType.LIMIT})
    times_in_force: frozenset[TimeInForce] = frozenset(
        {TimeInForce.DAY, TimeInForce.GOOD_TILL_CANCEL, TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL}
    )
    sides: frozenset[Side] = frozenset({Side.BUY, Side.SELL, Side.SELL_SHORT})
    exec_insts: frozenset[ExecInst] = frozenset()
    handl_insts: frozenset[HandlInst] = frozenset({HandlInst.AUTOMATED_PRIVATE})
    instructions: frozenset[Instruction] = frozenset({Instruction.LOCATE})
    replace: bool = True
    """OrderCancelReplaceRequest(35=G)."""
    replaces_pending_max: int = PIPELINED_MAX
    """So many replaces of one order may wait for its answer at once."""
    mass_cancel: bool = False
    """OrderMassCancelRequest(35=q)."""
    mass_status: bool = True
    """OrderMassStatusRequest(35=AF)."""
    order_status: bool = True
    """OrderStatusRequest(35=H)."""


EVERYTHING = Takes(
    ord_types=frozenset(OrdType),
    times_in_force=frozenset(TimeInForce),
    sides=frozenset(Side),
    exec_insts=frozenset(ExecInst),
    handl_insts=frozenset(HandlInst),
    instructions=frozenset(Instruction),
    mass_cancel=True,
)


def why_not(takes: Takes, terms: Terms) -> str:
    """The first field that the counterparty does not take, with its value; empty where it takes the order."""
    if terms.ord_type not in takes.ord_types:
        return f"ord_type={terms.ord_type.name}"
    if terms.time_in_force not in takes.times_in_force:
        return f"time_in_force={terms.time_in_force.name}"
    if terms.side not in takes.sides:
        return f"side={terms.side.name}"
    if terms.cash_order_qty is not None and Instruction.CASH_ORDER_QTY not in takes.instructions:
        return f"cash_order_qty={plain(terms.cash_order_qty)}"
    return _why_not(takes, terms.instructions)


def why_not_replaced(takes: Takes, terms: Terms) -> str:
    """The same for a replace that makes `terms` of an order. Of an amount of money it would make a quantity."""
    if not takes.replace:
        return "replace=OrderCancelReplaceRequest"
    if terms.cash_order_qty is not None:
        return f"order_qty={plain(terms.order_qty)} of an order with cash_order_qty={plain(terms.cash_order_qty)}"
    return why_not(takes, terms)


def _why_not(takes: Takes, given: Instructions) -> str:
    if given.handl_inst not in takes.handl_insts:
        return f"handl_inst={given.handl_inst.name}"
    if given is PLAIN:
        return ""
    for letter in given.exec_inst.split():
        if ExecInst(letter) not in takes.exec_insts:
            return f"exec_inst={ExecInst(letter).name}"
    for instruction, text in _said(given):
        if instruction not in takes.instructions:
            return text
    return ""


def _said(given: Instructions) -> Iterator[tuple[Instruction, str]]:
    """Each instruction that the order carries, and its field with the value."""
    if given.min_qty is not None:
        yield Instruction.MIN_QTY, f"min_qty={plain(given.min_qty)}"
    if given.max_floor is not None:
        yield Instruction.MAX_FLOOR, f"max_floor={plain(given.max_floor)}"
    if given.peg_offset_value is not None:
        yield Instruction.PEG_OFFSET_VALUE, f"peg_offset_value={plain(given.peg_offset_value)}"
    if given.position_effect is not None:
        yield Instruction.POSITION_EFFECT, f"position_effect={given.position_effect.name}"
    if given.order_capacity is not None:
        yield Instruction.ORDER_CAPACITY, f"order_capacity={given.order_capacity.name}"
    if given.locate_reqd is not None or given.locate_id:
        field = f"locate_id={given.locate_id}" if given.locate_id else f"locate_reqd={given.locate_reqd}"
        yield Instruction.LOCATE, field
    for tag, value in given.custom:
        yield Instruction.CUSTOM_TAGS, f"custom_tags={tag}={value}"
