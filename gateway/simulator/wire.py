"""The wire between the gateway and the broker's QuickFIX: a TCP relay that lets faults befall the bytes of the orders session.

Without a fault, and on any other session, bytes go through as they come. A message that a fault acts on keeps its number's place:
what the broker has stored and what the gateway may ask for again stay one truth, and the ledger can judge what became of it.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from gateway.simulator import framing
from gateway.simulator.faults import (
    WIRE,
    Cut,
    Fault,
    Gap,
    Garbled,
    HalfOpen,
    LogonReset,
    Rst,
    Segments,
    SequenceReset,
    Silent,
    SlowReader,
    Stall,
    Way,
    WrongChecksum,
)
from gateway.simulator.framing import Cutter, Piece
from gateway.simulator.switchboard import Switchboard

LINES_MAX = 64
"""So many connections are carried at once; one more is closed."""
CONNECT_S_MAX = 5.0
_READ_BYTES = 1 << 16
_LOOK_S = 0.02
_END_BY_RST = struct.pack("ii", 1, 0)
_SPOILS: dict[type, Callable[[bytes], bytes]] = {
    Gap: lambda _: b"",
    SequenceReset: framing.sequence_reset,
    LogonReset: framing.logon_reset,
    WrongChecksum: framing.spoiled_checksum,
    Garbled: framing.garbled,
}
"""What becomes of a message under the faults that let something else through."""


class _Ended(Exception):
    """A fault ended the connection."""


class Wire:
    """Carries connections to QuickFIX at `target_port` of this machine. Belongs to one event loop."""

    def __init__(self, target_port: int, orders_comp_id: str, board: Switchboard) -> None:
        self._target_port, self._orders_comp_id, self._board = target_port, orders_comp_id, board
        self._lines: set[asyncio.Task[None]] = set()

    async def serve(self, listener: socket.socket, until: asyncio.Event) -> None:
        """Take connections from a bound socket, and end them all when it is time."""
        server = await asyncio.start_server(self._accepted, sock=listener, limit=_READ_BYTES)
        async with server:
            await until.wait()
            server.close()
            for line in self._lines:
                line.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._lines) >= LINES_MAX:
            writer.transport.abort()
            return
        line = asyncio.ensure_future(self._carry(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._over)

    def _over(self, line: asyncio.Task[None]) -> None:
        """What should not have happened is raised here, and said by the event loop."""
        self._lines.discard(line)
        if not line.cancelled():
            line.result()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(CONNECT_S_MAX):
                broker = await asyncio.open_connection("127.0.0.1", self._target_port, limit=_READ_BYTES)
        except OSError:  # It does not listen yet, or any more; TimeoutError is one too.
            writer.transport.abort()
            return
        await _Line((reader, writer), broker, self._orders_comp_id, self._board).run()


End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Line:
    """One connection: an end towards the gateway, and one towards the broker."""

    def __init__(self, gateway: End, broker: End, orders_comp_id: str, board: Switchboard) -> None:
        self._gateway, self._broker = gateway, broker
        self._orders_comp_id, self._board = orders_comp_id, board
        self._is_orders = self._is_half_open = False
        for _, writer in (gateway, broker):
            _socket(writer).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def run(self) -> None:
        """Until either side ends it, or a fault does."""
        ways = [asyncio.ensure_future(self._pump("broker")), asyncio.ensure_future(self._pump("gateway"))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            ends = await asyncio.gather(*ways, return_exceptions=True)
            self._broker[1].close()
            try:
                await self._leave_half_open()
            finally:
                self._gateway[1].close()
        for failure in ends:
            if isinstance(failure, Exception):
                raise failure

    async def _leave_half_open(self) -> None:
        """Say nothing, and hear nothing, until the gateway has found out by itself."""
        with contextlib.suppress(ConnectionError):
            while self._is_half_open and await self._gateway[0].read(_READ_BYTES):
                pass

    async def _pump(self, way: Way) -> None:
        """Carry what is for `way` until there is no more, or the other end is gone."""
        reader = (self._gateway if way == "broker" else self._broker)[0]
        cutter = Cutter()
        with contextlib.suppress(ConnectionError, _Ended):
            while data := await reader.read(_READ_BYTES):
                for piece in cutter.feed(data):
                    self._is_orders = self._is_orders or (way == "broker" and piece.sender_comp_id == self._orders_comp_id)
                    await self._pass(way, piece)
            await self._write(way, cutter.rest())

    async def _pass(self, way: Way, piece: Piece) -> None:
        if not self._is_orders or not piece.msg_type:
            await self._write(way, piece.raw)
            return
        await self._befall(self._board.strike(WIRE, piece.msg_type, way), way, piece.raw)

    async def _befall(self, fault: Fault | None, way: Way, raw: bytes) -> None:
        match fault:
            case Cut() | Rst():
                await self._end(way, raw, by_rst=isinstance(fault, Rst))
            case HalfOpen():
                self._is_half_open = True
                raise _Ended
            case Silent():
                while self._board.is_on(Silent):  # noqa: ASYNC110  It may end by the clock: nobody announces that.
                    await asyncio.sleep(_LOOK_S)
            case SlowReader():
                await asyncio.sleep(len(raw) / fault.bytes_per_s)
            case Stall():
                await asyncio.sleep(fault.ms / 1000)
            case Segments():
                for at in range(len(raw) - 1):
                    await self._write(way, raw[at : at + 1])
                raw = raw[-1:]
            case _:
                pass
        await self._write(way, _SPOILS.get(type(fault), bytes)(raw))

    async def _end(self, way: Way, raw: bytes, *, by_rst: bool) -> None:
        """Half of the message, and no more, either way."""
        await self._write(way, raw[: len(raw) // 2])
        if by_rst:
            for _, writer in (self._gateway, self._broker):
                _socket(writer).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _END_BY_RST)
                writer.transport.abort()
        raise _Ended

    async def _write(self, way: Way, data: bytes) -> None:
        writer = (self._broker if way == "broker" else self._gateway)[1]
        if data:
            writer.write(data)
            await writer.drain()


def _socket(writer: asyncio.StreamWriter) -> socket.socket:
    found: socket.socket = writer.get_extra_info("socket")
    return found
