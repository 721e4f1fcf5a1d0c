"""One Trade stream: entries to the engine as they come, events back as they become durable."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from gateway.api.v1.order_service_pb2 import TradeEntry, TradeRequest
from gateway.control.feed import Feed
from gateway.control.handlers import Write
from gateway.control.identity import Principal
from gateway.control.order_events import edge_refusal, framed, repetition
from gateway.control.reading import NAME_LENGTH_MAX
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.validation import command
from gateway.inbox import Overloaded, Reply
from oms.domain.commands import ClientCommand
from oms.domain.events import Answer

ENTRIES_MAX = 500
"""Per message: about 2 ms of the engine's loop."""


class Submits(Protocol):
    """The part of the engine that this needs."""

    def submit(self, command: ClientCommand, reply: Reply) -> None: ...


class Trading:
    """What one Trade call does."""

    def __init__(self, engine: Submits, feed: Feed, principal: Principal) -> None:
        self._engine = engine
        self._feed = feed
        self._principal = principal
        self._trader = feed.trade(principal.spiffe_id)
        self._out = self._trader.subscription
        self._unanswered = 0
        self._is_half_closed = False

    async def run(self, requests: AsyncIterator[TradeRequest], write: Write) -> None:
        """Until the client cancels, or has finished sending and everything that it asked for has ended. Raises Refused."""
        reading = asyncio.create_task(self._read(requests))
        try:
            while (message := await self._out.take()) is not None:
                await write(message)
                self._finish_if_done()
            await reading
        finally:
            reading.cancel()
            self._feed.leave(self._out)

    async def _read(self, requests: AsyncIterator[TradeRequest]) -> None:
        try:
            async for request in requests:
                if len(request.entries) > ENTRIES_MAX:
                    problem = f"{len(request.entries)} in one message; at most {ENTRIES_MAX} are allowed"
                    raise Refused(EdgeRefusal.INVALID_FIELD, problem, field="entries")
                for entry in request.entries:
                    self._take(entry)
            self._is_half_closed = True
            self._finish_if_done()
        except Refused as refused:
            self._out.cut(refused)
        except BaseException:
            self._out.finish()  # `run` awaits this task next, and so raises what went wrong.
            raise

    def _take(self, entry: TradeEntry) -> None:
        """One entry to the engine; what never gets there is answered at once."""
        try:
            self._engine.submit(command(entry, self._principal), self._hear)
            self._unanswered += 1
        except Refused as refused:
            self._refuse(entry, refused)
        except Overloaded as overloaded:
            self._refuse(entry, Refused(EdgeRefusal.OVERLOADED, str(overloaded)))

    def _refuse(self, entry: TradeEntry, refused: Refused) -> None:
        kind = entry.WhichOneof("request")
        client_order_id = getattr(entry, kind).client_order_id[:NAME_LENGTH_MAX] if kind else ""
        self._out.put(framed(edge_refusal(refused, client_order_id)), 1, 0)

    def _hear(self, seq: int, answer: Answer, is_repetition: bool) -> None:
        """A first answer comes by the feed, with the state of its order; only a repetition has to be told here."""
        self._unanswered -= 1
        if is_repetition:
            self._out.put(framed(repetition(seq, answer)), 1, 0)

    def _finish_if_done(self) -> None:
        if self._is_half_closed and not self._unanswered and not self._trader.unfinished:
            self._out.finish()
