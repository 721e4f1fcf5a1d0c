"""One installation for all that happens at its door."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from ops.dev_ca import make_authority
from tests.integration.door.client import Client, hang_up_all
from tests.integration.door.house import OTHER, QUIET, TRADER, House, front_door, server_context, wait_until_up
from tests.support.installation import Installation
from tests.support.ports import free_port
from tests.support.tls_relay import TlsRelay

_numbers: dict[str, int] = {}
"""Of each session, from one test to the next."""


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    folder.chmod(0o711)
    venue = make_authority(folder / "venue")
    relay = TlsRelay(0, outside=server_context(venue), port=free_port())
    running = Installation(folder, has_client=True, clients=(OTHER, TRADER), door=front_door(relay, venue))
    relay._target_port = running.broker_port
    _numbers.clear()
    try:
        with relay, running:
            found = House(running, relay)
            wait_until_up(found)
            yield found
    finally:
        shutil.rmtree(folder)


@pytest_asyncio.fixture(autouse=True)
async def nothing_stays_open() -> AsyncIterator[None]:
    yield
    await hang_up_all()


@pytest_asyncio.fixture
async def quiet(house: House) -> AsyncIterator[Client]:
    """A client that trades, and is not to be disturbed: at the end it is on the connection that it had, and still trades."""
    client = house.client(QUIET)
    client.number = _numbers.get(QUIET, 0)
    await house.logged_on(client)
    await client.orders()
    yield client
    await client.orders()
    await client.hang_up()
    _numbers[QUIET] = client.number


@pytest_asyncio.fixture
async def other(house: House) -> AsyncIterator[Client]:
    """The client that something happens to; not logged on."""
    client = house.client(OTHER)
    client.number = _numbers.get(OTHER, 0)
    yield client
    await client.hang_up()
    _numbers[OTHER] = client.number
