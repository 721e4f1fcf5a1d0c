"""Databases for tests: one real server per test process, a fresh database per test."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from ops.database import DATABASE, EmbeddedPostgres

SMALL = {"shared_buffers": "32MB", "max_wal_size": "1GB"}

_numbers = count(1)


@contextmanager
def running_server() -> Iterator[EmbeddedPostgres]:
    """A server in a folder of its own, gone afterwards.

    The folder is not pytest's: every later run closes that one to other users again, and as root the server is another user.
    """
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    try:
        with EmbeddedPostgres(folder, settings=SMALL) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def fresh_database(server: EmbeddedPostgres) -> Iterator[str]:
    """The address of an empty database that exists as long as the block."""
    name = f"test_{next(_numbers)}"
    _maintain(server, sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy").format(sql.Identifier(name)))
    try:
        yield server.dsn.replace(f"/{DATABASE}?", f"/{name}?")
    finally:
        server.restart_if_dead()  # The test may have killed it.
        _maintain(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintain(server: EmbeddedPostgres, statement: sql.Composed) -> None:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(statement)
