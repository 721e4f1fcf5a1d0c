"""The worker's way to its engine."""

import socket
import threading
from collections import deque

from gateway import link
from gateway.fix.ending import EXIT_LINK_LOST, end


class LinkWriter:
    """The way to the engine. Frames keep the order in which they were added, whichever thread writes them.

    `add` takes no lock, so that it can be called under QuickFIX's session lock; `flush` is never called there.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting: deque[bytes] = deque()
        self._lock = threading.Lock()

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
                    end(EXIT_LINK_LOST, "the engine is gone")
