"""A start from a snapshot is a start from the whole journal, only sooner; a snapshot that is not right is never believed."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psycopg
import pytest
from msgspec.structs import replace

from gateway import image, starting
from gateway.cell import Cell
from gateway.checkpoints import SnapshotTaken
from gateway.engine import Engine
from gateway.snapshotting import Made, SnapshotFailed, Snapshots, make
from gateway.starting import fact_of, start
from gateway.state import State
from oms.domain import numbers
from oms.journal import snapshots
from oms.journal.failures import Corrupt
from oms.journal.record import GENESIS
from ops import settings as configuration
from ops.snapshots import folding
from tests.support.client_side import CELL
from tests.support.histories import append, append_events, traded
from tests.support.installation import Installation
from tests.support.journals import rows, tamper
from tests.support.polling import eventually_async

HISTORY = traded(30)
CUT = 60
"""The end of a batch."""


async def hash_after_start(dsn: str, cell: Cell = CELL) -> bytes:
    engine = await start(cell, dsn, time.time_ns)
    await engine.close()
    return image.state_hash(engine.state)


async def snapshot(dsn: str, upto_seq: int, cell: Cell = CELL) -> Made:
    """A snapshot as of a record, and its fact."""
    made = await make(cell, dsn, upto_seq)
    await append_events(dsn, fact_of(made.snapshot))
    return made


async def whole(dsn: str, cell: Cell = CELL) -> bytes:
    """The hash of the fold of everything."""
    numbers.install()
    begun = starting.Begun(State(cell), GENESIS)
    await starting.fold(begun, dsn, None)
    return image.state_hash(begun.state)


async def test_a_start_folds_from_the_snapshot_on(journal_url: str, caplog: pytest.LogCaptureFixture) -> None:
    await append(journal_url, HISTORY[:CUT])
    made = await snapshot(journal_url, CUT)
    await append(journal_url, HISTORY[CUT:])
    assert len(HISTORY) > CUT + 20
    with caplog.at_level(logging.INFO):
        found = await hash_after_start(journal_url)
    assert found == await whole(journal_url)
    assert f"folding from the snapshot at record {CUT} on" in caplog.text
    assert made.snapshot.hash != found


async def test_a_snapshot_of_a_snapshot_is_the_same_as_one_of_everything(journal_url: str) -> None:
    await append(journal_url, HISTORY[:CUT])
    await snapshot(journal_url, CUT)
    await append(journal_url, HISTORY[CUT:])
    [(last,)] = rows(journal_url, "SELECT seq FROM journal_head")
    assert isinstance(last, int)
    from_a_snapshot = await make(CELL, journal_url, last)
    tamper(journal_url, "DELETE FROM state_snapshot_piece", "DELETE FROM state_snapshot")
    assert await make(CELL, journal_url, last) == from_a_snapshot


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (
            "UPDATE state_snapshot_piece SET data = set_byte(data, 9, get_byte(data, 9) # 1) WHERE number = 3",
            "damaged",
        ),
        ("DELETE FROM state_snapshot_piece WHERE number = 5", "damaged"),
        ("UPDATE state_snapshot SET hash = sha256('')", "the journal does not say that it was taken"),
        ("UPDATE state_snapshot SET chain = sha256('')", "the journal does not say that it was taken"),
        ("UPDATE state_snapshot SET shape = 'of another release'", "it was made as of another release, and this is"),
    ],
)
async def test_a_snapshot_that_is_not_what_was_taken_is_not_used(
    damage: str, reason: str, journal_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await append(journal_url, HISTORY[:CUT])
    await snapshot(journal_url, CUT)
    await append(journal_url, HISTORY[CUT:])
    tamper(journal_url, damage)
    assert await hash_after_start(journal_url) == await whole(journal_url)
    assert f"the snapshot at record {CUT} is not used: " in caplog.text
    assert reason in caplog.text
    assert "records from the first on: none of the snapshots is of use" in caplog.text


async def test_bytes_that_the_journal_knows_nothing_of_are_not_used(journal_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A process that was killed between its commit and the fact leaves this behind."""
    await append(journal_url, HISTORY)
    await make(CELL, journal_url, CUT)
    assert await hash_after_start(journal_url) == await whole(journal_url)
    assert "the journal does not say that it was taken" in caplog.text


async def test_another_release_folds_everything_again(journal_url: str, caplog: pytest.LogCaptureFixture) -> None:
    await append(journal_url, HISTORY)
    await snapshot(journal_url, CUT)
    newer = replace(CELL, version="next")
    assert await hash_after_start(journal_url, newer) == await whole(journal_url, newer)
    assert "it was made as 0/" in caplog.text


async def test_where_the_newest_is_damaged_the_one_before_is_used(journal_url: str, caplog: pytest.LogCaptureFixture) -> None:
    await append(journal_url, HISTORY)
    await snapshot(journal_url, CUT)
    await snapshot(journal_url, CUT + 10)
    tamper(journal_url, f"DELETE FROM state_snapshot_piece WHERE seq = {CUT + 10} AND number = 0")
    with caplog.at_level(logging.INFO):
        assert await hash_after_start(journal_url) == await whole(journal_url)
    assert f"folding from the snapshot at record {CUT} on" in caplog.text


