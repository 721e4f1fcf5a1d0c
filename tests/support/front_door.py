"""What the files of an installation say of the front door, in tests."""

import json
from pathlib import Path

import msgspec

from tests.support.ports import free_port

RESENDS_MAX = 1_000
"""What a client may ask for again: to fill a line that nobody reads takes more than a client is let do otherwise."""


class FrontDoor(msgspec.Struct, frozen=True):
    """Words that are added to each file."""

    limits: dict[str, int] = {}
    """[door.limits], where they are other than the usual."""
    networks: dict[str, list[str]] = {}
    """Where a client may come from, by its name."""
    venue_port: int = 0
    """Where the venue listens with TLS; 0 where it does not."""
    venue_ca: Path | None = None
    venue_identity: tuple[Path, Path] | None = None
    """Our certificate and key, for the venue."""

    @property
    def of_environment(self) -> str:
        return _table("door.limits", self.limits)

    @property
    def of_venue(self) -> str:
        if not self.venue_port:
            return ""
        words: dict[str, object] = {"loopback_port": free_port(), "ca": str(self.venue_ca), "server_name": "localhost"}
        if self.venue_identity is not None:
            words |= {"certificate": str(self.venue_identity[0]), "key": str(self.venue_identity[1])}
        return _table("tls", words)

    def of_client(self, name: str) -> str:
        words: dict[str, object] = {"loopback_port": free_port(), "subjects": [f"URI:{uri(name)}"]}
        tls = _table("tls", words | {"networks": self.networks.get(name, [])})
        return tls + _table("breakers", {"resends": RESENDS_MAX})


def uri(name: str) -> str:
    """Of a client's certificate."""
    return f"spiffe://fixgate/dev/client/{name}"


def _table(name: str, words: "dict[str, object] | dict[str, int]") -> str:
    return "\n".join([f"\n[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in words.items()), ""])
