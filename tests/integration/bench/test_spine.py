"""The whole gateway is measured as it is run: every figure comes out, whatever its value."""

from tests.bench import spine


def test_one_run_yields_every_figure_of_the_spine() -> None:
    values = spine.measure(orders=200, warm_up=50, paced_s=0.02)
    assert set(values) == {figure.name for figure in spine.FIGURES}
    assert min(values.values()) >= 0
