"""The worker's way to its engine."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from gateway import link
from gateway.fix.ending import EXIT_LINK_LOST, end

CONNECT_S_MAX = 10.0
"""How long a worker waits for its engine to listen before it ends and leaves the rest to its supervisor."""
_CONNECT_PAUSE_S = 0.05


class LinkWriter:
    """The way to the engine. Frames keep the order in which they were added, whichever thread writes them.

    `add` takes no lock, so that it can be called under QuickFIX's session lock; `flush` is never called there.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting: deque[bytes] = deque()
        self._lock = threading.Lock()
        self.lost: Callable[[], None] = lambda: None
        """Called when the engine is gone, before the process ends."""

    def add(self, frame: link.FromWorker) -> None:
        self._waiting.append(link.frame(frame))

    def flush(self) -> None:
        with self._lock:
            parts: list[bytes] = []
            while self._waiting:
                parts.append(self._waiting.popleft())
            if parts:
                try:
                    self._connection.sendall(b"".join(parts))
                except OSError:
                    self.lost()
                    end(EXIT_LINK_LOST, "the engine is gone")


def connected(path: Path) -> socket.socket:
    """The way to the engine, which may still be reading its journal."""
    deadline_s = time.monotonic() + CONNECT_S_MAX
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
        else:
            return connection
        if time.monotonic() > deadline_s:
            end(EXIT_LINK_LOST, f"no engine listens at {path} after {CONNECT_S_MAX:.0f} s")
        threading.Event().wait(_CONNECT_PAUSE_S)  # Nobody announces a socket.
