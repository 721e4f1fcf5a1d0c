"""The engine's end of the links: one Unix socket, one connection for each FIX worker."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import DecodeError

from gateway import link
from gateway.backlog import Backlog
from gateway.cell import SessionKind, SessionPlan
from gateway.effects import Outgoing
from gateway.facts import Fact
from gateway.inbound import read_ahead
from gateway.inbox import Inbox, Lane
from gateway.session_acts import HaltLifted, HaltReleased, HoldReleased
from gateway.sessions import AdminSent, GapFilled, ReportSent, SessionGranted, SessionHalted
from oms.domain.events import MessageSent

_log = logging.getLogger(__name__)
STOP_S = 15
"""QuickFIX waits up to 10 s for a logout."""
_RESENT = "\x0143=Y\x01"
_TOLD = frozenset(
    {MessageSent, AdminSent, ReportSent, GapFilled, SessionGranted, SessionHalted, HaltReleased, HaltLifted, HoldReleased}
)


class Links:
    """All workers' connections. Frames go out only to the worker that holds the grant they were made for."""

    def __init__(self, inbox: Inbox, plans: Mapping[str, SessionPlan]) -> None:
        """`plans` are those of the sessions whose workers may connect, by name."""
        self.inbox = inbox
        self.plans = plans
        self.acked: dict[str, int] = {}
        """How many entries of the sent.log of each session's present grant are durable: each message of ours, each GapFilled."""
        self._asked_ns = 0
        self._holders: dict[str, WorkerLink] = {}
        self._waiting: dict[str, deque[WorkerLink]] = {name: deque() for name in plans}
        self._halted: dict[str, WorkerLink] = {}
        """The worker of each halted session, which waits for its release."""
        self._open: set[WorkerLink] = set()
        self._closed = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def listen(self, path: Path) -> None:
        """Accept workers at `path`; the folder above decides who may connect."""
        path.unlink(missing_ok=True)
        self._server = await asyncio.get_running_loop().create_unix_server(lambda: WorkerLink(self), str(path))
        path.chmod(0o600)

    async def close(self) -> None:
        """Tell every worker to log out and end, and wait until they are gone, for so long as they may take."""
        if self._server is not None:
            self._server.close()
        for worker in tuple(self._open):
            worker.write(link.frame(link.Stop()))
        try:
            async with asyncio.timeout(STOP_S):
                while self._open:
                    await self._closed.wait()
                    self._closed.clear()
        except TimeoutError:
            _log.error("workers did not end in %s s: %s", STOP_S, ", ".join(worker.session for worker in self._open))

    def send(self, outgoing: list[Outgoing]) -> None:
        """Write the frames of one batch, one write for each worker."""
        frames: dict[WorkerLink, list[bytes]] = {}
        for out in outgoing:
            if isinstance(out.frame, link.Grant):
                self._grant(out.session, out.frame.grant)
            holder = self._holders.get(out.session)
            if holder is not None and holder.grant == out.grant:
                frames.setdefault(holder, []).append(link.frame(out.frame))
            elif isinstance(out.frame, link.Halt):  # Nobody is there who could send anything.
                self.inbox.hear(out.session, out.grant, [link.Halted(out.frame.latch, 0)], self.lane(out.session))
        for holder, parts in frames.items():
            holder.write(b"".join(parts))

    def lease(self, asked_ns: int) -> None:
        """Tell every worker what the journal knows to be sent, and when (monotonic clock) it was asked and proved alive."""
        self._asked_ns = asked_ns
        for session, holder in tuple(self._holders.items()):
            holder.write(self._lease(session))

    def hear(self, facts: Sequence[Fact]) -> None:
        """What durable facts mean for the links: what a worker need not keep in its log, and who waits in vain for a grant."""
        for fact in facts:
            event = fact.event
            if type(event) not in _TOLD:
                continue
            if isinstance(event, AdminSent) and not _is_in_log(event):
                continue
            if isinstance(event, (MessageSent, AdminSent, ReportSent, GapFilled)):
                self.acked[event.session] = self.acked.get(event.session, 0) + 1
            elif isinstance(event, SessionGranted):
                self.acked[event.session] = 0  # A grant starts a log; what was left in the last one comes before it.
            elif isinstance(event, SessionHalted):
                if not event.grant:  # Else its worker is at work, and logs off.
                    self._halted[event.session] = self._waiting[event.session].popleft()
            elif isinstance(event, HaltReleased):
                self._release(self._halted.pop(event.session, None))
                self.cut(event.session)
            elif isinstance(event, HoldReleased):
                if event.was_down:
                    self.cut(event.session)
            elif isinstance(event, HaltLifted):
                self._release(self._waiting[event.session].popleft())

    def cut(self, session: str) -> None:
        """End the session's worker: it exits when its link closes, and the next one starts from what the journal knows."""
        holder = self._holders.get(session)
        if holder is not None:
            holder.close()

    def relieve(self) -> None:
        """Let the workers' bytes in again where their lane of the inbox was full and is not any more."""
        for worker in self._open:
            if worker.is_paused and self.inbox.is_relieved(self.lane(worker.session)):
                worker.resume()

    def opened(self, worker: "WorkerLink") -> None:
        self._open.add(worker)

    def greeted(self, worker: "WorkerLink", hello: link.Hello) -> None:
        """A worker said who it is; it waits for its grant behind any other that came for the same session."""
        self._waiting[hello.session].append(worker)

    def lost(self, worker: "WorkerLink") -> None:
        self._open.discard(worker)
        self._closed.set()
        if self._halted.get(worker.session) is worker:
            del self._halted[worker.session]
        if worker.session and self._holders.get(worker.session) is worker:
            del self._holders[worker.session]
            self.inbox.lose(worker.session, worker.grant, self.lane(worker.session))

    def lane(self, session: str) -> Lane:
        """Where the words of the session's worker wait."""
        plan = self.plans.get(session)
        return Lane.CLIENTS if plan is not None and plan.kind is SessionKind.CLIENTS else Lane.REPORTS

    def _grant(self, session: str, grant: int) -> None:
        worker = self._waiting[session].popleft()
        before = self._holders.pop(session, None)
        if before is not None:
            before.close()
        worker.grant = grant
        self._holders[session] = worker
        worker.write(self._lease(session))

    def _release(self, worker: "WorkerLink | None") -> None:
        """None where no halted worker is here: the next one that says so hears of its release then."""
        if worker is not None:
            worker.write(link.frame(link.Release()))

    def _lease(self, session: str) -> bytes:
        return link.frame(link.Lease(self.acked.get(session, 0), self._asked_ns))


