"""Finds, of all that a worker receives and sends, what the journal will not have, and archives that.

QuickFIX's log sees a message first, and a callback follows if QuickFIX takes it. One that is followed by another message, or by a
second of silence, and had no callback, was dropped. So nothing is written, and hardly anything done, for those that count.
"""

import time
from collections import deque
from collections.abc import Callable

from gateway.fix.archive import Direction, Entry, Why, Writer
from gateway.fix.masking import Mask

TOLD_MAX = 1_000
"""So many messages are remembered for the case that the engine is gone before it made them durable."""
TOLD_NS_MAX = 10_000_000_000
"""Older ones are durable: without a commit for five seconds the worker ends."""
SETTLE_NS = 1_000_000_000


class Tap:
    """One session's. `incoming` and `event` are the log's; the others are called where the name says."""

    def __init__(self, archive: Writer, mask: Mask, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._archive = archive
        self._mask = mask
        self._wall_ns = wall_ns
        self._waiting: deque[tuple[int, str]] = deque(maxlen=1)
        """What the log has seen and no callback yet. Each step on it is one step for other threads too."""
        self._note = ""
        self._told: deque[tuple[int, Direction, bytes]] = deque(maxlen=TOLD_MAX)
        self._is_lost = False

    def incoming(self, text: str) -> None:
        """A message came in; QuickFIX has not looked at it yet."""
        if self._waiting:
            self._give_up()
        self._note = ""
        self._waiting.append((self._wall_ns(), text))

    def event(self, text: str) -> None:
        """What QuickFIX says, most often of the message at hand."""
        if self._waiting and not self._note:
            self._note = text

    def taken(self) -> None:
        """QuickFIX has handed on the message that came in."""
        self._waiting.clear()

    def told(self, direction: Direction, raw: bytes) -> None:
        """The engine was told of a message: it will be in the journal, if nobody dies."""
        self._told.append((self._wall_ns(), direction, raw))

    def settle(self) -> None:
        """Give up on a message that had no callback for a second. Called now and then by the main thread."""
        try:
            at_ns, _ = self._waiting[0]
        except IndexError:
            return
        if self._wall_ns() - at_ns >= SETTLE_NS:
            self._give_up()

    def keep(self, direction: Direction, why: Why, raw: bytes) -> None:
        """Archive a message that came by a callback."""
        self._add(self._wall_ns(), direction, why, raw, "")

    def passed_over(self, raw: bytes) -> None:
        """Archive what a client sent and was garbled before it came to QuickFIX."""
        self._add(self._wall_ns(), "in", "untold", raw, "garbled: no whole message")

    def end(self) -> None:
        """The worker ends in order, when QuickFIX has stopped."""
        self._give_up()

    def lost(self) -> None:
        """The engine is gone: of what it was told last nobody knows whether the journal has it. Once."""
        if self._is_lost:
            return
        self._is_lost = True
        self._give_up()
        oldest_ns = self._wall_ns() - TOLD_NS_MAX
        for at_ns, direction, raw in tuple(self._told):
            if at_ns >= oldest_ns:
                self._add(at_ns, direction, "unconfirmed", raw, "")

    def _give_up(self) -> None:
        note = self._note
        try:
            at_ns, text = self._waiting.popleft()
        except IndexError:  # Its callback came just now.
            return
        self._add(at_ns, "in", "untold", text.encode("utf-8", "surrogateescape"), note)

    def _add(self, at_ns: int, direction: Direction, why: Why, raw: bytes, note: str) -> None:
        said = self._mask(note.encode("utf-8", "surrogateescape")).replace(b"\x01", b"|").decode("latin-1")
        self._archive.add(Entry(at_ns, direction, why, self._mask(raw).decode("latin-1"), said))
