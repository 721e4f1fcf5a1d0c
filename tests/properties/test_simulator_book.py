"""The broker's book against a slow model that looks at every order each time: same trades, in the same turn, never worse."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.simulator.book import Book
from gateway.simulator.fields import Side, TimeInForce
from gateway.simulator.report import Report
from gateway.simulator.requests import CancelRequest, NewOrder, ReplaceRequest
from oms.domain.fields import ExecType, OrdStatus
from tests.unit.gateway.simulator.build import new_order, quote, replace

DISPLAYED_QTY = 12
Trade = tuple[str, int, int]  # ClOrdID of the order's first version, quantity, price


@dataclass
class Held:
    """An order as the model knows it; prices are whole numbers."""

    root_id: str
    side: Side
    leaves_qty: int
    price: int | None
    age: int
    cum_qty: int = 0


class Model:
    """Open orders in one list."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}
        self.bid_px = self.offer_px = 0
        self.left = {True: 0, False: 0}
        self.age = 0

    def new(self, asked: NewOrder) -> list[Trade]:
        self.age += 1
        order = Held(asked.cl_ord_id, asked.side, int(asked.order_qty), int(asked.price) if asked.price else None, self.age)
        reachable = self.left[order.side.is_buy] if self._reached(order) else 0
        if asked.time_in_force is TimeInForce.FILL_OR_KILL and reachable < order.leaves_qty:
            return []
        self.held[order.root_id] = order
        trades = self._trade()
        if asked.time_in_force.never_rests:
            self.held.pop(order.root_id, None)
        return trades

    def cancel(self, root_id: str) -> list[Trade]:
        self.held.pop(root_id, None)
        return []

    def replace(self, root_id: str, order_qty: int, price: int) -> list[Trade]:
        order = self.held.get(root_id)
        if order is None or order.price is None:
            return []
        self.age += 1
        if price != order.price or order_qty > order.cum_qty + order.leaves_qty:
            order.age = self.age
        order.price, order.leaves_qty = price, order_qty - order.cum_qty
        if order.leaves_qty <= 0:
            del self.held[root_id]
        return self._trade()

    def quote(self, bid_px: int, offer_px: int) -> list[Trade]:
        self.bid_px, self.offer_px = bid_px, offer_px
        self.left = {True: DISPLAYED_QTY, False: DISPLAYED_QTY}
        return self._trade()

    def _reached(self, order: Held) -> bool:
        if not self.bid_px:
            return False
        if order.price is None:
            return True
        return self.offer_px <= order.price if order.side.is_buy else self.bid_px >= order.price

    def _trade(self) -> list[Trade]:
        trades: list[Trade] = []
        for is_buy in (True, False):
            mine = [order for order in self.held.values() if order.side.is_buy is is_buy and self._reached(order)]
            for order in sorted(mine, key=_turn):
                last_qty = min(order.leaves_qty, self.left[is_buy])
                if not last_qty:
                    continue
                self.left[is_buy] -= last_qty
                order.leaves_qty -= last_qty
                order.cum_qty += last_qty
                trades.append((order.root_id, last_qty, self.offer_px if is_buy else self.bid_px))
                if not order.leaves_qty:
                    del self.held[order.root_id]
        return trades


def _turn(order: Held) -> tuple[bool, int, int]:
    price = order.price or 0
    return order.price is not None, -price if order.side.is_buy else price, order.age


PRICES = st.integers(99, 102)  # Few prices and little size: orders must queue behind each other.
NEW = st.tuples(
    st.just("new"),
    st.sampled_from(Side),
    st.integers(1, 50),
    st.none() | PRICES,
    st.sampled_from([TimeInForce.DAY] * 4 + [TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL]),
)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 4))
REPLACE = st.tuples(st.just("replace"), st.integers(0, 4), st.integers(1, 50), PRICES)
QUOTE = st.tuples(st.just("quote"), PRICES, st.integers(0, 3))
STEPS = st.lists(st.one_of(NEW, NEW, CANCEL, REPLACE, REPLACE, QUOTE, QUOTE), min_size=12, max_size=40)


