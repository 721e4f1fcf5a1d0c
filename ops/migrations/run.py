"""Brings a database up to the shape this release needs, or says that it is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from oms.journal.failures import Unreachable

LOCK = 0x66697867617465
"""Advisory lock held while steps run, so that two starts at once do not both run them."""


class NotCurrent(Exception):
    """The database is at another step than this release needs."""

    def __init__(self, found: str | None, needed: str | None) -> None:
        super().__init__(f"the database is at step {found or 'none'} and this release needs {needed}: run `fixgate migrate`")
        self.found = found
        self.needed = needed


def upgrade(dsn: str) -> None:
    """Run every step that the database lacks, all or none. Raises NotCurrent for a newer database, Unreachable."""
    with _connected(dsn) as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        _refuse_newer(connection)
        command.upgrade(_config(connection), "head")


def current(dsn: str) -> str | None:
    """The step that the database is at; None for one without any. Raises Unreachable."""
    with _connected(dsn) as connection:
        return _current(connection)


def head() -> str | None:
    """The step that this release needs."""
    return _steps().get_current_head()


def assert_current(dsn: str) -> None:
    """Raise NotCurrent unless the database has exactly the shape that this release needs; or Unreachable."""
    found, needed = current(dsn), head()
    if found != needed:
        raise NotCurrent(found, needed)


def _refuse_newer(connection: Connection) -> None:
    found = _current(connection)
    if found is not None and found not in {step.revision for step in _steps().walk_revisions()}:
        raise NotCurrent(found, head())


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _steps() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(dsn: str) -> Iterator[Connection]:
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise Unreachable(f"the database did not answer: {error.orig}") from error
    finally:
        engine.dispose()
