"""A venue that says what a test tells it to, and the worker that trades with it, with the engine's rules behind."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self, TypeVar

from msgspec.structs import replace

from gateway.administering import ReleaseHalt
from gateway.engine import LOOK_INTERVAL_S
from gateway.rules import Command
from gateway.sessions import Phase, Session
from oms.domain.events import Event
from tests.sessions.acceptor import START_S, Served
from tests.sessions.peer import Peer, Unheard, now, put_together
from tests.support import orders
from tests.support.installation import Installation
from tests.support.model_engine import Row, events
from tests.support.polling import eventually_async

E = TypeVar("E", bound=Event)
NAME = "SIMBROKER"
DESK1, DESK2 = "trader/desk1", "trader/desk2"


def fill(cl_ord_id: str, exec_id: str = "E1") -> list[tuple[int, str]]:
    """100 of an order's 1,000."""
    ids = [(37, f"V{cl_ord_id}"), (11, cl_ord_id), (17, exec_id), (55, "EURUSD"), (54, "1")]
    return [*ids, (150, "F"), (39, "1"), (32, "100"), (31, "1.3850"), (14, "100"), (151, "900"), (6, "1.3850")]


class Line(Peer):
    """One connection of the worker to the venue. Numbers are the test's, and go on by themselves."""

    next_number = 1

    async def say(self, msg_type: str, *body: tuple[int, str], number: int = 0) -> None:
        """Under the next number, unless another is given."""
        used = number or self.next_number
        self.next_number = self.next_number if number else used + 1
        header = [(8, "FIX.4.4"), (9, "$LEN"), (35, msg_type), (34, str(used)), (49, NAME), (56, "FIXGATE"), (52, now())]
        await self.write(put_together([*header, *body, (10, "$SUM")]))

    async def hear_of(self, msg_type: str) -> dict[int, str]:
        """The next message of that type; what comes before it is passed over."""
        while (heard := dict(await self.hear()))[35] != msg_type:
            pass
        return heard

    async def rest(self) -> AsyncIterator[str]:
        """The types of all that still comes until the worker hangs up, which is answered where it says goodbye."""
        with suppress(Unheard):
            while True:
                heard = dict(await self.hear())
                yield heard[35]
                if heard[35] == "5":
                    await self.say("5")

    async def log_on(self, number: int, *body: tuple[int, str]) -> dict[int, str]:
        """Answer its Logon(A) under `number`; returns the worker's."""
        heard = await self.hear_of("A")
        self.next_number = number
        await self.say("A", (98, "0"), (108, heard[108]), *body)
        return heard

    async def prove(self) -> None:
        """Answer the TestRequest(1) after the logon: the session is ready."""
        await self.say("0", (112, (await self.hear_of("1"))[112]))


class Venue:
    """Listens where the worker goes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._waiting: asyncio.Queue[Line] = asyncio.Queue()
        self._lines: list[Line] = []

    @property
    def connections(self) -> int:
        """How often the worker has come."""
        return len(self._lines)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        for line in self._lines:
            await line.hang_up()

    async def line(self) -> Line:
        """The next connection."""
        async with asyncio.timeout(20):
            return await self._waiting.get()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer)
        self._lines.append(line)
        await self._waiting.put(line)


class Trading(Served):
    """The worker of an orders session."""

    def __init__(self, installation: Installation, journal: list[Row] | None = None) -> None:
        super().__init__(installation, NAME, journal)
        self.quote()

    @property
    def session(self) -> Session:
        return self.engine.state.sessions[NAME]

    @property
    def facts(self) -> list[Event]:
        """What is durable."""
        return events(self.engine.journal)

    def told(self, kind: type[E]) -> list[E]:
        """The durable facts of that kind."""
        return [event for event in self.facts if isinstance(event, kind)]

    def quote(self) -> None:
        self.engine.state.quotes["EURUSD"] = replace(orders.QUOTE, at_ns=self.engine.at_ns)

    def place(self, client_order_id: str) -> Event:
        self.quote()
        return self.asks(orders.place(client_order_id, orders.terms(1_000)))

    def happens(self, *facts: Event) -> None:
        """They are durable, and what follows goes out."""
        for fact in facts:
            self.engine.add(fact)
        self._commit()

    def takes(self, command: Command) -> None:
        """What the engine asks of itself now, and all that follows."""
        self.engine.at_ns = time.time_ns()
        self.engine.take(command)
        self._commit()

    def release(self, client_order_id: str, principal: str = DESK1, *, takes_numbers: bool = False) -> Event:
        return self.asks(ReleaseHalt(principal, client_order_id, NAME, "compared with the venue", takes_numbers))

    @asynccontextmanager
    async def looking_after(self) -> AsyncIterator[None]:
        """What is in doubt is looked after again and again, as the engine does."""

        async def look() -> None:
            while True:
                self.engine.at_ns = time.time_ns()
                self.engine.look_again()
                self._commit()
                await asyncio.sleep(LOOK_INTERVAL_S)

        looking = asyncio.create_task(look())
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def is_ready(self) -> None:
        await eventually_async(lambda: self.session.phase is Phase.READY, START_S)

    async def is_halted(self) -> None:
        await eventually_async(lambda: bool(self.session.halted), START_S)

    async def is_held(self) -> None:
        await eventually_async(lambda: self.session.hold is not None, START_S)
