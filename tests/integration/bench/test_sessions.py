"""The figures of the sessions come out, whatever their values."""

from tests.bench import sessions


def test_one_run_yields_every_figure_of_the_sessions() -> None:
    values = sessions.measure(messages=120, rate_per_s=500, paced_s=0.1, warm_up=20)
    assert set(values) == {figure.name for figure in sessions.FIGURES}
    assert min(values.values()) > 0
