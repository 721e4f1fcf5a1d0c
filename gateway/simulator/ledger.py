"""The broker's durable memory: one JSON line per report, in the kernel before the request counts as read, on disk before the
report is sent. It is the judge of every crash test, so `read` needs nothing but the file.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from gateway.simulator.report import Report

_decode = msgspec.json.Decoder(Report).decode
_encode = msgspec.json.Encoder().encode


class LedgerDamaged(Exception):
    """A line before the last cannot be read: names file and line."""


class LedgerInUse(Exception):
    """Another broker writes this ledger."""


def read(path: Path) -> list[Report]:
    """All entries in order; empty without a file. A last line that was torn by a crash is left out. Raises LedgerDamaged."""
    return _read(path.read_bytes(), path)[0] if path.exists() else []


def _read(content: bytes, path: Path) -> tuple[list[Report], int]:
    """The entries, and how many bytes of `content` they are."""
    whole = content[: content.rfind(b"\n") + 1]
    entries: list[Report] = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            entry = _decode(line)
        except msgspec.DecodeError as failure:
            raise LedgerDamaged(f"{path}:{number}: {failure}") from failure
        if entry.seq != number:
            raise LedgerDamaged(f"{path}:{number}: seq is {entry.seq}")
        entries.append(entry)
    return entries, len(whole)


class Ledger:
    """The file while the broker runs. One thread at a time writes; another may sync meanwhile."""

    def __init__(self, path: Path) -> None:
        """Open or make the file and cut a torn last line off. Raises LedgerInUse and LedgerDamaged."""
        self._fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise LedgerInUse(f"{path} is in use by another broker") from None
        self.past, length = _read(path.read_bytes(), path)
        os.ftruncate(self._fd, length)
        self._written_seq = len(self.past)
        self._synced_seq = 0  # What the last process left may not be on disk yet.

    def write(self, reports: Iterable[Report]) -> None:
        """Hand the numbered reports to the kernel: from here on they survive the death of this process."""
        lines = b"".join([_encode(report) + b"\n" for report in reports if report.seq])
        if not lines:
            return
        written = os.write(self._fd, lines)
        if written != len(lines):
            raise OSError(f"ledger took {written} of {len(lines)} bytes: is the disk full?")
        self._written_seq += lines.count(b"\n")

    def sync(self, seq: int) -> None:
        """Return when entry `seq` is on disk. One call covers all that was written before it: a burst costs one fsync."""
        if seq > self._synced_seq:
            written_seq = self._written_seq
            os.fdatasync(self._fd)
            self._synced_seq = written_seq

    def close(self) -> None:
        os.close(self._fd)
