"""Reports that say what is true of an order, before the book gives them a number."""

from decimal import Decimal

import msgspec

from gateway.simulator.order import Order
from gateway.simulator.report import Report
from gateway.simulator.requests import StatusRequest
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.report import NO_ORDER_ID


def stated(order: Order, exec_type: ExecType, ord_status: OrdStatus, at_ns: int) -> Report:
    """A report without number that says what is true of `order`."""
    return Report(
        seq=0,
        at_ns=at_ns,
        exec_id="",
        exec_type=exec_type,
        ord_status=ord_status,
        order_id=order.order_id,
        cl_ord_id=order.cl_ord_id,
        account=order.account,
        symbol=order.symbol,
        side=order.side,
        ord_type=order.ord_type,
        order_qty=order.order_qty,
        price=order.price,
        time_in_force=order.time_in_force,
        expire_at_ns=order.expire_at_ns,
        leaves_qty=order.leaves_qty,
        cum_qty=order.cum_qty,
        avg_px=order.avg_px,
    )


def status(order: Order, ord_status_req_id: str, at_ns: int) -> Report:
    """ExecID is 0 because nothing happened (FIX 4.4 Volume 4, Execution Report)."""
    return msgspec.structs.replace(
        stated(order, ExecType.ORDER_STATUS, order.ord_status, at_ns),
        exec_id="0",
        orig_cl_ord_id=order.orig_cl_ord_id,
        ord_status_req_id=ord_status_req_id,
    )


def unknown(request: StatusRequest, at_ns: int) -> Report:
    """The status of an order that the broker never heard of (R10)."""
    return Report(
        seq=0,
        at_ns=at_ns,
        exec_id="0",
        exec_type=ExecType.ORDER_STATUS,
        ord_status=OrdStatus.REJECTED,
        order_id=NO_ORDER_ID,
        cl_ord_id=request.cl_ord_id,
        symbol=request.symbol,
        side=request.side,
        ord_status_req_id=request.ord_status_req_id,
        text="unknown order",
    )


def mass_status(orders: list[Order], mass_status_req_id: str, at_ns: int) -> list[Report]:
    """The status of each of the orders, or one report that says that there is none: its OrdStatus(39) rejects nothing."""
    reports = [status(order, "", at_ns) for order in orders] or [_nothing_open(at_ns)]
    answers = [
        msgspec.structs.replace(report, mass_status_req_id=mass_status_req_id, tot_num_reports=len(orders)) for report in reports
    ]
    return [*answers[:-1], msgspec.structs.replace(answers[-1], is_last_status=True)]


def _nothing_open(at_ns: int) -> Report:
    return Report(
        seq=0,
        at_ns=at_ns,
        exec_id="0",
        exec_type=ExecType.ORDER_STATUS,
        ord_status=OrdStatus.REJECTED,
        order_id=NO_ORDER_ID,
        cl_ord_id="",
        text="no open orders",
    )


def working(cum_qty: Decimal, leaves_qty: Decimal) -> OrdStatus:
    if not leaves_qty:
        return OrdStatus.FILLED
    return OrdStatus.PARTIALLY_FILLED if cum_qty else OrdStatus.NEW
