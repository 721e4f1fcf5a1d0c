"""The cost of the order model is measured over whole lives of orders."""

from tests.bench.order_model import DECIDE, DERIVE, EVOLVE, measure


def test_each_step_has_a_median() -> None:
    assert {name: value > 0 for name, value in measure().items()} == {DECIDE: True, EVOLVE: True, DERIVE: True}
