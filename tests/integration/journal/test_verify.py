"""What a superuser does to the journal behind its triggers is found, at the first batch that it touched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms.journal.failures import Corrupt, NoRecord
from oms.journal.postgres import Journal
from oms.journal.reading import Connection, connected
from oms.journal.record import GENESIS
from oms.journal.verify import Verified, verify
from tests.support.journals import append_sizes, rows, tamper

SIZES = ((3, 1, 4), (1, 5))
"""Of the batches, by epoch: 1 to 3, 4, 5 to 8, 9, 10 to 14."""

ENDS = (3, 4, 8, 9, 14)

SWAP = "UPDATE journal_record SET seq = {} WHERE seq = {}"
SWAPPED = (SWAP.format(99, 6), SWAP.format(6, 7), SWAP.format(7, 99))
PAYLOADS_SWAPPED = """
UPDATE journal_record AS one SET payload = other.payload FROM journal_record AS other
WHERE one.seq IN (6, 11) AND other.seq IN (6, 11) AND one.seq <> other.seq
"""
OTHER_HEAD = "UPDATE journal_head SET {}"

DAMAGE = {
    "a payload": (("UPDATE journal_record SET payload = 'x' WHERE seq = 6",), 5, "a record was changed"),
    "a kind": (("UPDATE journal_record SET kind = 'x' WHERE seq = 4",), 4, "a record was changed"),
    "a version": (("UPDATE journal_record SET version = 2 WHERE seq = 4",), 4, "a record was changed"),
    "a key": (("UPDATE journal_record SET key = 'x' WHERE seq = 14",), 10, "a record was changed"),
    "a time": (("UPDATE journal_record SET at_ns = at_ns + 1 WHERE seq = 1",), 1, "a record was changed"),
    "a time before the last": (("UPDATE journal_record SET at_ns = 5 WHERE seq = 8",), 5, "time goes back"),
    "a record's epoch": (("UPDATE journal_record SET epoch = 2 WHERE seq = 2",), 1, "the epoch goes back, or a record"),
    "a batch's epoch": (("UPDATE journal_batch SET epoch = 0 WHERE last_seq = 9",), 9, "the epoch goes back, or a record"),
    "a record gone": (("DELETE FROM journal_record WHERE seq = 6",), 5, "it has 4 records, the journal holds 3"),
    "the first gone": (("DELETE FROM journal_record WHERE seq = 1",), 1, "it has 3 records, the journal holds 2"),
    "a batch's records gone": (("DELETE FROM journal_record WHERE seq = 4",), 4, "it has 1 records, the journal holds 0"),
    "records swapped": (SWAPPED, 5, "time goes back"),
    "payloads swapped": ((PAYLOADS_SWAPPED,), 5, "a record was changed"),
    "a batch gone": (("DELETE FROM journal_batch WHERE last_seq = 4",), 5, "does not follow on record 3"),
    "a batch gone with its records": (
        ("DELETE FROM journal_batch WHERE last_seq = 4", "DELETE FROM journal_record WHERE seq = 4"),
        5,
        "does not follow on record 3",
    ),
    "a root": (("UPDATE journal_batch SET root = sha256('x') WHERE last_seq = 8",), 5, "a record was changed"),
    "a chain": (("UPDATE journal_batch SET chain = sha256('x') WHERE last_seq = 8",), 5, "a batch was changed"),
    "the last chain": (("UPDATE journal_batch SET chain = sha256('x') WHERE last_seq = 14",), 10, "a batch was changed"),
    "a batch's end": (("UPDATE journal_batch SET last_seq = 7 WHERE last_seq = 8",), 5, "a record was changed"),
    "the head's seq back": ((OTHER_HEAD.format("seq = 9"),), 10, "the head is at 9, records or batches go on to 14"),
    "the head's seq into a batch": ((OTHER_HEAD.format("seq = 12"),), 10, "the head is at 12, the batches up to there end at 9"),
    "the head's seq forward": ((OTHER_HEAD.format("seq = 15"),), 15, "the head is at 15, the batches up to there end at 14"),
    "the head's chain": ((OTHER_HEAD.format("chain = sha256('x')"),), 14, "does not have the chain of the last batch"),
    "the head's epoch": ((OTHER_HEAD.format("epoch = 1"),), 14, "the head is in epoch 1, the last batch in 2"),
    "the tail gone": (
        ("DELETE FROM journal_batch WHERE last_seq > 8", "DELETE FROM journal_record WHERE seq > 8"),
        9,
        "the head is at 14, the batches up to there end at 8",
    ),
    "the tail's batches gone": (("DELETE FROM journal_batch WHERE last_seq > 8",), 9, "the batches up to there end at 8"),
    "a record too many": (
        ("INSERT INTO journal_record SELECT 15, epoch, at_ns, kind, version, key, payload FROM journal_record WHERE seq = 14",),
        15,
        "records or batches go on to 15",
    ),
    "everything gone": (("DELETE FROM journal_batch", "DELETE FROM journal_record"), 1, "the batches up to there end at 0"),
}


async def test_a_whole_journal_is_counted(journal_url: str) -> None:
    chain = await _fill(journal_url)
    assert await verify(journal_url) == Verified(14, 5, 1, 14, 14, 2, chain)


async def test_an_empty_journal_is_verified(journal_url: str) -> None:
    assert await verify(journal_url) == Verified(0, 0, 1, 0, 0, 0, GENESIS)


async def test_damage_is_found_and_its_first_batch_named(journal_url: str, subtests: pytest.Subtests) -> None:
    await _fill(journal_url)
    for what, (statements, first_seq, reason) in DAMAGE.items():
        with subtests.test(what):
            async with _damaged(journal_url, *statements) as connection:
                with pytest.raises(Corrupt, match=reason) as raised:
                    await verify(connection)
            assert raised.value.first_seq == first_seq
    assert (await verify(journal_url)).records == 14


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(5, None, (5, 14)), (7, 8, (5, 8)), (1, 1, (1, 3)), (None, 4, (1, 4)), (14, 14, (10, 14)), (3, 10, (1, 14))],
)
async def test_a_part_is_verified_by_whole_batches(
    journal_url: str, first: int | None, last: int | None, expected: tuple[int, int]
) -> None:
    chain = await _fill(journal_url)
    found = await verify(journal_url, first, last)
    assert (found.first_seq, found.last_seq, found.head_chain) == (*expected, chain)
    assert found.records == expected[1] - expected[0] + 1


async def test_a_part_whose_record_is_not_there_is_named(journal_url: str) -> None:
    await _fill(journal_url)
    for part in ((15, None), (None, 15)):
        with pytest.raises(NoRecord, match="the journal ends before record 15"):
            await verify(journal_url, *part)


async def test_a_part_after_a_missing_batch_is_corrupt(journal_url: str) -> None:
    await _fill(journal_url)
    tamper(journal_url, "DELETE FROM journal_batch WHERE last_seq = 4")
    with pytest.raises(Corrupt, match="records 5 to 5: the batch before it is missing"):
        await verify(journal_url, 6)


async def test_damage_that_the_database_cannot_read_is_named(journal_url: str) -> None:
    await _fill(journal_url)
    broken = "UPDATE pg_database SET encoding = pg_char_to_encoding('SQL_ASCII') WHERE datname = current_database()"
    tamper(journal_url, broken, "ALTER TABLE journal_record ALTER COLUMN key TYPE text")
    tamper(journal_url, r"UPDATE journal_record SET key = E'\xff' WHERE seq = 6")
    fixed = broken.replace("SQL_ASCII", "UTF8")
    tamper(journal_url, fixed)
    with pytest.raises(Corrupt, match="records 5 to 8: the database cannot read it"):
        await verify(journal_url)


async def test_progress_is_told_and_ends_with_the_whole(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms.journal.verify.PROGRESS_RECORDS", 4)
    await _fill(journal_url)
    told: list[tuple[int, int]] = []
    await verify(journal_url, progress=lambda records, total: told.append((records, total)))
    assert told == [(4, 14), (8, 14), (14, 14), (14, 14)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 14), st.sampled_from(["payload", "key", "kind", "at_ns", "version", "epoch"]), st.integers(0, 2**16))
async def test_one_flipped_bit_anywhere_is_found(journal_url: str, seq: int, column: str, bit: int) -> None:
    if rows(journal_url, "SELECT count(*) FROM journal_record") == [(0,)]:
        await _fill(journal_url)
    async with _damaged(journal_url, _flipped(seq, column, bit)) as connection:
        with pytest.raises(Corrupt) as raised:
            await verify(connection)
    assert raised.value.last_seq == next(end for end in ENDS if end >= seq)


@asynccontextmanager
async def _damaged(dsn: str, *statements: str) -> AsyncIterator[Connection]:
    """A connection whose transaction sees the damage, undone at the end."""
    async with connected(dsn) as connection:
        await connection.execute("BEGIN")
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement.encode())
        yield connection
        await connection.execute("ROLLBACK")


def _flipped(seq: int, column: str, bit: int) -> str:
    flipped = {
        "payload": f"set_bit(payload, {bit} % (8 * length(payload)), 1 - get_bit(payload, {bit} % (8 * length(payload))))",
        "key": _letter_flipped("key", bit),
        "kind": _letter_flipped("kind", bit),
        "at_ns": f"at_ns # (1::bigint << {bit % 62})",
        "version": f"version # (1 << {bit % 14})::smallint",
        "epoch": f"epoch # (1::bigint << {bit % 62})",
    }[column]
    return f"UPDATE journal_record SET {column} = {flipped} WHERE seq = {seq}"


def _letter_flipped(column: str, bit: int) -> str:
    """One of the low bits of one letter: what comes out is another letter."""
    at = f"1 + {bit} % length({column})"
    return f"overlay({column} placing chr(ascii(substr({column}, {at}, 1)) # {1 << bit % 5}) from {at} for 1)"


async def _fill(dsn: str) -> bytes:
    chain = GENESIS
    for sizes in SIZES:
        journal = await Journal.take_over(dsn)
        chain = (await append_sizes(journal, sizes))[-1].chain
        await journal.close()
    return chain
