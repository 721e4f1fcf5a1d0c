"""A running gateway for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from ops.database import EmbeddedPostgres
from ops.dev_ca import Certificates
from tests.integration.control.gateway import Gateway, gateway, in_thread
from tests.support.databases import fresh_database


@pytest_asyncio.fixture
async def running(database_url: str, certificates: Certificates, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway in the loop of the test, its sessions ready."""
    async with gateway(database_url, certificates, tmp_path) as started:
        yield started


@pytest_asyncio.fixture
async def disconnected(database_url: str, certificates: Certificates, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway whose sessions are down."""
    async with gateway(database_url, certificates, tmp_path, has_venue=False) as started:
        yield started


@pytest.fixture(scope="module")
def blocking(
    postgres_server: EmbeddedPostgres, certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """One gateway in a thread of its own, for all tests of a module."""
    with fresh_database(postgres_server) as dsn, in_thread(dsn, certificates, tmp_path_factory.mktemp("link")) as started:
        yield started


@pytest.fixture
def certificates_folder(certificates: Certificates) -> Path:
    return certificates.authority.parent
