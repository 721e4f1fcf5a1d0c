"""The front door, as the files of an installation say it."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cell import SessionKind
from gateway.door.config import Client, DoorConfig, Pem, Session, Venue
from gateway.fix.token import Token
from ops import client, dev_ca
from ops.counterparty.file import Counterparty
from ops.toml_file import ConfigError

if TYPE_CHECKING:
    from ops.settings import Settings

TOKEN = "FIXGATE_DOOR_TOKEN"  # noqa: S105  Its name.
"""The environment variable of the door and of the workers behind it; `fixgate up` makes one at each start."""


def is_wanted(settings: "Settings") -> bool:
    """Whether any file asks for TLS."""
    return bool(_loopback_ports(settings))


def config(settings: "Settings", token: Token) -> DoorConfig:
    """What the door's process is told."""
    return DoorConfig(
        pem=_pem(settings),
        limits=settings.environment.door.limits,
        token=token,
        clients=tuple(_client(one) for one in settings.clients if one.tls is not None),
        venues=tuple(_venue(one) for one in settings.counterparties if one.tls is not None),
        status_file=settings.data / "run" / "door.json",
    )


def token() -> Token:
    """The token of this start. Raises ConfigError where nobody has made one."""
    text = os.environ.get(TOKEN, "")
    try:
        return Token(text)
    except ValueError as error:
        said = "is not set" if not text else f"is no token: {error}"
        raise ConfigError(f"the environment variable {TOKEN} {said}; the door and its workers need the same one") from error


def new_token() -> str:
    return secrets.token_hex(32)


def make_certificates(settings: "Settings") -> None:
    """The door's own, and one for each client that a URI names, by an authority that nothing else trusts: development only."""
    if settings.environment.door.certificate is not None:
        return
    subjects = {one.name: one.tls.subjects for one in settings.clients if one.tls is not None}
    uris = {name: [s.removeprefix("URI:") for s in found if s.startswith("URI:")] for name, found in subjects.items()}
    dev_ca.ensure_door(_folder(settings), {name: found[0] for name, found in uris.items() if found})


def complaints(settings: "Settings") -> list[str]:
    """Ports that two listen on, and clients that the door could not tell apart."""
    doors = {(one.host, one.port) for one in settings.clients if one.tls is not None}
    ports = [
        *(port for _, port in doors),
        *(one.port for one in settings.clients if one.tls is None),
        *_loopback_ports(settings),
    ]
    ids = [
        (one.port, one.begin_string, one.target_comp_id, one.sender_comp_id) for one in settings.clients if one.tls is not None
    ]
    return [
        *(f"port {port} is there twice" for port in sorted(set(ports)) if ports.count(port) > 1),
        *(f"two clients at port {one[0]} log on as {one[2]} to {one[3]}" for one in sorted(set(ids)) if ids.count(one) > 1),
    ]


def _loopback_ports(settings: "Settings") -> list[int]:
    """Of all that goes through the door."""
    return [
        *(one.tls.loopback_port for one in settings.clients if one.tls is not None),
        *(one.tls.loopback_port for one in settings.counterparties if one.tls is not None),
    ]


def _folder(settings: "Settings") -> Path:
    return settings.certificates / "fix"


def _pem(settings: "Settings") -> Pem:
    words, folder = settings.environment.door, _folder(settings)
    if words.certificate is None:
        return Pem(folder / "door.pem", folder / "door.key", folder / "ca.pem")
    return Pem(words.certificate, words.key, words.client_ca)


def _client(words: client.Client) -> Client:
    assert words.tls is not None
    return Client(
        session=Session(words.name, words.begin_string, words.target_comp_id, words.sender_comp_id),
        host=words.host,
        port=words.port,
        loopback_port=words.tls.loopback_port,
        subjects=words.tls.subjects,
        networks=words.tls.allowed,
    )


def _venue(words: Counterparty) -> Venue:
    assert words.tls is not None
    sessions = [
        Session(plan.name, words.begin_string, ids.sender_comp_id, ids.target_comp_id)
        for plan in words.plans
        if (ids := words.market_data if plan.kind is SessionKind.MARKET_DATA else words.orders) is not None
    ]
    return Venue(
        name=words.name,
        sessions=tuple(sessions),
        loopback_port=words.tls.loopback_port,
        reach=words.reach,
        server_name=words.tls.server_name,
        pem=words.tls.pem,
    )
