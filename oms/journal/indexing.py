"""Which records name an id: an index that follows the journal and costs its writer nothing, kept by whoever searches.

It holds hashes, and blocks of records: an order's life is close together, so that an id has few rows. A search reads the blocks
that it is given and looks for the id itself; what a hash has in common with another one costs a glance.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from hashlib import blake2b

import psycopg
from psycopg.rows import args_row
from psycopg.types.numeric import Int8

from oms.journal.reading import Connection
from oms.journal.record import Record

BLOCK = 256
"""Records in a block."""
PIECE_RECORDS = 20_000
"""How many are indexed in one transaction."""
_RUN_MAX = 64
BLOCKS_MAX = 4_000
"""A search reads so many blocks at most, the newest."""

IdsOf = Callable[[bytes], Iterable[str]]
"""The ids in a record's payload."""
Progress = Callable[[int, int], None]
"""Told now and then: records indexed so far, and how many there are to index."""

_LOCK = b"SELECT seq FROM journal_index_head FOR UPDATE"
_HEAD = b"SELECT seq FROM journal_head"
_PAYLOADS = b"SELECT seq, payload FROM journal_record WHERE seq > %b AND seq <= %b"
_ADD = b"INSERT INTO journal_index (id_hash, block) SELECT * FROM unnest(%b::bigint[], %b::bigint[]) ON CONFLICT DO NOTHING"
_MOVE = b"UPDATE journal_index_head SET seq = %b"
_BLOCKS = b"SELECT DISTINCT block FROM journal_index WHERE id_hash = ANY(%b::bigint[]) ORDER BY block DESC LIMIT %b"
_RECORDS = b"""
SELECT seq, epoch, at_ns, kind, version, key, payload FROM journal_record WHERE seq > %b AND seq <= %b ORDER BY seq
"""


async def catch_up(connection: Connection, ids_of: IdsOf, progress: Progress) -> None:
    """Index what the journal has and the index has not. Two at once wait for each other, piece by piece.

    Raises psycopg's InsufficientPrivilege and ReadOnlySqlTransaction where we may only read: `is_read_only` knows them.
    """
    end = await _number(connection, _HEAD)
    start = done = await indexed_to(connection)
    while done < end:
        async with connection.transaction():
            seq = await _number(connection, _LOCK)
            done = max(seq, min(seq + PIECE_RECORDS, end))
            await _index(connection, ids_of, seq, done)
        progress(done - start, end - start)


async def indexed_to(connection: Connection) -> int:
    """The last record that is indexed."""
    return await _number(connection, b"SELECT seq FROM journal_index_head")


def is_read_only(error: Exception) -> bool:
    """Whether the database lets us read and not write."""
    return isinstance(error, psycopg.errors.InsufficientPrivilege | psycopg.errors.ReadOnlySqlTransaction)


async def blocks_of(connection: Connection, ids: Iterable[str]) -> list[int]:
    """The newest blocks that may name one of these ids, BLOCKS_MAX at most, and those that are not indexed yet."""
    cursor = await connection.execute(_BLOCKS, ([_hash(one) for one in ids], BLOCKS_MAX))
    found = {block for (block,) in await cursor.fetchall()}
    tail = range(_block(await indexed_to(connection) + 1), _block(await _number(connection, _HEAD)) + 1)
    return sorted({*found, *tail})


async def records_in(connection: Connection, blocks: Sequence[int]) -> AsyncIterator[list[Record]]:
    """Every record of these blocks, oldest first, a few blocks at a time. `blocks` rise."""
    for first, last in _runs(blocks):
        async with connection.cursor(binary=True, row_factory=args_row(Record)) as cursor:
            await cursor.execute(_RECORDS, (Int8(first * BLOCK), Int8((last + 1) * BLOCK)))
            yield await cursor.fetchall()


def _runs(blocks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of the blocks that follow on each other: a statement each, which any planner knows how to do."""
    start = 0
    for place in range(1, len(blocks) + 1):
        if place == len(blocks) or blocks[place] != blocks[place - 1] + 1 or place - start == _RUN_MAX:
            yield blocks[start], blocks[place - 1]
            start = place


async def _index(connection: Connection, ids_of: IdsOf, after_seq: int, upto_seq: int) -> None:
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_PAYLOADS, (after_seq, upto_seq))
        named = {(one, _block(seq)) for seq, payload in await cursor.fetchall() for one in ids_of(payload)}
    rows = sorted((_hash(one), block) for one, block in named)  # In the order of the tree: it is filled page by page.
    await connection.execute(_ADD, ([id_hash for id_hash, _ in rows], [block for _, block in rows]))
    await connection.execute(_MOVE, (upto_seq,))


def _block(seq: int) -> int:
    return (seq - 1) // BLOCK


def _hash(one: str) -> int:
    return int.from_bytes(blake2b(one.encode(), digest_size=8).digest(), "big", signed=True)


async def _number(connection: Connection, query: bytes) -> int:
    row = await (await connection.execute(query)).fetchone()
    assert row is not None, "the migrations put one row there"
    number: int = row[0]
    return number
