"""What both ends of a connection agree on: mutual TLS 1.3, and the files that hold a certificate.

Import this before grpc: grpcio has no option for the lowest TLS version, and reads this variable once, when it is imported.
The suite needs an RSA certificate and ours are on elliptic curves, so that no TLS 1.2 handshake finds a common cipher; the suites
of TLS 1.3 are not chosen by it. Should something have imported grpc before, `gateway.control.access` still refuses such calls.
"""

import os
from pathlib import Path

import msgspec

os.environ["GRPC_SSL_CIPHER_SUITES"] = "ECDHE-RSA-AES256-GCM-SHA384"

TLS_VERSION = b"TLSv1.3"


class Files(msgspec.Struct, frozen=True):
    """A certificate, its key, and the authority that the other side's certificate must be from; all PEM."""

    certificate: Path
    key: Path
    authority: Path
