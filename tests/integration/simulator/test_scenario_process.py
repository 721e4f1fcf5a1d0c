"""The broker as a stage: it plays cases of a scenario file with a counterparty that knows nothing of it."""

import json
from pathlib import Path

import pytest

from gateway.simulator.broker import Broker, CannotStart, market, started
from gateway.simulator.config import SimulatorConfig
from tests.dialogues.peer import Peer, broker_comp_id, order
from tests.support.ports import free_port

ACK = {"11": "X", "150": "0", "39": "0", "14": "0", "151": "100", "32": "0"}
FILL = {"11": "X", "150": "F", "39": "1", "14": "40", "151": "60", "32": "40"}
REFUSED = {"11": "Y", "41": "X", "39": "1", "434": "1"}
STEPS = [
    {"t": "1", "dir": "B>S", "msg": "D", "tags": {"11": "X", "38": "100"}},
    {"t": "2", "dir": "S>B", "msg": "8", "tags": ACK},
    {"t": "3", "dir": "B>S", "msg": "F", "tags": {"11": "Y", "41": "X"}},
    {"t": "3", "dir": "S>B", "msg": "8", "tags": FILL},
    {"t": "4", "dir": "S>B", "msg": "9", "tags": REFUSED},
]
FILE = {"schema_version": 1, "scenarios": [{"id": "T.1", "title": "a crossing", "cases": [{"case": "main", "steps": STEPS}]}]}
CANCEL = ((41, "A1"), (55, "EURUSD"), (54, "1"), (60, "20260102-00:00:00"))


def config(folder: Path, *cases: str) -> SimulatorConfig:
    file, port = folder / "scenario.json", free_port()
    file.write_text(json.dumps(FILE))
    return SimulatorConfig(port=port, data=folder / "broker", scenarios=(file,), cases=cases, sender_comp_id=broker_comp_id(port))


def playing(folder: Path, *cases: str) -> Broker:
    wanted = config(folder, *cases)
    broker = Broker(wanted, market(wanted))
    broker.start()
    return broker


def test_a_case_is_played_by_the_order_that_names_it_and_by_the_next_order_after_it_was_asked_for(tmp_path: Path) -> None:
    broker = playing(tmp_path, "T.1/main")
    try:
        with Peer(broker.config.port, tmp_path / "peer") as peer:
            peer.send("D", *order("A1"))
            assert dict(peer.receive())[150] == "0"
            peer.send("F", (11, "C1"), *CANCEL)
            assert [dict(peer.receive())[35] for _ in range(2)] == ["8", "9"]

            peer.send("D", *order("B1"), (9000, "T.1/main/2"))  # The fill leaves before the cancel comes.
            assert [dict(peer.receive())[150] for _ in range(2)] == ["0", "F"]
    finally:
        broker.stop()


def test_what_the_case_does_not_expect_is_refused_and_the_case_goes_on(tmp_path: Path) -> None:
    broker = playing(tmp_path, "T.1/main")
    try:
        with Peer(broker.config.port, tmp_path / "peer") as peer:
            peer.send("D", *order("A1", (38, "200")))
            refused = dict(peer.receive())
            assert (refused[35], refused[372]) == ("j", "D")
            assert refused[58] == "T.1/main/1: D at t=1: tag 38: 200 instead of 100"
            peer.send("D", *order("A2"))
            assert dict(peer.receive())[150] == "0"
    finally:
        broker.stop()


def test_a_case_that_no_file_holds_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"'T\.1/side' is no case: T\.1/main/1, T\.1/main/2"):
        started(config(tmp_path, "T.1/side"))
