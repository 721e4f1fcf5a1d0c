"""A worker that is tested: started as in production, with the engine's rules at the other end of its link.

The journal is in memory, so that a hundred sessions can begin anew in some minutes; all else is what is shipped. At the acceptor
there is no venue: an order is refused by its ExecutionReport(8).
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway import link
from gateway.administering import SessionCommand
from gateway.rules import FromLink, LinkLost
from gateway.session_acts import HaltReleased, HoldReleased
from oms.domain.commands import ClientCommand
from oms.domain.events import Answer
from ops import settings as configuration
from tests.support.front_door import FrontDoor
from tests.support.installation import PROGRAM, REPOSITORY, Installation
from tests.support.model_engine import Engine, Row
from tests.support.polling import eventually_async

START_S = 90
"""A worker starts in one to three seconds; on a machine with ten other things to do, it took half a minute."""
STARTS_MAX = 20
"""A worker that ends more often has no session worth a test."""
_LEASE_S = 1.0
_SETTLED_S = 0.15


class NotUp(Exception):
    """The acceptor did not come up: says what its worker said last."""


class Served:
    """One session's worker, while it is entered. One that ends is started again, as its supervisor does."""

    def __init__(self, installation: Installation, name: str, journal: list[Row] | None = None) -> None:
        """journal: what the engine starts on; nothing, unless it is given."""
        self.installation = installation
        self.name = name
        self.received: list[bytes] = []
        """Each message of the peer, as the engine was told of it."""
        settings = installation.settings
        self.engine = Engine(configuration.cell(settings), [] if journal is None else journal, time.time_ns())
        self._path = settings.link_path
        self._log = installation.folder / "worker.log"
        self._server: asyncio.Server | None = None
        self._holder: asyncio.StreamWriter | None = None
        self._running: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.starts = 0
        """How often the worker was started; no case is a reason to start it again."""
        self._links: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        self._running = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._close()

    async def _close(self) -> None:
        assert self._server is not None and self._running is not None
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        self._server.close()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def is_well(self) -> bool:
        """Whether its first worker still lives when all that it said has been dealt with."""
        await asyncio.sleep(_SETTLED_S)
        return self.starts == 1 and not self.engine.hole

    def said(self) -> str:
        """The last that the worker said of itself."""
        return " / ".join(self._log.read_text(errors="replace").splitlines()[-2:])

    def asks(self, command: ClientCommand | SessionCommand) -> Answer:
        """What the command is answered, and all that follows from it. A session that was kept off gets another worker."""
        self.engine.at_ns = time.time_ns()
        answer = self.engine.take(command)
        assert answer is not None
        self._commit()
        is_over = isinstance(answer, HaltReleased) or (isinstance(answer, HoldReleased) and answer.was_down)
        if is_over and self._holder is not None:
            self._holder.close()
        return answer

    async def _supervise(self) -> None:
        arguments = [*PROGRAM, "worker", "--config", str(self.installation.file), "--session", self.name]
        for self.starts in range(1, STARTS_MAX + 1):
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=REPOSITORY, env=dict(os.environ)
                )
            try:
                await self._process.wait()
            except asyncio.CancelledError:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
                raise

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        self._holder, cutter = writer, link.Cutter()
        leases = asyncio.create_task(self._lease(writer))
        try:
            with suppress(ConnectionError):  # A worker that is ended with bytes of ours unread.
                while not self.engine.hole and (data := await reader.read(1 << 16)):
                    for body in cutter.feed(data):
                        self._take(link.from_worker.decode(body))
        finally:
            leases.cancel()
            self.engine.hole = False
            self.engine.take(LinkLost(self.name, self.engine.state.sessions[self.name].grant))
            self._commit()
            writer.close()
            self._links.discard(task)

    async def _lease(self, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(link.frame(link.Lease(0, time.monotonic_ns())))
            await asyncio.sleep(_LEASE_S)

    def _take(self, frame: link.FromWorker) -> None:
        grant = 0 if isinstance(frame, link.Hello) else self.engine.state.sessions[self.name].grant
        if isinstance(frame, link.Received):
            self.received.append(frame.raw)
        self.engine.at_ns = time.time_ns()
        self.engine.take(FromLink(self.name, grant, frame))
        self._commit()

    def _commit(self) -> None:
        for out in self.engine.commit():
            if out.session == self.name and self._holder is not None and not self._holder.is_closing():
                self._holder.write(link.frame(out.frame))


class Acceptor(Served):
    """A client's, which listens when it is entered."""

    def __init__(self, folder: Path, version: str, door: FrontDoor | None = None, *, takes_resets: bool = True) -> None:
        """door: what its files say of the front door, behind which it then is; None where it is in the open. takes_resets:
        whether the client's file lets it begin the numbers anew."""
        installation = Installation(folder, clients=(version,), door=door)
        if not takes_resets:
            file = folder / f"client-{version}.toml"
            file.write_text(file.read_text().replace('reset_seq_num = "accept"', 'reset_seq_num = "refuse"'))
        client = installation.settings.clients[0]
        super().__init__(installation, client.name)
        self.us, self.them = client.sender_comp_id, client.target_comp_id

    @property
    def port(self) -> int:
        """Where the worker listens."""
        (client,) = self.installation.settings.clients
        return client.tls.loopback_port if client.tls is not None else client.port

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        listens: Callable[[], bool | Awaitable[bool]] = self._listens
        try:
            await eventually_async(listens, START_S)
        except AssertionError:
            await self._close()
            raise NotUp(f"the acceptor does not listen after {START_S} s: {self.said()}") from None
        return self

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        return True