class Run:
    """The book and the model, asked the same."""

    def __init__(self) -> None:
        self.book = Book("EURUSD", Decimal(DISPLAYED_QTY), "T")
        self.model = Model()
        self.said: list[Report] = []
        self.roots: list[NewOrder] = []
        self.latest: dict[str, str] = {}

    def step(self, number: int, what: tuple[object, ...]) -> None:
        match what:
            case ("new", Side() as side, int(order_qty), int() | None as price, TimeInForce() as time_in_force):
                order = new_order(f"A{number}", order_qty, str(price) if price else None, side, time_in_force)
                self.roots.append(order)
                self.latest[order.cl_ord_id] = order.cl_ord_id
                self._both(self.book.handle(order, number), self.model.new(order))
            case ("quote", int(bid_px), int(spread)):
                seen = self.book.on_quote(quote(str(bid_px), str(bid_px + spread)), number)
                self._both(seen, self.model.quote(bid_px, bid_px + spread))
            case ("cancel", int(index)) if self.roots:
                root = self.roots[index % len(self.roots)]
                asked = CancelRequest(f"C{number}", self.latest[root.cl_ord_id])
                self._both(self.book.handle(asked, number), self.model.cancel(root.cl_ord_id))
            case ("replace", int(index), int(order_qty), int(price)) if self.roots:
                self._replace(number, self.roots[index % len(self.roots)], order_qty, price)
            case _:
                pass  # Nothing to cancel or replace yet.

    def _replace(self, number: int, root: NewOrder, order_qty: int, price: int) -> None:
        request: ReplaceRequest = replace(f"R{number}", self.latest[root.cl_ord_id], order_qty, str(price), root.side)
        reports = self.book.handle(request, number)
        if any(report.exec_type is ExecType.REPLACED for report in reports):
            self.latest[root.cl_ord_id] = request.cl_ord_id
        self._both(reports, self.model.replace(root.cl_ord_id, order_qty, price))

    def _both(self, reports: list[Report], expected: list[Trade]) -> None:
        self.said += reports
        roots = {order_id: order.cl_ord_id for order_id, order in self._first_versions().items()}
        trades = [
            (roots[report.order_id], int(report.last_qty or 0), int(report.last_px or 0))
            for report in reports
            if report.exec_type is ExecType.TRADE
        ]
        assert trades == expected
        open_orders = {
            roots[order.order_id]: int(order.leaves_qty) for order in self.book.blotter.orders.values() if order.is_open
        }
        assert open_orders == {order.root_id: order.leaves_qty for order in self.model.held.values()}

    def _first_versions(self) -> dict[str, Report]:
        return {report.order_id: report for report in self.said if report.exec_type is ExecType.NEW}


@given(STEPS)
@settings(max_examples=500, deadline=None)
def test_the_book_trades_as_the_model_does(steps: list[tuple[object, ...]]) -> None:
    run = Run()
    for number, what in enumerate(steps, start=1):
        run.step(number, what)
    _always_true(run.said)
    again = Book("EURUSD", Decimal(DISPLAYED_QTY), "T", run.said)
    assert again.blotter.orders == run.book.blotter.orders


def _always_true(said: list[Report]) -> None:
    """What must hold of reports alone: numbers without holes, quantities that add up, no price worse than the limit."""
    assert [report.seq for report in said] == list(range(1, len(said) + 1))
    executed: dict[str, Decimal] = {}
    for report in said:
        if report.exec_type is None or report.order_qty is None:
            continue
        if report.last_qty is not None and report.last_px is not None and report.side is not None:
            executed[report.order_id] = executed.get(report.order_id, Decimal(0)) + report.last_qty
            if report.price is not None:
                assert report.last_px <= report.price if report.side.is_buy else report.last_px >= report.price
        assert report.cum_qty == executed.get(report.order_id, 0)
        assert (
            report.ord_status in {OrdStatus.CANCELED, OrdStatus.REJECTED}
            or report.order_qty == report.cum_qty + report.leaves_qty
        )
