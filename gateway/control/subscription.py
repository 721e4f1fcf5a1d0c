"""What one stream has still to be told: encoded events in a bounded buffer. At the bound the stream is cut, and told so."""

import asyncio
from collections import deque

from gateway.control.order_events import up_to
from gateway.control.status import EdgeRefusal, Refused

BUFFER_EVENTS = 50_000
"""At the most so many events wait for a client: as many as the engine remembers, about 8 MB."""
MESSAGE_EVENTS = 2_000
"""A message holds no more events, but for the last batch in it; a gRPC client takes messages of 4 MiB unless told otherwise."""
SILENCE_FACTS = 10_000
"""After so many facts that were not for this stream it hears how far it is, so that its resume token does not grow old."""


class Subscription:
    """The feed puts, the stream takes. Neither waits for the other."""

    def __init__(self, seq: int, buffer_events: int) -> None:
        self._buffer_events = buffer_events
        self._waiting: deque[tuple[bytes, int, int]] = deque()
        self._events = 0
        self._seq = seq
        """How far the feed is."""
        self._taken_seq = seq
        """How far the client is told."""
        self._ready = asyncio.Event()
        self._ready.set()  # The first message comes at once.
        self._end: Refused | None = None
        self._is_finished = False

    @property
    def is_open(self) -> bool:
        return self._end is None and not self._is_finished

    def put(self, fields: bytes, events: int, seq: int) -> None:
        """Encoded events, and how far they tell. At the bound the stream is cut."""
        if self._end is not None:
            return
        self._seq = max(seq, self._seq)
        if self._events + events > self._buffer_events:
            problem = f"{self._events} events were waiting; go on from seq {self._taken_seq}"
            self.cut(Refused(EdgeRefusal.SLOW_CONSUMER, problem, seq=self._taken_seq))
            return
        self._waiting.append((fields, events, self._seq))
        self._events += events
        self._ready.set()

    def pass_by(self, seq: int) -> None:
        """Nothing for this stream up to `seq`."""
        self._seq = seq
        if seq - self._taken_seq >= SILENCE_FACTS and not self._waiting:
            self.put(b"", 0, seq)

    def cut(self, refused: Refused) -> None:
        """The stream ends with this; what was waiting is dropped."""
        if self._end is None:
            self._end = refused
            self._waiting.clear()
            self._ready.set()

    def finish(self) -> None:
        """The stream ends well, once everything is told."""
        self._is_finished = True
        self._ready.set()

    async def take(self) -> bytes | None:
        """The next message; None when the stream has ended well. Raises Refused when it was cut."""
        await self._ready.wait()
        if self._end is not None:
            raise self._end
        if not self._waiting and self._is_finished:
            return None
        parts, events, seq = [], 0, self._taken_seq
        while self._waiting and events < MESSAGE_EVENTS:
            fields, count, seq = self._waiting.popleft()
            parts.append(fields)
            events += count
        self._events -= events
        self._taken_seq = seq
        if not self._waiting and not self._is_finished:
            self._ready.clear()
        return b"".join((*parts, up_to(seq)))
