"""Journals for tests: records to append, and what a journal then holds."""

from collections.abc import Sequence

import psycopg

from oms.journal.reading import read
from oms.journal.record import Batch, Record
from oms.journal.writing import Writer
from tests.support.polling import eventually_async

PAYLOAD = b'{"raw":"8=FIX.4.4\x0135=D\x01"}'


def records(journal: Writer, *payloads: bytes, kind: str = "OrderPlaced", key: str = "FG1") -> list[Record]:
    """The next records of the journal, one for each payload, a microsecond apart."""
    return [
        Record(journal.seq + n, journal.epoch, journal.at_ns + 1_000 * n, kind, 1, key, payload)
        for n, payload in enumerate(payloads, 1)
    ]


async def held(dsn: str) -> list[Record]:
    """Every record in the journal."""
    return [record async for _, batch in read(dsn) for record in batch]


async def append_sizes(journal: Writer, sizes: Sequence[int]) -> list[Batch]:
    """Append a batch of each size, no two payloads alike."""
    return [await journal.append(records(journal, *(PAYLOAD + b"%d" % (journal.seq + n) for n in range(size)))) for size in sizes]


def tamper(dsn: str, *statements: str) -> None:
    """Do as a superuser what the journal's triggers forbid."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())


def rows(dsn: str, query: str) -> list[tuple[object, ...]]:
    """What a query of the test's own finds."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


async def until_blocked(dsn: str, waiters: int = 1) -> None:
    """Return when so many sessions wait for a lock that another one holds."""
    await eventually_async(lambda: rows(dsn, "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted") == [(waiters,)])
