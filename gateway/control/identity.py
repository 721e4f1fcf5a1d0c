"""Who is calling: the URI of the client certificate, and what the configuration says of it."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec

_SPIFFE_ID = re.compile(r"spiffe://fixgate/[a-z0-9-]+/(?P<role>[a-z]+)/[A-Za-z0-9._-]+")


class Role(Enum):
    """What a principal is for; the third part of its id."""

    TRADER = "trader"
    VIEWER = "viewer"
    ADMIN = "admin"
    OPERATOR = "operator"
    """Looks after the FIX sessions."""
    FEED = "feed"
    """Sets reference data, but for lists of who may do what."""
    RISK = "risk"
    """Answers for risk: stops trading, and lets it go on."""


class Principal(msgspec.Struct, frozen=True):
    """Somebody that this server knows. `spiffe_id` is spiffe://fixgate/<environment>/<role>/<name>."""

    spiffe_id: str
    role: Role
    accounts: frozenset[str]
    """Which accounts it may trade, or see."""


class NotAPrincipal(ValueError):
    """The configuration holds an id that no client certificate of ours has."""

    def __init__(self, spiffe_id: str) -> None:
        roles = "|".join(role.value for role in Role)
        super().__init__(f"principal {spiffe_id!r} is not spiffe://fixgate/<environment>/<{roles}>/<name>")


def principals(accounts: Mapping[str, Iterable[str]]) -> dict[str, Principal]:
    """The principals by id, from the accounts of each id. Raises NotAPrincipal."""
    return {spiffe_id: _principal(spiffe_id, frozenset(named)) for spiffe_id, named in accounts.items()}


def _principal(spiffe_id: str, accounts: frozenset[str]) -> Principal:
    found = _SPIFFE_ID.fullmatch(spiffe_id)
    if found is None or found["role"] not in {role.value for role in Role}:
        raise NotAPrincipal(spiffe_id)
    return Principal(spiffe_id, Role(found["role"]), accounts)


def claimed_id(auth_context: Mapping[str, Iterable[bytes]]) -> str | None:
    """The one URI of the verified client certificate; None if there is none, or more than one (SPIFFE X.509-SVID, section 2).

    A name of another kind does not count, whatever it says; nor the common name, nor anything that a client writes itself.
    """
    uris = list(auth_context.get("peer_uri", ()))
    return uris[0].decode("ascii", "replace") if len(uris) == 1 else None
