"""One batch, one statement: order, fence, watermarks, and what a cut line leaves behind."""

import asyncio
from itertools import pairwise

import psycopg
import pytest
from msgspec.structs import replace

from oms.journal import merkle
from oms.journal.failures import AppendFailed, Fenced, MarkRefused, Unreachable
from oms.journal.postgres import Journal
from oms.journal.reading import read
from oms.journal.record import GENESIS, Batch, Mark, leaf, link
from tests.integration.journal.line import Line
from tests.support.journals import append_sizes, held, records, rows, until_blocked


async def test_a_journal_begins_at_the_genesis(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    assert (journal.seq, journal.epoch, journal.chain, journal.at_ns) == (0, 1, GENESIS, 0)
    await journal.close()


async def test_append_returns_the_batch_and_moves_the_head(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    written = records(journal, b"one", b"two", b"three")
    batch = await journal.append(written)
    root = merkle.root([leaf(record) for record in written])
    assert batch == Batch(1, 3, 1, root, link(GENESIS, 1, 3, 1, root))
    assert (journal.seq, journal.chain, journal.at_ns) == (3, batch.chain, 3_000)
    assert rows(journal_url, "SELECT seq, epoch, chain FROM journal_head") == [(3, 1, batch.chain)]
    await journal.close()


async def test_what_was_appended_is_read_back_batch_by_batch(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    written = []
    for size in (1, 17, 2, 600):
        batch = records(journal, *(b"%d" % n for n in range(size)))
        written.append((await journal.append(batch), tuple(batch)))
    await journal.close()
    assert [found async for found in read(journal_url)] == written


async def test_bytes_of_every_value_and_any_unicode_key_come_back(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    every_byte = bytes(range(256))
    written = [
        *records(journal, b"", b"\x00", every_byte, "naïve".encode("latin-1"), every_byte * 5_000, key=""),
    ]
    written[1:3] = [replace(written[1], key="\x01€😀'\"\\{},NULL"), replace(written[2], kind="Größe", version=32_767)]
    await journal.append(written)
    await journal.close()
    assert await held(journal_url) == written


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda batch: [], "an empty batch"),
        (lambda batch: batch[1:], "seq has a gap"),
        (lambda batch: [batch[0], batch[0]], "seq has a gap"),
        (lambda batch: batch[::-1], "seq has a gap"),
        (lambda batch: [batch[0], replace(batch[1], epoch=2)], "a record of another epoch"),
        (lambda batch: [batch[0], replace(batch[1], at_ns=batch[0].at_ns - 1)], "time goes back"),
        (lambda batch: [replace(batch[0], at_ns=-1), batch[1]], "time goes back"),
        (lambda batch: [batch[0], replace(batch[1], key="A\x00")], "a key holds NUL"),
    ],
)
async def test_a_batch_that_cannot_be_right_is_not_sent(journal_url: str, spoil, reason: str) -> None:  # type: ignore[no-untyped-def]
    journal = await Journal.take_over(journal_url)
    with pytest.raises(AssertionError, match=reason):
        await journal.append(spoil(records(journal, b"one", b"two")))
    await journal.append(records(journal, b"three"))
    await journal.close()
    assert [record.payload for record in await held(journal_url)] == [b"three"]


async def test_an_overtaken_writer_is_fenced_and_writes_nothing(journal_url: str) -> None:
    old = await Journal.take_over(journal_url)
    await old.append(records(old, b"old"))
    new = await Journal.take_over(journal_url)
    assert (new.epoch, new.seq, new.chain, new.at_ns) == (2, 1, old.chain, old.at_ns)
    for _ in range(2):
        with pytest.raises(Fenced, match="epoch 1 has been taken over"):
            await old.append(records(old, b"too late"), [Mark("VENUE", 1, None, 2)])
    await new.append(records(new, b"new"))
    await old.close()
    await new.close()
    assert [(record.epoch, record.payload) for record in await held(journal_url)] == [(1, b"old"), (2, b"new")]
    assert rows(journal_url, "SELECT * FROM journal_watermark") == []


async def test_confirm_tells_the_writer_from_the_overtaken(journal_url: str) -> None:
    old = await Journal.take_over(journal_url)
    await old.confirm()
    new = await Journal.take_over(journal_url)
    await new.confirm()
    with pytest.raises(Fenced, match="epoch 1 has been taken over"):
        await old.confirm()
    with pytest.raises(Fenced):
        await old.append(records(old, b"too late"))
    await old.close()
    await new.close()


async def test_confirm_of_a_lost_connection_is_unreachable(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    _end_backend(journal_url, journal)
    with pytest.raises(Unreachable):
        await journal.confirm()
    await journal.close()


async def test_marks_move_with_their_batch(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    await journal.append(records(journal, b"one"), [Mark("VENUE", 1, None, 2), Mark("DATA", 1, None, 9)])
    await journal.append(records(journal, b"two"), [Mark("VENUE", 1, 2, 40), Mark("VENUE", 2, None, 1)])
    await journal.close()
    marks = rows(journal_url, "SELECT session, session_epoch, next_target FROM journal_watermark ORDER BY 1, 2")
    assert marks == [("DATA", 1, 9), ("VENUE", 1, 40), ("VENUE", 2, 1)]


@pytest.mark.parametrize(
    "mark",
    [
        Mark("VENUE", 1, None, 9),  # There is one already.
        Mark("VENUE", 1, 6, 9),  # It stands elsewhere.
        Mark("VENUE", 2, 7, 9),  # This epoch of the session has none.
        Mark("NOBODY", 1, 7, 9),
    ],
)
async def test_a_mark_that_is_not_where_it_should_be_writes_nothing_at_all(journal_url: str, mark: Mark) -> None:
    journal = await Journal.take_over(journal_url)
    await journal.append(records(journal, b"one"), [Mark("VENUE", 1, None, 7), Mark("DATA", 1, None, 7)])
    before = rows(journal_url, "SELECT seq, chain FROM journal_head")
    with pytest.raises(MarkRefused, match=f"session {mark.session} in epoch {mark.session_epoch} does not expect"):
        await journal.append(records(journal, b"two"), [Mark("DATA", 1, 7, 8), mark])
    assert rows(journal_url, "SELECT seq, chain FROM journal_head") == before
    assert rows(journal_url, "SELECT count(*) FROM journal_record") == [(1,)]
    assert rows(journal_url, "SELECT next_target FROM journal_watermark") == [(7,), (7,)]
    await journal.append(records(journal, b"three"), [Mark("DATA", 1, 7, 8)])
    await journal.close()


async def test_a_backend_that_dies_under_an_append_leaves_nobody_knowing(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    async with await psycopg.AsyncConnection.connect(journal_url) as holder:
        await holder.execute("SELECT FROM journal_head FOR UPDATE")
        append = asyncio.create_task(journal.append(records(journal, b"one")))
        await until_blocked(journal_url)
        _end_backend(journal_url, journal)
        with pytest.raises(AppendFailed, match="no answer for records 1 to 1"):
            await append
        with pytest.raises(AppendFailed):
            await journal.append(records(journal, b"one"))
    await journal.close()
    assert await held(journal_url) == []


async def test_a_cancelled_append_ends_the_journal(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    async with await psycopg.AsyncConnection.connect(journal_url) as holder:
        await holder.execute("SELECT FROM journal_head FOR UPDATE")
        append = asyncio.create_task(journal.append(records(journal, b"one")))
        await until_blocked(journal_url)
        append.cancel()
        with pytest.raises(asyncio.CancelledError):
            await append
    with pytest.raises(AppendFailed, match="records 1 to 1 was cut short"):
        await journal.append(records(journal, b"two"))
    await journal.close()


async def test_a_lost_answer_fails_the_append_whose_records_are_durable(journal_url: str) -> None:
    async with Line(journal_url) as line:
        journal = await Journal.take_over(line.dsn)
        first = records(journal, b"zero")
        await journal.append(first)
        written = records(journal, b"one", b"two")
        line.cut_before_answer()
        with pytest.raises(AppendFailed):
            await journal.append(written, [Mark("VENUE", 1, None, 2)])
        await journal.close()
    successor = await Journal.take_over(journal_url)
    assert (successor.epoch, successor.seq) == (2, 3)
    await successor.close()
    assert await held(journal_url) == first + written


async def test_a_line_cut_at_any_byte_of_the_batch_writes_nothing(journal_url: str) -> None:
    payloads = [b"a payload of some length"] * 5
    octets: int | None = 0
    while octets is not None:
        async with Line(journal_url) as line:
            journal = await Journal.take_over(line.dsn)
            await journal.append(records(journal, *payloads))
            sent, durable = line.sent, journal.seq
            await journal.append(records(journal, *payloads))
            length = line.sent - sent
            line.cut_after_sent(octets)
            with pytest.raises(AppendFailed):
                await journal.append(records(journal, *payloads))
            await journal.close()
        assert len(await held(journal_url)) == durable + 5
        octets = _next_cut(octets, length)


async def test_appends_of_one_journal_chain(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    batches = await append_sizes(journal, [3, 1, 4, 1, 5])
    await journal.close()
    for before, batch in pairwise(batches):
        assert batch.chain == link(before.chain, batch.first_seq, batch.last_seq, batch.epoch, batch.root)


async def test_two_appends_at_once_are_a_bug_that_is_noticed(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    batch = records(journal, b"one")
    first, second = await asyncio.gather(journal.append(batch), journal.append(batch), return_exceptions=True)
    assert isinstance(first, Batch)
    assert isinstance(second, AssertionError)
    await journal.close()
    assert len(await held(journal_url)) == 1


def _next_cut(octets: int, length: int) -> int | None:
    """Cuts all over the batch, and each one in its last bytes, where the server has everything but the word to commit."""
    after = octets + (1 if octets >= length - 12 else max(1, min(97, length - 12 - octets)))
    return after if after < length else None


def _end_backend(dsn: str, journal: Journal) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (journal._connection.info.backend_pid,))
