"""A client begins the numbers anew: its Logon(A) is answered when the journal knows of it, and nothing goes out before that.

QuickFIX begins at 1 again before anybody is asked. Its thread waits here, in the callback for that Logon, while the main thread
takes the engine's word; what the engine wants sent meanwhile is held until the answer has its number, which is the first.
"""

import threading
from collections import deque
from collections.abc import Iterator

from gateway.link import Send

ANEW_S_MAX = 5.0
"""For the engine's word; without it the connection and the process end, and the next start has the journal's numbers."""


class Anew:
    """Of one session."""

    def __init__(self) -> None:
        self.is_on = False
        """Whether nothing may be sent. Set and cleared on QuickFIX's thread."""
        self._known = threading.Event()
        self._held: deque[Send] = deque()

    def holds(self, send: Send) -> bool:
        """Whether the message has to wait, and is kept here; so has whatever comes behind it."""
        if self.is_on or self._held:
            self._held.append(send)
            return True
        return False

    def released(self) -> Iterator[Send]:
        """What need not wait any more, in its order."""
        while self._held and not self.is_on:
            yield self._held.popleft()

    def begin(self) -> None:
        self._known.clear()
        self.is_on = True

    def is_known_in_time(self) -> bool:
        """Wait for the engine's word."""
        return self._known.wait(ANEW_S_MAX)

    def know(self) -> None:
        """The engine's word, on the main thread."""
        self._known.set()

    def end(self) -> None:
        """The Logon is answered, or the session gone."""
        self.is_on = False
