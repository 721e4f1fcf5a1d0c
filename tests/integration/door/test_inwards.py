"""The way in: a client to its own worker, and to nobody when it is gone."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.door.config import Client, DoorConfig, Limits, Pem, Session
from gateway.door.door import Door
from gateway.door.inwards import Inwards
from gateway.fix.token import Token, with_token
from ops.dev_ca import Authority, Identity, make_authority
from tests.integration.door.client import connected, context, is_closed
from tests.integration.door.venue import Venue
from tests.sessions.peer import Peer, now, put_together, taken_apart
from tests.support.polling import eventually_async
from tests.support.ports import free_port

TOKEN = Token("t" * 64)
NAME = "ACME"
URI = "spiffe://fixgate/dev/client/ACME"


def told(msg_type: str, *body: tuple[int, str]) -> bytes:
    header = [(8, "FIX.4.4"), (9, "$LEN"), (35, msg_type), (34, "1"), (49, NAME), (56, "FIXGATE"), (52, now())]
    return put_together([*header, *body, (10, "$SUM")])


LOGON = told("A", (98, "0"), (108, "0"))
ANSWER, LOGOUT = told("A"), told("5")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "house")


class Way:
    """A door that is up, in our own hands, before the worker of one client."""

    def __init__(self, door: Door, port: int, identity: Identity) -> None:
        self.door, self.port, self._tls = door, port, context(identity)

    @property
    def inwards(self) -> Inwards:
        assert self.door._inwards is not None
        return self.door._inwards

    async def client(self, tls: ssl.SSLContext | None = None) -> Peer:
        return await connected(self.port, "127.0.0.1", tls or self._tls)


@asynccontextmanager
async def way(authority: Authority, worker_port: int) -> AsyncIterator[Way]:
    ours = authority.server("door")
    client = Client(Session(NAME, "FIX.4.4", NAME, "FIXGATE"), "127.0.0.1", free_port(), worker_port, (f"URI:{URI}",), ())
    pem = Pem(ours.certificate, ours.key, ours.authority)
    door, stop = Door(DoorConfig(pem, Limits(), TOKEN, clients=(client,))), asyncio.Event()
    running = asyncio.create_task(door.run(stop))
    try:
        await eventually_async(lambda: door.is_up)
        yield Way(door, client.port, authority.client(URI, NAME))
    finally:
        stop.set()
        await running


async def test_a_logon_comes_to_the_worker_with_the_token_and_the_answer_goes_back(authority: Authority) -> None:
    async with Venue(None) as worker, way(authority, worker.port) as into:
        client = await into.client()
        await client.write(LOGON)
        there = await worker.accept()
        assert await there.hear() == taken_apart(with_token(LOGON, TOKEN))
        await there.write(ANSWER)
        assert await client.hear() == taken_apart(ANSWER)


async def test_what_a_client_says_before_it_hangs_up_comes_to_the_worker(authority: Authority) -> None:
    async with Venue(None) as worker, way(authority, worker.port) as into:
        client = await into.client()
        await client.write(LOGON)
        there = await worker.accept()
        await there.hear()
        await client.write(LOGOUT)
        await client.hang_up()
        assert await there.hear() == taken_apart(LOGOUT)
        assert await is_closed(there)


@pytest.mark.parametrize("repetition", range(5))
async def test_the_logon_of_a_client_that_is_gone_comes_to_no_worker(repetition: int, authority: Authority) -> None:
    """QuickFIX would take it for the session, and turn the real client away as long as nothing tells it otherwise."""
    async with Venue(None) as worker, way(authority, worker.port) as into:
        client = await into.client()
        client._writer.write(LOGON)
        client._writer.close()
        there = await worker.accept()
        assert await is_closed(there), f"{repetition}: the worker's end hears something or stays open"
        await eventually_async(lambda: not into.inwards.connected and into.inwards.counts.total == 0)
        again = await into.client()
        await again.write(LOGON)
        assert await (await worker.accept()).hear() == taken_apart(with_token(LOGON, TOKEN))


class Resuming(ssl.SSLContext):
    """A client's context by TLS 1.2, which goes on with the session that it had."""

    had: ssl.SSLSession | None = None

    def wrap_bio(self, *ends: Any, **words: Any) -> ssl.SSLObject:
        return super().wrap_bio(*ends, **{**words, "session": self.had})


async def test_a_client_that_resumes_a_tls_session_is_refused_and_may_come_again(authority: Authority) -> None:
    """It shows no certificate: that of before counts, also when it has run out or its authority is gone."""
    async with Venue(None) as worker, way(authority, worker.port) as into:
        identity = authority.client(URI, NAME)
        tls = Resuming(ssl.PROTOCOL_TLS_CLIENT)
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
        tls.load_verify_locations(identity.authority)
        tls.load_cert_chain(identity.certificate, identity.key)
        first = await into.client(tls)
        tls.had = first._writer.get_extra_info("ssl_object").session
        await first.hang_up()
        await eventually_async(lambda: into.inwards.counts.total == 0)
        assert await is_closed(await into.client(tls))
        assert into.door._refusals.counts["handshake_failed"] == 1
        again = await into.client(tls)
        await again.write(LOGON)
        assert await (await worker.accept()).hear() == taken_apart(with_token(LOGON, TOKEN))
