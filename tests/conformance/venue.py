"""The venue of a conformance run, in this process: it hears everything, says what it is told, and is never killed.

QuickFIX's threads only hand over what came in; whatever is known here belongs to the event loop's thread.
"""

import asyncio
import time
from decimal import Decimal
from pathlib import Path

from gateway.codec.text import Fields, fields
from gateway.fix.config import Endpoint, SessionConfig
from gateway.fix.port import FixPort
from gateway.simulator import report, statements
from gateway.simulator.market_data import MarketData
from gateway.simulator.playing import Play
from gateway.simulator.quote import Quote
from gateway.simulator.requests import StatusRequest, read

ORDERS, MARKET_DATA = "orders", "market-data"
HEARD_S_MAX = 10.0
QUOTE = Quote(Decimal("49.99"), Decimal("50.01"))
_ALIVE: list["Venue"] = []  # QuickFIX crashes when its objects die in the wrong order.


class Venue:
    """A gateway.fix.port.Handler. Its plays belong to whoever steps them."""

    def __init__(self, port: int, comp_id: str, store: Path) -> None:
        """Made on the event loop's thread."""
        _ALIVE.append(self)
        sessions = (
            SessionConfig(ORDERS, comp_id, "FIXGATE", persist_messages=True),
            SessionConfig(MARKET_DATA, comp_id, "FIXGATE-MD"),
        )
        self.plays: list[Play] = []
        self.heard_again: list[str] = []
        """Messages that came a second time as if for the first: nothing may be sent twice."""
        self._heard: dict[tuple[str, str], dict[int, str]] = {}
        """By MsgType and ClOrdID."""
        self._claimed: set[tuple[str, str]] = set()
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Condition()
        self._quotes = MarketData("EURUSD", Decimal(10_000_000))
        self._port = FixPort("acceptor", sessions, Endpoint("127.0.0.1", port), store, self)

    def start(self) -> None:
        self._port.start()

    def stop(self) -> None:
        self._port.stop()

    def say(self, text: str) -> None:
        """Send it, or leave it to be resent when the peer is back."""
        self._port.send(ORDERS, text)

    @property
    def next_sender(self) -> int:
        """MsgSeqNum(34) of the next message: all below have been said."""
        return self._port.numbers(ORDERS)[0]

    async def hear(self, msg_type: str, cl_ord_id: str) -> dict[int, str]:
        """That message, once it is there; each only once. Raises TimeoutError."""
        key = (msg_type, cl_ord_id)
        async with asyncio.timeout(HEARD_S_MAX), self._changed:
            await self._changed.wait_for(lambda: key in self._heard and key not in self._claimed)
        if msg_type == "H":
            return self._heard.pop(key)  # One may ask as often as one likes.
        self._claimed.add(key)
        return self._heard[key]

    @property
    def unclaimed(self) -> list[str]:
        """What came and nobody was waiting for."""
        return [f"MsgType(35)={msg_type} {cl_ord_id}" for msg_type, cl_ord_id in self._heard.keys() - self._claimed]

    # --- QuickFIX's threads -------------------------------------------------------------------------------------------

    def logged_on(self, session: str) -> None: ...

    def logged_out(self, session: str) -> None:
        if session == MARKET_DATA:
            self._quotes.clear()

    def outgoing_admin(self, session: str, raw: bytes) -> None: ...

    def outgoing_app(self, session: str, raw: bytes) -> None: ...

    def incoming_admin(self, session: str, raw: bytes) -> None: ...

    def incoming_app(self, session: str, raw: bytes) -> None:
        found = fields(raw)
        if session == ORDERS:
            asyncio.run_coroutine_threadsafe(self._take(found), self._loop)
            return
        for text in self._quotes.handle(found, QUOTE):
            self._port.send(MARKET_DATA, text)

    # --- the loop's thread --------------------------------------------------------------------------------------------

    async def _take(self, message: Fields) -> None:
        """A question that no course asks is the gateway's own, and so is what it marks as sent before."""
        found = dict(message)
        key = (found[35], found.get(11, ""))
        play = next((play for play in self.plays if play.knows(key[1])), None)
        is_due = play is not None and play.due is not None and play.due.msg == "H"
        if key[0] == "H" and not is_due:
            self.say(_unknown(message) if play is None else play.status(found, time.time_ns()))
        elif key not in self._heard:
            async with self._changed:
                self._heard[key] = found
                self._changed.notify_all()
        elif found.get(97) != "Y":
            self.heard_again.append(f"MsgType(35)={key[0]} {key[1]}")
        elif play is not None:
            self.say(play.status(found, time.time_ns()))


def _unknown(message: Fields) -> str:
    asked = read(message)
    assert isinstance(asked, StatusRequest)
    return report.message(statements.unknown(asked, time.time_ns()))
