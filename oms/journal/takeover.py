"""How a process becomes the writer: a checked connection, then the head with its epoch raised."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from oms.journal.failures import HeadHeld, NoJournal, NotDurable, Unreachable

DURABLE = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply"}}
"""Settings of the server, and the values under which a commit that was answered survives."""

ANSWER_S_MAX = 10.0
"""A database that is silent for so long is gone: the engine must end, and a successor find out what is durable."""
TCP = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""For an idle connection behind a dropped route; seconds, but for tcp_user_timeout, which is in milliseconds."""

_RAISE = "UPDATE journal_head SET epoch = epoch + 1 RETURNING seq, epoch, chain"

# Who holds the row shows as a granted lock on the table by a backend that waits for nobody.
_END_HOLDERS = """
SELECT pg_terminate_backend(pid, %s) FROM pg_locks AS held
WHERE relation = 'journal_head'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode IN ('RowShareLock', 'RowExclusiveLock') AND granted AND pid <> pg_backend_pid()
    AND NOT EXISTS (SELECT FROM pg_locks AS waits WHERE waits.pid = held.pid AND NOT waits.granted)
"""


class Head(msgspec.Struct, frozen=True):
    """The head as the new writer finds it, in its own epoch."""

    seq: int
    epoch: int
    chain: bytes
    at_ns: int


async def connect(dsn: str, answer_s_max: float = ANSWER_S_MAX) -> AsyncConnection[TupleRow]:
    """A connection on which a commit that was answered is durable. Raises Unreachable, NotDurable.

    What the DSN says of keepalives goes before TCP.
    """
    try:
        address = make_conninfo(dsn, **TCP | conninfo_to_dict(dsn))
        async with asyncio.timeout(answer_s_max):
            connection = await AsyncConnection.connect(address, autocommit=True, application_name="fixgate takeover")
    except psycopg.Error as error:
        raise Unreachable(f"cannot connect to the database: {error}") from error
    except TimeoutError as error:
        raise Unreachable(f"cannot connect to the database: no answer in {answer_s_max:g} s") from error
    try:
        with hanging_up(connection, answer_s_max):
            await _assert_durable(connection)
            # The append has one good plan; planning it anew for each batch would cost more than running it.
            await connection.execute("SET plan_cache_mode = force_generic_plan")
    except psycopg.OperationalError as error:
        await connection.close()
        raise Unreachable(f"the database did not answer: {error}") from error
    except BaseException:
        await connection.close()
        raise
    return connection


@contextmanager
def hanging_up(connection: AsyncConnection[TupleRow], answer_s_max: float) -> Iterator[None]:
    """End the connection when the block takes longer; whoever waits for the database in there then hears OperationalError.

    A cancellation would not do: psycopg answers it by asking the silent server to cancel, and waits for that as well.
    """
    timer = asyncio.get_running_loop().call_later(answer_s_max, _hang_up, connection)
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: AsyncConnection[TupleRow]) -> None:
    if connection.closed:
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as line:  # A copy: the number itself stays psycopg's to close.
        line.shutdown(socket.SHUT_RDWR)


async def take_head(connection: AsyncConnection[TupleRow], lock_wait_ms: int) -> Head:
    """Raise the epoch, and read where the journal stands. Raises NoJournal, HeadHeld, Unreachable."""
    await _set(connection, "lock_timeout", f"{lock_wait_ms}ms")
    try:
        row = await _raise_epoch(connection, lock_wait_ms)
        last = await (await connection.execute("SELECT at_ns FROM journal_record WHERE seq = %s", (row[0],))).fetchone()
    except psycopg.errors.UndefinedTable as error:
        raise NoJournal("the database has no journal: run `fixgate migrate`") from error
    except psycopg.Error as error:
        raise Unreachable(f"the database did not answer: {error}") from error
    await _set(connection, "lock_timeout", "0")
    await _set(connection, "application_name", f"fixgate journal epoch {row[1]}")
    return Head(row[0], row[1], row[2], last[0] if last else 0)


async def _raise_epoch(connection: AsyncConnection[TupleRow], lock_wait_ms: int) -> TupleRow:
    try:
        cursor = await connection.execute(_RAISE)
    except psycopg.errors.LockNotAvailable:
        # The old writer's backend may wait for a standby or for a dead client: end it, its batch is in or out.
        await connection.execute(_END_HOLDERS, (lock_wait_ms,))
        cursor = await _raise_again(connection)
    row = await cursor.fetchone()
    if row is None:
        raise NoJournal("journal_head has lost its row: restore the database")
    return row


async def _raise_again(connection: AsyncConnection[TupleRow]) -> psycopg.AsyncCursor[TupleRow]:
    try:
        return await connection.execute(_RAISE)
    except psycopg.errors.LockNotAvailable as error:
        raise HeadHeld("another session holds journal_head and does not let go") from error


async def _assert_durable(connection: AsyncConnection[TupleRow]) -> None:
    for setting, allowed in DURABLE.items():
        row = await (await connection.execute("SELECT current_setting(%s)", (setting,))).fetchone()
        assert row is not None
        if row[0] not in allowed:
            raise NotDurable(setting, row[0])


async def _set(connection: AsyncConnection[TupleRow], setting: str, value: str) -> None:
    await connection.execute("SELECT set_config(%s, %s, false)", (setting, value))
