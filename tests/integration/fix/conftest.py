"""The peer of a real worker: a FIX counterparty that says what a test tells it to."""

from collections.abc import Iterator

import pytest

from tests.integration.fix.counterparty import Counterparty


@pytest.fixture
def broker() -> Iterator[Counterparty]:
    with Counterparty() as counterparty:
        yield counterparty
