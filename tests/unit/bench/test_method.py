"""The arithmetic of the benchmarks: percentiles, void runs, medians, and the line that is printed."""

import io
from collections.abc import Callable, Iterable

import msgspec
import pytest

from tests.bench.method import Figure, Line, Run, collect, line, percentile, void_reasons, voids

ORDERS = Figure("orders_per_s", "orders/s", baseline="echo")
KEYS = ["figure", "value", "unit", "baseline", "baseline_value", "ratio", "spread", "foreign_cpu", "void_runs"]


def run(value: float = 100.0, *, echo: float = 200.0, foreign_cpu: float = 0.0, fdatasync_p99_ms: float = 0.2) -> Run:
    return Run({"orders_per_s": value, "echo": echo}, foreign_cpu, fdatasync_p99_ms)


def in_turn(runs: Iterable[Run]) -> Callable[[], Run]:
    iterator = iter(runs)
    return lambda: next(iterator)


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (1, 1), (50, 50), (50.1, 51), (99, 99), (99.1, 100), (100, 100)], ids=str
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(percent: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), percent) == expected


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 99) == 7.0


def test_a_quiet_run_counts() -> None:
    assert void_reasons(run(foreign_cpu=0.1, fdatasync_p99_ms=1.0)) == ()


def test_a_run_beside_a_busy_neighbour_is_void() -> None:
    assert void_reasons(run(foreign_cpu=0.11)) == ("others used 0.11 cores",)


def test_a_run_on_a_slow_disk_is_void() -> None:
    assert void_reasons(run(fdatasync_p99_ms=1.01)) == ("fdatasync p99 was 1.01 ms",)


def test_collecting_ends_with_the_fifth_valid_run() -> None:
    runs = [run(), run(foreign_cpu=1.0), run(), run(), run(), run(), run(value=7.0)]
    assert collect(in_turn(runs), io.StringIO()) == runs[:6]


def test_collecting_ends_with_the_fifteenth_void_run() -> None:
    runs = [run(), *(run(foreign_cpu=1.0) for _ in range(20))]
    collected = collect(in_turn(runs), io.StringIO())
    assert (len(collected), voids(collected)) == (16, 15)


def test_a_void_run_is_told_with_its_value_and_its_reason() -> None:
    progress = io.StringIO()
    collect(in_turn([run(value=42.0, foreign_cpu=0.5), *(run() for _ in range(5))]), progress)
    assert progress.getvalue().splitlines()[0] == "  run 1: orders_per_s=42.0 echo=200.0 VOID: others used 0.50 cores"


def test_a_line_is_the_median_of_the_valid_runs_and_tells_of_the_void_ones() -> None:
    values = [90.0, 100.0, 110.0, 95.0, 105.0]
    runs = [run(value, echo=2 * value, foreign_cpu=value / 10_000) for value in values] + [run(1.0, foreign_cpu=2.0)]
    expected = Line("orders_per_s", 100.0, "orders/s", "echo", 200.0, 0.5, 0.2, 0.011, 1)
    assert line(ORDERS, runs) == expected


def test_a_line_without_baseline_has_no_ratio() -> None:
    alone = line(Figure("orders_per_s", "orders/s"), [run() for _ in range(5)])
    assert (alone.baseline, alone.baseline_value, alone.ratio) == (None, None, None)


def test_when_five_runs_were_never_valid_all_of_them_count() -> None:
    runs = [run(50.0)] + [run(10.0, foreign_cpu=0.9) for _ in range(15)]
    told = line(ORDERS, runs)
    assert (told.value, told.foreign_cpu, told.void_runs) == (10.0, 0.9, 15)


def test_the_keys_of_a_line_are_those_that_were_promised() -> None:
    assert list(msgspec.to_builtins(line(ORDERS, [run() for _ in range(5)]))) == KEYS
