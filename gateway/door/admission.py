"""Who may come in, and who may log on: rules over values. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from ipaddress import ip_address
from typing import Any

from gateway.door.config import Client, Limits, Session
from gateway.door.frames import Logon
from gateway.fix import token


class Reason(Enum):
    """Why a connection was closed, or slowed down. Told to our own log alone."""

    ADDRESS = "address_not_allowed"
    CONNECTIONS = "too_many_connections"
    CONNECTIONS_OF_ADDRESS = "too_many_connections_of_address"
    HANDSHAKE = "handshake_failed"
    LOGON_LATE = "no_logon_in_time"
    NOT_A_LOGON = "not_a_logon"
    LOGON_BYTES = "too_many_bytes_before_logon"
    NOBODY = "no_such_session"
    CERTIFICATE = "certificate_of_another"
    TAKEN = "session_already_connected"
    UNPROVED = "no_token"
    NO_WORKER = "worker_not_listening"
    STRANGER = "loopback_owner_is_another"
    MESSAGE_BYTES = "message_too_long"
    RATE = "too_many_messages"
    UNREAD = "peer_does_not_read"
    VENUE = "venue_not_reached"


class Counts:
    """Connections from the network that are open now."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._of_address: Counter[str] = Counter()

    @property
    def total(self) -> int:
        return self._of_address.total()

    def refusal(self, address: str) -> Reason | None:
        """Why one more from `address` is one too many."""
        if self.total >= self._limits.connections_max:
            return Reason.CONNECTIONS
        if self._of_address[address] >= self._limits.connections_per_address_max:
            return Reason.CONNECTIONS_OF_ADDRESS
        return None

    def add(self, address: str) -> None:
        self._of_address[address] += 1

    def remove(self, address: str) -> None:
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]


def may_come(client: Client, address: str) -> bool:
    """Whether the client may come from there."""
    found = ip_address(address)
    plain = getattr(found, "ipv4_mapped", None) or found
    return not client.networks or any(plain in network for network in client.networks)


def session_of(logon: Logon, sessions: Sequence[Session]) -> Session | None:
    """Whose Logon it is."""
    said = (logon.begin_string, logon.sender_comp_id, logon.target_comp_id)
    return next((s for s in sessions if (s.begin_string, s.sender_comp_id, s.target_comp_id) == said), None)


def logon_refusal(client: Client, logon: Logon, address: str, names: frozenset[str], *, is_connected: bool) -> Reason | None:
    """Why this client may not log on by this connection; `names` are its certificate's."""
    if token.has_any(logon.raw):
        return Reason.NOT_A_LOGON
    if not may_come(client, address):
        return Reason.ADDRESS
    if names.isdisjoint(client.subjects):
        return Reason.CERTIFICATE
    return Reason.TAKEN if is_connected else None


def names(certificate: dict[str, Any]) -> frozenset[str]:
    """All names of a certificate, as `ssl` tells them, in the words of Client.subjects."""
    return frozenset(_names(certificate))


def _names(certificate: dict[str, Any]) -> Iterator[str]:
    prefixes = {"DNS": "DNS", "URI": "URI", "IP Address": "IP"}
    for kind, value in certificate.get("subjectAltName", ()):
        if kind in prefixes:
            yield f"{prefixes[kind]}:{value}"
    for relative in certificate.get("subject", ()):
        for kind, value in relative:
            if kind == "commonName":
                yield f"CN:{value}"
