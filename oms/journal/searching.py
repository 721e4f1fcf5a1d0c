"""Looks through the journal backwards, newest first, in bounded pieces."""

from collections.abc import AsyncIterator, Sequence

import msgspec
from psycopg.rows import args_row

from oms.journal.reading import Connection, read_end
from oms.journal.record import Record

PIECE_RECORDS = 20_000
_FIRST_PIECE_RECORDS = 1_000
"""Most searches want the last few."""

_RECORDS = b"""
SELECT seq, epoch, at_ns, kind, version, key, payload FROM journal_record
WHERE seq > %b AND seq <= %b AND kind = ANY(%b)
    AND NOT EXISTS (SELECT FROM unnest(%b::bytea[]) AS needle WHERE position(needle IN payload) = 0)
ORDER BY seq
"""
_AT = b"SELECT at_ns FROM journal_record WHERE seq = %b"


class Piece(msgspec.Struct, frozen=True):
    """The records of one piece that were asked for, oldest first; before `first_seq` nothing was looked at yet."""

    first_seq: int
    records: list[Record]


async def backwards(
    connection: Connection, kinds: Sequence[str], needles: Sequence[bytes], first_seq: int, last_seq: int
) -> AsyncIterator[Piece]:
    """The records of these kinds from `last_seq` back to `first_seq` whose payloads hold every needle."""
    upto, size = last_seq, _FIRST_PIECE_RECORDS
    while upto >= first_seq:
        size = min(size, PIECE_RECORDS)
        after = max(upto - size, first_seq - 1)
        async with connection.cursor(binary=True, row_factory=args_row(Record)) as cursor:
            await cursor.execute(_RECORDS, (after, upto, list(kinds), list(needles)))
            yield Piece(after + 1, await cursor.fetchall())
        upto, size = after, size * 4


async def last_seq(connection: Connection) -> int:
    """Where the journal ends. Raises NoJournal."""
    return (await read_end(connection)).seq


async def first_at(connection: Connection, at_ns: int) -> int:
    """The first record from `at_ns` on; one beyond the end where there is none. Their times never fall."""
    low, high = 1, await last_seq(connection) + 1
    while low < high:
        middle = (low + high) // 2
        row = await (await connection.execute(_AT, (middle,))).fetchone()
        if row is not None and row[0] < at_ns:
            low = middle + 1
        else:
            high = middle
    return low
