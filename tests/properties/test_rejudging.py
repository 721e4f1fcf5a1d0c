"""Whatever happened, each verdict follows from the journal before it and the quote that it recorded, to the last digit."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from gateway import link, sessions
from gateway.cell import Cell
from gateway.reader.rejudging import Judged, Rejudging
from gateway.state import State
from risk.control import Control
from risk.limit import Limit
from risk.scope import parse
from tests.properties.test_order_path import OrderPath
from tests.support import model_worker, orders
from tests.support.model_engine import Row, events

ROWS = (
    Limit(parse("account=DESK1 symbol=EURUSD"), Control.LONG_QTY_MAX, orders.D(1_500)),
    Limit(parse("firm"), Control.OPEN_ORDERS_MAX, orders.D(2)),
    Limit(parse("trader=trader/desk1"), Control.DAY_GROSS_VALUE_MAX, orders.D(4_000)),
)
SEEN: Counter[tuple[str, bool]] = Counter()
"""How many verdicts of each kind were judged again, and whether they were passes."""


def rejudged(cell: Cell, journal: list[Row]) -> list[Judged]:
    again = Rejudging(State(cell))
    facts = zip(journal, events(journal), strict=True)
    found = [again.take(event, seq, row[0]) for seq, (row, event) in enumerate(facts, start=1)]
    return [judged for judged in found if judged is not None]


class AnyHistory(OrderPath):
    """Every history of the order path, under limits that some of its orders do not keep."""

    cell = replace(OrderPath.cell, policy=replace(orders.POLICY, rows=ROWS))

    def teardown(self) -> None:
        super().teardown()
        for judged in rejudged(self.cell, self.journal):
            assert judged.not_known == ""
            assert (judged.again.verdict, judged.again.decision) == (judged.asked.verdict, judged.asked.decision)
            assert judged.is_reproduced
            said = [one.refusal for one in judged.again.checks if one.refusal is not None]
            assert judged.again.case is None or said[:1] == ([] if judged.asked.verdict is None else [judged.asked.verdict[0]])
            SEEN[judged.asked.what, judged.asked.verdict is None] += 1


def test_every_verdict_is_reproduced(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sessions, link):
        monkeypatch.setattr(module, "BLOCK", model_worker.GRANT_BLOCK)
    SEEN.clear()
    run_state_machine_as_test(
        AnyHistory,
        settings=settings(max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)),
    )
    assert SEEN["new order", True]
    assert SEEN["new order", False]
