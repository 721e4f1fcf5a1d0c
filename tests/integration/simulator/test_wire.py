"""What befalls the bytes between a gateway and the broker, seen from both ends."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.simulator import framing
from gateway.simulator.entries import read
from gateway.simulator.switchboard import Switchboard
from gateway.simulator.wire import Wire


def message(msg_type: str, number: int, sender_comp_id: str) -> bytes:
    body = f"35={msg_type}\x0134={number}\x0149={sender_comp_id}\x0152=20260102-00:00:00\x0156=YOU\x01".encode()
    raw = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return raw + b"10=%03d\x01" % (sum(raw) % 256)


LOGON = message("A", 1, "FIXGATE")
REPORTS = [message("8", number, "BROKER") for number in (1, 2, 3)]
End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def wire(*faults: str, logon: bytes = LOGON) -> AsyncIterator[tuple[End, End]]:
    """The gateway's end and the broker's, after the logon."""
    connected: asyncio.Queue[End] = asyncio.Queue()
    board, ends = Switchboard(), asyncio.Event()
    server = await asyncio.start_server(lambda *end: connected.put_nowait(end), "127.0.0.1", 0)
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    serving = asyncio.create_task(Wire(server.sockets[0].getsockname()[1], "FIXGATE", board).serve(listener, ends))
    gateway = await asyncio.open_connection("127.0.0.1", port)
    gateway[1].write(logon)
    broker = await connected.get()
    assert await broker[0].readexactly(len(logon)) == logon
    for fault in faults:
        board.set(read(fault))
    try:
        yield gateway, broker
    finally:
        ends.set()
        await serving
        for _, writer in (gateway, broker):
            writer.close()
        server.close()


async def heard(end: End, quiet_s: float = 0.2) -> bytes:
    """All that comes until the end, or until nothing comes for so long."""
    found = b""
    while True:
        try:
            data = await asyncio.wait_for(end[0].read(65_536), quiet_s)
        except TimeoutError:
            return found
        if not data:
            return found
        found += data


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("gap after=9", [*REPORTS]),
        ("gap", REPORTS[1:]),
        ("gap after=1", [REPORTS[0], REPORTS[2]]),
        ("gap to=broker", [*REPORTS]),
        ("gap msg_type=0", [*REPORTS]),
        ("wrong-checksum", [framing.spoiled_checksum(REPORTS[0]), *REPORTS[1:]]),
        ("garbled after=2", [*REPORTS[:2], framing.garbled(REPORTS[2])]),
        ("sequence-reset", [framing.sequence_reset(REPORTS[0]), *REPORTS[1:]]),
        ("segments", [*REPORTS]),
        ("stall ms=20", [*REPORTS]),
        ("silent for_s=0.05", [*REPORTS]),
        ("silent", []),
        ("cut after=1", [REPORTS[0], REPORTS[1][: len(REPORTS[1]) // 2]]),
        ("half-open after=1", REPORTS[:1]),
    ],
)
async def test_what_the_gateway_hears_under_a_fault(fault: str, expected: list[bytes]) -> None:
    async with wire(fault) as (gateway, broker):
        broker[1].write(b"".join(REPORTS))
        assert await heard(gateway) == b"".join(expected)


async def test_a_slow_reader_reads_all_of_it_in_its_time() -> None:
    async with wire("slow-reader bytes_per_s=5000") as (gateway, broker):
        orders = message("D", 2, "FIXGATE") * 10
        gateway[1].write(orders)
        assert await heard(broker) == orders


async def test_a_cut_connection_ends_at_both_ends() -> None:
    async with wire("cut") as (gateway, broker):
        broker[1].write(REPORTS[0])
        await heard(gateway)
        assert gateway[0].at_eof()
        await heard(broker)
        assert broker[0].at_eof()


async def test_a_connection_that_was_reset_is_reset_at_both_ends() -> None:
    async with wire("rst") as (gateway, broker):
        broker[1].write(REPORTS[0])
        for end in (gateway, broker):
            with pytest.raises(ConnectionResetError):
                await heard(end)


async def test_a_half_open_connection_has_ended_for_the_broker_alone() -> None:
    async with wire("half-open to=broker") as (gateway, broker):
        gateway[1].write(message("D", 2, "FIXGATE"))
        assert await heard(broker) == b""
        assert broker[0].at_eof()
        gateway[1].write(message("D", 3, "FIXGATE") * 100)
        assert await heard(gateway) == b""
        assert not gateway[0].at_eof()


async def test_a_logon_reaches_the_broker_as_a_reset_and_nothing_else_does() -> None:
    async with wire("logon-reset") as (gateway, broker):
        order, logon = message("D", 2, "FIXGATE"), message("A", 3, "FIXGATE")
        gateway[1].write(order + logon)
        assert await heard(broker) == order + framing.logon_reset(logon)


async def test_another_session_and_what_is_no_message_are_left_alone() -> None:
    async with wire("gap", "cut", logon=message("A", 1, "FIXGATE-MD")) as (gateway, broker):
        broker[1].write(REPORTS[0])
        assert await heard(gateway) == REPORTS[0]
    async with wire("gap", "cut") as (gateway, broker):
        broker[1].write(b"GET / HTTP/1.1\r\n\r\n")
        assert await heard(gateway) == b"GET / HTTP/1.1\r\n\r\n"
