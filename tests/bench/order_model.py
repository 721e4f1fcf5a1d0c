"""What the order model itself costs: a decision, a change of the order, and the numbers and status that follow from it."""

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter_ns
from typing import TypeVar

from oms import deciding, hearing
from oms.book import Book
from oms.domain.chain import Chain
from oms.domain.events import ChainEvent, Event, OrderPlaced
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.order import evolve
from oms.domain.report import ExecutionReport
from tests.bench.method import Figure
from tests.support.orders import GRANT, SESSION, D, change, fill, place, receipt, report

ORDERS = 2_000
DECIDE, EVOLVE, DERIVE = "decide_us_p50", "evolve_us_p50", "derive_us_p50"
FIGURES = tuple(Figure(name, "µs") for name in (DECIDE, EVOLVE, DERIVE))
_NS_PER_US = 1_000
T = TypeVar("T")


class _Lives:
    """Orders that are placed, acknowledged, replaced and part-filled twice, each step timed by itself."""

    def __init__(self) -> None:
        self.book = Book("FG")
        self.seq = 0
        self.took_ns: dict[str, list[int]] = {DECIDE: [], EVOLVE: [], DERIVE: []}

    def live(self, number: int) -> None:
        placed = self._timed(DECIDE, lambda: deciding.place(self.book, place(f"c{number}"), SESSION, GRANT, number))
        assert isinstance(placed, OrderPlaced)
        root_id = placed.root_id
        self._take(placed)
        self._hear(report(ExecType.NEW, OrdStatus.NEW, root_id, exec_id=f"N{number}", cum_qty=D(0), leaves_qty=D(1_000)))
        chain = self.book.chains[root_id]
        wanted = change(f"r{number}", 2_000, of=f"c{number}")
        replaced = self._timed(DECIDE, lambda: deciding.change(self.book, wanted, chain, GRANT, number))
        self._take(replaced)
        for part in (1, 2):
            cum_qty = D(400 * part)
            self._hear(fill(400, exec_id=f"F{number}-{part}", cl_ord_id=root_id, cum_qty=cum_qty, leaves_qty=D(1_000) - cum_qty))

    def _hear(self, told: ExecutionReport) -> None:
        for event in self._timed(DECIDE, lambda: hearing.report(self.book, receipt(), told)):
            self._take(event)

    def _take(self, event: Event) -> None:
        self.seq += 1
        before = self.book.chains.get(event.key)
        assert isinstance(event, ChainEvent)
        after = self._timed(EVOLVE, lambda: evolve(before, event, self.seq))
        self._timed(DERIVE, lambda: _derived(after))
        self.book.apply(event, self.seq, self.seq)

    def _timed(self, name: str, call: Callable[[], T]) -> T:
        began_ns = perf_counter_ns()
        result = call()
        self.took_ns[name].append(perf_counter_ns() - began_ns)
        return result


def measure() -> Mapping[str, float]:
    """Medians over every step of many lives, in µs, with the collector off. The time of taking the time is in them."""
    lives = _Lives()
    gc.disable()
    try:
        for number in range(ORDERS):
            lives.live(number)
    finally:
        gc.enable()
    return {name: median(took_ns) / _NS_PER_US for name, took_ns in lives.took_ns.items()}


def _derived(chain: Chain) -> tuple[object, ...]:
    return chain.ord_status, chain.leaves_qty, chain.avg_px, chain.is_live
