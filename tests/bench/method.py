"""How a figure is measured: median of five valid runs, void runs reported, the baseline taken in the same runs."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

import msgspec

RUNS = 5
VOID_RUNS_MAX = 15
FOREIGN_CPU_MAX = 0.1  # cores
FDATASYNC_P99_MS_MAX = 1.0
SIGNIFICANT_DIGITS = 5


class Figure(msgspec.Struct, frozen=True):
    """One number that we publish. `baseline` names what it is divided by."""

    name: str
    unit: str
    baseline: str | None = None


class Experiment(msgspec.Struct, frozen=True):
    """One thing to run, and the figures that each run yields, by name. `baselines` are run beside it, every time."""

    figures: tuple[Figure, ...]
    run: Callable[[], Mapping[str, float]]
    baselines: Mapping[str, Callable[[], float]] = {}


class Run(msgspec.Struct, frozen=True):
    """What one run yielded, and what the machine was doing meanwhile."""

    values: Mapping[str, float]
    foreign_cpu: float
    fdatasync_p99_ms: float


class Line(msgspec.Struct, frozen=True):
    """One line of output. `spread` is (max - min) / median over the runs; `foreign_cpu` is the highest of them, in cores."""

    figure: str
    value: float
    unit: str
    baseline: str | None
    baseline_value: float | None
    ratio: float | None
    spread: float
    foreign_cpu: float
    void_runs: int


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `percent` % of the values do not exceed."""
    return sorted(values)[max(math.ceil(percent / 100 * len(values)), 1) - 1]


def void_reasons(run: Run) -> tuple[str, ...]:
    """Why `run` does not count; empty if it does."""
    reasons = []
    if run.foreign_cpu > FOREIGN_CPU_MAX:
        reasons.append(f"others used {run.foreign_cpu:.2f} cores")
    if run.fdatasync_p99_ms > FDATASYNC_P99_MS_MAX:
        reasons.append(f"fdatasync p99 was {run.fdatasync_p99_ms:.2f} ms")
    return tuple(reasons)


def collect(run_once: Callable[[], Run], progress: TextIO) -> list[Run]:
    """Runs until five are valid or fifteen are void; every run is returned, and told to `progress`."""
    runs: list[Run] = []
    while len(runs) - voids(runs) < RUNS and voids(runs) < VOID_RUNS_MAX:
        runs.append(run_once())
        shown = " ".join(f"{name}={significant(value)}" for name, value in runs[-1].values.items())
        verdict = "; ".join(void_reasons(runs[-1]))
        print(f"  run {len(runs)}: {shown} {f'VOID: {verdict}' if verdict else ''}".rstrip(), file=progress, flush=True)
    return runs


def voids(runs: Sequence[Run]) -> int:
    """How many of `runs` are void."""
    return sum(bool(void_reasons(run)) for run in runs)


def counted(runs: Sequence[Run]) -> list[Run]:
    """The runs that a figure is taken from: the valid ones; all of them if the machine never let five be valid."""
    valid = [run for run in runs if not void_reasons(run)]
    return valid if len(valid) >= RUNS else list(runs)


def line(figure: Figure, runs: Sequence[Run]) -> Line:
    """The published line of `figure`. Value and baseline are medians over the same runs; the ratio is theirs."""
    used = counted(runs)
    values = [run.values[figure.name] for run in used]
    value = statistics.median(values)
    baseline_value = statistics.median(run.values[figure.baseline] for run in used) if figure.baseline else None
    return Line(
        figure=figure.name,
        value=significant(value),
        unit=figure.unit,
        baseline=figure.baseline,
        baseline_value=None if baseline_value is None else significant(baseline_value),
        ratio=None if baseline_value is None else significant(value / baseline_value),
        spread=significant((max(values) - min(values)) / value) if value else 0.0,
        foreign_cpu=significant(max(run.foreign_cpu for run in used)),
        void_runs=voids(runs),
    )


def significant(value: float) -> float:
    """`value` to five digits: more would be noise."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
