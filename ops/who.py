"""Who somebody is, by a certificate and its key, where there is no server to prove it to."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key


class NotProved(Exception):
    """The files do not prove who holds them; the message says which, and why."""


def spiffe_id(folder: Path, name: str) -> str:
    """The one URI of the certificate `name`.pem, which is of the authority there, holds today, and whose key is there as well.

    Raises NotProved.
    """
    file = folder / f"{name}.pem"
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
        certificate.verify_directly_issued_by(authority)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except OSError as error:
        raise NotProved(f"{error.filename}: {error.strerror}") from error
    except (InvalidSignature, TypeError, ValueError, x509.ExtensionNotFound) as error:
        raise NotProved(f"{file}: it is no certificate of the authority in {folder}: {error}") from error
    if certificate.public_key() != key.public_key():
        raise NotProved(f"{file}: {name}.key is not the key of this certificate")
    if not certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc:
        raise NotProved(f"{file}: it holds from {certificate.not_valid_before_utc} to {certificate.not_valid_after_utc}")
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    if len(uris) != 1:
        raise NotProved(f"{file}: it has {len(uris)} URIs, and must have one")
    return str(uris[0])
