"""A whole installation behind its front door: two clients and a venue, all over TLS."""

import asyncio
import json
import re
import ssl
from pathlib import Path
from typing import Any

from ops.dev_ca import Authority, Identity, make_authority
from tests.integration.door.client import Client, Hanged, context
from tests.support.front_door import FrontDoor
from tests.support.installation import Installation
from tests.support.polling import eventually, eventually_async
from tests.support.tls_relay import TlsRelay

START_S = 90.0
LIMITS = {
    "connections_max": 60,
    "connections_per_address_max": 20,
    "handshake_s_max": 3,
    "logon_s_max": 4,
    "message_bytes_max": 20_000,
    "messages_per_s_max": 200,
    "unread_bytes_max": 65_536,
    "unread_s_max": 2,
}
QUIET, OTHER, TRADER = "FIX.4.4", "FIX.4.2", "FIXT.1.1"
"""The versions of the client that is not to be disturbed, of the one that something happens to, and of one that is a QuickFIX."""


class House:
    """What the tests know of it."""

    def __init__(self, running: Installation, relay: TlsRelay) -> None:
        self.running, self.relay = running, relay
        self.certificates = running.settings.certificates / "fix"

    @property
    def authority(self) -> Authority:
        """Whom the door trusts."""
        return make_authority(self.certificates)

    def identity(self, version: str) -> Identity:
        """What the client of that version shows."""
        name = self.running.client_name(version)
        folder = self.certificates
        return Identity(folder / f"{name}.pem", folder / f"{name}.key", folder / "ca.pem")

    def client(self, version: str, tls: ssl.SSLContext | None = None) -> Client:
        """Its session has to be there: `up` makes certificates first."""
        found = next(c for c in self.running.settings.clients if c.name == self.running.client_name(version))
        return Client(found.port, version, found.target_comp_id, found.sender_comp_id, tls or context(self.identity(version)))

    def loopback_port(self, version: str) -> int:
        """Where the worker of that client listens."""
        found = next(c for c in self.running.settings.clients if c.name == self.running.client_name(version))
        assert found.tls is not None
        return found.tls.loopback_port

    def status(self) -> dict[str, Any]:
        """What the door writes of itself."""
        file = self.running.settings.data / "run" / "door.json"
        found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return found

    def refused(self, reason: str) -> int:
        """How often, until now."""
        return int(self.status().get("refused", {}).get(reason, 0))

    def log(self) -> str:
        return (self.running.settings.data / "log" / "door.log").read_text()

    async def is_refused(self, reason: str, before: int) -> None:
        """Wait until the door says so; `before` is `refused` of before."""
        await eventually_async(lambda: self.refused(reason) > before)

    async def logged_on(self, client: Client) -> Client:
        """On; it may be that the door still has the last connection."""
        async with asyncio.timeout(START_S):
            while True:
                try:
                    return await client.log_on()
                except (Hanged, OSError) as closed:
                    await client.hang_up()
                    if expected := re.search(r"expecting (\d+)", str(closed)):  # It had seen more of what was cut off.
                        client.number = int(expected[1]) - 1
                    await asyncio.sleep(0.2)


def front_door(relay: TlsRelay, venue: Authority) -> FrontDoor:
    """As the files of the installation say it."""
    ours = venue.client("spiffe://venue/fixgate", "fixgate")
    return FrontDoor(
        limits=LIMITS,
        networks={f"EXAMPLE-{OTHER}": ["127.0.0.0/24"]},
        venue_port=relay.port,
        venue_ca=venue.folder / "ca.pem",
        venue_identity=(ours.certificate, ours.key),
    )


def server_context(authority: Authority, *names: str) -> ssl.SSLContext:
    """Of a venue that wants a certificate of its clients."""
    identity = authority.server("venue-" + "-".join(names).replace(":", "_"), *names)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(identity.authority))
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_cert_chain(identity.certificate, identity.key)
    return made


def broken(path: Path) -> bytes:
    """Put rubbish into a file; returns what was there."""
    good = path.read_bytes()
    path.write_bytes(b"rubbish")
    return good


def is_up(house: House) -> bool:
    """Whether the door and its certificates are there."""
    return bool(house.status()) and house.identity(OTHER).key.exists()


def wait_until_up(house: House) -> None:
    eventually(lambda: is_up(house), START_S)
