"""The journal's writer in a process of its own keeps every promise of the writer, and ends with the engine."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from oms.journal.apart import JournalApart
from oms.journal.failures import AppendFailed, Fenced, MarkRefused, NoJournal, Unreachable
from oms.journal.postgres import Journal
from oms.journal.record import Mark
from tests.integration.journal.line import Line
from tests.support.journals import append_sizes, held, records
from tests.support.polling import eventually_async

PATIENCE_S = 30.0


async def test_it_appends_what_a_writer_in_this_process_would(journal_url: str) -> None:
    journal = await JournalApart.take_over(journal_url)
    batches = await append_sizes(journal, [1, 3, 500])
    assert (journal.epoch, journal.seq, journal.chain) == (1, 504, batches[-1].chain)
    await journal.confirm()
    await journal.close()
    successor = await Journal.take_over(journal_url)
    assert (successor.epoch, successor.seq, successor.chain) == (2, 504, batches[-1].chain)
    assert [record.seq for record in await held(journal_url)] == list(range(1, 505))
    await successor.close()


async def test_whoever_takes_over_fences_it(journal_url: str) -> None:
    old = await JournalApart.take_over(journal_url)
    new = await JournalApart.take_over(journal_url)
    with pytest.raises(Fenced, match="epoch 1 has been taken over"):
        await old.append(records(old, b"late"))
    with pytest.raises(Fenced):
        await old.append(records(old, b"later"))
    await new.append(records(new, b"first"))
    await old.close()
    await new.close()
    assert [record.payload for record in await held(journal_url)] == [b"first"]


async def test_a_mark_that_is_refused_writes_nothing_and_ends_nothing(journal_url: str) -> None:
    journal = await JournalApart.take_over(journal_url)
    with pytest.raises(MarkRefused):
        await journal.append(records(journal, b"one"), [Mark("S", 1, 7, 8)])
    await journal.append(records(journal, b"two"), [Mark("S", 1, None, 2)])
    await journal.close()
    assert [record.payload for record in await held(journal_url)] == [b"two"]


async def test_a_process_that_is_killed_leaves_nobody_knows(journal_url: str) -> None:
    journal = await JournalApart.take_over(journal_url)
    await journal.append(records(journal, b"one"))
    os.kill(journal.pid, signal.SIGKILL)
    with pytest.raises(AppendFailed, match="the journal's process has ended"):
        await journal.append(records(journal, b"two"))
    with pytest.raises(AppendFailed):
        await journal.append(records(journal, b"two"))
    with pytest.raises(Unreachable, match="has ended"):
        await journal.confirm()
    await journal.close()
    assert [record.payload for record in await held(journal_url)] == [b"one"]


async def test_a_process_that_hangs_is_not_waited_for(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms.journal.apart._MARGIN_S", 1.0)
    journal = await JournalApart.take_over(journal_url, answer_s_max=1.0)
    os.kill(journal.pid, signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(AppendFailed, match="has not answered in 2 s"):
            await journal.append(records(journal, b"one"))
        await journal.close()
    assert not Path(f"/proc/{journal.pid}").exists()


async def test_a_silent_database_is_told_as_one(journal_url: str) -> None:
    async with Line(journal_url) as line, asyncio.timeout(PATIENCE_S):
        journal = await JournalApart.take_over(line.dsn, answer_s_max=0.3)
        line.fall_silent()
        with pytest.raises(AppendFailed, match="no answer for records 1 to 1"):
            await journal.append(records(journal, b"one"))
        await journal.close()


async def test_an_append_that_is_cut_short_ends_it(journal_url: str) -> None:
    journal = await JournalApart.take_over(journal_url)
    appending = asyncio.create_task(journal.append(records(journal, b"one")))
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    with pytest.raises(AppendFailed, match="cut short"):
        await journal.append(records(journal, b"two"))
    await journal.close()


async def test_why_it_cannot_take_over_is_told(database_url: str) -> None:
    with pytest.raises(NoJournal):
        await JournalApart.take_over(database_url)
    with pytest.raises(Unreachable, match="cannot connect"):
        await JournalApart.take_over("postgresql://nobody@127.0.0.1:1/nothing")


async def test_it_ends_with_the_line_and_not_by_ctrl_c(journal_url: str) -> None:
    journal = await JournalApart.take_over(journal_url)
    os.kill(journal.pid, signal.SIGINT)
    os.kill(journal.pid, signal.SIGTERM)
    await journal.append(records(journal, b"one"))
    await journal.close()
    assert await eventually_async(lambda: not Path(f"/proc/{journal.pid}").exists())
