"""Partitions are there before the records that need them."""

import psycopg
import pytest

from oms.journal.postgres import Journal
from oms.journal.verify import verify
from tests.support.journals import PAYLOAD, append_sizes, held, records, rows

RANGES = """
SELECT pg_get_expr(child.relpartbound, child.oid)
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = 'journal_record'::regclass ORDER BY child.oid
"""


async def test_the_first_partition_and_the_next_are_made_at_takeover(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    await journal.close()
    assert _ranges(journal_url) == [(0, 10_000_000), (10_000_000, 20_000_000)]


@pytest.mark.parametrize("size", [1, 3, 10, 11])
async def test_records_roll_over_and_a_partition_is_always_ahead(journal_url: str, size: int) -> None:
    journal = await Journal.take_over(journal_url, span=10)
    while journal.seq < 45:
        await journal.append(records(journal, *[PAYLOAD] * size))
        assert _ranges(journal_url)[-1][0] > journal.seq
    await journal.close()
    assert rows(journal_url, "SELECT count(*) FROM journal_record_10") == [(10,)]
    assert (await verify(journal_url)).records == journal.seq


async def test_one_batch_may_fill_several_partitions(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url, span=10)
    await append_sizes(journal, [5, 95, 1])
    await journal.close()
    assert [record.seq for record in await held(journal_url)] == list(range(1, 102))


async def test_another_span_goes_on_where_the_partitions_end(journal_url: str) -> None:
    for span in (10, 25):
        journal = await Journal.take_over(journal_url, span=span)
        await append_sizes(journal, [10])
        await journal.close()
    assert _ranges(journal_url) == [(0, 10), (10, 20), (20, 30), (30, 55)]


async def test_a_reader_that_holds_a_snapshot_does_not_hold_up_the_writer(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url, span=10)
    async with await psycopg.AsyncConnection.connect(journal_url) as reader:
        await reader.execute("SELECT * FROM journal_record")
        await append_sizes(journal, [10, 10, 10])
        assert _ranges(journal_url)[-1] == (40, 50)
    await journal.close()


def _ranges(dsn: str) -> list[tuple[int, int]]:
    return [tuple(int(part) for part in str(bound).split("'")[1::2]) for (bound,) in rows(dsn, RANGES)]  # type: ignore[misc]
