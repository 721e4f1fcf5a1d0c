"""The line to a venue, which can be cut: a relay in a thread for each direction, that goes on taking connections."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.bench.venue import HOST, READ_BYTES


class Line:
    """Listens on `port` for what goes to `venue_port`. Use as a context manager."""

    def __init__(self, port: int, venue_port: int) -> None:
        self._venue = (HOST, venue_port)
        self._listener = socket.create_server((HOST, port))
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_had_again = threading.Event()
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):  # It wakes up whoever waits for a connection, and complains of having none itself.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """End every connection."""
        with self._lock:
            ends, self._ends = self._ends, []
            self._is_had_again.clear()
        for end in ends:
            with suppress(OSError):  # The other side may have been quicker.
                end.shutdown(socket.SHUT_RDWR)

    def wait_had_again(self, within_s: float) -> None:
        """Until somebody has connected since the cut. Raises TimeoutError."""
        if not self._is_had_again.wait(within_s):
            raise TimeoutError(f"nobody connected again within {within_s:g} s")

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._venue)
                for end in (near, far):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._ends += [near, far]
                    self._is_had_again.set()
                threading.Thread(target=_connect, args=(near, far), daemon=True).start()


def _connect(near: socket.socket, far: socket.socket) -> None:
    back = threading.Thread(target=_carry, args=(far, near), daemon=True)
    back.start()
    _carry(near, far)
    back.join()
    near.close()
    far.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(READ_BYTES):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
