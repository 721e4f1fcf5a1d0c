"""What a session costs when it goes wrong: the time to be back after a cut line, and what others feel of a long resend."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from tests.bench.line import Line
from tests.bench.method import Figure
from tests.bench.resend import Client
from tests.bench.spine import ENGINE_CORE, OTHER_CORES, Load, running_load
from tests.dialogues.peer import broker_comp_id
from tests.support.installation import REPOSITORY, Installation
from tests.support.ports import free_port

WARM_UP = 1_000
MESSAGES = 100_000
RATE_PER_S = 500
PACED_S = 10.0
BACK_S_MAX = 60.0
CLIENT_COMP_ID = "FIXGATE"
"""Of the installation's example of a client."""
RECONNECT = "reconnect_to_first_accept_s"
DURING, WITHOUT = "ack_p99_ms_during_resend", "ack_p99_ms_without_resend"
FIGURES = (Figure(RECONNECT, "s"), Figure(DURING, "ms", baseline=WITHOUT), Figure(WITHOUT, "ms"))


def measure(
    messages: int = MESSAGES, rate_per_s: int = RATE_PER_S, paced_s: float = PACED_S, warm_up: int = WARM_UP
) -> Mapping[str, float]:
    """One run, on a new installation."""
    with running() as (installation, line), running_load(installation) as load:
        load.ask("open")
        load.ask(f"window {warm_up}")
        values = {RECONNECT: back_after_cut_s(line, load)}
        with closing(Client(installation.client_port, CLIENT_COMP_ID, broker_comp_id(installation.client_port))) as client:
            client.be_told(messages)
            pace = f"pace {rate_per_s} {int(rate_per_s * paced_s)}"
            values[WITHOUT] = load.ask(pace)["ack_p99_ms"]
            with asking_again(client, messages):
                values[DURING] = load.ask(pace)["ack_p99_ms"]
    return values


def back_after_cut_s(line: Line, load: Load) -> float:
    """From the cut of the line until the venue has filled an order that was sent after it."""
    start_s = time.perf_counter()
    line.cut()
    line.wait_had_again(BACK_S_MAX)  # An order on the line that was cut would be in doubt for longer than we want to know.
    load.ask("open")
    return time.perf_counter() - start_s


@contextmanager
def asking_again(client: Client, messages: int) -> Iterator[None]:
    """The client asks for all that it was told, and again when it has it, until this is left."""
    is_enough, is_asking = threading.Event(), threading.Event()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            while not is_enough.is_set():
                is_asking.set()
                client.be_told_again(messages)
        except Exception as failure:  # noqa: BLE001  Told by the main thread.
            failures.append(failure)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        is_asking.wait()
        yield
    finally:
        is_enough.set()
        asking.join()
    if failures:
        raise failures[0]


@contextmanager
def running() -> Iterator[tuple[Installation, Line]]:
    """A new installation with the lean venue at the other end of a line; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="fixgate-bench-"))
    try:
        installation, port = Installation(folder, engine_core=ENGINE_CORE, has_client=True), free_port()
        venue = [sys.executable, "-m", "tests.bench.venue", str(port)]
        with subprocess.Popen(venue, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
            os.sched_setaffinity(process.pid, OTHER_CORES)
            try:
                assert process.stdout is not None
                process.stdout.readline()  # It listens.
                with Line(installation.broker_port, port) as line:
                    installation.start_up()
                    yield installation, line
            except Exception:
                print(installation.ends_of_logs(), file=sys.stderr)
                raise
            finally:
                installation.stop()
                process.terminate()
    finally:
        shutil.rmtree(folder)
