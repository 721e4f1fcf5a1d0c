"""The development authority: what it signs is accepted by OpenSSL, kept while good, made anew when not."""

import ssl
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from ops import dev_ca
from ops.dev_ca import Certificates, Identity, ensure, make_authority
from tests.conftest import CLIENTS


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names(identity: Identity) -> x509.SubjectAlternativeName:
    return read(identity.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def handshake(server: Identity, client: Identity | None, host: str) -> str | None:
    """The TLS version that both agree on, as OpenSSL sees it with every strictness on. Raises what the refusing side says."""
    accepting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(server.authority))
    accepting.load_cert_chain(server.certificate, server.key)
    accepting.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=str(server.authority))
    for context in (accepting, asking):
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    if client is not None:
        asking.load_cert_chain(client.certificate, client.key)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asker = asking.wrap_bio(back, there, server_hostname=host)
    accepter = accepting.wrap_bio(there, back, server_side=True)
    for side in (asker, accepter, asker, accepter):  # Two flights each way; memory waits for nobody.
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return accepter.version()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_client_and_server_accept_each_other(certificates: Certificates, host: str) -> None:
    assert handshake(certificates.server, certificates.clients["trader/desk1"], host) == "TLSv1.3"


def test_a_client_without_a_certificate_is_refused(certificates: Certificates) -> None:
    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        handshake(certificates.server, None, "localhost")


def test_a_server_under_another_name_is_refused(certificates: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(certificates.server, certificates.clients["trader/desk1"], "elsewhere")


def test_a_client_of_another_authority_is_refused(certificates: Certificates, tmp_path: Path) -> None:
    stranger = ensure(tmp_path, "test", ["trader/desk1"]).clients["trader/desk1"]
    with pytest.raises(ssl.SSLError):
        handshake(certificates.server, Identity(stranger.certificate, stranger.key, certificates.authority), "localhost")


def test_a_client_is_its_spiffe_id(certificates: Certificates) -> None:
    assert set(certificates.clients) == set(CLIENTS)
    wanted = [x509.UniformResourceIdentifier("spiffe://fixgate/test/viewer/audit")]
    assert list(names(certificates.clients["viewer/audit"])) == wanted


def test_keys_are_elliptic_and_readable_by_their_owner_alone(certificates: Certificates) -> None:
    folder = certificates.authority.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    for key in folder.glob("*.key"):
        assert key.stat().st_mode & 0o777 == 0o600
    assert isinstance(read(certificates.server.certificate).public_key(), ec.EllipticCurvePublicKey)


def test_what_is_good_is_kept(tmp_path: Path) -> None:
    first = ensure(tmp_path, "dev", ["trader/desk1"])
    before = everything(tmp_path)
    assert ensure(tmp_path, "dev", ["trader/desk1"]) == first
    assert everything(tmp_path) == before


def test_a_new_client_leaves_the_others_alone(tmp_path: Path) -> None:
    ensure(tmp_path, "dev", ["trader/desk1"])
    before = everything(tmp_path)
    ensure(tmp_path, "dev", ["trader/desk1", "trader/desk2"])
    assert before.items() < everything(tmp_path).items()


def test_another_environment_makes_other_identities(tmp_path: Path) -> None:
    ensure(tmp_path, "dev", ["trader/desk1"])
    later = ensure(tmp_path, "staging", ["trader/desk1"])
    assert next(iter(names(later.clients["trader/desk1"]))).value == "spiffe://fixgate/staging/trader/desk1"


def test_certificates_near_their_end_are_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev_ca, "LIFETIME", timedelta(hours=23))
    before = everything(ensure(tmp_path, "dev", ["trader/desk1"]).authority.parent)
    monkeypatch.undo()
    ensure(tmp_path, "dev", ["trader/desk1"])
    after = everything(tmp_path)
    assert all(before[name] != after[name] for name in before if name != "lock")


def test_no_certificate_outlives_its_authority(tmp_path: Path) -> None:
    made = ensure(tmp_path, "dev", ["trader/desk1"])
    end = read(made.authority).not_valid_after_utc
    assert read(made.server.certificate).not_valid_after_utc <= end


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.pem", "server.key", "trader-desk1.key"])
@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_damaged_file_is_replaced(tmp_path: Path, name: str, content: bytes) -> None:
    ensure(tmp_path, "dev", ["trader/desk1"])
    (tmp_path / name).write_bytes(content)
    made = ensure(tmp_path, "dev", ["trader/desk1"])
    assert handshake(made.server, made.clients["trader/desk1"], "localhost") == "TLSv1.3"


def test_an_unknown_kind_of_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="begins with DNS:, IP: or URI:"):
        make_authority(tmp_path).server("server", "localhost")
