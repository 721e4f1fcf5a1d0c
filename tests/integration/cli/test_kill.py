"""A kill in the midst of a burst, on a whole installation: no order leaves above the barrier, nothing stays open, two let go."""

import json
import subprocess
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest

from gateway.api.v1 import fix_pb2
from gateway.api.v1.order_service_pb2 import SubmitRequest
from gateway.control import tls
from gateway.control.client import CallRefused, Client, Unanswered, Unreachable
from ops.commands.exits import Exit
from tests.support.installation import PROGRAM, REPOSITORY, Installation, installation
from tests.support.journals import rows
from tests.support.polling import eventually

DESKS, ORDERS_MAX, BEFORE = 4, 5_000, 100
KILL = ("kill", "--account", "DESK1", "--reason", "a runaway", "--yes", "--as", "risk/alice", "--json")
SENT = (
    "SELECT (convert_from(payload, 'UTF8')::jsonb ->> 'msg_seq_num')::int FROM journal_record"
    " WHERE kind = 'MessageSent' AND convert_from(payload, 'UTF8')::jsonb ->> 'msg_type' IN ('D', 'G')"
)


@pytest.fixture
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


def fixgate(running: Installation, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*PROGRAM, *arguments, "--config", str(running.file)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)


def trader(running: Installation) -> Client:
    its = running.identity("trader/desk1")
    return Client(running.address, tls.Files(its.certificate, its.key, its.authority))


def wanted(client_order_id: str) -> SubmitRequest:
    """An order that rests far from the market."""
    return SubmitRequest(
        client_order_id=client_order_id,
        account="DESK1",
        symbol="EURUSD",
        side=fix_pb2.SIDE_BUY,
        ord_type=fix_pb2.ORD_TYPE_LIMIT,
        order_qty="100",
        price="1.3500",
        time_in_force=fix_pb2.TIME_IN_FORCE_GOOD_TILL_CANCEL,
    )


def answer(client: Client, client_order_id: str) -> str:
    """TAKEN, or why not."""
    try:
        client.submit(wanted(client_order_id))
    except CallRefused as refused:
        return refused.refusal
    except (Unreachable, Unanswered):
        return "NOBODY"
    return "TAKEN"


def burst(running: Installation, desk: int, heard: "SimpleQueue[str]") -> None:
    """Orders until one is refused, and a bound."""
    with trader(running) as client:
        for number in range(ORDERS_MAX):
            heard.put(told := answer(client, f"burst-{desk}-{number}"))
            if told != "TAKEN":
                return


def all_of(heard: "SimpleQueue[str]") -> list[str]:
    found: list[str] = []
    try:
        while True:
            found.append(heard.get_nowait())
    except Empty:
        return found


def test_a_kill_in_a_burst_lets_no_order_leave_above_its_barrier_and_is_released_by_two(running: Installation) -> None:
    with trader(running) as client:
        numbers = iter(range(10_000))
        eventually(lambda: answer(client, f"first-{next(numbers)}") == "TAKEN", seconds=60)
        heard: SimpleQueue[str] = SimpleQueue()
        desks = [threading.Thread(target=burst, args=(running, desk, heard)) for desk in range(DESKS)]
        for desk in desks:
            desk.start()
        eventually(lambda: heard.qsize() > BEFORE, seconds=60)
        killed = fixgate(running, *KILL)
        for desk in desks:
            desk.join()
        assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
        answers = all_of(heard)
        assert sorted(told for told in answers if told != "TAKEN") == ["LATCHED"] * DESKS
        held = json.loads(killed.stdout.splitlines()[-1])
        (barrier,) = held["barriers"]
        assert max(int(str(number)) for (number,) in rows(running.dsn, SENT)) <= int(barrier["msg_seq_num"])
        assert json.loads(fixgate(running, "orders", "--live", "--json").stdout or "[]") == []

        assert answer(client, "after") == "LATCHED"
        running.kill("engine")
        eventually(lambda: answer(client, f"again-{next(numbers)}") == "LATCHED", seconds=60)
        release = ("release", held["latch"], "--reason", "found it", "--json", "--as")
        for person, is_released in (("risk/alice", False), ("risk/bob", True)):
            said = fixgate(running, *release, person)
            assert said.returncode == Exit.OK, said.stdout + said.stderr
            assert json.loads(said.stdout).get("is_released", False) is is_released
        eventually(lambda: answer(client, f"free-{next(numbers)}") == "TAKEN", seconds=60)
