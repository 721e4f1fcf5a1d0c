"""An order as the broker holds it: a frozen value, and what the next report makes of it."""

from decimal import Decimal

import msgspec

from gateway.simulator.fields import OrdType, Side, TimeInForce
from gateway.simulator.report import Report
from oms.domain.fields import OrdStatus
from oms.domain.numbers import CONTEXT, ZERO, average

_OPEN = frozenset({OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED})


class Order(msgspec.Struct, frozen=True, gc=False):
    """The accepted version of an order and what has been executed over all its versions (R7)."""

    order_id: str
    cl_ord_id: str
    symbol: str
    side: Side
    ord_type: OrdType
    order_qty: Decimal
    price: Decimal | None
    time_in_force: TimeInForce
    expire_at_ns: int | None
    account: str
    ord_status: OrdStatus
    priority_seq: int
    """Seq of the report that gave the order its place in the queue at its price."""
    orig_cl_ord_id: str = ""
    """The accepted version before this one."""
    cum_qty: Decimal = ZERO
    gross_trade_amt: Decimal = ZERO

    @property
    def is_open(self) -> bool:
        return self.ord_status in _OPEN

    @property
    def leaves_qty(self) -> Decimal:
        return CONTEXT.subtract(self.order_qty, self.cum_qty) if self.is_open else ZERO

    @property
    def avg_px(self) -> Decimal:
        return average(self.gross_trade_amt, self.cum_qty)


def opened(report: Report) -> Order:
    """The order that a New or Rejected report tells of."""
    assert report.side is not None
    assert report.ord_type is not None
    assert report.order_qty is not None
    assert report.time_in_force is not None
    return Order(
        order_id=report.order_id,
        cl_ord_id=report.cl_ord_id,
        symbol=report.symbol,
        side=report.side,
        ord_type=report.ord_type,
        order_qty=report.order_qty,
        price=report.price,
        time_in_force=report.time_in_force,
        expire_at_ns=report.expire_at_ns,
        account=report.account,
        ord_status=report.ord_status,
        priority_seq=report.seq,
    )


def filled(order: Order, report: Report) -> Order:
    assert report.last_qty is not None
    assert report.last_px is not None
    return msgspec.structs.replace(
        order,
        ord_status=report.ord_status,
        cum_qty=CONTEXT.add(order.cum_qty, report.last_qty),
        gross_trade_amt=CONTEXT.add(order.gross_trade_amt, CONTEXT.multiply(report.last_qty, report.last_px)),
    )


def busted(order: Order, report: Report) -> Order:
    """An execution never was."""
    assert report.last_qty is not None
    assert report.last_px is not None
    return msgspec.structs.replace(
        order,
        ord_status=report.ord_status,
        cum_qty=CONTEXT.subtract(order.cum_qty, report.last_qty),
        gross_trade_amt=CONTEXT.subtract(order.gross_trade_amt, CONTEXT.multiply(report.last_qty, report.last_px)),
    )


def replaced(order: Order, report: Report) -> Order:
    """The new version. A better or worse price and a larger quantity go to the end of the queue; a smaller one stays."""
    assert report.order_qty is not None
    assert report.time_in_force is not None
    keeps_its_place = report.price == order.price and report.order_qty <= order.order_qty
    return msgspec.structs.replace(
        order,
        cl_ord_id=report.cl_ord_id,
        orig_cl_ord_id=order.cl_ord_id,
        order_qty=report.order_qty,
        price=report.price,
        time_in_force=report.time_in_force,
        expire_at_ns=report.expire_at_ns,
        ord_status=report.ord_status,
        priority_seq=order.priority_seq if keeps_its_place else report.seq,
    )
