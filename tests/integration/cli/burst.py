"""Orders in a burst on a whole installation, the verbs that stop it, and what has left: by the journal and by the broker."""

import json
import subprocess
import threading
from queue import Empty, SimpleQueue
from typing import Any

from gateway.api.v1 import fix_pb2
from gateway.api.v1.order_service_pb2 import SubmitRequest
from gateway.control import tls
from gateway.control.client import CallRefused, Client, Unanswered, Unreachable
from tests.support.installation import PROGRAM, REPOSITORY, Installation
from tests.support.journals import rows
from tests.support.polling import eventually

DESKS, ORDERS_MAX = 4, 5_000
KILL = ("kill", "--account", "DESK1", "--reason", "a runaway", "--yes", "--as", "risk/alice", "--json")
_SENT = (
    "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'cl_ord_id', (convert_from(payload, 'UTF8')::jsonb ->> 'msg_seq_num')::int"
    " FROM journal_record WHERE kind = 'MessageSent' AND convert_from(payload, 'UTF8')::jsonb ->> 'msg_type' IN ('D', 'G')"
)


def fixgate(running: Installation, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*PROGRAM, *arguments, "--config", str(running.file)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=180, check=False)


def trader(running: Installation) -> Client:
    its = running.identity("trader/desk1")
    return Client(running.address, tls.Files(its.certificate, its.key, its.authority))


def wanted(client_order_id: str, account: str = "DESK1") -> SubmitRequest:
    """An order that rests far from the market."""
    return SubmitRequest(
        client_order_id=client_order_id,
        account=account,
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


class Burst:
    """Some desks that send orders as fast as they are answered, each until one is not taken, and a bound."""

    def __init__(self, running: Installation) -> None:
        self._running = running
        self._heard: SimpleQueue[str] = SimpleQueue()
        self._desks = [threading.Thread(target=self._desk, args=(desk,)) for desk in range(DESKS)]
        for desk in self._desks:
            desk.start()

    def until(self, orders: int) -> None:
        """Return when more than so many orders were answered."""
        eventually(lambda: self._heard.qsize() > orders, seconds=120)

    def answers(self) -> list[str]:
        """What was answered, when all desks have stopped."""
        for desk in self._desks:
            desk.join()
        found: list[str] = []
        try:
            while True:
                found.append(self._heard.get_nowait())
        except Empty:
            return found

    def _desk(self, desk: int) -> None:
        with trader(self._running) as client:
            for number in range(ORDERS_MAX):
                told = answer(client, f"burst-{desk}-{number}")
                self._heard.put(told)
                if told != "TAKEN":
                    return


def until_taken(client: Client, named: str = "first", told: str = "TAKEN") -> None:
    """Ask until the answer is this one."""
    numbers = iter(range(100_000))
    eventually(lambda: answer(client, f"{named}-{next(numbers)}") == told, seconds=120)


def sent(running: Installation) -> dict[str, int]:
    """The last number under which each 35=D and 35=G left, by its ClOrdID(11): by the journal's word."""
    found: dict[str, int] = {}
    for cl_ord_id, number in rows(running.dsn, _SENT):
        found[str(cl_ord_id)] = max(int(str(number)), found.get(str(cl_ord_id), 0))
    return found


def at_broker(running: Installation) -> set[str]:
    """ClOrdID(11) of every order that reached the broker: by its own ledger."""
    lines = [json.loads(line) for line in running.ledger.read_text().splitlines()]
    return {line["cl_ord_id"] for line in lines if not line.get("orig_cl_ord_id")}


def assert_nothing_above(running: Installation, barrier: int) -> None:
    """No 35=D and no 35=G left above the barrier, and none is at the broker of which we do not know that it left."""
    left = sent(running)
    assert max(left.values()) <= barrier, {cl_ord_id: number for cl_ord_id, number in left.items() if number > barrier}
    assert at_broker(running) <= left.keys()


def latch(running: Installation) -> dict[str, Any]:
    """The only one that holds, when every worker has answered."""

    def effective() -> list[dict[str, Any]]:
        held = [json.loads(line) for line in fixgate(running, "latches", "--json").stdout.splitlines()]
        return [one for one in held if "latch" in one and not one.get("unanswered")]

    (one,) = eventually(effective, seconds=120)
    return one


def live(running: Installation) -> list[dict[str, Any]]:
    """The orders that are live, by `fixgate orders`."""
    return [json.loads(line) for line in fixgate(running, "orders", "--live", "--rows", "100000", "--json").stdout.splitlines()]
