"""What the journal holds: records, and the batches that one commit made durable together."""

from hashlib import sha256
from struct import Struct as Layout

import msgspec

CHAIN_PREFIX = b"\x02"
"""Sets a link of the chain apart from the leaves (0x00) and nodes (0x01) of RFC 6962."""

GENESIS = sha256(b"fixgate journal\n").digest()
"""The chain of a journal that holds nothing."""

_SPAN = Layout(">QQQ").pack
_encode = msgspec.json.Encoder().encode


class Record(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One fact, as bytes.

    seq: position in the journal, from 1 without gaps.
    epoch: number of the writer, never falls.
    at_ns: when the writer took it in, nanoseconds since 1970 in UTC, never falls.
    kind, version: which event, and which shape of it, `payload` holds.
    key: what the record is about (an order, a session), for people who search. Holds no NUL.
    payload: the event; what peers sent may stand in it byte for byte.
    """

    seq: int
    epoch: int
    at_ns: int
    kind: str
    version: int
    key: str
    payload: bytes


class Batch(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The records that became durable in one commit.

    root: RFC 6962 tree hash over the leaves of its records.
    chain: covers this batch and every batch before it.
    """

    first_seq: int
    last_seq: int
    epoch: int
    root: bytes
    chain: bytes


def leaf(record: Record) -> bytes:
    """The bytes that are hashed: the header as a JSON array, which holds no newline, a newline, the payload."""
    header = (record.seq, record.epoch, record.at_ns, record.kind, record.version, record.key)
    return _encode(header) + b"\n" + record.payload


def link(previous: bytes, first_seq: int, last_seq: int, epoch: int, root: bytes) -> bytes:
    """The chain after a batch. Every part has a fixed length, so that no two batches share their bytes."""
    assert len(previous) == len(root) == 32
    return sha256(CHAIN_PREFIX + previous + _SPAN(first_seq, last_seq, epoch) + root).digest()


class Mark(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How far the inbound numbers of a FIX session have been applied, moved together with the batch that applied them.

    before: the next MsgSeqNum(34) that the journal must hold for the session; None when it must hold none yet.
    after: the next MsgSeqNum(34) expected from then on.
    """

    session: str
    session_epoch: int
    before: int | None
    after: int
