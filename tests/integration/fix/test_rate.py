"""A counterparty's rate on the wire: the real engine on a real journal, a real worker, and a peer that counts what it gets."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pytest
from msgspec.structs import replace

from gateway.engine import Engine
from gateway.rate import Rate
from gateway.starting import start
from oms.domain.commands import ClientCommand
from oms.domain.events import CancelRequested, OrderPlaced, OrderRefused
from oms.domain.refusal import Refusal
from ops.migrations.run import upgrade
from risk.limits import Policy, Quote
from tests.integration.fix.counterparty import NAME, US, Counterparty, Silence, now
from tests.support.orders import CELL, LIMITS, POLICY, SESSION, D, cancel, place
from tests.support.polling import eventually_async

MS = 1_000_000
RATE = Rate(messages_max=100, window_ns=500 * MS, burst_max=30, reserved=40, waiting_max=1_000)
ORDERS, MORE = 300, 700
SECONDS = 60.0
_WORKER = f"""
import sys
from pathlib import Path
from gateway.fix import worker
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
folder, port, socket = sys.argv[1:]
session = SessionConfig("{SESSION}", "{US}", "{NAME}")
worker.run(WorkerConfig(session, Endpoint("127.0.0.1", int(port)), Path(folder), Path(socket)))
"""
_REPOSITORY = Path(__file__).parents[3]
AT_EASE = {account: replace(LIMITS, reference_age_ms_max=3_600_000) for account in POLICY.limits}
CELL_OF_RATE = replace(
    CELL,
    sessions=(replace(CELL.sessions[0], rate=RATE),),
    account_sessions={"DESK1": SESSION},
    policy=Policy("v1", AT_EASE, POLICY.instruments),
)


class Counting:
    """A venue that takes everything and keeps what it got: MsgType, ClOrdID, and SendingTime in microseconds."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, int]] = []
        self._peer = Counterparty()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._executions = 0
        self._reports: dict[int, list[tuple[int, str]]] = {}

    @property
    def port(self) -> int:
        return self._peer.port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._peer.__exit__()

    def _serve(self) -> None:
        number = 0
        while not self._ends.is_set():
            try:
                self._peer.accept(0.1)
            except Silence:
                continue
            try:
                while not self._ends.is_set():
                    self._peer.number = number
                    self._hear()
                    number = self._peer.number
            except (EOFError, BrokenPipeError, ConnectionResetError):
                number = self._peer.number
                self._peer.hang_up()

    def _hear(self) -> None:
        try:
            heard = self._peer.receive(within_s=0.1)
        except Silence:
            return
        match heard[35]:
            case "A":
                self._peer.send("A", (98, "0"), (108, heard[108]))
            case "1":
                self._peer.send("0", (112, heard[112]))
            case "2":
                self._resend(int(heard[7]))
            case "D" | "F":
                sent_us = round(datetime.strptime(heard[52], "%Y%m%d-%H:%M:%S.%f").timestamp() * 1_000_000)  # noqa: DTZ007
                self.got.append((heard[35], heard[11], sent_us))
                self._report(heard)

    def _report(self, heard: dict[int, str]) -> None:
        self._executions += 1
        is_order = heard[35] == "D"
        said = "0" if is_order else "4"
        names = [(37, "V1"), (11, heard[11]), *([] if is_order else [(41, heard[41])])]
        order = [(55, "EURUSD"), (54, "1"), (151, heard[38] if is_order else "0"), (14, "0"), (6, "0")]
        report = [*names, (17, f"E{self._executions}"), (150, said), (39, said), *order]
        self._reports[self._peer.number + 1] = report
        self._peer.send("8", *report)

    def _resend(self, begin: int) -> None:
        """Reports word for word, and a gap-fill for each other message."""
        for number in range(begin, self._peer.number + 1):
            if number in self._reports:
                self._peer.send("8", (43, "Y"), (122, now()), *self._reports[number], number=number)
            else:
                self._peer.send("4", (43, "Y"), (122, now()), (123, "Y"), (36, str(number + 1)), number=number)


