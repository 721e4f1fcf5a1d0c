"""A certificate authority for one machine: what mTLS needs before anybody has asked for a real one."""

import fcntl
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=30)
RENEW_BEFORE = timedelta(days=1)
CLOCK_SKEW = timedelta(minutes=5)
SERVER_SANS = ("DNS:localhost", "IP:127.0.0.1")


@dataclass(frozen=True)
class Identity:
    """One certificate and its key, as files in PEM, and the authority that vouches for it."""

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True)
class Certificates:
    """What `ensure` leaves in a folder. `clients` is keyed by "role/name"."""

    authority: Path
    server: Identity
    clients: dict[str, Identity]


@dataclass(frozen=True)
class Authority:
    """The authority of one folder. Whoever may read `ca.key` may be anybody: development only."""

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def server(self, name: str, *sans: str) -> Identity:
        """A certificate for a server. `sans` are like "DNS:localhost" and "IP:127.0.0.1", which are the default."""
        return self._identity(name, [_san(san) for san in sans or SERVER_SANS], ExtendedKeyUsageOID.SERVER_AUTH)

    def client(self, spiffe_id: str, name: str) -> Identity:
        """A certificate for a client, who is `spiffe_id` and nothing else: the common name is for people."""
        return self._identity(name, [_san(f"URI:{spiffe_id}")], ExtendedKeyUsageOID.CLIENT_AUTH)

    def _identity(self, name: str, sans: list[x509.GeneralName], usage: x509.ObjectIdentifier) -> Identity:
        """The files of `name`, made anew where they are missing, near their end, of another authority or for other names."""
        files = Identity(self.folder / f"{name}.pem", self.folder / f"{name}.key", self.folder / "ca.pem")
        names = x509.SubjectAlternativeName(sans)
        if not self._still_good(files, names):
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = self._sign(name, key.public_key(), names, usage)
            _write_key(files.key, key)
            _write(files.certificate, certificate.public_bytes(Encoding.PEM))
        return files

    def _still_good(self, files: Identity, names: x509.SubjectAlternativeName) -> bool:
        try:
            certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
            certificate.verify_directly_issued_by(self.certificate)
            key = _read_key(files.key)
            found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (FileNotFoundError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            return False
        return found == names and key.public_key() == certificate.public_key() and not _near_its_end(certificate)

    def _sign(
        self, name: str, key: ec.EllipticCurvePublicKey, names: x509.SubjectAlternativeName, usage: x509.ObjectIdentifier
    ) -> x509.Certificate:
        end = min(datetime.now(UTC) + LIFETIME, self.certificate.not_valid_after_utc)
        return (
            _builder(_named(name), self.certificate.subject, key, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(names, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, SHA256())
        )


def ensure(folder: Path, environment: str, clients: Iterable[str]) -> Certificates:
    """Authority, server and clients in `folder`: what is there and good is kept, the rest is made. Processes may race.

    `clients` are "role/name"; each is `spiffe://fixgate/<environment>/<role>/<name>` in its certificate. Files: ca.pem, ca.key,
    server.pem, server.key, <role>-<name>.pem, <role>-<name>.key.
    """
    _private_folder(folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        authority = make_authority(folder)
        identities = {
            client: authority.client(f"spiffe://fixgate/{environment}/{client}", client.replace("/", "-")) for client in clients
        }
        return Certificates(folder / "ca.pem", authority.server("server"), identities)


def ensure_door(folder: Path, clients: Mapping[str, str]) -> Identity:
    """Authority, front door and its clients in `folder`, in the same way; returns the door's own. `clients` are URIs by name.

    Files: ca.pem, ca.key, door.pem, door.key, <name>.pem, <name>.key.
    """
    _private_folder(folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        authority = make_authority(folder)
        for name, uri in clients.items():
            authority.client(uri, name)
        return authority.server("door")


def make_authority(folder: Path) -> Authority:
    """The authority of `folder`: the one that is there, or a new one where it is missing, broken or near its end."""
    _private_folder(folder)
    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = _read_key(folder / "ca.key")
    except (FileNotFoundError, ValueError, TypeError):
        return _new_authority(folder)
    if key.public_key() != certificate.public_key() or _near_its_end(certificate):
        return _new_authority(folder)
    return Authority(folder, certificate, key)


def _new_authority(folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    # A serial in the name: after a renewal, old and new are told apart by name too, not only by key.
    name = _named(f"fixgate development CA {x509.random_serial_number() % 10**8:08}")
    certificate = (
        _builder(name, name, key.public_key(), datetime.now(UTC) + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )
    _write_key(folder / "ca.key", key)
    _write(folder / "ca.pem", certificate.public_bytes(Encoding.PEM))
    return Authority(folder, certificate, key)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, end: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - CLOCK_SKEW)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _san(text: str) -> x509.GeneralName:
    kind, _, value = text.partition(":")
    match kind:
        case "DNS":
            return x509.DNSName(value)
        case "IP":
            return x509.IPAddress(ip_address(value))
        case "URI":
            return x509.UniformResourceIdentifier(value)
        case _:
            raise ValueError(f"a subject alternative name begins with DNS:, IP: or URI:, not {text!r}")


def _near_its_end(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc - datetime.now(UTC) < RENEW_BEFORE


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds no elliptic curve key")
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write(path: Path, content: bytes) -> None:
    """Replace the file as a whole, readable by its owner alone from the first byte on."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
