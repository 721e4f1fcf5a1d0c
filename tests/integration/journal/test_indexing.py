"""An id is found without reading the journal, whoever keeps the index, and the journal's writer never waits for it."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from oms.journal import indexing, searching
from oms.journal.indexing import BLOCK
from oms.journal.postgres import Journal
from oms.journal.reading import connected
from tests.support.journals import append_sizes, records, rows

Told = list[tuple[int, int]]


def ids_of(payload: bytes) -> Iterator[str]:
    """Of payloads like `id-1 id-2`."""
    yield from payload.decode().split()


async def filled(journal_url: str, *payloads: bytes, kind: str = "OrderPlaced") -> None:
    journal = await Journal.take_over(journal_url)
    try:
        for start in range(0, len(payloads), 1_000):
            await journal.append(records(journal, *payloads[start : start + 1_000], kind=kind))
    finally:
        await journal.close()


async def found(journal_url: str, *ids: str) -> list[int]:
    """The seqs of the records that name one of the ids, by the index."""
    async with connected(journal_url) as connection:
        blocks = await indexing.blocks_of(connection, ids)
        pieces = indexing.records_in(connection, blocks)
        return [record.seq async for piece in pieces for record in piece if set(ids) & set(ids_of(record.payload))]


async def catch_up(journal_url: str) -> Told:
    told: Told = []
    async with connected(journal_url) as connection:
        await indexing.catch_up(connection, ids_of, lambda done, total: told.append((done, total)))
    return told


async def test_an_id_is_found_in_the_blocks_that_name_it_and_no_other_is_read(journal_url: str) -> None:
    await filled(journal_url, *(b"order-%d all" % (n // 4) for n in range(10 * BLOCK)))
    await catch_up(journal_url)
    assert await found(journal_url, "order-100") == [401, 402, 403, 404]
    assert await found(journal_url, "order-0", "order-639") == [1, 2, 3, 4, 2557, 2558, 2559, 2560]
    async with connected(journal_url) as connection:
        assert await indexing.blocks_of(connection, ["order-100"]) == [1]
        assert len(await indexing.blocks_of(connection, ["all"])) == 10


async def test_what_is_not_indexed_yet_is_found_all_the_same(journal_url: str) -> None:
    await filled(journal_url, *[b"old"] * 300)
    await catch_up(journal_url)
    await filled(journal_url, *[b"old new"] * 300)
    assert await found(journal_url, "new") == list(range(301, 601))


async def test_it_is_caught_up_piece_by_piece_from_where_it_was(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "PIECE_RECORDS", 100)
    await filled(journal_url, *[b"x"] * 250)
    assert await catch_up(journal_url) == [(100, 250), (200, 250), (250, 250)]
    await filled(journal_url, *[b"y"] * 10)
    assert await catch_up(journal_url) == [(10, 10)]
    assert await catch_up(journal_url) == []
    assert await found(journal_url, "y") == list(range(251, 261))


async def test_two_who_catch_up_at_once_do_the_work_once(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "PIECE_RECORDS", 50)
    await filled(journal_url, *(b"id-%d" % n for n in range(500)))
    await asyncio.gather(catch_up(journal_url), catch_up(journal_url))
    assert [await found(journal_url, f"id-{n}") for n in (0, 250, 499)] == [[1], [251], [500]]
    assert rows(journal_url, "SELECT seq FROM journal_index_head") == [(500,)]


async def test_who_may_only_read_is_told_so_and_finds_what_he_looks_for(journal_url: str) -> None:
    await filled(journal_url, *[b"x", b"y"])
    read_only = f"{journal_url}&options=-c%20default_transaction_read_only%3Don"
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as refused:
        await catch_up(read_only)
    assert indexing.is_read_only(refused.value)
    assert not indexing.is_read_only(ValueError())
    assert await found(read_only, "y") == [2]


async def test_an_index_that_was_emptied_is_made_again(journal_url: str) -> None:
    await filled(journal_url, *(b"id-%d" % n for n in range(10)))
    await catch_up(journal_url)
    with psycopg.connect(journal_url, autocommit=True) as connection:
        connection.execute("TRUNCATE journal_index")
        connection.execute("UPDATE journal_index_head SET seq = 0")
    await catch_up(journal_url)
    assert await found(journal_url, "id-7") == [8]


async def test_an_append_does_not_wait_for_one_who_indexes(journal_url: str) -> None:
    await filled(journal_url, b"x")
    with psycopg.connect(journal_url) as holder:
        holder.execute("SELECT seq FROM journal_index_head FOR UPDATE")
        holder.execute("INSERT INTO journal_index VALUES (1, 1)")
        async with asyncio.timeout(60):
            await filled(journal_url, b"y")
    assert await found(journal_url, "y") == [2]


async def test_the_journal_is_looked_through_backwards(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PIECE_RECORDS", 100)
    await filled(journal_url, *(b"id-%d %d" % (n, n % 2) for n in range(1, 251)))
    async with connected(journal_url) as connection:
        pieces = [piece async for piece in searching.backwards(connection, ["OrderPlaced"], [b" 1"], 20, 240)]
        assert [piece.first_seq for piece in pieces] == [141, 41, 20]
        assert [r.seq for piece in reversed(pieces) for r in piece.records] == list(range(21, 241, 2))
        assert [p.records async for p in searching.backwards(connection, ["Other"], [], 1, 250)] == [[], [], []]
        both = [p async for p in searching.backwards(connection, ["OrderPlaced"], [b"id-7", b"7 1"], 1, 250)]
        assert [r.seq for piece in both for r in piece.records] == [77, 7]


async def test_a_time_is_found_in_the_journal(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    await append_sizes(journal, [40, 60])
    await journal.close()
    found = rows(journal_url, "SELECT seq, at_ns FROM journal_record ORDER BY seq")
    times = {int(str(seq)): int(str(at_ns)) for seq, at_ns in found}
    async with connected(journal_url) as connection:
        assert await searching.first_at(connection, times[17]) == min(seq for seq, at_ns in times.items() if at_ns == times[17])
        assert await searching.first_at(connection, 0) == 1
        assert await searching.first_at(connection, times[100] + 1) == 101
        assert await searching.last_seq(connection) == 100
