"""What the front door is told when it starts. Plain values."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import msgspec

from gateway.fix.reaching import Reach
from gateway.fix.token import Token

LOOPBACK = "127.0.0.1"
Network = IPv4Network | IPv6Network


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What nobody may go beyond. Whoever does is disconnected, but for messages_per_s_max: they are read no faster."""

    connections_max: int = 256
    """From the network, at a time."""
    connections_per_address_max: int = 16
    handshake_s_max: int = 5
    """For the TLS handshake."""
    logon_s_max: int = 10
    """From the connection to a whole Logon(A)."""
    logon_bytes_max: int = 4_096
    """Of the Logon, and of all that is sent before it is whole."""
    message_bytes_max: int = 65_536
    """BodyLength(9) of a client's message."""
    messages_per_s_max: int = 2_000
    """Of one client, on average; as many at once."""
    unread_bytes_max: int = 262_144
    """What waits here for a peer that does not read; more is left where it comes from."""
    unread_s_max: int = 10
    """For so long a peer may be that much behind."""


class Pem(msgspec.Struct, frozen=True):
    """A certificate with its key, and the authorities that the other side's must be from; None for those of the system."""

    certificate: Path | None
    key: Path | None
    authorities: Path | None


class Session(msgspec.Struct, frozen=True):
    """A FIX session by what its Logon(A) says."""

    name: str
    begin_string: str
    sender_comp_id: str
    """Of whoever sends the Logon."""
    target_comp_id: str


class Client(msgspec.Struct, frozen=True):
    """A client that connects to us."""

    session: Session
    host: str
    port: int
    """Where we listen for it. Clients may share both."""
    loopback_port: int
    """Where its worker listens on this machine."""
    subjects: tuple[str, ...]
    """Names of certificates that may log on: DNS:…, URI:…, IP:… of the alternative names, CN:… of the subject."""
    networks: tuple[Network, ...]
    """Where it may come from; empty for anywhere."""


class Venue(msgspec.Struct, frozen=True):
    """A counterparty that we connect to, for its sessions' workers."""

    name: str
    sessions: tuple[Session, ...]
    loopback_port: int
    """Where its workers find us on this machine."""
    reach: Reach
    server_name: str
    """Which its certificate must be for; empty for the host of each address."""
    pem: Pem


class DoorConfig(msgspec.Struct, frozen=True):
    """All of it."""

    pem: Pem
    """What clients see of us, and whose certificates they must have."""
    limits: Limits
    token: Token
    clients: tuple[Client, ...] = ()
    venues: tuple[Venue, ...] = ()
    status_file: Path | None = None
    """Where to write who is connected, and what was refused how often."""
