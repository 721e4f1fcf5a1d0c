"""What the house itself does: new certificates, and a door that dies, without anybody losing anything."""

from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from gateway.codec.text import Fields
from gateway.codec.version import VERSIONS
from gateway.simulator import ledger
from tests.dialogues.peer import Peer, order
from tests.integration.door.client import Client, context
from tests.integration.door.house import START_S, TRADER, House, broken
from tests.support.client import is_filled
from tests.support.polling import eventually, eventually_async
from tests.support.tls_relay import TlsRelay

ENDED = frozenset({"2", "4", "8", "C"})
"""OrdStatus(39): filled, canceled, rejected, expired."""


async def shown(house: House, client: Client) -> bytes:
    """The certificate that the door shows to a new connection now."""
    peer = await client.connect()
    found: bytes = peer._writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    await client.hang_up()
    return found


async def test_a_new_certificate_is_shown_to_new_connections_and_drops_none(house: House, quiet: Client, other: Client) -> None:
    before = await shown(house, other)
    (house.certificates / "door.key").unlink()
    house.authority.server("door")
    is_renewed: Callable[[], bool | Awaitable[bool]] = partial(is_another, house, other, before)
    await eventually_async(is_renewed, 20)
    await house.logged_on(other)
    await other.orders()
    await quiet.orders()


async def is_another(house: House, client: Client, before: bytes) -> bool:
    return await shown(house, client) != before


async def test_a_broken_certificate_is_said_and_the_old_one_stays(house: House, quiet: Client, other: Client) -> None:
    before = await shown(house, other)
    file = house.certificates / "door.pem"
    good = broken(file)
    try:
        await eventually_async(lambda: "new certificates are refused" in house.log())
        assert await shown(house, other) == before
        await house.logged_on(other)
        await other.orders()
    finally:
        file.write_bytes(good)
    await eventually_async(lambda: house.log().rfind("certificates are renewed") > house.log().rfind("are refused, the old"))
    assert await shown(house, other) == before


@pytest.fixture
def trader(house: House, tmp_path: Path) -> Iterator[Peer]:
    """A QuickFIX client, in the clear to a relay that does TLS for it."""
    client = house.client(TRADER)
    with TlsRelay(client.port, inside=context(house.identity(TRADER))) as relay:
        version, broker = VERSIONS[TRADER], client.target_comp_id
        peer = Peer(relay.port, tmp_path / "peer", persist_messages=True, version=version, start_s=START_S, broker=broker)
        peer.start()
        yield peer
        peer.stop()


def hear_ends(peer: Peer, found: dict[str, Fields], count: int) -> None:
    """Add the last report of each order that ends, until there are so many; it says how much was filled in all."""
    while len(found) < count:
        told = peer.receive(START_S)
        about = dict(told)
        if about[11].startswith("K") and about[39] in ENDED:
            found[about[11]] = told


def test_a_door_that_is_killed_comes_back_and_nothing_is_lost(house: House, trader: Peer) -> None:
    """The venue's sessions go with it, and come back too: every order has an end, and the venue knows of the same fills."""
    eventually(lambda: is_filled(trader), START_S)
    found: dict[str, Fields] = {}
    for number in range(60):
        if number == 40:
            hear_ends(trader, found, 5)
            house.running.kill("door")
        trader.send("D", *order(f"K{number}", (21, "1")))
    hear_ends(trader, found, 60)
    told = {dict(last)[37]: Decimal(dict(last)[14]) for last in found.values() if dict(last)[39] != "8"}
    filled = dict.fromkeys(told, Decimal(0))
    for report in ledger.read(house.running.ledger):
        if report.cl_ord_id in filled and report.last_qty is not None:
            filled[report.cl_ord_id] += report.last_qty
    assert told == filled
    assert len(told) >= 5
    eventually(lambda: is_filled(trader), START_S)
