"""`python -m tests.bench [FIGURE]`: the table of all figures, and one line of JSON on standard output for each asked for."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tests.bench import echo, killing, machine, order_model, sessions, spine, starting, venue_driver
from tests.bench.method import RUNS, Experiment, Figure, Line, Run, collect, line, percentile, voids

PYTHON_QUICKFIX_ECHO = "python_quickfix_echo"
UNREAD_ECHO = "python_quickfix_echo_unread"
FDATASYNC = "fdatasync_p99_ms"
VENUE_ORDERS = 400_000
VENUE_ORDERS_PER_WRITE = 4


def python_quickfix_echo() -> Mapping[str, float]:
    """The baseline as a figure of its own, and what is left of it when it reads nothing."""
    return {PYTHON_QUICKFIX_ECHO: echo.round_trips_per_s(), UNREAD_ECHO: echo.round_trips_per_s("unread")}


def lean_venue() -> Mapping[str, float]:
    """What the echo venue takes from the cores that the gateway is measured on."""
    cpu_us, orders_per_s = venue_driver.cpu_us_per_order(VENUE_ORDERS, VENUE_ORDERS_PER_WRITE)
    return {"cpu_us_per_order_venue_alone": cpu_us, "venue_alone_orders_per_s": orders_per_s}


EXPERIMENTS = (
    Experiment(
        figures=(Figure(PYTHON_QUICKFIX_ECHO, "round trips/s"), Figure(UNREAD_ECHO, "round trips/s")), run=python_quickfix_echo
    ),
    Experiment(
        figures=(Figure("cpu_us_per_order_venue_alone", "µs"), Figure("venue_alone_orders_per_s", "orders/s")), run=lean_venue
    ),
    Experiment(figures=order_model.FIGURES, run=order_model.measure),
    Experiment(figures=sessions.FIGURES, run=sessions.measure),
    Experiment(figures=starting.FIGURES, run=starting.measure),
    Experiment(figures=killing.FIGURES, run=killing.measure),
    Experiment(
        figures=(*spine.FIGURES, Figure(FDATASYNC, "ms")),
        run=spine.measure,
        baselines={PYTHON_QUICKFIX_ECHO: echo.round_trips_per_s},
    ),
)


def wanted(figure: str | None) -> Iterator[tuple[Experiment, tuple[Figure, ...]]]:
    """The experiments to run with the figures to print: all of them, or the one that is called `figure`."""
    for experiment in EXPERIMENTS:
        figures = tuple(each for each in experiment.figures if figure in {None, each.name})
        if figures:
            yield experiment, figures


def run_once(experiment: Experiment, folder: Path | None = None) -> Run:
    """One run with its baselines, watched. fdatasync is probed before and after, never during."""
    probes_ms = machine.fdatasync_ms(folder)
    with machine.Watch() as watch:
        values = {**experiment.run(), **{name: baseline() for name, baseline in experiment.baselines.items()}}
    probes_ms += machine.fdatasync_ms(folder)
    fdatasync_p99_ms = percentile(probes_ms, 99)
    return Run({**values, FDATASYNC: fdatasync_p99_ms}, watch.foreign_cpu, fdatasync_p99_ms)


def measured(experiment: Experiment, figures: tuple[Figure, ...]) -> Iterator[Line]:
    """The lines of `figures`, all from the same runs of `experiment`."""
    print(f"{', '.join(figure.name for figure in figures)}:", file=sys.stderr, flush=True)
    runs = collect(lambda: run_once(experiment), sys.stderr)
    valid = len(runs) - voids(runs)
    warning = "" if valid >= RUNS else "; not a measurement of a quiet machine, all of them are in the figure"
    print(f"  {valid} valid runs, {voids(runs)} void{warning}", file=sys.stderr, flush=True)
    return (line(figure, runs) for figure in figures)


def main(arguments: list[str]) -> int:
    """Measure and print; 2 if there is no such figure."""
    figure = arguments[0] if arguments and arguments[0] else None
    chosen = list(wanted(figure))
    if not chosen:
        names = ", ".join(each.name for experiment in EXPERIMENTS for each in experiment.figures)
        print(f"There is no figure {figure!r}. Figures: {names}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):  # Imported QuickFIX lets them end us at once, and leave what we started.
        signal.signal(number, signal.default_int_handler)
    machine.adopt_orphans()
    for experiment, figures in chosen:
        for each in measured(experiment, figures):
            print(json.dumps(msgspec.to_builtins(each), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
