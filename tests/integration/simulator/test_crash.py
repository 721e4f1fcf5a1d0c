"""SIGKILL at any moment: every order is booked once and every report arrives, judged by the broker's own ledger."""

import random
import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path

from gateway.codec.text import Fields
from gateway.simulator import ledger
from gateway.simulator.report import Report
from oms.domain.fields import ExecType
from tests.dialogues.peer import Peer, order
from tests.integration.simulator.process import BrokerProcess
from tests.support.ports import free_port

KILLS = 5
ORDERS_PER_KILL = 60
SEED = 20260102


def test_a_killed_broker_loses_no_order_books_none_twice_and_repeats_reports_under_their_exec_id(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    asked: list[str] = []
    with (
        BrokerProcess(free_port(), tmp_path / "broker") as broker,
        Peer(broker.port, tmp_path / "peer", persist_messages=True) as peer,
    ):
        for round_number in range(KILLS):
            batch = [f"R{round_number}-{number}" for number in range(ORDERS_PER_KILL)]
            asked += batch
            sending = threading.Thread(target=_send_all, args=(peer, batch))
            sending.start()
            sending.join(chance.uniform(0.0, 0.03))
            broker.kill_and_restart()
            sending.join()
            assert peer.online.wait(10)
        heard = _heard_until_all_filled(peer, asked)
        assert broker.stop() == 0
    _judge(ledger.read(tmp_path / "broker" / "ledger.jsonl"), asked, heard)


def _send_all(peer: Peer, batch: list[str]) -> None:
    for cl_ord_id in batch:
        peer.send("D", *order(cl_ord_id))


def _heard_until_all_filled(peer: Peer, asked: list[str]) -> list[Fields]:
    heard: list[Fields] = []
    open_ids = set(asked)
    while open_ids:
        heard.append(peer.receive())
        report = dict(heard[-1])
        if report.get(39) == "2":
            open_ids.discard(report[11])
    return heard + peer.receive_rest()


def _judge(entries: list[Report], asked: list[str], heard: list[Fields]) -> None:
    accepted = Counter(entry.cl_ord_id for entry in entries if entry.exec_type is ExecType.NEW)
    assert accepted == Counter(asked)
    bought = sum((entry.last_qty or Decimal(0) for entry in entries if entry.exec_type is ExecType.TRADE), Decimal(0))
    assert bought == 100 * len(asked)
    assert len({entry.exec_id for entry in entries}) == len(entries)

    told = [dict(one) for one in heard if dict(one)[17] != "0"]
    fills = {one[17] for one in told if one[150] == "F"}
    assert fills <= {entry.exec_id for entry in entries if entry.exec_type is ExecType.TRADE}
    seen: set[str] = set()
    for one in told:
        assert one[17] not in seen or "Y" in {one.get(43), one.get(97)}, f"{one[17]} repeated without saying so"
        seen.add(one[17])
    assert seen == {entry.exec_id for entry in entries}
