"""A database that falls silent, as behind a dropped route: nobody waits for it longer than allowed."""

import asyncio

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from oms.journal.failures import AppendFailed, Unreachable
from oms.journal.postgres import Journal
from oms.journal.takeover import TCP, connect
from tests.integration.journal.line import Line
from tests.support.journals import held, records

ANSWER_S_MAX = 0.3
PATIENCE_S = 5.0


async def test_an_append_to_a_silent_database_fails_in_time(journal_url: str) -> None:
    async with Line(journal_url) as line, asyncio.timeout(PATIENCE_S):
        journal = await Journal.take_over(line.dsn, answer_s_max=ANSWER_S_MAX)
        await journal.append(records(journal, b"one"))
        line.fall_silent()
        with pytest.raises(AppendFailed, match="no answer for records 2 to 2"):
            await journal.append(records(journal, b"two"))
        with pytest.raises(AppendFailed):
            await journal.append(records(journal, b"two"))
        await journal.close()
    assert [record.payload for record in await held(journal_url)] == [b"one"]


async def test_a_confirm_of_a_silent_database_is_unreachable_in_time(journal_url: str) -> None:
    async with Line(journal_url) as line, asyncio.timeout(PATIENCE_S):
        journal = await Journal.take_over(line.dsn, answer_s_max=ANSWER_S_MAX)
        line.fall_silent()
        with pytest.raises(Unreachable):
            await journal.confirm()
        await journal.close()


async def test_a_takeover_from_a_silent_database_is_unreachable_in_time(journal_url: str) -> None:
    async with Line(journal_url) as line, asyncio.timeout(PATIENCE_S):
        line.fall_silent()
        with pytest.raises(Unreachable, match=r"no answer in 0\.3 s"):
            await Journal.take_over(line.dsn, answer_s_max=ANSWER_S_MAX)


async def test_a_head_that_is_held_too_long_is_unreachable_in_time(journal_url: str) -> None:
    async with (
        await psycopg.AsyncConnection.connect(journal_url) as holder,
        Line(journal_url) as line,
        asyncio.timeout(PATIENCE_S),
    ):
        await holder.execute("SELECT FROM journal_head FOR UPDATE")
        taking = asyncio.create_task(Journal.take_over(line.dsn, lock_wait_ms=400, answer_s_max=ANSWER_S_MAX))
        await line.told(b"UPDATE journal_head")
        line.fall_silent()
        with pytest.raises(Unreachable, match="did not answer"):
            await taking


async def test_a_journal_that_answers_in_time_stays_open(journal_url: str) -> None:
    journal = await Journal.take_over(journal_url, answer_s_max=ANSWER_S_MAX)
    await journal.append(records(journal, b"one"))
    await asyncio.sleep(2 * ANSWER_S_MAX)
    await journal.append(records(journal, b"two"))
    assert [record.payload for record in await held(journal_url)] == [b"one", b"two"]
    await journal.close()


async def test_an_idle_connection_is_kept_alive_as_the_address_says_or_as_we_do(journal_url: str) -> None:
    async with Line(journal_url) as line:
        for said, expected in ({}, TCP["keepalives_idle"]), ({"keepalives_idle": 77}, 77):
            connection = await connect(make_conninfo(line.dsn, **said))
            found = connection.info.get_parameters()
            assert (int(found["keepalives_idle"]), int(found["tcp_user_timeout"])) == (expected, TCP["tcp_user_timeout"])
            await connection.close()
