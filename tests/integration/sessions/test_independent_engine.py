"""A FIX engine that is not QuickFIX, in both roles: a client of ours, and a venue.

In plain TCP: this engine knows no TLS.
"""

import asyncio
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gateway import link
from tests.integration.fix.counterparty import NAME, US
from tests.integration.fix.rig import Rig, order
from tests.sessions.acceptor import Acceptor
from tests.sessions.peer import now
from tests.support.polling import eventually_async
from tests.support.ports import free_port

fixcore = import_module("fixcore.message.message")
BODY = {21: "1", 55: "EURUSD", 54: "1", 38: "100", 40: "1"}
FILL = {
    37: "V1",
    11: "FG1",
    17: "E1",
    150: "F",
    39: "2",
    55: "EURUSD",
    54: "1",
    32: "100",
    31: "1.3850",
    14: "100",
    151: "0",
    6: "1",
}


class Heard:
    """What the other engine's application is told: nearly nothing, but for what came in."""

    def __init__(self) -> None:
        self.app: list[Any] = []
        self.admin: list[Any] = []
        self.is_on = False

    def on_create(self, session_id: Any) -> None: ...

    def on_logon(self, session_id: Any) -> None:
        self.is_on = True

    def on_logout(self, session_id: Any) -> None:
        self.is_on = False

    def to_admin(self, message: Any, session_id: Any) -> None: ...

    def to_app(self, message: Any, session_id: Any) -> None: ...

    def from_admin(self, message: Any, session_id: Any) -> None:
        self.admin.append(message)

    def has(self, cl_ord_id: str) -> bool:
        """Whether it heard of that order."""
        return any(message.get(11) == cl_ord_id for message in self.app)

    def from_app(self, message: Any, session_id: Any) -> None:
        self.app.append(message)


def settings(role: str, begin_string: str, us: str, them: str, port: int) -> Any:
    from fixcore.session.session_settings import SessionSettings

    lines = {
        "ConnectionType": role,
        "BeginString": begin_string,
        "SenderCompID": us,
        "TargetCompID": them,
        "HeartBtInt": 30,
        "SocketConnectHost": "127.0.0.1",
        "SocketConnectPort": port,
        "SocketAcceptHost": "127.0.0.1",
        "SocketAcceptPort": port,
        "ReconnectInterval": 1,
        "NonStopSession": "Y",
    }
    lines |= {"DefaultApplVerID": "FIX.5.0SP2"} if begin_string == "FIXT.1.1" else {}
    return SessionSettings.from_string("[SESSION]\n" + "\n".join(f"{key}={value}" for key, value in lines.items()))


def message(msg_type: str, body: dict[int, str]) -> Any:
    made = fixcore.Message()
    made.header.set(35, msg_type)
    for tag, value in body.items():
        made.set_field(tag, value)
    return made


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIX.4.4", "FIXT.1.1"])
async def test_a_client_orders_and_hears_of_it(begin_string: str, tmp_path: Path) -> None:
    from fixcore.transport.initiator import SocketInitiator

    heard = Heard()
    async with Acceptor(tmp_path / "acceptor", begin_string) as ours:
        initiator = SocketInitiator(settings("initiator", begin_string, ours.them, ours.us, ours.port), heard)
        async with initiator:
            (session,) = initiator.sessions.values()
            for cl_ord_id in ("A1", "A2"):
                await eventually_async(lambda: heard.is_on)
                await session.send_app(message("D", {11: cl_ord_id, 60: now(), **BODY}))
                await eventually_async(partial(heard.has, cl_ord_id))
            assert [(m.msg_type, m.get(11), m.get(39)) for m in heard.app] == [("8", "A1", "8"), ("8", "A2", "8")]
            await session.send_logout()
            await eventually_async(lambda: not heard.is_on)
        assert await ours.is_well()


async def test_a_venue_takes_our_order_and_fills_it(tmp_path: Path) -> None:
    from fixcore.transport.acceptor import SocketAcceptor

    heard, port = Heard(), free_port()
    async with SocketAcceptor(settings("acceptor", "FIX.4.4", NAME, US, port), heard) as venue:
        with Rig(tmp_path, port) as rig:
            await asyncio.to_thread(rig.granted)
            await eventually_async(lambda: heard.is_on)
            rig.say(order("FG1"))
            await eventually_async(lambda: heard.app)
            assert [(m.msg_type, m.get(11)) for m in heard.app] == [("D", "FG1")]
            (session,) = venue.sessions.values()
            await session.send_app(message("8", {**FILL, 60: now()}))
            while b"\x0135=8\x01" not in (received := await asyncio.to_thread(rig.hear, link.Received)).raw:
                pass
            assert b"\x0117=E1\x01" in received.raw
