"""What a client's TLS session may and may not do."""

import ssl
from pathlib import Path

import pytest

from gateway.door.certificates import for_clients
from gateway.door.config import Pem
from ops.dev_ca import Identity, make_authority

REQUEST = b"anything"


@pytest.fixture
def server(tmp_path: Path) -> ssl.SSLContext:
    ours = make_authority(tmp_path).server("door")
    return for_clients(Pem(ours.certificate, ours.key, ours.authority))


def context(identity: Identity, version: ssl.TLSVersion) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(identity.authority))
    made.load_cert_chain(identity.certificate, identity.key)
    made.minimum_version = made.maximum_version = version
    return made


def shaken(server: ssl.SSLContext, client: ssl.SSLContext, session: ssl.SSLSession | None) -> ssl.SSLObject:
    """The client's side after a handshake, and after the server has said something."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(up, down, server_side=True)
    here = client.wrap_bio(down, up, server_hostname="localhost", session=session)
    is_over = [False, False]
    while not all(is_over):
        for place, end in enumerate((here, there)):
            try:
                end.do_handshake()
                is_over[place] = True
            except ssl.SSLWantReadError:
                continue
    there.write(REQUEST)
    assert here.read() == REQUEST
    return here


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_tls_session_that_was_cut_off_is_resumed(version: ssl.TLSVersion, server: ssl.SSLContext, tmp_path: Path) -> None:
    """Whoever resumes one shows no certificate: that of before would count, though it has run out or its authority is gone."""
    client = context(make_authority(tmp_path).client("spiffe://dev/client", "client"), version)
    first = shaken(server, client, None)
    assert not first.session_reused
    assert not shaken(server, client, first.session).session_reused
