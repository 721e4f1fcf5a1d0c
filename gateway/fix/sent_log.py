"""The worker's own evidence of what it handed to the FIX session: one line for each message, written in `outgoing_app`, and for
each gap-fill, without which a message that the peer asked for again would look as if the peer had it.

Written without fsync: it survives the end of the process, not of the machine, so it carries the boot it was written in. Each
line ends in a CRC; a last line that is torn was never followed by a send.
"""

import binascii
import itertools
import os
import threading
from collections import deque
from pathlib import Path

import msgspec

from gateway.link import Logged, SentLog

_encode = msgspec.json.Encoder().encode
_CRC_BYTES = 8
LINES_MAX = 2_000
"""How many lines the log may hold that the journal holds too."""
BYTES_MAX = 4 << 20
"""How many bytes of them."""
UNACKED_BYTES_MAX = 11 << 20
"""How many bytes the log may hold that the journal does not: with those that it does they fit into the next worker's Hello. At
the bound nothing more is sent, and the worker ends: the next one tells the journal."""


class _Header(msgspec.Struct, frozen=True):
    """Which start of which session wrote the log, in which boot of the machine."""

    boot_id: str
    session_epoch: int
    grant: int


def boot_id() -> str:
    """The kernel's id of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Writer:
    """The log of one grant. Starts anew, in one step, whenever it holds much that the journal has already.

    QuickFIX's thread writes a gap-fill while the main thread acknowledges: hence a lock, never held while anything is sent.
    """

    def __init__(self, path: Path, session_epoch: int, grant: int) -> None:
        self._path = path
        self._header = _encode(_Header(boot_id(), session_epoch, grant))
        self._unacked: deque[tuple[Logged, int]] = deque()
        """Each with the length of its line."""
        self._acked = 0
        self._lines = 0
        self._bytes, self._unacked_bytes = 0, 0
        self._lock = threading.Lock()
        self._file = self._start()

    def add(self, entry: Logged) -> None:
        """One message, on its way. Raises OSError when the disk or the log is full: then nothing may be sent."""
        with self._lock:
            line = _line(_encode(entry))
            if self._unacked_bytes + len(line) > UNACKED_BYTES_MAX:
                raise OSError(
                    f"sent.log holds {self._unacked_bytes} bytes that the journal does not; {UNACKED_BYTES_MAX} are the limit"
                )
            self._keep(entry, len(line))
            self._write(line)

    def acknowledge(self, entries: int) -> None:
        """The journal holds so many entries of this log, from its first one on."""
        with self._lock:
            while self._acked < entries and self._unacked:
                _, size = self._unacked.popleft()
                self._unacked_bytes -= size
                self._acked += 1
            has_many = self._lines > LINES_MAX + len(self._unacked)
            if has_many or self._bytes > BYTES_MAX + self._unacked_bytes:
                os.close(self._file)
                self._file = self._start()

    def begin_anew(self, session_epoch: int, grant: int) -> None:
        """The numbers begin anew. Whatever was logged before is durable: the engine was told of it, and then of this."""
        with self._lock:
            self._acked += len(self._unacked)
            self._unacked.clear()
            self._unacked_bytes = 0
            self._header = _encode(_Header(boot_id(), session_epoch, grant))
            os.close(self._file)
            self._file = self._start()

    def _start(self) -> int:
        """A fresh file with what the journal does not hold yet, put in the place of the old one."""
        fresh = self._path.with_suffix(".new")
        self._file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self._write(_line(self._header))
        for entry, _ in self._unacked:
            self._write(_line(_encode(entry)))
        self._lines, self._bytes = len(self._unacked), self._unacked_bytes
        fresh.replace(self._path)
        return self._file

    def _keep(self, entry: Logged, size: int) -> None:
        self._unacked.append((entry, size))
        self._lines += 1
        self._bytes += size
        self._unacked_bytes += size

    def _write(self, line: bytes) -> None:
        written = os.write(self._file, line)
        if written != len(line):
            raise OSError(f"sent.log took {written} of {len(line)} bytes")


def _line(body: bytes) -> bytes:
    return b"%s %08x\n" % (body, binascii.crc32(body))


def read(path: Path) -> SentLog | None:
    """What is left of the log at `path`; None if there is none, if it is torn before its end, or if another release wrote it."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None
    bodies = [_body(line) for line in lines]
    if not bodies or bodies[0] is None:
        return None
    whole = list(itertools.takewhile(lambda body: body is not None, bodies[1:]))
    if any(body is not None for body in bodies[1 + len(whole) :]):
        return None
    try:
        header = msgspec.json.decode(bodies[0], type=_Header)
        entries = tuple([msgspec.json.decode(body, type=Logged) for body in whole if body is not None])
    except msgspec.MsgspecError:
        return None
    return SentLog(header.boot_id, header.session_epoch, header.grant, entries)


def _body(line: bytes) -> bytes | None:
    """The line without its CRC; None if the two do not agree."""
    body, crc = line[: -_CRC_BYTES - 1], line[-_CRC_BYTES:]
    is_whole = len(line) > _CRC_BYTES and crc == b"%08x" % binascii.crc32(body)
    return body if is_whole else None
