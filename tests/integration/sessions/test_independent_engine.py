"""A FIX engine that is not QuickFIX, in both roles: a client of ours, and a venue.

In plain TCP: this engine knows no TLS.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gateway import link
from gateway.codec.version import VERSIONS
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

    def filled_over(self) -> bool:
        """Whether it was told by a gap-fill that there is nothing to be resent."""
        return any(message.msg_type == "4" and message.get(123) == "Y" for message in self.admin)

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


async def lose(session: Any, lost: Any) -> None:
    """The other engine sends a message, numbers and keeps it; it never arrives."""
    transmit = session._transmit

    async def nowhere(_raw: bytes) -> None: ...

    session._transmit = nowhere
    try:
        await session.send_app(lost)
    finally:
        session._transmit = transmit


@asynccontextmanager
async def leased(rig: Rig) -> AsyncIterator[None]:
    """The worker hears from its engine for as long as it takes."""

    async def lease() -> None:
        while True:
            rig.say(link.Lease(0, time.monotonic_ns()))
            await asyncio.sleep(1)

    leasing = asyncio.create_task(lease())
    try:
        yield
    finally:
        leasing.cancel()


async def came(rig: Rig, exec_id: bytes) -> bytes:
    """The report with that ExecID(17), when the worker has it."""
    while b"\x0117=%b\x01" % exec_id not in (received := await asyncio.to_thread(rig.hear, link.Received)).raw:
        pass
    return received.raw


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIX.4.4", "FIXT.1.1"])
async def test_a_client_recovers_what_either_side_lost(begin_string: str, tmp_path: Path) -> None:
    from fixcore.transport.initiator import SocketInitiator

    heard = Heard()
    async with Acceptor(tmp_path / "acceptor", begin_string) as ours:
        initiator = SocketInitiator(settings("initiator", begin_string, ours.them, ours.us, ours.port), heard)
        async with initiator:
            (session,) = initiator.sessions.values()
            await eventually_async(lambda: heard.is_on)
            await lose(session, message("D", {11: "A1", 60: now(), **BODY}))
            await session.send_app(message("D", {11: "A2", 60: now(), **BODY}))
            await eventually_async(partial(heard.has, "A1"))  # We asked for it, and it was resent.
            await eventually_async(partial(heard.has, "A2"))
            await session.send_logout()
            await eventually_async(lambda: not heard.is_on)
            session._store.set_next_target_msg_seq_num(2)  # Whatever we reported, it has lost.
            heard.app.clear()
            await eventually_async(lambda: heard.is_on, 60)
            await eventually_async(partial(heard.has, "A1"))
            await eventually_async(partial(heard.has, "A2"))
            assert {m.header.get(43) for m in heard.app} == {"Y"}
            assert heard.filled_over()
            await session.send_app(message("D", {11: "A3", 60: now(), **BODY}))
            await eventually_async(partial(heard.has, "A3"))
            assert [m.get(11) for m in heard.app] == ["A1", "A2", "A3"]
        assert await ours.is_well()


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIX.4.4"])
async def test_a_venue_recovers_what_either_side_lost(begin_string: str, tmp_path: Path) -> None:
    from fixcore.transport.acceptor import SocketAcceptor

    heard, port = Heard(), free_port()
    async with SocketAcceptor(settings("acceptor", begin_string, NAME, US, port), heard) as venue:
        with Rig(tmp_path, port, version=VERSIONS[begin_string]) as rig:
            await asyncio.to_thread(rig.granted)
            async with leased(rig):
                await eventually_async(lambda: heard.is_on)
                (session,) = venue.sessions.values()
                await lose(session, message("8", {**FILL, 17: "E1", 60: now()}))
                await session.send_app(message("8", {**FILL, 17: "E2", 60: now()}))
                assert b"\x0143=Y\x01" in await came(rig, b"E1")  # We asked for it, and it was resent.
                await came(rig, b"E2")
                rig.say(order("FG1"))
                await eventually_async(partial(heard.has, "FG1"))
                await session.send_logout()
                await eventually_async(lambda: not heard.is_on)
                session._store.set_next_target_msg_seq_num(2)  # Our order is among what it has lost.
                heard.app.clear()
                await eventually_async(lambda: heard.is_on, 60)
                await eventually_async(heard.filled_over)
                rig.say(order("FG2"))
                await eventually_async(partial(heard.has, "FG2"))
                assert [m.get(11) for m in heard.app] == ["FG2"]  # What is resent to a venue, we decide.
