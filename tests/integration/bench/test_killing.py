"""A kill is measured as it happens: every figure comes out, and nothing is flat before it is effective and canceled."""

from tests.bench import killing

MICROSECOND_MS = 0.001
"""The outcome of a drill is in whole microseconds."""


def test_one_run_yields_every_figure_of_a_kill() -> None:
    values = killing.measure(kills=2, orders=5)
    assert set(values) == {figure.name for figure in killing.FIGURES}
    assert min(values.values()) > 0
    one, last, flat = (values[f"kill_{name}_ms_p50"] for name in ("cancels_left", "last_cancel_left", "flat"))
    assert one - MICROSECOND_MS <= last <= flat