@contextmanager
def worker(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [sys.executable, "-c", _WORKER, str(folder / "fix"), str(port), str(folder / "link.sock")]
    process = subprocess.Popen(arguments, cwd=_REPOSITORY)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def gateway(database_url: str, folder: Path, port: int) -> AsyncIterator[Engine]:
    """An engine and its worker, ready to trade."""
    engine = await start(CELL_OF_RATE, database_url, time.time_ns)
    engine.state.quotes["EURUSD"] = Quote(D("1.3850"), D("1.3852"), time.time_ns())
    await engine.links.listen(folder / "link.sock")
    task = asyncio.create_task(engine.run())
    try:
        with worker(folder, port):
            await eventually_async(lambda: engine.state.grant_if_ready(SESSION), SECONDS)
            yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.links.close()
        await engine.close()


async def placed(engine: Engine) -> list[str]:
    """So many orders that rest at the venue: refused ones are placed anew, as often as it takes."""
    roots: list[str] = []
    tries = 0

    async def all_are() -> bool:
        nonlocal tries
        names = range(tries, tries + min(20, ORDERS - len(roots)))
        tries = names.stop
        for _, answer, _ in await asyncio.gather(*(engine.ask(place(f"c{number}")) for number in names)):
            if isinstance(answer, OrderPlaced):
                roots.append(answer.root_id)
            else:
                assert isinstance(answer, OrderRefused)
                assert answer.refusal is Refusal.RATE_EXCEEDED, answer
        return len(roots) == ORDERS and all(engine.state.book.chains[root].accepted for root in roots)

    all_placed: Callable[[], Any] = all_are
    await eventually_async(all_placed, SECONDS)
    return roots


def assert_within_the_rate(got: list[tuple[str, str, int]]) -> None:
    sent_us = [at_us for _, _, at_us in got]
    assert sent_us == sorted(sent_us)
    for most, window_ns in ((RATE.messages_max, RATE.window_ns), (RATE.burst_max, RATE.burst_ns)):
        closest_us = min(later - earlier for earlier, later in zip(sent_us, sent_us[most:], strict=False))
        assert closest_us >= window_ns // 1_000, f"{most + 1} messages in {closest_us} us"


@pytest.mark.parametrize("starts_again", [False, True])
async def test_a_burst_of_a_thousand_never_exceeds_the_rate_and_all_cancels_arrive_first(
    database_url: str, tmp_path: Path, starts_again: bool
) -> None:
    await asyncio.to_thread(upgrade, database_url)
    with Counting() as venue:
        async with gateway(database_url, tmp_path, venue.port) as engine:
            roots = await placed(engine)
            before = len(venue.got)
            burst: list[ClientCommand] = [place(f"more{number}") for number in range(MORE)]
            burst += [cancel(f"x{number}", of="", root_id=root) for number, root in enumerate(roots)]
            answers = await asyncio.gather(*(engine.ask(command) for command in burst))
            taken = [answer for _, answer, _ in answers if isinstance(answer, CancelRequested)]
            assert len(taken) == ORDERS
            assert sum(not answer.grant for answer in taken) > ORDERS // 2
            if not starts_again:
                await eventually_async(lambda: not engine.state.book.live.keys() & set(roots), SECONDS)
        if starts_again:
            assert engine.state.meters[SESSION].waiting
            async with gateway(database_url, tmp_path, venue.port) as engine:
                await eventually_async(lambda: not engine.state.book.live.keys() & set(roots), SECONDS)
        got = venue.got[before:]
    canceled = [cl_ord_id for msg_type, cl_ord_id, _ in got if msg_type == "F"]
    assert sorted(set(canceled)) == sorted(answer.cl_ord_id for answer in taken)
    assert [msg_type for msg_type, _, _ in got[: len(canceled)]] == ["F"] * len(canceled)
    assert_within_the_rate(venue.got)
