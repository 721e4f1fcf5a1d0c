"""How a client reaches us through the front door, in the words of its file."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import msgspec

from gateway.door.config import Network
from ops.counterparty.tls import PORT_MAX
from ops.toml_file import Key

_KINDS = ("URI:", "DNS:", "IP:", "CN:")


class ClientTlsWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[tls]: the front door listens at `host` and `port`, and the client's worker at `loopback_port`."""

    loopback_port: int
    subjects: tuple[str, ...]
    """Names in a certificate that may log on as this client: URI:…, DNS:…, IP:… of its alternative names, CN:… of its subject."""
    networks: tuple[str, ...] = ()
    """Where it may come from, such as 10.1.0.0/16; empty for anywhere."""

    @property
    def allowed(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in self.networks)

    def wrong(self) -> Iterator[tuple[Key, str]]:
        if not 0 < self.loopback_port <= PORT_MAX:
            yield ("tls", "loopback_port"), f"{self.loopback_port} is not between 1 and {PORT_MAX}"
        if not self.subjects:
            yield ("tls", "subjects"), "without the name of a certificate nobody could log on"
        for subject in self.subjects:
            kind = next((kind for kind in _KINDS if subject.startswith(kind)), "")
            if not kind or not subject.removeprefix(kind):
                yield ("tls", "subjects"), f"{subject!r} does not begin with {', '.join(_KINDS)}"
        for network in self.networks:
            try:
                ip_network(network)
            except ValueError as error:
                yield ("tls", "networks"), str(error)


def listens_wrong(host: str) -> Iterator[tuple[Key, str]]:
    """The front door listens on an address, not on whatever a name means today."""
    try:
        ip_address(host)
    except ValueError:
        yield ("host",), f"{host!r} is no address to listen on, such as 0.0.0.0"
