"""Two ends of one FIX session, one on the network and one on loopback, and the bytes between them.

Bytes go through as they came. What is done to each message is to count it. Whoever reads too slowly holds up whoever writes to
him, and nobody else: there is a bound on what waits, and on how long.
"""

import asyncio
import socket
from collections.abc import Callable

from gateway.door.admission import Reason
from gateway.door.config import Limits
from gateway.door.frames import FirstMessage, Logon, Meter, NotALogon, TooMuch

VENUE_MESSAGE_BYTES_MAX = 1 << 24
"""BodyLength(9) of what a counterparty sends us."""
CLOSE_S_MAX = 3.0
"""For what waits to be written when the other end is gone, and for TLS to say goodbye."""
_SEND_BUFFER_BYTES = 1 << 18
_GREETING_BYTES = 64
_LOGON = b"\x0135=A\x01"
_KEEPALIVE = ((socket.SO_KEEPALIVE, socket.SOL_SOCKET, 1), (socket.TCP_KEEPIDLE, socket.IPPROTO_TCP, 30))
_KEEPALIVE_PROBES = ((socket.TCP_KEEPINTVL, socket.IPPROTO_TCP, 10), (socket.TCP_KEEPCNT, socket.IPPROTO_TCP, 3))


class Refused(Exception):
    """A connection is to be closed, for this reason."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason, self.detail = reason, detail


class End(asyncio.Protocol):
    """One end. First it collects the other side's Logon(A), where one is due; once joined to another end, it passes on."""

    def __init__(self, limits: Limits, note: Callable[[Reason, str], None]) -> None:
        """`note` is told why this end was closed or slowed down."""
        loop = asyncio.get_running_loop()
        self._loop, self._limits, self._note = loop, limits, note
        self.logon: asyncio.Future[Logon | Refused] = loop.create_future()
        """The first message; or why there is none."""
        self.lost: asyncio.Future[None] = loop.create_future()
        self.transport: asyncio.Transport | None = None
        self._first = FirstMessage(limits.logon_bytes_max)
        self._kept = 0
        self._other: End | None = None
        self._meter: Meter | None = None
        self._rate = 0
        self._credit, self._credited_s = 0.0, 0.0
        self._holds: set[str] = set()
        self._is_patient = True
        self._late: asyncio.TimerHandle | None = None
        self._greeting = b""
        self.on_logon: Callable[[], None] | None = None
        """Called once, when the first message that this end says is a Logon(A)."""

    # --- what asyncio says --------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=self._limits.unread_bytes_max)

    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._collect(data)
        else:
            self._pass(data)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  asyncio's own signature.
        if self._late is not None:
            self._late.cancel()
        if not self.logon.done():
            self.logon.set_result(Refused(Reason.NOT_A_LOGON, "it hung up before a whole Logon"))
        if not self.lost.done():
            self.lost.set_result(None)
        if self._other is not None:
            self._other.close()

    def pause_writing(self) -> None:
        if self._other is not None:
            self._other.hold("unread")
        if not self._is_patient:
            self._late = self._loop.call_later(self._limits.unread_s_max, self._give_up)

    def resume_writing(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if self._other is not None:
            self._other.release("unread")

    # --- what the door says -------------------------------------------------------------------------------------------

    def meter(self, bytes_max: int, messages_per_s_max: int = 0) -> None:
        """From now on, bound what this end sends; 0 for as many messages as come."""
        self._meter, self._rate = Meter(bytes_max), messages_per_s_max
        self._credit, self._credited_s = float(messages_per_s_max), self._loop.time()

    def is_of_the_network(self) -> None:
        """Whoever is there must read, and must be there."""
        self._is_patient = False

    def join(self, other: "End") -> None:
        """From now on, what comes here goes there. The other end has to be joined to this one, too."""
        self._other = other
        rest = self._first.rest
        if rest:
            self._pass(rest)

    def write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def hold(self, why: str) -> None:
        """Read no more, for this reason, until it is released."""
        if not self._holds and self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()
        self._holds.add(why)

    def release(self, why: str) -> None:
        self._holds.discard(why)
        if not self._holds and self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def close(self) -> None:
        """When all is written, or after a short while."""
        if self.transport is not None and not self.lost.done():
            self.transport.close()
            self._loop.call_later(CLOSE_S_MAX, self.abort)

    def abort(self) -> None:
        """At once."""
        if self.transport is not None and not self.lost.done():
            self.transport.abort()

    def refuse(self, reason: Reason, detail: str) -> None:
        """Close without a word, and say why to ourselves."""
        self._note(reason, detail)
        self.abort()

    # --- below --------------------------------------------------------------------------------------------------------

    def _collect(self, data: bytes) -> None:
        """The Logon, and what comes behind it before anybody is there to take it."""
        self._kept += len(data)
        try:
            if self.logon.done():
                if self._kept > self._limits.logon_bytes_max:
                    raise TooMuch("before the other end was there")
                self._first.keep(data)
            elif (logon := self._first.feed(data)) is not None:
                self.logon.set_result(logon)
        except (NotALogon, TooMuch) as wrong:
            reason = Reason.LOGON_BYTES if isinstance(wrong, TooMuch) else Reason.NOT_A_LOGON
            if self.logon.done():
                self.refuse(reason, str(wrong))
            else:
                self.logon.set_result(Refused(reason, str(wrong)))

    def _pass(self, data: bytes) -> None:
        if self._meter is not None:
            try:
                count = self._meter.feed(data)
            except TooMuch as wrong:
                self.refuse(Reason.MESSAGE_BYTES, str(wrong))
                return
            if self._rate and count:
                self._pay(count)
        if self.on_logon is not None:
            self._greet(data)
        assert self._other is not None
        self._other.write(data)

    def _pay(self, count: int) -> None:
        """Who sends faster than is allowed is read more slowly: nothing is lost, and a session that catches up can."""
        now_s = self._loop.time()
        self._credit = min(self._rate, self._credit + (now_s - self._credited_s) * self._rate) - count
        self._credited_s = now_s
        if self._credit < 0 and "rate" not in self._holds:
            self._note(Reason.RATE, f"more than {self._rate} a second")
            self.hold("rate")
            self._loop.call_later(-self._credit / self._rate, self.release, "rate")

    def _greet(self, data: bytes) -> None:
        self._greeting += data[:_GREETING_BYTES]
        if _LOGON in self._greeting and self.on_logon is not None:
            self.on_logon()
        if _LOGON in self._greeting or len(self._greeting) >= _GREETING_BYTES:
            self.on_logon = None

    def _give_up(self) -> None:
        waiting = self.transport.get_write_buffer_size() if self.transport is not None else 0
        self.refuse(Reason.UNREAD, f"{waiting} bytes wait for {self._limits.unread_s_max} s")


def checked(logon: Logon | Refused) -> Logon:
    """The Logon. Raises Refused."""
    if isinstance(logon, Refused):
        raise logon
    return logon


def tune(transport: asyncio.BaseTransport) -> None:
    """A socket of the network: a peer that is gone is found out, and the kernel keeps little for one that does not read."""
    found = transport.get_extra_info("socket")
    if found is None:
        return
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    for option, level, value in (*_KEEPALIVE, *_KEEPALIVE_PROBES):
        found.setsockopt(level, option, value)
