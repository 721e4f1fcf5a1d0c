"""Partitions of journal_record, created ahead of the records that will need them."""

from typing import LiteralString

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

SPAN = 10_000_000
"""Records per partition."""


async def ensure_partitions(connection: AsyncConnection[TupleRow], seq: int, span: int = SPAN) -> int:
    """Make every partition up to the one that holds `seq`. Returns the first seq that has none."""
    upto = await _number(connection, "SELECT journal_partitioned_to()", ())
    while upto <= seq:
        upto = await _number(connection, "SELECT journal_add_partition(%s::bigint, %s::bigint)", (upto, upto + span))
    return upto


async def _number(connection: AsyncConnection[TupleRow], query: LiteralString, parameters: tuple[int, ...]) -> int:
    row = await (await connection.execute(query, parameters)).fetchone()
    assert row is not None
    number: int = row[0]
    return number
