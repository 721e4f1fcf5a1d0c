"""TLS contexts out of files, and anew when the files change: a broken new file never takes the place of a good old one."""

import logging
import os
import ssl
from collections.abc import Callable
from pathlib import Path

from gateway.door.config import Pem

_log = logging.getLogger(__name__)
Stamp = tuple[tuple[str, int, int], ...]


class NoContext(Exception):
    """The files are missing, no PEM, or do not belong together; the message names them."""


def for_clients(pem: Pem) -> ssl.SSLContext:
    """Ours as a server: TLS 1.2 or later, and a client certificate of one of these authorities, or no handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0  # A session that is resumed would show the certificate of before: see `is_resumed`.
    context.options |= ssl.OP_NO_TICKET
    if pem.certificate is None or pem.authorities is None:
        raise NoContext("a server needs a certificate, its key and the authorities of its clients")
    return _loaded(context, pem)


def is_resumed(shaken: ssl.SSLObject) -> bool:
    """Whether no certificate was shown in this handshake. Without tickets TLS 1.2 still remembers a session that ended well, and
    Python cannot tell it not to. One that is cut off is forgotten: the next handshake is a whole one."""
    return bool(shaken.session_reused)


def for_venue(pem: Pem) -> ssl.SSLContext:
    """Ours as a client: the host name and the certificate of the other side are checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
    return _loaded(context, pem)


def _loaded(context: ssl.SSLContext, pem: Pem) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    shown = ", ".join(str(file) for file in (pem.certificate, pem.key, pem.authorities) if file)
    try:
        if pem.authorities is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(pem.authorities)
        if pem.certificate is not None:
            context.load_cert_chain(pem.certificate, pem.key, password=_no_password)
    except OSError as error:  # ssl.SSLError is one.
        raise NoContext(f"{shown}: {error.strerror or error}") from error
    except NoPassword as error:
        raise NoContext(f"{pem.key}: the key has a password") from error
    return context


class NoPassword(Exception):
    """A key asks for one."""


def _no_password() -> str:
    """Instead of asking a terminal that nobody sits at."""
    raise NoPassword


class Renewed:
    """The context of some files: the last that could be made of them."""

    def __init__(self, pem: Pem, make: Callable[[Pem], ssl.SSLContext]) -> None:
        """Raises NoContext."""
        self._pem, self._make = pem, make
        self._seen = _stamp(pem)
        self.context = make(pem)

    def look(self, *, is_asked: bool = False) -> bool:
        """Take what is in the files now, if it is other than before or we are asked to. Whether new handshakes use it."""
        stamp = _stamp(self._pem)
        if stamp == self._seen and not is_asked:
            return False
        self._seen = stamp
        files = [str(file) for file in (self._pem.certificate, self._pem.authorities) if file]
        try:
            self.context = self._make(self._pem)
        except NoContext as reason:
            _log.error("new certificates are refused, the old ones stay", extra={"detail": str(reason)})
            return False
        _log.info("certificates are renewed", extra={"files": files})
        return True


def _stamp(pem: Pem) -> Stamp:
    """Changes when a file does."""
    return tuple(_of_file(file) for file in (pem.certificate, pem.key, pem.authorities) if file is not None)


def _of_file(file: Path) -> tuple[str, int, int]:
    try:
        found = os.stat(file)  # noqa: PTH116  Follows links, which is how secrets are mounted.
    except OSError:
        return str(file), 0, 0
    return str(file), found.st_mtime_ns, found.st_ino
