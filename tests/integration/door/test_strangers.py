"""Whoever is not a client of ours, or no longer behaves as one: out, without a word, and nobody else notices."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ops.dev_ca import make_authority
from tests.integration.door.certificates import expired
from tests.integration.door.client import Client, Hanged, connected, context, is_closed
from tests.integration.door.house import LIMITS, OTHER, QUIET, House
from tests.sessions.peer import Peer, put_together
from tests.support.front_door import uri

SLOWLY_S = 0.4
MALLORY = "127.0.0.66"
FAR_AWAY = "127.9.9.9"


async def drips(peer: Peer, data: bytes) -> None:
    """A byte every 0.4 s, until the other side hangs up."""
    for at in range(len(data)):
        try:
            if await is_closed(peer, SLOWLY_S):
                return
        except TimeoutError:
            await peer.write(data[at : at + 1])
    raise AssertionError("nobody hung up")


async def test_a_stranger_with_a_byte_every_now_and_then_is_closed_at_the_handshake(house: House, quiet: Client) -> None:
    before = house.refused("handshake_failed")
    peer = await connected(quiet.port, MALLORY, None)
    dripping = asyncio.create_task(drips(peer, b"\x16\x03\x01\x02\x00" + bytes(200)))
    while not dripping.done():
        await quiet.orders()
    await dripping
    await house.is_refused("handshake_failed", before)


async def test_a_client_with_a_byte_every_now_and_then_is_closed_at_the_logon(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("no_logon_in_time")
    dripping = asyncio.create_task(drips(await other.connect(), other.logon()))
    while not dripping.done():
        await quiet.orders()
    await dripping
    await house.is_refused("no_logon_in_time", before)


async def test_a_client_that_says_nothing_is_closed(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("no_logon_in_time")
    assert await is_closed(await other.connect())
    await house.is_refused("no_logon_in_time", before)


async def test_two_hundred_silent_connections_keep_nobody_out(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("too_many_connections_of_address")
    silent = [await connected(quiet.port, MALLORY, None) for _ in range(200)]
    await other.log_on()
    await quiet.orders()
    await other.orders()
    assert all(await asyncio.gather(*(is_closed(peer) for peer in silent)))
    allowed = LIMITS["connections_per_address_max"]
    await house.is_refused("too_many_connections_of_address", before + 200 - allowed - 1)


async def test_no_more_connections_than_there_may_be(house: House, quiet: Client) -> None:
    before = house.refused("too_many_connections")
    sources = [f"127.0.0.{number}" for number in (70, 71, 72, 73)]
    silent = [await connected(quiet.port, source, None) for source in sources for _ in range(20)]
    await house.is_refused("too_many_connections", before)
    await quiet.orders()
    assert all(await asyncio.gather(*(is_closed(peer) for peer in silent)))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "not_a_logon"),
        (b"8=FIX.4.4\x019=999999999\x01", "too_many_bytes_before_logon"),
        (b"8=FIX.4.4\x019=9999999999999999999999999999", "not_a_logon"),
        (b"8=FIX.4.4\x019=5000\x0135=A\x01", "too_many_bytes_before_logon"),
        (put_together([(8, "FIX.4.2"), (9, "$LEN"), (35, "0"), (34, "1"), (10, "$SUM")]), "not_a_logon"),
    ],
    ids=["no FIX", "a huge BodyLength", "a BodyLength without end", "a long Logon", "a Heartbeat"],
)
async def test_what_is_no_logon_is_closed_at_once(said: bytes, reason: str, house: House, quiet: Client, other: Client) -> None:
    before = house.refused(reason)
    peer = await other.connect()
    await peer.write(said)
    assert await is_closed(peer, LIMITS["logon_s_max"] - 1)
    await house.is_refused(reason, before)


async def refused_at_the_handshake(house: House, other: Client, tls: ssl.SSLContext) -> None:
    before = house.refused("handshake_failed")
    with pytest.raises((Hanged, ssl.SSLError, ConnectionError)):
        await other.log_on(tls=tls)
    await house.is_refused("handshake_failed", before)


async def test_without_a_certificate_nobody_comes_in(house: House, quiet: Client, other: Client) -> None:
    await refused_at_the_handshake(house, other, context(None, house.identity(OTHER)))


async def test_a_certificate_of_another_authority_is_none(house: House, quiet: Client, other: Client, tmp_path: Path) -> None:
    false = make_authority(tmp_path / "mallory").client(uri(house.running.client_name(OTHER)), "other")
    await refused_at_the_handshake(house, other, context(false, house.identity(OTHER)))


async def test_a_certificate_that_has_ended_is_none(house: House, quiet: Client, other: Client, tmp_path: Path) -> None:
    old = expired(house.authority, tmp_path, uri(house.running.client_name(OTHER)))
    await refused_at_the_handshake(house, other, context(old, house.identity(OTHER)))


async def test_a_certificate_of_a_server_is_no_clients(house: House, quiet: Client, other: Client, tmp_path: Path) -> None:
    folder = house.certificates
    server = type(house.identity(OTHER))(folder / "door.pem", folder / "door.key", folder / "ca.pem")
    await refused_at_the_handshake(house, other, context(server))


async def test_an_old_tls_is_none(house: House, quiet: Client, other: Client) -> None:
    tls = context(house.identity(OTHER))
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    await refused_at_the_handshake(house, other, tls)


async def refused_at_the_logon(house: House, reason: str, log_on: Callable[[], Awaitable[object]]) -> None:
    before = house.refused(reason)
    with pytest.raises(Hanged, match="hung up"):
        await log_on()
    await house.is_refused(reason, before)


async def test_the_certificate_of_another_client_is_not_ours(house: House, quiet: Client, other: Client) -> None:
    theirs = context(house.identity(QUIET))
    await refused_at_the_logon(house, "certificate_of_another", lambda: other.log_on(tls=theirs))
    assert f'"session": "{house.running.client_name(OTHER)}"' not in house.log().splitlines()[-1]


async def test_a_logon_of_nobody_is_closed(house: House, quiet: Client, other: Client) -> None:
    nobody = Client(other.port, OTHER, "MALLORY", "FIXGATE", other.tls)
    await refused_at_the_logon(house, "no_such_session", nobody.log_on)


async def test_a_client_may_only_come_from_where_it_is(house: House, quiet: Client, other: Client) -> None:
    await refused_at_the_logon(house, "address_not_allowed", lambda: logged_on_from(other, FAR_AWAY))


async def logged_on_from(client: Client, source: str) -> Client:
    try:
        return await client.log_on(source)
    except (OSError, ssl.SSLError) as error:
        raise Hanged("hung up") from error


async def test_a_second_connection_of_a_session_is_closed_and_the_first_stays(house: House, quiet: Client) -> None:
    second = house.client(QUIET)
    second.number = quiet.number
    await refused_at_the_logon(house, "session_already_connected", second.log_on)
    await quiet.orders()


async def test_a_client_cannot_bring_a_token_of_its_own(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("not_a_logon")
    peer = await other.connect()
    await peer.write(other.logon((10900, "a" * 64)))
    assert await is_closed(peer)
    await house.is_refused("not_a_logon", before)


@pytest.mark.parametrize("body", [[], [(141, "Y")]], ids=["plainly", "with a reset of the numbers"])
async def test_a_logon_on_loopback_without_the_token_is_refused(
    body: list[tuple[int, str]], house: House, quiet: Client, other: Client
) -> None:
    peer = await connected(house.loopback_port(OTHER), "127.0.0.1", None)
    await peer.write(other.logon(*body))
    assert await is_closed(peer)
    await house.logged_on(other)
    assert dict(await other.orders())[35] == "8"


async def test_a_message_that_is_too_long_is_the_last(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("message_too_long")
    await house.logged_on(other)
    await other.orders()
    await other.send("D", (11, "LONG"), (58, "x" * LIMITS["message_bytes_max"]))
    other.number -= 1
    with pytest.raises(Hanged):
        await other.hears_all()
    await house.is_refused("message_too_long", before)
    await other.hang_up()
    await house.logged_on(other)
    await other.orders()


async def test_who_sends_too_fast_is_read_more_slowly_and_loses_nothing(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("too_many_messages")
    await house.logged_on(other)
    for _ in range(3 * LIMITS["messages_per_s_max"]):
        await other.send("0")
    await quiet.orders()
    await house.is_refused("too_many_messages", before)
    assert dict(await other.orders())[35] == "8"


async def test_who_does_not_read_is_disconnected_and_nothing_grows(house: House, quiet: Client, other: Client) -> None:
    before = house.refused("peer_does_not_read")
    await house.logged_on(other)
    for _ in range(20):
        await other.orders()
    peer = other._peer
    assert peer is not None
    peer._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer._reader._transport.pause_reading()  # type: ignore[attr-defined]
    try:
        while house.refused("peer_does_not_read") == before:
            await other.send("2", (7, "1"), (16, "0"))
            await quiet.orders()
    except ConnectionError:
        await house.is_refused("peer_does_not_read", before)
    peer._writer.transport.abort()
    other._peer = None
    await house.logged_on(other)
    await other.orders()
