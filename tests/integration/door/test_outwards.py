"""The way out: to the right venue or to none, for our own workers and nobody else."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.door.config import DoorConfig, Limits, Pem, Session
from gateway.door.config import Venue as VenueConfig
from gateway.door.door import Door
from gateway.door.line import End
from gateway.door.outwards import Attempts, Outwards
from gateway.fix.reaching import Address, Reach
from gateway.fix.token import Token, with_token
from ops.dev_ca import Authority, make_authority
from tests.integration.door.client import connected, is_closed
from tests.integration.door.venue import Venue
from tests.sessions.peer import Peer, Unheard, now, put_together, taken_apart
from tests.support.polling import eventually_async
from tests.support.ports import free_port

TOKEN = Token("t" * 64)
PATIENCE = Limits(logon_s_max=2, handshake_s_max=2, unread_bytes_max=65_536, unread_s_max=2)


def told(msg_type: str, sender: str = "US", target: str = "BROKER", *body: tuple[int, str]) -> bytes:
    header = [(8, "FIX.4.4"), (9, "$LEN"), (35, msg_type), (34, "1"), (49, sender), (56, target), (52, now())]
    return put_together([*header, *body, (10, "$SUM")])


LOGON = told("A", "US", "BROKER", (98, "0"), (108, "30"))
DATA_LOGON = told("A", "US-MD", "BROKER", (98, "0"), (108, "30"))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "venue")


def venue_tls(authority: Authority, *names: str) -> ssl.SSLContext:
    identity = authority.server("server", *names)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(identity.authority))
    made.load_cert_chain(identity.certificate, identity.key)
    return made


class Way:
    """A door that is up, in our own hands."""

    def __init__(self, door: Door, port: int) -> None:
        self.door, self.port = door, port

    async def worker(self, raw: bytes = b"") -> Peer:
        """A connection as a worker makes it, with what it says first."""
        peer = await connected(self.port, "127.0.0.1", None)
        await peer.write(raw)
        return peer

    def refused(self, reason: str) -> int:
        return self.door._refusals.counts[reason]


@asynccontextmanager
async def way(pem: Pem, *addresses: Address, server_name: str = "") -> AsyncIterator[Way]:
    sessions = (Session("V", "FIX.4.4", "US", "BROKER"), Session("V-MD", "FIX.4.4", "US-MD", "BROKER"))
    venue = VenueConfig("V", sessions, free_port(), Reach(addresses), server_name, pem)
    door, stop = Door(DoorConfig(Pem(None, None, None), PATIENCE, TOKEN, venues=(venue,))), asyncio.Event()
    running = asyncio.create_task(door.run(stop))
    try:
        await eventually_async(lambda: door.is_up)
        yield Way(door, venue.loopback_port)
    finally:
        stop.set()
        await running


def local(port: int, host: str = "localhost") -> Address:
    return Address(host, port)


async def test_a_logon_goes_out_without_its_token_and_the_answer_comes_back(authority: Authority) -> None:
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        worker = await out.worker(with_token(LOGON, TOKEN))
        there = await venue.accept()
        assert await there.hear() == taken_apart(LOGON)
        answer = told("A", "BROKER", "US", (98, "0"), (108, "30"))
        await there.write(answer)
        assert await worker.hear() == taken_apart(answer)
        await worker.hang_up()


async def test_both_sessions_go_through_one_port(authority: Authority) -> None:
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        for logon in (LOGON, DATA_LOGON):
            await out.worker(with_token(logon, TOKEN))
            assert await (await venue.accept()).hear() == taken_apart(logon)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (LOGON, "no_token"),
        (with_token(LOGON, Token("x" * 64)), "no_token"),
        (with_token(told("A", "MALLORY", "BROKER"), TOKEN), "no_such_session"),
        (with_token(told("D"), TOKEN), "not_a_logon"),
        (b"", "no_logon_in_time"),
    ],
    ids=["without a token", "with another token", "of nobody", "an order", "silence"],
)
async def test_who_is_no_worker_of_ours_gets_nowhere(raw: bytes, reason: str, authority: Authority) -> None:
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        first = await out.worker(with_token(DATA_LOGON, TOKEN))
        there = await venue.accept()
        assert await is_closed(await out.worker(raw))
        assert out.refused(reason) == 1
        await there.write(told("A", "BROKER", "US-MD"))
        assert dict(await first.hear())[35] == "A"
        assert len(venue._writers) == 1


async def test_a_second_connection_of_a_session_is_closed(authority: Authority) -> None:
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        await out.worker(with_token(LOGON, TOKEN))
        await venue.accept()
        assert await is_closed(await out.worker(with_token(LOGON, TOKEN)))
        assert out.refused("session_already_connected") == 1


async def test_the_logon_of_a_worker_that_is_gone_comes_to_no_venue(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs up at the very moment at which the venue is there."""
    dial, is_gone = Outwards._dial, asyncio.Event()

    async def dialed(self: Outwards, venue: VenueConfig, name: str, end: End, attempts: Attempts) -> End:
        outer = await dial(self, venue, name, end, attempts)
        end.abort()
        await end.lost
        is_gone.set()
        return outer

    monkeypatch.setattr(Outwards, "_dial", dialed)
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        await out.worker(with_token(LOGON, TOKEN))
        await eventually_async(is_gone.is_set)
        await eventually_async(lambda: not out.door._outwards.connected)
        while not venue._came.empty():  # The handshake may have ended for it: nothing was said.
            assert await is_closed(await venue.accept())


