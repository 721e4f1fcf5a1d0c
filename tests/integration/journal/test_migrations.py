"""The steps over an empty database, twice, at once, and over one from the future."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from oms.journal.failures import Unreachable
from oms.journal.record import GENESIS
from ops.migrations import run
from tests.support.journals import rows, tamper

CHANGES = (
    "UPDATE journal_record SET key = 'other'",
    "UPDATE {partition} SET key = 'other'",
    "DELETE FROM journal_record",
    "DELETE FROM {partition}",
    "TRUNCATE journal_record",
    "TRUNCATE {partition}",
    "UPDATE journal_batch SET epoch = 2",
    "DELETE FROM journal_batch",
    "TRUNCATE journal_batch",
)


def test_an_empty_database_is_brought_to_the_head(database_url: str) -> None:
    assert run.current(database_url) is None
    with pytest.raises(run.NotCurrent, match=f"at step none and this release needs {run.head()}: run `fixgate migrate`"):
        run.assert_current(database_url)
    run.upgrade(database_url)
    assert run.current(database_url) == run.head()
    run.assert_current(database_url)


def test_the_head_of_a_new_journal_holds_the_genesis(journal_url: str) -> None:
    assert rows(journal_url, "SELECT one, seq, epoch, chain FROM journal_head") == [(True, 0, 0, GENESIS)]


def test_upgrading_again_changes_nothing(journal_url: str) -> None:
    tamper(journal_url, "UPDATE journal_head SET epoch = 7")
    run.upgrade(journal_url)
    assert rows(journal_url, "SELECT epoch FROM journal_head") == [(7,)]


def test_upgrades_at_once_run_the_steps_once(database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run.upgrade, [database_url] * 3))
    assert rows(database_url, "SELECT count(*) FROM journal_head") == [(1,)]


def test_a_database_from_a_newer_release_is_left_alone(journal_url: str) -> None:
    tamper(journal_url, "UPDATE alembic_version SET version_num = '9999'")
    for check in (run.upgrade, run.assert_current):
        with pytest.raises(run.NotCurrent, match=f"at step 9999 and this release needs {run.head()}"):
            check(journal_url)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    for check in (run.upgrade, run.current, run.assert_current):
        with pytest.raises(Unreachable, match="the database did not answer"):
            check("postgresql://nobody@127.0.0.1:1/nothing")


def test_the_head_has_one_row_only(journal_url: str) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        rows(journal_url, "INSERT INTO journal_head SELECT * FROM journal_head")
    with pytest.raises(psycopg.errors.CheckViolation):
        rows(journal_url, "INSERT INTO journal_head SELECT false, seq, epoch, chain FROM journal_head")


@pytest.mark.parametrize("change", CHANGES)
def test_records_and_batches_are_insert_only(journal_url: str, change: str) -> None:
    rows_before = _filled(journal_url)
    with pytest.raises(psycopg.Error, match="the journal is insert-only") as raised:
        rows(journal_url, change.format(partition="journal_record_0"))
    assert raised.value.sqlstate == "JN003"
    assert _content(journal_url) == rows_before


def _filled(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT journal_add_partition(0, 100)")
        connection.execute("INSERT INTO journal_record VALUES (1, 1, 1, 'OrderPlaced', 1, 'FG1', 'payload')")
        connection.execute("INSERT INTO journal_batch VALUES (1, 1, 1, sha256(''), sha256(''))")
    return _content(dsn)


def _content(dsn: str) -> list[tuple[object, ...]]:
    return rows(dsn, "SELECT * FROM journal_record") + rows(dsn, "SELECT * FROM journal_batch")
