"""Snapshots as bytes beside the journal: written whole or not at all, read back piece by piece.

Whether one is to be believed is not said here: the journal holds the hash of each that was taken.
"""

from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec
from psycopg.rows import args_row

from oms.journal.reading import Source, connected
from oms.journal.record import Record

_NEW = "INSERT INTO state_snapshot (seq, hash, chain, size, pieces, shape) VALUES (%s, %s, %s, %s, %s, %s)"
_PIECE = "INSERT INTO state_snapshot_piece (seq, number, data) VALUES (%s, %s, %s)"
_HELD = "SELECT seq, hash, chain, size, pieces, shape FROM state_snapshot ORDER BY seq DESC"
_DATA = b"SELECT data FROM state_snapshot_piece WHERE seq = %b AND number = %b"
_DROP = "DELETE FROM state_snapshot WHERE seq = %s"
_KEEP = "DELETE FROM state_snapshot WHERE seq <> ALL(%s)"
# A snapshot's fact comes soon after the record up to which it goes; partitions before that are not looked at.
_FACTS = b"""
SELECT seq, epoch, at_ns, kind, version, key, payload FROM journal_record WHERE seq > %b AND kind = %b ORDER BY seq
"""


class Snapshot(msgspec.Struct, frozen=True):
    """What is said of one beside its bytes.

    seq: the last record that is in it; the end of a batch.
    hash: of the state that its pieces are of.
    chain: of the journal, after that batch.
    size: of all pieces, in bytes.
    shape: with which release and configuration it is of use.
    """

    seq: int
    hash: bytes
    chain: bytes
    size: int
    pieces: int
    shape: str


async def write(source: Source, snapshot: Snapshot, pieces: Iterable[bytes]) -> None:
    """Keep it, in one transaction; in place of an earlier one of the same seq. Raises Unreachable, NoJournal."""
    async with connected(source) as connection, connection.transaction():
        await connection.execute(_DROP, (snapshot.seq,))
        known = (snapshot.seq, snapshot.hash, snapshot.chain, snapshot.size, snapshot.pieces, snapshot.shape)
        await connection.execute(_NEW, known)
        for number, piece in enumerate(pieces):
            await connection.execute(_PIECE, (snapshot.seq, number, piece))


async def held(source: Source) -> list[Snapshot]:
    """Every one there is, the newest first. Raises Unreachable, NoJournal."""
    async with connected(source) as connection, connection.cursor(binary=True, row_factory=args_row(Snapshot)) as cursor:
        await cursor.execute(_HELD)
        return await cursor.fetchall()


async def read(source: Source, snapshot: Snapshot) -> AsyncIterator[bytes]:
    """Its pieces, as they stand. Ends early where one is missing. Raises Unreachable, NoJournal."""
    async with connected(source) as connection:
        for number in range(snapshot.pieces):
            cursor = await connection.cursor(binary=True).execute(_DATA, (snapshot.seq, number))
            row = await cursor.fetchone()
            if row is None:
                return
            yield row[0]


async def facts_of(source: Source, kind: str, after_seq: int) -> list[Record]:
    """The records of that kind after `after_seq`, as they stand. Raises Unreachable, NoJournal."""
    async with connected(source) as connection, connection.cursor(binary=True, row_factory=args_row(Record)) as cursor:
        await cursor.execute(_FACTS, (after_seq, kind))
        return await cursor.fetchall()


async def drop(source: Source, seq: int) -> None:
    """Let one go. Raises Unreachable, NoJournal."""
    async with connected(source) as connection:
        await connection.execute(_DROP, (seq,))


async def keep(source: Source, seqs: Sequence[int]) -> None:
    """Let all others go. Raises Unreachable, NoJournal."""
    async with connected(source) as connection:
        await connection.execute(_KEEP, (list(seqs),))
