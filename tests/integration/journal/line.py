"""A line to PostgreSQL that can be cut at a chosen byte, as a network does."""

import asyncio
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Line:
    """Relays one connection at a time. What is sent after `cut_after_sent` bytes is lost and the line is down.

    dsn: the database, reached over this line.
    sent: how many bytes have gone to the server.
    """

    def __init__(self, dsn: str) -> None:
        self._target = conninfo_to_dict(dsn)
        self._direct = dsn
        self.sent = 0
        self._left: int | None = None
        self._deaf = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._last_sent = b""
        self._sending = asyncio.Event()
        self._relays: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.dsn = make_conninfo(self._direct, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.close()
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    async def told(self, words: bytes) -> None:
        """Return when the client has sent these words."""
        while words not in self._last_sent:
            self._sending.clear()
            await self._sending.wait()

    def fall_silent(self) -> None:
        """Carry nothing any more, either way, and tell nobody: a dropped route."""
        self._flowing.clear()

    def cut_after_sent(self, octets: int) -> None:
        """Let this many more bytes through to the server, then go down."""
        self._left = octets

    def cut_before_answer(self) -> None:
        """Let everything through to the server; go down instead of bringing its next answer."""
        self._deaf = True

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await self._reach()
        there = asyncio.create_task(self._carry(reader, server_writer))
        back = asyncio.create_task(self._bring(server_reader, writer))
        self._relays |= {there, back}
        await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
        writer.close()
        server_writer.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = str(self._target["host"]), int(self._target.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._flowing.wait()
            if self._left is not None:
                data, self._left = data[: self._left], self._left - len(data)
            writer.write(data)
            self.sent += len(data)
            self._last_sent = data
            self._sending.set()
            await writer.drain()
            if self._left is not None and self._left < 0:
                return

    async def _bring(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._flowing.wait()
            if self._deaf:
                return
            writer.write(data)
            await writer.drain()
