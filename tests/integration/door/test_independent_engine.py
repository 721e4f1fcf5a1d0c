"""A FIX engine that is not QuickFIX, in both roles, with TLS and the front door between us."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway import link
from gateway.door.config import Client, DoorConfig, Limits, Pem, Session, Venue
from gateway.door.door import Door
from gateway.fix.reaching import Address, Reach
from gateway.fix.token import Token
from ops.dev_ca import Authority, make_authority
from tests.integration.door.client import context
from tests.integration.fix.counterparty import NAME, US
from tests.integration.fix.rig import Rig, order
from tests.integration.sessions.test_independent_engine import BODY, FILL, Heard, message, settings
from tests.sessions.acceptor import Acceptor
from tests.sessions.peer import now
from tests.support.front_door import FrontDoor, uri
from tests.support.polling import eventually_async
from tests.support.ports import free_port
from tests.support.tls_relay import TlsRelay

TOKEN = Token("t" * 64)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "authority")


@pytest_asyncio.fixture
async def doors() -> AsyncIterator[list[tuple[asyncio.Event, asyncio.Task[None]]]]:
    """Doors that a test opens; closed at its end."""
    opened: list[tuple[asyncio.Event, asyncio.Task[None]]] = []
    yield opened
    for stop, running in opened:
        stop.set()
        await running


async def opened(config: DoorConfig, doors: list[tuple[asyncio.Event, asyncio.Task[None]]]) -> Door:
    door, stop = Door(config), asyncio.Event()
    doors.append((stop, asyncio.create_task(door.run(stop))))
    await eventually_async(lambda: door.is_up)
    return door


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIX.4.4", "FIXT.1.1"])
async def test_a_client_orders_and_hears_of_it(
    begin_string: str,
    tmp_path: Path,
    authority: Authority,
    doors: list[tuple[asyncio.Event, asyncio.Task[None]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from fixcore.transport.initiator import SocketInitiator

    monkeypatch.setenv("FIXGATE_DOOR_TOKEN", TOKEN.text)
    heard = Heard()
    async with Acceptor(tmp_path / "acceptor", begin_string, door=FrontDoor()) as ours:
        identity = authority.client(uri(ours.name), "client")
        server, port = authority.server("door"), free_port()
        session = Session(ours.name, begin_string, ours.them, ours.us)
        client = Client(session, "127.0.0.1", port, ours.port, (f"URI:{uri(ours.name)}",), ())
        pem = Pem(server.certificate, server.key, server.authority)
        await opened(DoorConfig(pem, Limits(), TOKEN, clients=(client,)), doors)
        with TlsRelay(port, inside=context(identity)) as relay:
            initiator = SocketInitiator(settings("initiator", begin_string, ours.them, ours.us, relay.port), heard)
            async with initiator:
                (other,) = initiator.sessions.values()
                await eventually_async(lambda: heard.is_on)
                await other.send_app(message("D", {11: "A1", 60: now(), **BODY}))
                await eventually_async(lambda: heard.has("A1"))
                assert [(m.msg_type, m.get(11), m.get(39)) for m in heard.app] == [("8", "A1", "8")]
                await other.send_logout()
                await eventually_async(lambda: not heard.is_on)
        received = [raw for raw in ours.received if b"\x0135=A\x01" in raw]
        assert received
        assert not any(b"10900=" in raw or TOKEN.text.encode() in raw for raw in ours.received)
        assert await ours.is_well()


async def test_a_venue_takes_our_order_and_fills_it(
    tmp_path: Path, authority: Authority, doors: list[tuple[asyncio.Event, asyncio.Task[None]]]
) -> None:
    from fixcore.transport.acceptor import SocketAcceptor

    heard, venue_port, port = Heard(), free_port(), free_port()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    identity = authority.server("venue")
    tls.load_cert_chain(identity.certificate, identity.key)
    async with SocketAcceptor(settings("acceptor", "FIX.4.4", NAME, US, venue_port), heard) as venue:
        with TlsRelay(venue_port, outside=tls) as relay:
            reach = Reach((Address("localhost", relay.port),))
            sessions = (Session("S", "FIX.4.4", US, NAME),)
            out = Venue("V", sessions, port, reach, "", Pem(None, None, identity.authority))
            await opened(DoorConfig(Pem(None, None, None), Limits(), TOKEN, venues=(out,)), doors)
            with Rig(tmp_path, port, token=TOKEN.text) as rig:
                await asyncio.to_thread(rig.granted)
                await eventually_async(lambda: heard.is_on, 30)
                logon = await asyncio.to_thread(rig.sent, "A")
                assert b"10900=" not in logon.raw
                assert not any(m.get(10900) for m in heard.admin)
                rig.say(order("FG1"))
                await eventually_async(lambda: heard.app)
                assert [(m.msg_type, m.get(11)) for m in heard.app] == [("D", "FG1")]
                (session,) = venue.sessions.values()
                await session.send_app(message("8", {**FILL, 60: now()}))
                while b"\x0135=8\x01" not in (received := await asyncio.to_thread(rig.hear, link.Received)).raw:
                    pass
                assert b"\x0117=E1\x01" in received.raw
