"""Whatever dies between a fact and its report: the client hears of it once, by its ExecID."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from gateway.codec.text import Fields
from tests.dialogues.peer import Peer, order
from tests.support.client import NAME, START_S, is_filled, logged_on
from tests.support.installation import Installation, installation
from tests.support.polling import eventually

ACK_MS = 1_500
"""How long the broker keeps its acks: enough for what happens in between."""


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation(f"late-ack ms={ACK_MS}", has_client=True) as started:
        yield started


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("peer")


@pytest.fixture(scope="module")
def peer(running: Installation, store: Path) -> Iterator[Peer]:
    client = logged_on(running, store)
    yield client
    client.stop()


def is_reported(running: Installation, client_order_id: str, exec_type: str) -> bool:
    """Whether the venue's report of the client's order is durable."""
    return (
        count(
            running,
            "ExecutionReported",
            "payload -> 'report' ->> 'exec_type' = %s AND key IN (SELECT key FROM placed)",
            client_order_id,
            exec_type,
        )
        > 0
    )


def placed(running: Installation, client_order_id: str) -> int:
    """How often the order was placed."""
    return count(running, "OrderPlaced", "key IN (SELECT key FROM placed)", client_order_id)


def count(running: Installation, kind: str, condition: LiteralString, client_order_id: str, *values: str) -> int:
    """How many records of that kind are in the journal; `placed` has the client's order."""
    query = (
        "WITH record AS (SELECT kind, key, convert_from(payload, 'UTF8')::jsonb AS payload FROM journal_record),"
        " placed AS (SELECT key FROM record WHERE kind = 'OrderPlaced' AND payload ->> 'client_order_id' = %s)"
        " SELECT count(*) FROM record WHERE kind = %s AND "
    )
    with psycopg.connect(running.dsn) as connection:
        row = connection.execute(query + condition, (client_order_id, kind, *values)).fetchone()
    assert row is not None
    return int(row[0])


def reports(peer: Peer, client_order_id: str, last: str) -> list[Fields]:
    """The reports about the order until the one with that ExecType, and what still comes."""
    found: list[Fields] = []
    while not found or dict(found[-1])[150] != last:
        told = peer.receive(START_S)
        found += [told] if (11, client_order_id) in told else []
    return found + [told for told in peer.receive_rest(1.0) if (11, client_order_id) in told]


def exec_types(found: list[Fields]) -> list[tuple[str, bool]]:
    """ExecType(150) of each, and whether it says that it may have been sent before."""
    return [(dict(one)[150], dict(one).get(97) == "Y") for one in found]


def sent_and_filled_unheard(running: Installation, peer: Peer, client_order_id: str, meanwhile: Callable[[], object]) -> None:
    """An order whose ack and fill are durable while `meanwhile` keeps the client from hearing of them."""
    peer.send("D", *order(client_order_id))
    eventually(lambda: placed(running, client_order_id))
    meanwhile()
    eventually(lambda: is_reported(running, client_order_id, "F"), 20)


def test_a_worker_that_dies_with_reports_in_its_hands(running: Installation, peer: Peer) -> None:
    sent_and_filled_unheard(running, peer, "W1", lambda: running.pause(NAME))
    running.kill(NAME)
    assert exec_types(reports(peer, "W1", "F")) == [("0", False), ("F", False)]


def test_an_engine_that_dies_between_a_fill_and_its_report(running: Installation, peer: Peer) -> None:
    sent_and_filled_unheard(running, peer, "E1", lambda: running.pause(NAME))
    running.kill("engine")
    running.kill(NAME)
    assert exec_types(reports(peer, "E1", "F")) == [("0", False), ("F", False)]


def test_an_order_is_placed_once_whenever_the_engine_dies(running: Installation, peer: Peer) -> None:
    peer.send("D", *order("O1"))
    running.kill("engine")
    eventually(peer.online.is_set, START_S)
    found: list[Fields] = []
    while not found or dict(found[-1])[150] not in {"F", "8"}:  # Refused where the venue's session was not there yet.
        told = peer.receive(START_S)
        found += [told] if (11, "O1") in told else []
    assert len({dict(one)[17] for one in found}) == len(found)
    given_up = count(running, "RequestNotSent", "key IN (SELECT key FROM placed)", "O1")  # Placed, and too old to be sent.
    assert placed(running, "O1") == (given_up or dict(found[-1])[150] == "F")
    eventually(lambda: is_filled(peer), START_S)  # For whoever comes next: the venue's session is back.


def test_what_happened_while_the_client_was_away_is_resent_when_it_comes_back(running: Installation, peer: Peer) -> None:
    sent_and_filled_unheard(running, peer, "A1", peer.stop)
    worker = running.pid(NAME)
    peer.start()
    found = reports(peer, "A1", "F")
    assert exec_types(found) == [("0", False), ("F", False)]
    assert [dict(one)[43] for one in found] == ["Y", "Y"]
    assert running.pid(NAME) == worker


def test_reports_of_a_lost_store_are_sent_again_and_say_so(running: Installation, peer: Peer) -> None:
    sent_and_filled_unheard(running, peer, "S1", peer.stop)
    folder = running.settings.data / "fix" / NAME
    running.pause(NAME)
    shutil.rmtree(folder / "store")
    (folder / "sent.log").unlink()
    running.kill(NAME)
    peer.start()
    assert exec_types(reports(peer, "S1", "F")) == [("0", True), ("F", True)]
