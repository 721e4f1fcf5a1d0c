"""What an engine and the process of its journal say to each other: frames of a length and a message, in both directions.

The engine asks, the other answers, one after the other. Every failure that a caller may act upon goes across as what it is.
"""

import asyncio
from collections.abc import Sequence
from struct import Struct as Layout

import msgspec

from oms.journal.failures import AppendFailed, Fenced, HeadHeld, MarkRefused, NoJournal, NotDurable, Unreachable
from oms.journal.record import Batch, Mark, Record

_LENGTH = Layout(">I")


class TakeOver(msgspec.Struct, frozen=True, tag="take_over", array_like=True):
    """The first question: become the writer of the journal at `dsn`."""

    dsn: str
    lock_wait_ms: int
    span: int
    answer_s_max: float


class Append(msgspec.Struct, frozen=True, tag="append", array_like=True):
    """Make these durable as one batch."""

    records: Sequence[Record]
    marks: Sequence[Mark]


class Confirm(msgspec.Struct, frozen=True, tag="confirm", array_like=True):
    """Prove that you are the writer still."""


class Taken(msgspec.Struct, frozen=True, tag="taken", array_like=True):
    """It is the writer; where the journal stands."""

    epoch: int
    seq: int
    chain: bytes
    at_ns: int


class Appended(msgspec.Struct, frozen=True, tag="appended", array_like=True):
    """The batch is durable."""

    batch: Batch


class Confirmed(msgspec.Struct, frozen=True, tag="confirmed", array_like=True):
    """It is the writer still."""


class Failed(msgspec.Struct, frozen=True, tag="failed", array_like=True):
    """It came to nothing, or nobody knows: the name of one of FAILURES, and what it is made of."""

    name: str
    arguments: tuple[str, ...]


Question = TakeOver | Append | Confirm
Told = Taken | Appended | Confirmed | Failed
FAILURES: dict[str, type[Exception]] = {
    failure.__name__: failure for failure in (Fenced, MarkRefused, AppendFailed, Unreachable, NoJournal, NotDurable, HeadHeld)
}
_encode = msgspec.msgpack.Encoder().encode
question = msgspec.msgpack.Decoder(Question)
told = msgspec.msgpack.Decoder(Told)


def frame(message: Question | Told) -> bytes:
    """One message, as it goes over the line."""
    body = _encode(message)
    return _LENGTH.pack(len(body)) + body


async def body(reader: asyncio.StreamReader) -> bytes:
    """The next message. Raises IncompleteReadError when the other side is gone."""
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return await reader.readexactly(length)


def failed(error: Exception) -> Failed:
    """One of FAILURES, to be told."""
    return Failed(type(error).__name__, (error.setting, error.value) if isinstance(error, NotDurable) else (str(error),))


def failure(message: Failed) -> Exception:
    """The failure that was told."""
    return FAILURES[message.name](*message.arguments)
