"""What the engine tells a worker of the journal: how much of the sent.log it need not keep."""

import asyncio

import pytest

from gateway import backlog, link
from gateway.backlog import WAITING_BYTES_MAX
from gateway.facts import Fact
from gateway.inbound import Read
from gateway.inbox import Inbox
from gateway.links import Links, WorkerLink
from gateway.rules import FromLink
from gateway.sessions import AdminSent, GapFilled, SessionGranted
from oms.domain.events import Event, MessageSent
from tests.support.orders import CELL, SESSION

PLANS = {plan.name: plan for plan in CELL.sessions}
GRANTED = SessionGranted(SESSION, 1, 4, 1, 10_000, trusted=True, pid=1)
SENT = MessageSent("FG1", "FG1", SESSION, 1, 3, "D", "")
FILLED = GapFilled(SESSION, 1, 4)
HELLO = link.Hello(SESSION, "boot", 1, 1, None)


def acked(*events: Event) -> dict[str, int]:
    """What is known after these facts, one batch each."""
    links = Links(Inbox(lambda: None), PLANS)
    for seq, event in enumerate(events, 1):
        links.hear([Fact(seq, 1, event, None)])
    return links.acked


def test_each_message_of_ours_and_each_gap_fill_is_an_entry() -> None:
    heartbeat = AdminSent(SESSION, 1, 5, "0", "")
    mass_cancel = AdminSent(SESSION, 1, 6, "q", "", "FG2")
    assert acked(GRANTED, SENT, FILLED, FILLED, heartbeat, mass_cancel) == {SESSION: 4}


def test_a_report_sent_again_is_no_entry() -> None:
    """Its first sending was; counted twice, the worker would forget one that the journal does not know of yet."""
    again = AdminSent(SESSION, 1, 3, "8", "8=FIX.4.4\x0135=8\x0134=3\x0143=Y\x01")
    assert acked(GRANTED, SENT, again) == {SESSION: 1}


def test_a_grant_starts_a_log() -> None:
    """What the last worker left unsaid is told just before it."""
    assert acked(GRANTED, SENT, FILLED, SENT, GRANTED) == {SESSION: 0}


class Socket(asyncio.Transport):
    """What the link writes to: nothing that anybody reads."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


class Full(Socket):
    """What much waits in."""

    is_cut = False

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    def is_closing(self) -> bool:
        return self.is_cut

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.is_cut = True


def test_a_worker_that_is_told_much_at_once_keeps_its_link_as_long_as_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    socket, worker = Full(), WorkerLink(Links(Inbox(lambda: None), PLANS))
    worker.connection_made(socket)
    worker.write(bytes(WAITING_BYTES_MAX + 1))
    assert not socket.is_cut
    monkeypatch.setattr(backlog, "UNREAD_S_MAX", -1.0)  # Too late for whoever has taken nothing.
    worker.write(b"a lease")
    assert socket.is_cut


@pytest.mark.parametrize("bad", [b"\x00\x00\x00\x01\xc1", b"\xff\xff\xff\xff"])
def test_a_broken_frame_cuts_the_link_and_nothing_of_that_read_is_taken(bad: bytes) -> None:
    inbox, socket = Inbox(lambda: None), Socket()
    worker = WorkerLink(Links(inbox, PLANS))
    worker.connection_made(socket)
    worker.data_received(link.frame(HELLO))
    worker.grant = 7
    assert isinstance(taken(inbox), link.Hello)
    worker.data_received(link.frame(link.LoggedOn()) + bad)
    assert (socket.is_closed, inbox.take()) == (True, None)


@pytest.mark.parametrize("frames", [(link.LoggedOn(),), (HELLO, HELLO), (HELLO, link.LoggedOn())])
def test_a_worker_says_one_hello_before_its_grant(frames: tuple[link.FromWorker, ...]) -> None:
    inbox, socket = Inbox(lambda: None), Socket()
    worker = WorkerLink(Links(inbox, PLANS))
    worker.connection_made(socket)
    worker.data_received(b"".join(map(link.frame, frames)))
    assert (socket.is_closed, inbox.take()) == (True, None)


def taken(inbox: Inbox) -> link.FromWorker | Read:
    item = inbox.take()
    assert item is not None
    assert isinstance(item.command, FromLink)
    return item.command.frame
