"""Partitions of journal_record, created ahead of the records that will need them."""

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

SPAN = 10_000_000
"""Records per partition."""


async def ensure_partitions(connection: AsyncConnection[TupleRow], seq: int, span: int = SPAN) -> int:
    """Make every partition up to the one that holds `seq`. Returns the first seq that has none."""
    row = await (await connection.execute("SELECT journal_partitioned_to()")).fetchone()
    assert row is not None
    upto: int = row[0]
    while upto <= seq:
        await connection.execute("SELECT journal_add_partition(%s::bigint, %s::bigint)", (upto, upto + span))
        upto += span
    return upto
