"""Between a client, or the front door, and QuickFIX on loopback: every byte of the client goes through a Gate.

Two threads for each connection, one for each direction, and both mostly wait: a read, what the Gate makes of it, a write. A
client that does not read holds up its own session and is then hung up on.
"""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress

from gateway.fix.config import Endpoint
from gateway.fix.gate import Gate, NoLogon
from gateway.fix.layout import Layout
from gateway.fix.token import Token

CONNECTIONS_MAX = 16
"""At a time; one session is all that there is behind them. One more is hung up on."""
LOGON_S_MAX = 10.0
"""From the connection to a whole Logon(A), and from there to QuickFIX's answer."""
UNREAD_S_MAX = 10
"""For so long a client may read nothing."""
LOOPBACK = "127.0.0.1"
KEEPALIVE_S, KEEPALIVE_INTERVAL_S, KEEPALIVE_PROBES = 30, 10, 3
"""A client whose line is dead is found out in a minute, whatever its HeartBtInt(108) says: 0 is none at all."""
_READ_BYTES = 1 << 14
_SETTLED_S = 0.1
"""QuickFIX's thread looks at the number of its socket once more after closing it: a client that came back at once could be given
the same one, and its Logon(A) be read by the wrong thread."""
_BACKLOG = 16


class Relay:
    """Listens where the client connects to, and has a port of loopback for QuickFIX."""

    def __init__(
        self,
        endpoint: Endpoint,
        layout: Layout,
        passed_over: Callable[[bytes], None] = lambda _: None,
        *,
        takes_resets: bool = True,
        token: Token | None = None,
    ) -> None:
        """`passed_over` hears of what a client sends and is no message. Raises OSError where the endpoint cannot be had."""
        self._layout = layout
        self._passed_over = passed_over
        self._takes_resets, self._token = takes_resets, token
        self._listener = _bound(endpoint.host, endpoint.port)
        self._kept = _bound(LOOPBACK, 0)
        """Nobody else is given this port before QuickFIX listens on it."""
        self.inner = Endpoint(LOOPBACK, self._kept.getsockname()[1])
        self._places = threading.BoundedSemaphore(CONNECTIONS_MAX)

    def start(self) -> None:
        """When QuickFIX listens. Raises OSError."""
        self._kept.close()
        self._listener.listen(_BACKLOG)
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def stop(self) -> None:
        """Take no more connections. Those that are end with QuickFIX's."""
        with suppress(OSError):  # It wakes up whoever waits for a connection, and complains of having none itself.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                outer, _ = self._listener.accept()
            except OSError:
                return
            if not self._places.acquire(blocking=False):
                outer.close()
                continue
            threading.Thread(target=self._serve, args=(outer,), name="relay in", daemon=True).start()

    def _serve(self, outer: socket.socket) -> None:
        try:
            with closing(outer), suppress(OSError):  # Whoever hangs up, and however: the other one is told by a hang-up.
                self._log_on(outer)
        except NoLogon as reason:
            sys.stderr.write(f"a connection is closed: {reason}\n")
        finally:
            self._places.release()

    def _log_on(self, outer: socket.socket) -> None:
        """Nothing is passed on behind a Logon(A) before that is answered: QuickFIX would count it anyhow. Raises NoLogon."""
        gate = Gate(self._layout, self._passed_over, takes_resets=self._takes_resets, token=self._token)
        messages: list[bytes] = []
        deadline_s = time.monotonic() + LOGON_S_MAX
        while not messages:
            outer.settimeout(max(deadline_s - time.monotonic(), 0.001))
            messages = gate.feed(_read(outer))
        outer.settimeout(None)
        tune(outer)
        with closing(socket.create_connection((self.inner.host, self.inner.port), LOGON_S_MAX)) as inner:
            inner.settimeout(None)
            inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answered = threading.Event()
            back = threading.Thread(target=_back, args=(inner, outer, answered), name="relay out", daemon=True)
            back.start()
            try:
                inner.sendall(messages[0])
                if not answered.wait(LOGON_S_MAX):
                    raise NoLogon("it was not answered")
                inner.sendall(b"".join(messages[1:]))
                while True:
                    inner.sendall(b"".join(gate.feed(_read(outer))))
            finally:
                with suppress(OSError):  # QuickFIX may have hung up before.
                    inner.shutdown(socket.SHUT_WR)
                back.join()


def tune(outer: socket.socket) -> None:
    """The client's side: a client that is gone, or does not read, is found out."""
    outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    outer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", UNREAD_S_MAX, 0))
    outer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_S)
    outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S)
    outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_PROBES)


def _back(inner: socket.socket, outer: socket.socket, answered: threading.Event) -> None:
    """What QuickFIX says, until it hangs up."""
    try:
        with suppress(OSError):
            while True:
                outer.sendall(_read(inner))
                answered.set()
        threading.Event().wait(_SETTLED_S)
    finally:
        with suppress(OSError):  # The client may have hung up before.
            outer.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            inner.shutdown(socket.SHUT_RDWR)
        answered.set()


def _read(connection: socket.socket) -> bytes:
    """Raises OSError at the end, too."""
    data = connection.recv(_READ_BYTES)
    if not data:
        raise ConnectionResetError
    return data


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
