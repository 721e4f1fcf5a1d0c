"""A database with the journal's tables."""

import pytest

from ops.migrations.run import upgrade


@pytest.fixture
def journal_url(database_url: str) -> str:
    """A journal that holds nothing yet."""
    upgrade(database_url)
    return database_url
