"""What the front door shows to clients, and what nobody may go beyond, in the words of an environment file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography import x509

from gateway.door.certificates import NoContext, for_clients
from gateway.door.config import Limits, Pem
from ops.toml_file import Key

_CONNECTIONS_MAX = 10_000
_OTHERS_MAX = 1 << 24


class DoorWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[door] of an environment."""

    certificate: Path | None = None
    """PEM with the whole chain. Left out: development certificates, made in the data folder."""
    key: Path | None = None
    client_ca: Path | None = None
    """The authorities of our clients' certificates."""
    limits: Limits = Limits()

    def wrong(self) -> Iterator[tuple[Key, str]]:
        """What can be said without looking at any file."""
        said = [key for key in ("certificate", "key", "client_ca") if getattr(self, key) is not None]
        if len(said) in {1, 2}:
            yield ("door", said[0]), "certificate, key and client_ca are said all, or none"
        for field in msgspec.structs.fields(Limits):
            value = getattr(self.limits, field.name)
            most = _CONNECTIONS_MAX if field.name.startswith("connections") else _OTHERS_MAX
            if not 0 < value <= most:
                yield ("door", "limits", field.name), f"{value} is not between 1 and {most}"

    def missing(self) -> Iterator[tuple[Key, str]]:
        """Files that are not there, cannot be read, do not belong together, or have had their time."""
        if self.certificate is None:
            return
        try:
            for_clients(Pem(self.certificate, self.key, self.client_ca))
        except NoContext as reason:
            yield ("door",), str(reason)
            return
        end = x509.load_pem_x509_certificate(self.certificate.read_bytes()).not_valid_after_utc
        if end < datetime.now(UTC):
            yield ("door", "certificate"), f"{self.certificate} ended at {end:%Y-%m-%d %H:%M} UTC"
