"""The broker's rules, pure: a request, a quote or the passing of time goes in with its time, reports come out.

Orders trade against the quotes and never against each other. Each quote displays `displayed_qty` on both sides; what orders
take is gone until the next quote, so a large order fills over several. Price first, then time.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import assert_never

import msgspec

from gateway.simulator.blotter import Blotter
from gateway.simulator.fields import OrdRejReason, OrdType, TimeInForce
from gateway.simulator.order import Order, busted, filled
from gateway.simulator.quote import Quote
from gateway.simulator.report import Report
from gateway.simulator.requests import CancelRequest, MassStatusRequest, NewOrder, ReplaceRequest, Request, StatusRequest
from gateway.simulator.statements import mass_status, stated, status, unknown, working
from oms.domain.fields import CxlRejReason, ExecType, OrdStatus
from oms.domain.numbers import CONTEXT, ZERO
from oms.domain.report import NO_ORDER_ID

_CANCEL, _REPLACE = "1", "2"  # CxlRejResponseTo(434)


class Book:
    """The orders of one instrument and the quote that they trade against. Every change passes through a Report."""

    def __init__(self, symbol: str, displayed_qty: Decimal, id_prefix: str, past: Iterable[Report] = ()) -> None:
        """`past` is the ledger so far. ExecIDs and OrderIDs are `id_prefix` and the ledger's line number, hence unique."""
        self.blotter = Blotter(past)
        self.fills_in_halves = False
        self.refuses_new_because = ""
        self.quote: Quote | None = None
        self._symbol = symbol
        self._displayed_qty = displayed_qty
        self._id_prefix = id_prefix
        self._bid_qty = self._offer_qty = ZERO
        self._said: list[Report] = []

    def handle(self, request: Request, at_ns: int) -> list[Report]:
        """What the broker answers. A refusal is a report like any other; a status report has seq 0 and changes nothing."""
        match request:
            case NewOrder():
                self._new(request, at_ns)
            case CancelRequest():
                self._cancel(request, at_ns)
            case ReplaceRequest():
                self._replace(request, at_ns)
            case StatusRequest():
                self._said.append(self._status(request, at_ns))
            case MassStatusRequest():
                open_orders = [order for order in self.blotter.orders.values() if order.is_open]
                self._said += mass_status(open_orders, request.mass_status_req_id, at_ns)
            case _:
                assert_never(request)
        return self._take()

    def on_quote(self, quote: Quote, at_ns: int) -> list[Report]:
        """The market moved: both sides show their full size again and whoever is reached trades."""
        self.quote = quote
        self._bid_qty = self._offer_qty = self._displayed_qty
        self._match(at_ns)
        return self._take()

    def on_time(self, at_ns: int) -> list[Report]:
        """Time passed: orders whose ExpireTime(126) is reached end Expired."""
        due = [order_id for order_id, expire_at_ns in self.blotter.expiring.items() if expire_at_ns <= at_ns]
        for order_id in due:
            self._end(self.blotter.orders[order_id], ExecType.EXPIRED, OrdStatus.EXPIRED, at_ns)
        return self._take()

    def bust(self, trade: Report, at_ns: int) -> list[Report]:
        """An execution of this book never was (R11). What it had filled is open again, unless the order ended otherwise."""
        assert trade.last_qty is not None
        order = self.blotter.orders[trade.order_id]
        cum_qty = CONTEXT.subtract(order.cum_qty, trade.last_qty)
        is_open = order.is_open or order.ord_status is OrdStatus.FILLED
        leaves_qty = CONTEXT.subtract(order.order_qty, cum_qty) if is_open else ZERO
        ord_status = working(cum_qty, leaves_qty) if is_open else order.ord_status
        report = msgspec.structs.replace(
            stated(order, ExecType.TRADE_CANCEL, ord_status, at_ns),
            exec_ref_id=trade.exec_id,
            last_qty=trade.last_qty,
            last_px=trade.last_px,
        )
        self._tell(report, leaves_qty=leaves_qty, cum_qty=cum_qty, avg_px=busted(order, report).avg_px)
        rest = self.blotter.orders[order.order_id]
        if rest.is_open and rest.time_in_force.never_rests:
            self._end(rest, ExecType.CANCELED, OrdStatus.CANCELED, at_ns)
        return self._take()

    def on_restart(self, at_ns: int) -> list[Report]:
        """Cancel what a crash between two ledger lines left resting and may not rest: IOC and FOK remainders (R17)."""
        for order in list(self.blotter.orders.values()):
            if order.is_open and order.time_in_force.never_rests:
                self._end(order, ExecType.CANCELED, OrdStatus.CANCELED, at_ns)
        return self._take()

    # --- new orders ---------------------------------------------------------------------------------------------------

    def _new(self, request: NewOrder, at_ns: int) -> None:
        if self.blotter.knows(request.cl_ord_id):
            self._known_again(request, at_ns)
            return
        if refusal := self._refusal(request, at_ns):
            reason, text = refusal
            self._open(request, at_ns, ExecType.REJECTED, OrdStatus.REJECTED, reason, text)
            return
        order = self._open(request, at_ns, ExecType.NEW, OrdStatus.NEW)
        if request.time_in_force is not TimeInForce.FILL_OR_KILL or self._available_qty(order) >= order.order_qty:
            self._match(at_ns)
        rest = self.blotter.orders[order.order_id]
        if rest.is_open and rest.time_in_force.never_rests:
            self._end(rest, ExecType.CANCELED, OrdStatus.CANCELED, at_ns)

    def _known_again(self, request: NewOrder, at_ns: int) -> None:
        """R18: a repeated order gets its status; another order under a spent ClOrdID is refused with the owner's status."""
        answer = self._status(StatusRequest(request.cl_ord_id, request.symbol, request.side), at_ns)
        if request.maybe_repeated:
            self._said.append(answer)
            return
        self._say(
            msgspec.structs.replace(
                answer,
                seq=self.blotter.seq + 1,
                exec_id=self._next_id(),
                cl_ord_id=request.cl_ord_id,
                exec_type=ExecType.REJECTED,
                ord_rej_reason=OrdRejReason.DUPLICATE_ORDER,
                text="ClOrdID(11) was used before",
            )
        )

    def _refusal(self, request: NewOrder, at_ns: int) -> tuple[OrdRejReason, str] | None:
        if self.refuses_new_because:
            return OrdRejReason.BROKER_OPTION, self.refuses_new_because
        if request.symbol != self._symbol:
            return OrdRejReason.UNKNOWN_SYMBOL, f"Symbol(55)={request.symbol} is not traded here"
        if request.order_qty <= 0:
            return OrdRejReason.INCORRECT_QUANTITY, "OrderQty(38) must be more than zero"
        if text := _wrong_price(request.ord_type, request.price):
            return OrdRejReason.OTHER, text
        if request.expire_at_ns is not None and request.expire_at_ns <= at_ns:
            return OrdRejReason.OTHER, "ExpireTime(126) has passed"
        return None

    def _open(
        self,
        request: NewOrder,
        at_ns: int,
        exec_type: ExecType,
        ord_status: OrdStatus,
        ord_rej_reason: OrdRejReason | None = None,
        text: str = "",
    ) -> Order:
        order_id = f"{self._id_prefix}-O{self.blotter.seq + 1}"
        self._say(
            Report(
                seq=self.blotter.seq + 1,
                at_ns=at_ns,
                exec_id=self._next_id(),
                exec_type=exec_type,
                ord_status=ord_status,
                order_id=order_id,
                cl_ord_id=request.cl_ord_id,
                account=request.account,
                symbol=request.symbol,
                side=request.side,
                ord_type=request.ord_type,
                order_qty=request.order_qty,
                price=request.price if request.ord_type is OrdType.LIMIT else None,
                time_in_force=request.time_in_force,
                expire_at_ns=request.expire_at_ns,
                leaves_qty=request.order_qty if ord_status is OrdStatus.NEW else ZERO,
                ord_rej_reason=ord_rej_reason,
                text=text,
            )
        )
        return self.blotter.orders[order_id]

    # --- cancels and replaces -----------------------------------------------------------------------------------------

    def _cancel(self, request: CancelRequest, at_ns: int) -> None:
        order = self._changeable(request, _CANCEL, at_ns)
        if order is None:
            return
        canceled = stated(order, ExecType.CANCELED, OrdStatus.CANCELED, at_ns)
        self._tell(canceled, cl_ord_id=request.cl_ord_id, orig_cl_ord_id=request.orig_cl_ord_id, leaves_qty=ZERO)

    def _replace(self, request: ReplaceRequest, at_ns: int) -> None:
        order = self._changeable(request, _REPLACE, at_ns)
        if order is None:
            return
        if text := _wrong_replace(order, request):
            self._refuse(request, order, _REPLACE, CxlRejReason.BROKER_OPTION, text, at_ns)
            return
        order_qty = max(request.order_qty, order.cum_qty)  # R5: below CumQty means stop executing.
        leaves_qty = CONTEXT.subtract(order_qty, order.cum_qty)
        report = stated(order, ExecType.REPLACED, working(order.cum_qty, leaves_qty), at_ns)
        self._tell(
            report,
            cl_ord_id=request.cl_ord_id,
            orig_cl_ord_id=request.orig_cl_ord_id,
            order_qty=order_qty,
            price=request.price if order.ord_type is OrdType.LIMIT else None,
            time_in_force=request.time_in_force,
            expire_at_ns=request.expire_at_ns,
            leaves_qty=leaves_qty,
        )
        self._match(at_ns)

    def _changeable(self, request: CancelRequest | ReplaceRequest, response_to: str, at_ns: int) -> Order | None:
        """The open order that the request is about; None when the answer has been given already."""
        order = self.blotter.version(request.orig_cl_ord_id)
        if self.blotter.knows(request.cl_ord_id):
            owner = self.blotter.owner(request.cl_ord_id)
            if request.maybe_repeated and owner is not None:
                self._said.append(status(owner, "", at_ns))
            elif request.maybe_repeated:
                self._refuse(request, None, response_to, CxlRejReason.UNKNOWN_ORDER, "unknown order", at_ns)
            else:
                self._refuse(request, owner, response_to, CxlRejReason.DUPLICATE_CL_ORD_ID, "ClOrdID(11) was used before", at_ns)
        elif order is None:
            self._refuse(request, None, response_to, CxlRejReason.UNKNOWN_ORDER, "unknown order", at_ns)
        elif not order.is_open:
            self._refuse(request, order, response_to, CxlRejReason.TOO_LATE_TO_CANCEL, "the order has ended", at_ns)
        else:
            return order
        return None

    def _refuse(
        self,
        request: CancelRequest | ReplaceRequest,
        order: Order | None,
        response_to: str,
        reason: CxlRejReason,
        text: str,
        at_ns: int,
    ) -> None:
        self._say(
            Report(
                seq=self.blotter.seq + 1,
                at_ns=at_ns,
                exec_id=self._next_id(),
                cl_ord_id=request.cl_ord_id,
                orig_cl_ord_id=request.orig_cl_ord_id,
                order_id=order.order_id if order else NO_ORDER_ID,
                ord_status=order.ord_status if order else OrdStatus.REJECTED,
                cxl_rej_reason=reason,
                cxl_rej_response_to=response_to,
                text=text,
            )
        )

    # --- trading ------------------------------------------------------------------------------------------------------

    def _match(self, at_ns: int) -> None:
        """Let the orders that the quote reaches trade, in their turn, until the displayed size is gone."""
        for ladder in (self.blotter.buys, self.blotter.sells):
            while (order_id := ladder.first()) is not None:
                order = self.blotter.orders[order_id]
                available_qty = self._available_qty(order)
                if not available_qty:
                    break
                self._trade(order, min(available_qty, order.leaves_qty), at_ns)

    def _available_qty(self, order: Order) -> Decimal:
        """What is displayed at a price that the order accepts."""
        if self.quote is None:
            return ZERO
        if order.side.is_buy:
            return self._offer_qty if order.price is None or self.quote.offer_px <= order.price else ZERO
        return self._bid_qty if order.price is None or self.quote.bid_px >= order.price else ZERO

    def _trade(self, order: Order, qty: Decimal, at_ns: int) -> None:
        assert self.quote is not None
        if order.side.is_buy:
            self._offer_qty = CONTEXT.subtract(self._offer_qty, qty)
        else:
            self._bid_qty = CONTEXT.subtract(self._bid_qty, qty)
        last_px = self.quote.offer_px if order.side.is_buy else self.quote.bid_px
        for last_qty in _halves(qty) if self.fills_in_halves else (qty,):
            self._execute(self.blotter.orders[order.order_id], last_qty, last_px, at_ns)

    def _execute(self, order: Order, last_qty: Decimal, last_px: Decimal, at_ns: int) -> None:
        leaves_qty = CONTEXT.subtract(order.leaves_qty, last_qty)
        ord_status = OrdStatus.PARTIALLY_FILLED if leaves_qty else OrdStatus.FILLED
        report = stated(order, ExecType.TRADE, ord_status, at_ns)
        report = msgspec.structs.replace(report, last_qty=last_qty, last_px=last_px)
        after = filled(order, report)
        self._tell(report, leaves_qty=leaves_qty, cum_qty=after.cum_qty, avg_px=after.avg_px)

    def _end(self, order: Order, exec_type: ExecType, ord_status: OrdStatus, at_ns: int) -> None:
        """The order leaves the market without anybody's request."""
        self._tell(stated(order, exec_type, ord_status, at_ns), leaves_qty=ZERO)

    # --- saying it ----------------------------------------------------------------------------------------------------

    def _status(self, request: StatusRequest, at_ns: int) -> Report:
        """ExecType=I: what is true now of the order that owns the ClOrdID."""
        owner = self.blotter.owner(request.cl_ord_id)
        return unknown(request, at_ns) if owner is None else status(owner, request.ord_status_req_id, at_ns)

    def _tell(self, report: Report, **changes: object) -> None:
        """Give the report its number and ExecID, with `changes`, and say it."""
        self._say(msgspec.structs.replace(report, seq=self.blotter.seq + 1, exec_id=self._next_id(), **changes))

    def _say(self, report: Report) -> None:
        self.blotter.evolve(report)
        self._said.append(report)

    def _next_id(self) -> str:
        return f"{self._id_prefix}-{self.blotter.seq + 1}"

    def _take(self) -> list[Report]:
        said, self._said = self._said, []
        return said


def _halves(qty: Decimal) -> tuple[Decimal, ...]:
    """`qty` in two whole parts, or as it is when there is nothing to split."""
    half = qty // 2
    return (half, CONTEXT.subtract(qty, half)) if half else (qty,)


def _wrong_price(ord_type: OrdType, price: Decimal | None) -> str:
    if ord_type is OrdType.LIMIT and (price is None or price <= 0):
        return "Price(44) of a limit order must be more than zero"
    return ""


def _wrong_replace(order: Order, request: ReplaceRequest) -> str:
    """Why the replace cannot be; empty when it can."""
    if (request.symbol, request.side, request.ord_type) != (order.symbol, order.side, order.ord_type):
        return "Symbol(55), Side(54) and OrdType(40) cannot be replaced"
    if request.order_qty <= 0:
        return "OrderQty(38) must be more than zero"
    if request.time_in_force.never_rests:
        return "TimeInForce(59) of a resting order cannot become IOC or FOK"
    return _wrong_price(request.ord_type, request.price)
