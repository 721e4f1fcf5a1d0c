"""How we reach a counterparty through the front door, in the words of its file; or in the clear, where it says so."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path

import msgspec

from gateway.door.certificates import NoContext, for_venue
from gateway.door.config import Pem
from gateway.fix.reaching import Address
from ops.toml_file import Key

PORT_MAX = 65_535
_HOST_NAME = re.compile(r"[A-Za-z0-9.:-]{1,253}")


class TlsWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[tls]: the front door connects to the counterparty, and the workers to the front door."""

    loopback_port: int
    """Where the front door listens for this counterparty's workers, on this machine alone."""
    ca: Path | None = None
    """The authorities that its certificate must be from, PEM; left out, those that the system trusts."""
    certificate: Path | None = None
    """Ours, PEM with the whole chain, where it wants one."""
    key: Path | None = None
    server_name: str = ""
    """Which its certificate must be for; left out, the host of each address."""

    @property
    def pem(self) -> Pem:
        return Pem(self.certificate, self.key, self.ca)

    def wrong(self) -> Iterator[tuple[Key, str]]:
        """What can be said without looking at any file."""
        if not 0 < self.loopback_port <= PORT_MAX:
            yield ("tls", "loopback_port"), f"{self.loopback_port} is not between 1 and {PORT_MAX}"
        if (self.certificate is None) != (self.key is None):
            yield ("tls", "certificate" if self.certificate else "key"), "certificate and key are said both, or neither"
        if self.server_name and not _HOST_NAME.fullmatch(self.server_name):
            yield ("tls", "server_name"), f"{self.server_name!r} is no name or number of a host"

    def missing(self) -> Iterator[tuple[Key, str]]:
        """Files that are not there, cannot be read, or do not belong together."""
        try:
            for_venue(self.pem)
        except NoContext as reason:
            yield ("tls",), str(reason)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, whatever a name server says."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def in_the_clear_wrong(addresses: Iterable[Address], *, has_tls: bool, is_plain: bool) -> Iterator[tuple[Key, str]]:
    """A line in the clear that nobody asked for, and one that is asked for beside [tls]."""
    if has_tls and is_plain:
        yield ("plain_tcp",), "it contradicts [tls]: say one of them"
    if has_tls or is_plain:
        return
    for place, address in enumerate(addresses):
        if not is_loopback(address.host):
            at: Key = ("fallback", place - 1, "host") if place else ("host",)
            yield at, f"{address.host!r} is not this machine: say [tls], or plain_tcp = true where the line is private"
