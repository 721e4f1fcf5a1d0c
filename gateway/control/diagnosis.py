"""Why a server cannot be reached: gRPC says UNAVAILABLE to everything; a handshake of our own says what it was."""

import socket
import ssl

from gateway.control.tls import Files

TIMEOUT_S = 3.0


class Unreachable(Exception):
    """Nothing that speaks TLS answers at this address."""


class CertificateProblem(Exception):
    """A certificate is missing, broken, of another authority, out of date, or refused by the server."""


def why_unavailable(server: str, files: Files, details: str) -> Unreachable | CertificateProblem:
    """The likely reason for a failed connection. `details` are gRPC's own words, for when we find none."""
    host, _, port = server.rpartition(":")
    if not port.isdecimal():
        return Unreachable(f"{server!r} is not host:port")
    try:
        context = ssl.create_default_context(cafile=str(files.authority))
        context.load_cert_chain(files.certificate, files.key)
    except (OSError, ssl.SSLError) as error:
        return CertificateProblem(f"{files.certificate}: {error}")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["h2"])
    try:
        with socket.create_connection((host, int(port)), TIMEOUT_S) as plain:
            return _handshake(context, plain, host) or Unreachable(f"{server}: {details}")
    except OSError as error:
        return Unreachable(f"nothing answers at {server}: {error}")


def _handshake(context: ssl.SSLContext, plain: socket.socket, host: str) -> CertificateProblem | None:
    """None when the two sides like each other's certificates."""
    try:
        wrapped = context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return CertificateProblem(f"the server's certificate: {error.verify_message}")
    except (ssl.SSLError, OSError):
        return None  # Whatever listens there speaks no TLS 1.3.
    with wrapped:
        try:
            # In TLS 1.3 the server judges our certificate only after we think that all is well; then it greets us, or hangs up.
            greeting, words = wrapped.recv(1), "it hung up"
        except OSError as error:
            greeting, words = b"", str(error)
    return None if greeting else CertificateProblem(f"the server does not take our certificate: {words}")
