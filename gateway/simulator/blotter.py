"""All orders of the broker as a fold over its reports: live and after a restart the same code makes the same state."""

from collections.abc import Iterable

import msgspec

from gateway.simulator.ladder import Ladder
from gateway.simulator.order import Order, busted, filled, opened, replaced
from gateway.simulator.report import Report
from oms.domain.fields import ExecType


class Blotter:
    """Orders by OrderID, the ClOrdIDs that lead to them, and the two sides in price-time order."""

    def __init__(self, past: Iterable[Report] = ()) -> None:
        self.seq = 0
        self.orders: dict[str, Order] = {}
        self.buys = Ladder()
        self.sells = Ladder()
        self.expiring: dict[str, int] = {}
        """Open orders that expire: OrderID to nanoseconds since the epoch."""
        self._order_ids: dict[str, str] = {}
        self._requests: dict[str, str] = {}
        for report in past:
            self.evolve(report)

    def owner(self, cl_ord_id: str) -> Order | None:
        """The order of any request that was ever made under `cl_ord_id`, refused ones included."""
        return self.orders.get(self._requests.get(cl_ord_id, ""))

    def knows(self, cl_ord_id: str) -> bool:
        return cl_ord_id in self._requests

    def version(self, cl_ord_id: str) -> Order | None:
        """The order that has or had `cl_ord_id` as an accepted version: what OrigClOrdID(41) may name."""
        return self.orders.get(self._order_ids.get(cl_ord_id, ""))

    def ladder(self, order: Order) -> Ladder:
        return self.buys if order.side.is_buy else self.sells

    def evolve(self, report: Report) -> None:
        """Apply one report that has been decided. No rule is judged here."""
        assert report.seq == self.seq + 1
        self.seq = report.seq
        self._requests.setdefault(report.cl_ord_id, report.order_id)
        match report.exec_type:
            case ExecType.NEW:
                self._accept(opened(report))
            case ExecType.REJECTED if not report.is_duplicate_reject:
                self.orders[report.order_id] = opened(report)
            case ExecType.TRADE:
                self._change(filled(self.orders[report.order_id], report))
            case ExecType.TRADE_CANCEL:
                self._change(busted(self.orders[report.order_id], report))
            case ExecType.REPLACED:
                self._replace(replaced(self.orders[report.order_id], report))
            case ExecType.CANCELED | ExecType.EXPIRED:
                ended = msgspec.structs.replace(self.orders[report.order_id], ord_status=report.ord_status)
                self._change(ended)
            case _:
                pass  # A refused request or a refused duplicate: its ClOrdID is spent, no order changes.

    def _accept(self, order: Order) -> None:
        self._order_ids[order.cl_ord_id] = order.order_id
        self.orders[order.order_id] = order
        self.ladder(order).add(order)
        self._note_expiry(order)

    def _replace(self, order: Order) -> None:
        self._order_ids[order.cl_ord_id] = order.order_id
        self.ladder(order).remove(self.orders[order.order_id])
        self.orders[order.order_id] = order
        if order.is_open:
            self.ladder(order).add(order)
        self._note_expiry(order)

    def _change(self, order: Order) -> None:
        """Fills, busts and endings: the place in the queue is kept, given up or had again, never moved."""
        was_open = self.orders[order.order_id].is_open
        self.orders[order.order_id] = order
        if was_open and not order.is_open:
            self.ladder(order).remove(order)
        if order.is_open and not was_open:
            self.ladder(order).add(order)
        self._note_expiry(order)

    def _note_expiry(self, order: Order) -> None:
        self.expiring.pop(order.order_id, None)
        if order.is_open and order.expire_at_ns is not None:
            self.expiring[order.order_id] = order.expire_at_ns
