"""Fixtures for every test: a real PostgreSQL, a fresh database, certificates."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from ops.database import EmbeddedPostgres
from ops.dev_ca import Certificates, ensure
from tests.support.databases import fresh_database, running_server

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")  # How fast a machine is says nothing of the code: no example is timed.

CLIENTS = ("trader/desk1", "trader/desk2", "viewer/audit", "admin/ops", "operator/night")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """One real server per test process (with xdist: per worker)."""
    with running_server() as server:
        yield server


@pytest.fixture
def database_url(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with fresh_database(postgres_server) as address:
        yield address


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A development CA with a server certificate and one client certificate per name in CLIENTS, environment `test`."""
    return ensure(tmp_path_factory.mktemp("certificates"), "test", CLIENTS)
