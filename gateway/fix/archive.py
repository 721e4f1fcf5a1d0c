"""The worker's archive: the messages of which the journal holds nothing, raw and with their secrets masked.

One file for each session and day (UTC), one line for each message: JSON and its CRC. Written without fsync: it survives the end
of the process, not of the machine. The CRC shows an accident and no intent; what is proof is in the journal.

Nothing here ever stops the trading: what cannot be written is lost, counted and said, on standard error and in the archive.
"""

import binascii
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

Direction = Literal["in", "out"]
Why = Literal["untold", "repeated", "unconfirmed", "unjournalled", "lost"]
"""Why the journal does not have it.

untold: QuickFIX did not hand it on (garbled, out of turn, sent again, not of this session), or had not yet.
repeated: it was told under a number that had counted already.
unconfirmed: it was told to an engine that then was gone: the journal may have it.
unjournalled: it is of a session that is not journalled, one of prices.
lost: no message: what was lost just before, in `note`.
"""
RAW_BYTES_MAX = 1 << 20
NOTE_CHARACTERS_MAX = 200
_SUFFIX = ".log"
_CRC_BYTES = 8
_DAY_NS = 86_400_000_000_000
_SAY_AGAIN_NS = 60_000_000_000
_EPOCH = date(1970, 1, 1)


class Plan(msgspec.Struct, frozen=True):
    """Where a session's archive is, and how much of it is kept."""

    folder: Path
    days: int = 90
    """Older files are deleted, this day's counted in."""
    bytes_a_day_max: int = 64 << 20
    """What comes above it on one day is lost: a storm of one day never pushes another day out."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message as it was on the wire, and why it is here."""

    at_ns: int
    direction: Direction
    why: Why
    raw: str
    """Secrets masked, bytes as Latin-1."""
    note: str = ""
    """What QuickFIX said just then, where it said anything."""


class Damaged(msgspec.Struct, frozen=True):
    """A line that is not what was written."""

    file: Path
    line: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry).decode


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class Writer:
    """Appends to the file of the day. Its lock is never held while anything is sent."""

    def __init__(self, plan: Plan, say: Callable[[str], None] = _say) -> None:
        self._plan = plan
        self._say = say
        self._lock = threading.Lock()
        self._day = -1
        self._file = -1
        self._bytes = 0
        self._is_torn = False
        """Whether the file ends within a line."""
        self._lost = 0
        """How many messages were lost and the archive does not say so yet."""
        self._said_at_ns = 0
        self._delete_old(time.time_ns() // _DAY_NS)

    def add(self, entry: Entry) -> None:
        """One message more; lost, and said so, where it cannot be written."""
        with self._lock:
            try:
                self._turn(max(entry.at_ns // _DAY_NS, self._day))
                self._append(entry.at_ns, _line(_cut(entry)))
            except OSError as error:
                self._lose(entry.at_ns, str(error))

    def _turn(self, day: int) -> None:
        """To the file of that day."""
        if day == self._day and self._file >= 0:
            return
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if day != self._day:
            self._delete_old(day)
        self._plan.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._plan.folder / f"{_EPOCH + timedelta(days=day)}{_SUFFIX}"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._day, self._bytes = day, os.fstat(self._file).st_size
        self._is_torn = self._bytes > 0 and os.pread(self._file, 1, self._bytes - 1) != b"\n"

    def _append(self, at_ns: int, line: bytes) -> None:
        """The line, and before it how much was lost. Raises OSError when the disk, or the day, is full."""
        lost = _line(Entry(at_ns, "in", "lost", "", f"{self._lost} messages were lost before this")) if self._lost else b""
        if self._bytes + 1 + len(lost) + len(line) > self._plan.bytes_a_day_max:
            raise OSError(f"the day has its {self._plan.bytes_a_day_max} bytes")
        if lost:
            self._write(lost)
            self._lost = 0
        self._write(line)

    def _write(self, line: bytes) -> None:
        data = b"\n" + line if self._is_torn else line
        written = os.write(self._file, data)
        self._bytes += written
        if written != len(data):
            self._is_torn = True
            raise OSError(f"the file took {written} of {len(data)} bytes")
        self._is_torn = False

    def _lose(self, at_ns: int, why: str) -> None:
        self._lost += 1
        if at_ns - self._said_at_ns >= _SAY_AGAIN_NS:
            self._said_at_ns = at_ns
            self._say(f"ALARM: {self._lost} messages are not in the archive {self._plan.folder}: {why}")

    def _delete_old(self, day: int) -> None:
        oldest = str(_EPOCH + timedelta(days=day - self._plan.days + 1))
        for file in files(self._plan.folder):
            if file.stem >= oldest:
                break
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                self._say(f"ALARM: {file} is older than {self._plan.days} days and cannot be deleted: {error}")
            else:
                self._say(f"{file} is older than {self._plan.days} days and deleted")


def files(folder: Path) -> list[Path]:
    """The files of one session's archive, oldest first."""
    return sorted(file for file in folder.glob(f"*{_SUFFIX}") if _day_of(file) is not None)


def read(folder: Path, since_ns: int = 0, until_ns: int = 2**63 - 1) -> Iterator[Entry | Damaged]:
    """What one session's archive has from `since_ns` on and before `until_ns`, as it was written. A damaged line is told of."""
    for file in files(folder):
        day_ns = ((_day_of(file) or _EPOCH) - _EPOCH).days * _DAY_NS
        if day_ns + _DAY_NS <= since_ns or day_ns - _DAY_NS >= until_ns:  # What waited at midnight is in the next day's file.
            continue
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                entry = _entry(line.rstrip(b"\n"))
                if entry is None:
                    yield Damaged(file, number)
                elif since_ns <= entry.at_ns < until_ns:
                    yield entry


def _cut(entry: Entry) -> Entry:
    """What is longer than any message of ours is cut, and says so."""
    raw, note = entry.raw, entry.note[:NOTE_CHARACTERS_MAX]
    if len(raw) > RAW_BYTES_MAX:
        raw, note = raw[:RAW_BYTES_MAX], f"cut, of {len(raw)} bytes; {note}"
    return msgspec.structs.replace(entry, raw=raw, note=note)


def _line(entry: Entry) -> bytes:
    body = _encode(entry)
    return b"%s %08x\n" % (body, binascii.crc32(body))


def _entry(line: bytes) -> Entry | None:
    """None if the line and its CRC do not agree, or another release wrote it."""
    body, crc = line[: -_CRC_BYTES - 1], line[-_CRC_BYTES:]
    if len(line) <= _CRC_BYTES or crc != b"%08x" % binascii.crc32(body):
        return None
    try:
        return _decode(body)
    except msgspec.MsgspecError:
        return None


def _day_of(file: Path) -> date | None:
    try:
        return datetime.strptime(file.stem, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
