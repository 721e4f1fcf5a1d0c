"""Brings a database up to the shape this release needs, or says that it is not."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text

LOCK = 0x66697867617465
"""Advisory lock held while steps run, so that two starts at once do not both run them."""


class NotCurrent(Exception):
    """The database is at another step than this release needs."""

    def __init__(self, found: str | None, needed: str | None) -> None:
        super().__init__(f"the database is at step {found or 'none'} and this release needs {needed}: run `fixgate migrate`")
        self.found = found
        self.needed = needed


def upgrade(dsn: str) -> None:
    """Run every step that the database lacks, all or none. A database from a newer release raises NotCurrent."""
    engine = _engine(dsn)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            _refuse_newer(connection)
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def current(dsn: str) -> str | None:
    """The step that the database is at; None for one without any."""
    engine = _engine(dsn)
    try:
        with engine.connect() as connection:
            return _current(connection)
    finally:
        engine.dispose()


def head() -> str | None:
    """The step that this release needs."""
    return _steps().get_current_head()


def assert_current(dsn: str) -> None:
    """Raise NotCurrent unless the database has exactly the shape that this release needs."""
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


def _engine(dsn: str) -> Engine:
    return create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