async def is_never_reached(out: Way, venue: Venue) -> None:
    """The worker's Logon waits, the venue sees no byte of it."""
    worker = await out.worker(with_token(LOGON, TOKEN))
    await eventually_async(lambda: out.refused("venue_not_reached") >= 2)
    with pytest.raises(Unheard, match="nothing came"):
        await worker.hear(0.2)
    await worker.hang_up()
    while not venue._came.empty():  # The handshake may have ended for it: nothing was said.
        assert await (await venue.accept())._reader.read(1) == b""


async def test_a_venue_of_another_name_gets_nothing(authority: Authority) -> None:
    tls = venue_tls(authority, "DNS:other.example")
    async with Venue(tls) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        await is_never_reached(out, venue)


async def test_the_name_may_be_another_than_the_hosts(authority: Authority) -> None:
    tls, ca = venue_tls(authority, "DNS:fix.example"), authority.folder / "ca.pem"
    async with Venue(tls) as venue, way(Pem(None, None, ca), local(venue.port, "127.0.0.1"), server_name="fix.example") as out:
        await out.worker(with_token(LOGON, TOKEN))
        assert await (await venue.accept()).hear() == taken_apart(LOGON)


async def test_a_venue_of_another_authority_gets_nothing(authority: Authority, tmp_path: Path) -> None:
    trusted = make_authority(tmp_path / "trusted")
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, trusted.folder / "ca.pem"), local(venue.port)) as out:
        await is_never_reached(out, venue)


async def test_without_an_authority_of_its_own_the_systems_decide(authority: Authority) -> None:
    async with Venue(venue_tls(authority)) as venue, way(Pem(None, None, None), local(venue.port)) as out:
        await is_never_reached(out, venue)


async def test_a_venue_without_tls_gets_nothing(authority: Authority) -> None:
    async with Venue(None) as venue, way(Pem(None, None, authority.folder / "ca.pem"), local(venue.port)) as out:
        worker = await out.worker(with_token(LOGON, TOKEN))
        there = await venue.accept()
        hello = await there._reader.read(3)
        assert hello[:2] == b"\x16\x03"  # A TLS handshake, and never the Logon.
        await worker.hang_up()


async def test_a_venue_may_want_our_certificate(authority: Authority) -> None:
    tls, ours = venue_tls(authority), authority.client("spiffe://venue/us", "us")
    tls.verify_mode = ssl.CERT_REQUIRED
    pem = Pem(ours.certificate, ours.key, authority.folder / "ca.pem")
    async with Venue(tls) as venue, way(pem, local(venue.port)) as out:
        await out.worker(with_token(LOGON, TOKEN))
        there = await venue.accept()
        shown = there._writer.get_extra_info("peercert")
        assert shown["subjectAltName"] == (("URI", "spiffe://venue/us"),)


async def test_when_an_address_does_not_answer_the_next_one_is_tried(authority: Authority) -> None:
    pem = Pem(None, None, authority.folder / "ca.pem")
    async with Venue(venue_tls(authority)) as venue, way(pem, local(free_port()), local(venue.port)) as out:
        worker = await out.worker(with_token(LOGON, TOKEN))
        there = await venue.accept()
        assert await there.hear() == taken_apart(LOGON)
        await there.write(told("A", "BROKER", "US"))
        assert dict(await worker.hear())[35] == "A"
        assert out.refused("venue_not_reached") == 1


async def test_a_venue_that_hangs_up_at_the_logon_is_not_asked_first_again(authority: Authority) -> None:
    """A logon counts, a connection does not."""
    pem, tls = Pem(None, None, authority.folder / "ca.pem"), venue_tls(authority)
    async with Venue(tls) as first, Venue(tls) as second, way(pem, local(first.port), local(second.port)) as out:
        worker = await out.worker(with_token(LOGON, TOKEN))
        (await first.accept())._writer.transport.abort()
        assert await is_closed(worker)
        await out.worker(with_token(LOGON, TOKEN))
        there = await second.accept()
        assert await there.hear() == taken_apart(LOGON)


async def test_a_venue_that_does_not_read_is_disconnected(authority: Authority) -> None:
    pem = Pem(None, None, authority.folder / "ca.pem")
    async with Venue(venue_tls(authority)) as venue, way(pem, local(venue.port)) as out:
        worker, quiet = await out.worker(with_token(LOGON, TOKEN)), await out.worker(with_token(DATA_LOGON, TOKEN))
        peers = [await venue.accept(), await venue.accept()]
        by_sender = {dict(await peer.hear())[49]: peer for peer in peers}
        by_sender["US"]._reader._transport.pause_reading()  # type: ignore[attr-defined]
        flooding = asyncio.create_task(flood(worker))
        await eventually_async(lambda: out.refused("peer_does_not_read"), 30)
        await flooding
        await by_sender["US-MD"].write(told("A", "BROKER", "US-MD"))
        assert dict(await quiet.hear())[35] == "A"


async def flood(worker: Peer) -> None:
    """Until the door hangs up."""
    order = told("D", "US", "BROKER", (58, "x" * 2_000)) * 50
    try:
        while True:
            await worker.write(order)
    except ConnectionError:
        return


async def test_a_huge_body_length_of_a_venue_ends_its_session(authority: Authority) -> None:
    pem = Pem(None, None, authority.folder / "ca.pem")
    async with Venue(venue_tls(authority)) as venue, way(pem, local(venue.port)) as out:
        worker = await out.worker(with_token(LOGON, TOKEN))
        there = await venue.accept()
        await there.hear()
        await there.write(told("A", "BROKER", "US") + b"8=FIX.4.4\x019=99999999\x0135=8\x01")
        assert await is_closed(worker) or dict(await worker.hear())[35] == "A"
        assert out.refused("message_too_long") == 1
