"""A relay that puts TLS around a plain connection, or takes it off: for a FIX engine that knows none."""

import asyncio
import contextlib
import ssl
import threading
from types import TracebackType
from typing import Self

from tests.support.polling import eventually

_READ_BYTES = 1 << 16


class TlsRelay:
    """Listens on 127.0.0.1, in a thread of its own, while it is entered."""

    def __init__(
        self,
        target_port: int,
        *,
        outside: ssl.SSLContext | None = None,
        inside: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        """outside: TLS for whoever connects; inside: TLS towards the target, which must be called localhost."""
        self._target_port, self._outside, self._inside = target_port, outside, inside
        self.port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._lines: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        eventually(lambda: self._loop is not None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _run(self) -> None:
        server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, ssl=self._outside)
        self.port = server.sockets[0].getsockname()[1]
        self._loop = asyncio.get_running_loop()
        async with server:
            await self._stop.wait()
            for line in self._lines:
                line.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = "localhost" if self._inside else None
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target_port, ssl=self._inside, server_hostname=name)
        except OSError:
            writer.transport.abort()
            return
        self._lines |= {writer, back}
        ways = [asyncio.create_task(_pump(reader, back)), asyncio.create_task(_pump(there, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for line in (writer, back):
            line.transport.abort()
        self._lines -= {writer, back}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_READ_BYTES):
            writer.write(data)
            await writer.drain()
