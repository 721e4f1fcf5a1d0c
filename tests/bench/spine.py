"""The whole gateway under load: PostgreSQL, engine and both FIX workers as `fixgate up` runs them, against the lean venue.

The engine has the last processor for itself, as `engine_core` would give it in production; everything else shares the others.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench import database
from tests.bench.machine import cpu_s_by_role, cpu_us_per_order
from tests.bench.method import Figure
from tests.support.installation import REPOSITORY, Installation

WARM_UP = 4_000
ORDERS = 20_000
RATES_PER_S = (1_000, 4_000)
PACED_S = 5
TRADER = "trader/desk1"
*_FIRST, _LAST = sorted(os.sched_getaffinity(0))
ENGINE_CORE = _LAST if _FIRST else -1
OTHER_CORES = _FIRST or [_LAST]
CLIENT_NICE = 5
"""A client is on another machine, where it takes nobody's turn; what it loses by giving way here counts as our latency."""
ROLES = {
    "market_data_worker": "--session SIMBROKER-MD",
    "worker": "--session SIMBROKER",
    "engine": "ops.cli engine",
    "journal": "oms.journal.process",
    "venue": "tests.bench.venue",
    "load": "tests.bench.load",
    "postgresql": "postgres",
}
"""By what its command line holds; the first that fits."""
FIGURES = (
    Figure("durable_orders_per_s", "orders/s", baseline="python_quickfix_echo"),
    *(Figure(f"cpu_us_per_order_{name}", "µs") for name in ROLES),
    *(Figure(f"ack_{percent}_ms_at_{rate}_per_s", "ms") for rate in RATES_PER_S for percent in ("p50", "p99")),
)


class Load:
    """The load generator's process, seen from outside."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, command: str) -> dict[str, float]:
        """Have one command done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the load generator ended during {command!r}")
        found: dict[str, float] = json.loads(answer)
        return found


def role(command: str) -> str:
    """Which part of the whole the process with this command line is."""
    return next((name for name, mark in ROLES.items() if mark in command), "bench")


def measure(orders: int = ORDERS, warm_up: int = WARM_UP, paced_s: float = PACED_S) -> Mapping[str, float]:
    """One run: the closed loop, then each fixed rate, all on installations of their own."""
    values = _throughput(orders, warm_up)
    for rate in RATES_PER_S:
        values |= _latency(rate, int(rate * paced_s), warm_up)
    return values


def _throughput(orders: int, warm_up: int) -> dict[str, float]:
    """The closed loop, and the CPU of each process meanwhile."""
    with _warm_load(warm_up) as load:
        before = cpu_s_by_role(role)
        orders_per_s = load.ask(f"window {orders}")["orders_per_s"]
        cpu_us = cpu_us_per_order(before, cpu_s_by_role(role), orders)
    return {"durable_orders_per_s": orders_per_s, **{f"cpu_us_per_order_{name}": cpu_us[name] for name in ROLES}}


def _latency(rate: int, orders: int, warm_up: int) -> dict[str, float]:
    """The open loop at `rate` orders per second."""
    with _warm_load(warm_up) as load:
        return {f"{name}_at_{rate}_per_s": value for name, value in load.ask(f"pace {rate} {orders}").items()}


@contextmanager
def _warm_load(warm_up: int) -> Iterator[Load]:
    """A load generator whose first orders have been filled by a new installation.

    On a virtual machine whose memory is lent page by page, an installation that goes on for long pays more for its memory than
    one that has just begun (ADR 8): no figure is taken in the wake of another.
    """
    with running_spine() as installation, running_load(installation) as load:
        load.ask("open")
        database.show_durability(installation.dsn, sys.stderr)
        load.ask(f"window {warm_up}")
        yield load


@contextmanager
def running_spine() -> Iterator[Installation]:
    """A new installation in a temporary folder, started but perhaps not ready; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="fixgate-bench-"))
    try:
        installation = Installation(folder, engine_core=ENGINE_CORE)
        with subprocess.Popen(_program("venue", installation.broker_port), stdout=subprocess.PIPE, cwd=REPOSITORY) as venue:
            os.sched_setaffinity(venue.pid, OTHER_CORES)
            try:
                assert venue.stdout is not None
                venue.stdout.readline()  # It listens.
                installation.start_up()
                yield installation
            except Exception:
                print(installation.ends_of_logs(), file=sys.stderr)
                raise
            finally:
                installation.stop()
                venue.terminate()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_load(installation: Installation) -> Iterator[Load]:
    """The load generator, connected to the installation as its first trader."""
    identity = installation.identity(TRADER)
    files = (identity.certificate, identity.key, identity.authority)
    with subprocess.Popen(
        _program("load", installation.address, *files), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as process:
        assert process.stdin is not None
        os.sched_setaffinity(process.pid, OTHER_CORES)
        os.setpriority(os.PRIO_PROCESS, process.pid, CLIENT_NICE)
        yield Load(process)
        process.stdin.close()  # Tells it to end.


def _program(name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.{name}", *map(str, arguments)]