def _is_in_log(event: AdminSent) -> bool:
    """A mass cancel is. Of what the FIX layer says by itself only a gap-fill is, told apart; what is sent again was, once."""
    return event.msg_type not in link.SESSION_MESSAGES and _RESENT not in event.raw


class WorkerLink(asyncio.Protocol):
    """One worker's connection: bytes in become commands in the inbox."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._cutter = link.Cutter()
        self._backlog = Backlog()
        self._transport: asyncio.Transport | None = None
        self.is_paused = False
        self.session = ""
        self.grant = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._links.opened(self)

    def data_received(self, data: bytes) -> None:
        try:
            # Of a read with a broken frame nothing is taken: after the next Hello all that was in it is told again.
            self._take([link.from_worker.decode(body) for body in self._cutter.feed(data)])
        except (link.LinkBroken, DecodeError) as broken:
            _log.error("link of %s cut: %s", self.session or "a nameless worker", broken)
            self.close()
        if self._links.inbox.is_pressed(self._links.lane(self.session)) and self._transport is not None:
            self.is_paused = True
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio calls it so
        self._transport = None
        self._links.lost(self)

    def resume(self) -> None:
        if self.is_paused and self._transport is not None:
            self.is_paused = False
            self._transport.resume_reading()

    def write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(data)
        waiting = self._transport.get_write_buffer_size()
        if self._backlog.is_stuck(len(data), waiting, time.monotonic()):
            _log.error("the worker of %s does not read: link cut", self.session)
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _take(self, frames: list[link.FromWorker]) -> None:
        if not frames:
            return
        if not self.grant or link.Hello in map(type, frames):
            self._greet(frames)
        links, plan = self._links, self._links.plans[self.session]
        said = read_ahead(plan, frames) if plan.kind is SessionKind.ORDERS else frames
        links.inbox.hear(self.session, self.grant, said, links.lane(self.session))

    def _greet(self, frames: list[link.FromWorker]) -> None:
        """A worker says one Hello, and nothing else before its Grant."""
        hello = frames[0]
        if not isinstance(hello, link.Hello) or len(frames) > 1:
            raise link.LinkBroken(
                f"{', '.join(type(frame).__name__ for frame in frames[:9])} where one Hello, then a Grant, was due"
            )
        if self.session or hello.session not in self._links.plans:
            raise link.LinkBroken(f"no worker may speak for session {hello.session!r} here")
        self.session = hello.session
        self._links.greeted(self, hello)
