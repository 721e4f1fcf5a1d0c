"""The table of figures and its command line."""

from collections import Counter

import pytest

from tests.bench.__main__ import EXPERIMENTS, main, wanted


def test_no_two_figures_have_the_same_name() -> None:
    names = Counter(figure.name for experiment in EXPERIMENTS for figure in experiment.figures)
    assert max(names.values()) == 1


def test_every_baseline_of_a_figure_is_run_beside_it_or_is_a_figure_of_the_same_run() -> None:
    for experiment in EXPERIMENTS:
        of_the_run = {*experiment.baselines, *(figure.name for figure in experiment.figures)}
        assert {figure.baseline for figure in experiment.figures} - {None} <= of_the_run


def test_one_figure_can_be_asked_for_alone() -> None:
    [(experiment, figures)] = wanted("cpu_us_per_order_venue_alone")
    assert [figure.name for figure in figures] == ["cpu_us_per_order_venue_alone"]
    assert set(figures) < set(experiment.figures)


def test_an_unknown_figure_is_refused_with_the_names_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "'speed'" in told.err
    assert "python_quickfix_echo" in told.err
