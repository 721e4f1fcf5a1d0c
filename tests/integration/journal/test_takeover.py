"""Becoming the writer: one epoch for each, whoever holds the head, and only where a commit is durable."""

import asyncio

import psycopg
import pytest

from oms.journal.failures import AppendFailed, Fenced, HeadHeld, NoJournal, NotDurable, Unreachable
from oms.journal.postgres import Journal
from oms.journal.verify import verify
from tests.support.journals import held, records, rows, tamper, until_blocked


async def test_takeovers_at_once_each_get_an_epoch_and_only_the_last_writes(journal_url: str) -> None:
    journals = await asyncio.gather(*(Journal.take_over(journal_url) for _ in range(5)))
    assert sorted(journal.epoch for journal in journals) == [1, 2, 3, 4, 5]
    written = 0
    for journal in sorted(journals, key=lambda journal: journal.epoch):
        try:
            await journal.append(records(journal, b"one"))
            written += 1
        except Fenced:
            assert journal.epoch < 5
        await journal.close()
    assert written == 1
    assert [record.epoch for record in await held(journal_url)] == [5]


async def test_whoever_holds_the_head_is_ended_after_the_wait(journal_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(journal_url) as holder:
        await holder.execute("SELECT FROM journal_head FOR UPDATE")
        journal = await Journal.take_over(journal_url, lock_wait_ms=50)
        with pytest.raises(psycopg.OperationalError):
            await holder.execute("SELECT 1")
    await journal.append(records(journal, b"one"))
    await journal.close()


async def test_an_append_that_waits_for_the_same_holder_comes_before_or_is_fenced(journal_url: str) -> None:
    old = await Journal.take_over(journal_url)
    async with await psycopg.AsyncConnection.connect(journal_url) as holder:
        await holder.execute("SELECT FROM journal_head FOR UPDATE")
        append = asyncio.create_task(old.append(records(old, b"old")))
        await until_blocked(journal_url)
        new = await Journal.take_over(journal_url, lock_wait_ms=50)
        (outcome,) = await asyncio.gather(append, return_exceptions=True)
        with pytest.raises(psycopg.OperationalError):
            await holder.execute("SELECT 1")
    assert new.epoch == 2
    assert isinstance(outcome, Fenced if new.seq == 0 else object)
    assert not isinstance(outcome, AppendFailed)
    await new.append(records(new, b"new"))
    await old.close()
    await new.close()
    assert (await verify(journal_url)).records == new.seq


async def test_a_lock_that_is_not_the_head_s_row_is_waited_for_and_named(journal_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(journal_url) as holder:
        await holder.execute("LOCK journal_head IN SHARE MODE")
        with pytest.raises(HeadHeld, match="another session holds journal_head"):
            await Journal.take_over(journal_url, lock_wait_ms=50)
    assert rows(journal_url, "SELECT epoch FROM journal_head") == [(0,)]


async def test_a_database_without_a_journal_is_named(database_url: str) -> None:
    with pytest.raises(NoJournal, match="fixgate migrate"):
        await Journal.take_over(database_url)


async def test_a_head_without_its_row_is_named(journal_url: str) -> None:
    tamper(journal_url, "DELETE FROM journal_head")
    with pytest.raises(NoJournal, match="journal_head has lost its row"):
        await Journal.take_over(journal_url)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="cannot connect"):
        await Journal.take_over("postgresql://nobody@127.0.0.1:1/nothing")


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
async def test_a_database_that_may_lose_a_commit_is_refused(journal_url: str, value: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(journal_url)["dbname"]
    tamper(journal_url, f"ALTER DATABASE {name} SET synchronous_commit = {value}")
    with pytest.raises(NotDurable, match=f"synchronous_commit = {value}"):
        await Journal.take_over(journal_url)
    assert rows(journal_url, "SELECT epoch FROM journal_head") == [(0,)]


async def test_the_writer_is_found_by_its_name(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url)
    named = "SELECT pid FROM pg_stat_activity WHERE application_name = 'fixgate journal epoch 1'"
    assert rows(journal_url, named) == [(journal._connection.info.backend_pid,)]
    await journal.close()
