"""Reports leave in order, after they are on disk, and only while somebody listens."""

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.simulator.entries import read
from gateway.simulator.ledger import Ledger
from gateway.simulator.outbox import Outbox
from gateway.simulator.report import message
from gateway.simulator.sent import SentLog
from gateway.simulator.switchboard import Switchboard
from tests.unit.gateway.simulator.build import book, new_order

REPORTS = book().handle(new_order("A1"), 1)


class Desk:
    """An outbox with its files and its thread; `seen` is what happened, in order."""

    def __init__(self, folder: Path) -> None:
        self.seen: queue.Queue[str] = queue.Queue()
        self.stored = True
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.sent = SentLog(folder / "sent.log")
        self.faults = Switchboard()
        self.outbox = Outbox(self.ledger, self.sent, self._send, self.faults)
        self.thread = threading.Thread(target=self.outbox.run)
        self.thread.start()

    def _send(self, text: str) -> bool:
        stored = self.stored  # Before anybody is woken who may change it.
        self.seen.put(text)
        return stored

    def close(self) -> None:
        self.outbox.stop()
        self.thread.join()
        self.ledger.close()
        self.sent.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.ledger.write(REPORTS)
    yield desk
    desk.close()


def next_of(desk: Desk) -> str:
    return desk.seen.get(timeout=5)


def test_a_burst_is_on_disk_before_the_first_of_it_is_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fdatasync = os.fdatasync

    def seen(fd: int) -> None:
        fdatasync(fd)
        desk.seen.put("on disk")

    monkeypatch.setattr(os, "fdatasync", seen)
    desk.outbox.put(REPORTS)
    desk.outbox.set_logged_on(True)
    assert [next_of(desk) for _ in range(3)] == ["on disk", message(REPORTS[0]), message(REPORTS[1])]


def test_nothing_leaves_while_nobody_is_logged_on_or_the_broker_is_silent(desk: Desk) -> None:
    desk.outbox.put(REPORTS)
    desk.faults.set(read("alive-but-silent"))
    desk.outbox.set_logged_on(True)
    with pytest.raises(queue.Empty):
        desk.seen.get(timeout=0.1)
    desk.faults.clear()
    assert next_of(desk) == message(REPORTS[0])


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("drop", [1]),
        ("duplicate copies=2", [0, 0, 0, 1]),
        ("reorder", [1, 0]),
        ("reorder ms=1 after=1", [0, 1]),
        ("delay ms=20", [0, 1]),
        ("late-ack ms=20", [0, 1]),
        ("drop chance=0.5 seed=2 times=2", [0, 1]),
        ("drop msg_type=9", [0, 1]),
    ],
)
def test_what_befalls_a_report_befalls_no_other(desk: Desk, words: str, order: list[int]) -> None:
    desk.faults.set(read(words))
    desk.outbox.set_logged_on(True)
    desk.outbox.put(REPORTS)
    assert [next_of(desk) for _ in order] == [message(REPORTS[number]) for number in order]
    with pytest.raises(queue.Empty):
        desk.seen.get(timeout=0.1)


def test_what_fix_took_is_marked_and_what_it_did_not_take_is_sent_again_at_the_next_start(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    first.ledger.write(REPORTS)
    first.outbox.set_logged_on(True)
    first.outbox.put(REPORTS[:1])
    next_of(first)
    first.stored = False
    first.outbox.put(REPORTS[1:])
    next_of(first)
    first.close()

    second = Desk(tmp_path)
    second.outbox.set_logged_on(True)
    assert next_of(second) == message(REPORTS[1], poss_resend=True)
    with pytest.raises(queue.Empty):
        second.seen.get(timeout=0.1)
    second.close()
