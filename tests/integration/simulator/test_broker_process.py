"""The broker as operators and counterparties meet it: switches, restarts, quotes, and what it cannot start with."""

import time
from pathlib import Path

import msgspec
import pytest

from gateway.simulator import control, ledger
from gateway.simulator.broker import CannotStart, started
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.control import NoSimulator
from gateway.simulator.entries import Unusable
from gateway.simulator.ledger import Ledger
from gateway.simulator.report import Report
from gateway.simulator.switchboard import Asked
from tests.dialogues.peer import Peer, order
from tests.integration.simulator.process import BrokerProcess
from tests.support.polling import eventually
from tests.support.ports import free_port


def test_a_report_that_was_never_sent_comes_after_the_restart_under_its_exec_id(tmp_path: Path) -> None:
    data = tmp_path / "broker"
    with BrokerProcess(free_port(), data, "alive-but-silent") as broker, Peer(broker.port, tmp_path / "peer") as peer:
        peer.send("D", *order("A1"))
        peer.send("F", (11, "C1"), (41, "A1"), (55, "EURUSD"), (54, "1"), (60, "20260102-00:00:00"))
        entries = eventually(lambda: _complete(ledger.read(data / "ledger.jsonl"), 3))
        broker.faults = ()
        broker.kill_and_restart()
        heard = [dict(peer.receive()) for _ in entries]
        assert [one[97] for one in heard] == ["Y", "Y", "Y"]
        assert [one.get(17) for one in heard] == [entries[0].exec_id, entries[1].exec_id, None]
        assert (heard[2][35], heard[2][11], heard[2][39], heard[2][102]) == ("9", "C1", "2", "0")

        eventually(lambda: len((data / "sent.log").read_text().splitlines()) == len(entries))  # Heard is not marked yet.
        broker.kill_and_restart()
        assert peer.online.wait(10)
        peer.send("H", (11, "A1"), (55, "EURUSD"), (54, "1"))
        assert dict(peer.receive())[150] == "I"  # What was marked is not sent a third time.


def _complete(entries: list[Report], count: int) -> list[Report]:
    return entries if len(entries) == count else []


def test_faults_are_asked_for_and_cleared_while_it_runs(tmp_path: Path) -> None:
    data = tmp_path / "broker"
    with BrokerProcess(free_port(), data, "no-status") as broker, Peer(broker.port, tmp_path / "peer") as peer:
        assert control.ask(data, control.Set(entry=msgspec.Raw(b'{"fault": {"name": "late-ack", "ms": 300}}'))).number == 2
        before_s = time.monotonic()
        peer.send("D", *order("A1"))
        assert dict(peer.receive())[150] == "0"
        assert time.monotonic() - before_s >= 0.3
        assert dict(peer.receive())[150] == "F"
        assert control.ask(data, control.List()).asked == (
            Asked(1, "no-status", "acts", 0),
            Asked(2, "late-ack ms=300", "acts", 1),
        )

        assert control.ask(data, control.Clear("late-ack")).cleared == 1
        assert control.ask(data, control.Clear()).cleared == 1
        assert [one.state for one in control.ask(data, control.List()).asked] == ["over", "over"]
        with pytest.raises(Unusable, match="'slow' is no fault; there are: "):
            control.ask(data, control.Set(entry=msgspec.Raw(b'{"fault": "slow"}')))
        assert broker.stop() == 0
    with pytest.raises(NoSimulator, match=f"no simulator answers in {data}: "):
        control.ask(data, control.List())


def test_quotes_go_to_who_asked_and_stop_when_told(tmp_path: Path) -> None:
    with (
        BrokerProcess(free_port(), tmp_path / "broker") as broker,
        Peer(broker.port, tmp_path / "peer", "FIXGATE-MD", reset_on_logon=True) as peer,
    ):
        peer.send("V", (262, "Q1"), (263, "1"), (264, "1"), (267, "2"), (269, "0"), (269, "1"), (146, "1"), (55, "EURUSD"))
        first, second = peer.receive(), peer.receive()
        assert [tag for tag, _ in first if tag in {262, 55, 268, 269, 270, 271}] == [55, 262, 268, 269, 270, 271, 269, 270, 271]
        assert dict(first)[262] == dict(second)[262] == "Q1"
        before_s = time.monotonic()
        for _ in range(10):
            peer.receive()
        assert time.monotonic() - before_s > 0.4  # At most twenty a second.

        peer.send("V", (262, "Q2"), (263, "1"), (264, "1"), (267, "1"), (269, "0"), (146, "1"), (55, "GBPUSD"))
        assert dict(peer.receive_until("Y"))[281] == "0"
        peer.send("V", (262, "Q1"), (263, "2"), (264, "1"), (267, "1"), (269, "0"), (146, "1"), (55, "EURUSD"))
        peer.receive_rest(0.5)
        assert peer.hears_nothing(0.3)


def new_report(peer: Peer) -> dict[int, str]:
    """The next report that is told for the first time: a killed broker repeats what it may not have said, with PossResend(97)."""
    while (report := dict(peer.receive_until("8"))).get(97) == "Y":
        pass
    return report


def test_a_fill_after_a_restart_ends_the_order_that_rested_before(tmp_path: Path) -> None:
    with BrokerProcess(free_port(), tmp_path / "broker") as broker, Peer(broker.port, tmp_path / "peer") as peer:
        peer.send("D", *order("A1", (40, "2"), (44, "1.2")))
        accepted = dict(peer.receive())
        broker.kill_and_restart()
        assert peer.online.wait(10)
        peer.send("G", *order("A2", (41, "A1"), (40, "2"), (44, "1.5")))
        replaced, filled = new_report(peer), new_report(peer)
        assert replaced[37] == filled[37] == accepted[37]
        assert (replaced[150], filled[150], filled[39], filled[14]) == ("5", "F", "2", "100")
    exec_ids = [entry.exec_id for entry in ledger.read(tmp_path / "broker" / "ledger.jsonl")]
    assert len(set(exec_ids)) == len(exec_ids) == 3


def test_a_second_broker_on_the_same_data_is_turned_away(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "ledger.jsonl")
    with pytest.raises(CannotStart, match=r"ledger\.jsonl is in use by another broker"):
        started(SimulatorConfig(port=free_port(), data=tmp_path))
    first.close()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with BrokerProcess(free_port(), tmp_path / "broker") as broker, pytest.raises(CannotStart, match=f"port {broker.port}: "):
        started(SimulatorConfig(port=broker.port, data=tmp_path / "other"))


def test_what_cannot_be_started_with_is_named(tmp_path: Path) -> None:
    wrong = {
        "begin_string is 'FIX.4.3': it must be one of FIX.4.2, FIX.4.4, FIXT.1.1": SimulatorConfig(
            port=free_port(), data=tmp_path, begin_string="FIX.4.3"
        ),
        "speed is 0": SimulatorConfig(port=free_port(), data=tmp_path, speed=0),
        "'loud' is no fault": SimulatorConfig(port=free_port(), data=tmp_path, faults=("loud",)),
        "port 70000: ": SimulatorConfig(port=70000, data=tmp_path),
        r"oanda_20140501_quote\.zip: ": SimulatorConfig(
            port=free_port(), data=tmp_path, quotes=(tmp_path / "oanda_20140501_quote.zip",)
        ),
    }
    for said, config in wrong.items():
        with pytest.raises(CannotStart, match=said):
            started(config)
