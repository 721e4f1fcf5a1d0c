"""A FIX client hears what the matrices of groups A to D say: each fact as the venue told it to us, under the client's own ids."""

import pytest

from gateway.simulator.scenario import Case, load
from tests.conformance.scenarios import ORDER_STATE
from tests.conformance.sell_side import SellSide

SCENARIOS = load(ORDER_STATE) if ORDER_STATE.exists() else ()
pytestmark = pytest.mark.skipif(not SCENARIOS, reason=f"SKIPPED, NOTHING PROVED: {ORDER_STATE} is not there")
PLAYED = [pytest.param(case, id=f"{scenario.id}-{case.case}") for scenario in SCENARIOS for case in scenario.cases]


@pytest.mark.parametrize("case", PLAYED)
def test_the_client_hears_what_the_matrix_says(case: Case) -> None:
    side = SellSide()
    for step in case.steps:
        side.play(step)
    assert side.unanswered == []
