"""Reading in pieces: the pieces never show."""

import pytest

from oms.journal.failures import Corrupt, NoJournal, Unreachable
from oms.journal.postgres import Journal
from oms.journal.reading import connected, read, verified
from oms.journal.record import Batch, Record
from tests.support.journals import PAYLOAD, append_sizes, records, rows

SIZES = (3, 1, 4, 1, 5, 9, 2, 6)
ENDS = (3, 4, 8, 9, 14, 23, 25, 31)


@pytest.mark.parametrize("piece_records", [1, 2, 5, 9, 30, 20_000])
async def test_pieces_of_any_size_give_the_same_batches(journal_url: str, piece_records: int) -> None:
    batches = await _fill(journal_url)
    found = [found async for found in read(journal_url, piece_records=piece_records)]
    assert [batch for batch, _ in found] == batches
    assert [[record.seq for record in records] for _, records in found] == [
        list(range(batch.first_seq, batch.last_seq + 1)) for batch in batches
    ]


async def test_reading_goes_on_after_a_batch_and_ends_with_one(journal_url: str) -> None:
    batches = await _fill(journal_url)
    assert [batch async for batch, _ in read(journal_url, 8, 25)] == batches[3:7]
    assert [batch async for batch, _ in read(journal_url, 8, 24)] == batches[3:6]
    assert [batch async for batch, _ in read(journal_url, 31)] == []


async def test_more_batches_than_a_page_are_read(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms.journal.reading.PAGE_BATCHES", 3)
    batches = await _fill(journal_url)
    assert [batch async for batch, _ in read(journal_url, piece_records=4)] == batches


async def test_verified_reading_goes_on_from_a_chain_that_held(journal_url: str) -> None:
    batches = await _fill(journal_url)
    assert [batch async for batch, _ in verified(journal_url)] == batches
    assert [batch async for batch, _ in verified(journal_url, 8, batches[2].chain)] == batches[3:]
    with pytest.raises(Corrupt, match="records 9 to 9: its chain does not follow"):
        await _all(journal_url, 8, batches[1].chain)
    with pytest.raises(Corrupt, match="records 5 to 8: it does not follow on record 7"):
        await _all(journal_url, 7, batches[2].chain)


async def test_reading_while_a_writer_appends_ends_at_the_head_of_the_start(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    await append_sizes(journal, SIZES)
    seen = []
    async for batch, _ in verified(journal_url, piece_records=1):
        seen.append(batch.last_seq)
        await journal.append(records(journal, PAYLOAD))
    await journal.close()
    assert tuple(seen) == ENDS


async def test_an_open_connection_is_used_and_left_open(journal_url: str) -> None:
    batches = await _fill(journal_url)
    async with connected(journal_url) as connection:
        assert [batch async for batch, _ in verified(connection)] == batches
        assert [batch async for batch, _ in read(connection)] == batches


async def test_no_statement_is_open_between_pieces(journal_url: str) -> None:
    await _fill(journal_url)
    async for _ in read(journal_url, piece_records=1):
        assert rows(journal_url, "SELECT state FROM pg_stat_activity WHERE application_name = 'fixgate reader'") == [("idle",)]


async def test_an_empty_journal_is_whole(journal_url: str) -> None:
    assert await _all(journal_url) == []


async def test_what_cannot_be_read_is_named(database_url: str) -> None:
    with pytest.raises(NoJournal):
        await _all(database_url)
    with pytest.raises(Unreachable):
        await _all("postgresql://nobody@127.0.0.1:1/nothing")


async def _fill(dsn: str) -> list[Batch]:
    journal = await Journal.take_over(dsn)
    batches = await append_sizes(journal, SIZES)
    await journal.close()
    return batches


async def _all(dsn: str, *after: object) -> list[tuple[Batch, tuple[Record, ...]]]:
    return [found async for found in verified(dsn, *after)]  # type: ignore[arg-type]