async def test_a_snapshot_that_leaves_all_resume_tokens_goes_before_a_newer_one(
    journal_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await append(journal_url, HISTORY)
    await snapshot(journal_url, CUT - 20)
    await snapshot(journal_url, len(HISTORY) // 10 * 10)
    monkeypatch.setattr(starting, "MEMORY_FACTS", len(HISTORY) - CUT)
    with caplog.at_level(logging.INFO):
        engine = await start(CELL, journal_url, time.time_ns)
    await engine.close()
    assert f"folding from the snapshot at record {CUT - 20} on" in caplog.text
    assert [fact.seq for fact in engine.facts_after(CUT - 20)] == list(range(CUT - 19, engine.durable_seq + 1))


async def test_a_record_that_was_changed_after_the_snapshot_stops_the_start(journal_url: str) -> None:
    await append(journal_url, HISTORY)
    await snapshot(journal_url, CUT)
    tamper(journal_url, f"UPDATE journal_record SET payload = '{{}}' WHERE seq = {CUT + 15}")
    with pytest.raises(Corrupt) as corrupt:
        await start(CELL, journal_url, time.time_ns)
    assert corrupt.value.first_seq == CUT + 11


# --- taken by a running engine -----------------------------------------------------------------------------------------


@pytest.fixture
def installed(journal_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """The files of an installation on this journal; nothing of it runs."""
    monkeypatch.setenv("DATABASE_URL", journal_url)
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    yield Installation(folder)
    shutil.rmtree(folder)


@asynccontextmanager
async def running(installed: Installation, dsn: str) -> AsyncIterator[Engine]:
    engine = await start(configuration.cell(installed.settings), dsn, time.time_ns)
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.close()


async def test_a_running_engine_has_one_taken_and_makes_it_a_fact(installed: Installation, journal_url: str) -> None:
    async with running(installed, journal_url) as engine:
        taken = await Snapshots(engine, journal_url, 0, folding(installed.file)).take()
        assert [fact.event for fact in engine.facts_after(taken.upto_seq)] == [taken]
        assert engine.state.snapshot_seq == taken.upto_seq
    assert [fact_of(held) for held in await snapshots.held(journal_url)] == [taken]


async def test_only_the_newest_three_are_kept(installed: Installation, journal_url: str) -> None:
    async with running(installed, journal_url) as engine:
        taking = Snapshots(engine, journal_url, 0, folding(installed.file))
        taken = [await taking.take() for _ in range(4)]
    assert [held.seq for held in await snapshots.held(journal_url)] == [t.upto_seq for t in reversed(taken[1:])]


async def test_a_fold_that_is_killed_leaves_nothing_and_the_next_goes_well(installed: Installation, journal_url: str) -> None:
    async with running(installed, journal_url) as engine:
        taking = Snapshots(engine, journal_url, 0, folding(installed.file))
        task = asyncio.create_task(taking.take())
        found = await eventually_async(lambda: _folding(installed))
        assert found is not None
        os.kill(found, signal.SIGKILL)
        with pytest.raises(SnapshotFailed, match="ended with code -9"):
            await task
        assert await snapshots.held(journal_url) == []
        assert engine.state.snapshot_seq == 0
        taken = await taking.take()
    assert [held.seq for held in await snapshots.held(journal_url)] == [taken.upto_seq]


async def test_what_was_folded_otherwise_than_the_engine_has_it_is_no_snapshot(installed: Installation, journal_url: str) -> None:
    async with running(installed, journal_url) as engine:
        made = await make(configuration.cell(installed.settings), journal_url, (await engine.mark()).outline.seq)
        outline = replace(made.marked.outline, orders=1)
        lie = msgspec.json.encode(replace(made, marked=replace(made.marked, outline=outline))).decode()
        taking = Snapshots(engine, journal_url, 0, (sys.executable, "-c", f"print({lie!r})"))
        with pytest.raises(SnapshotFailed, match="orders is 0 in the engine and 1 in the snapshot"):
            await taking.take()
        assert engine.state.snapshot_seq == 0
        with psycopg.connect(journal_url) as connection:
            kinds = connection.execute("SELECT kind FROM journal_record ORDER BY seq").fetchall()
        assert (SnapshotTaken.__name__,) not in kinds
    assert await snapshots.held(journal_url) == []


async def test_one_that_was_made_for_another_configuration_is_not_kept(installed: Installation, journal_url: str) -> None:
    async with running(installed, journal_url) as engine:
        made = await make(configuration.cell(installed.settings), journal_url, (await engine.mark()).outline.seq)
        other = msgspec.json.encode(replace(made, snapshot=replace(made.snapshot, shape="another"))).decode()
        with pytest.raises(SnapshotFailed, match="the configuration has changed"):
            await Snapshots(engine, journal_url, 0, (sys.executable, "-c", f"print({other!r})")).take()
    assert await snapshots.held(journal_url) == []


async def test_one_that_the_journal_does_not_vouch_for_is_not_counted_among_those_kept(
    installed: Installation, journal_url: str
) -> None:
    async with running(installed, journal_url) as engine:
        taking = Snapshots(engine, journal_url, 0, folding(installed.file))
        taken = [await taking.take() for _ in range(2)]
        unknown = replace((await snapshots.held(journal_url))[0], seq=taken[-1].upto_seq + 100)
        await snapshots.write(journal_url, unknown, [b""])
        taken.append(await taking.take())
    assert [held.seq for held in await snapshots.held(journal_url)] == [t.upto_seq for t in reversed(taken)]


def _folding(installed: Installation) -> int | None:
    """The process that folds for us."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"fold" in command and os.fsencode(installed.file) in command:
            return int(folder.name)
    return None
