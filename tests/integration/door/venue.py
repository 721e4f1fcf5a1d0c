"""A venue with TLS, or something that pretends to be one, for the door's way out: one connection at a time, every byte seen."""

import asyncio
import ssl
from types import TracebackType
from typing import Self

from tests.sessions.peer import Peer

DEADLINE_S = 20.0


class Venue:
    """Listens on a port of its own while it is entered."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._came: asyncio.Queue[Peer] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    @property
    def has_nobody(self) -> bool:
        """Whether nobody got through the handshake."""
        return not self._writers

    async def accept(self) -> Peer:
        """The next connection of which the handshake is done."""
        async with asyncio.timeout(DEADLINE_S):
            return await self._came.get()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        await self._came.put(Peer(reader, writer))
