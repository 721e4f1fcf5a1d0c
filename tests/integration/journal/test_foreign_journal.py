"""A journal that this release does not understand: the engine process says which record, and does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oms.journal.postgres import Journal
from tests.support.journals import PAYLOAD, records

CONFIG = Path("environments/dev.toml")
END_S = 60


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("OrderPlaced", "record 1: OrderPlaced version 1 does not decode"),
        ("OrderDreamt", "record 1: no event is called OrderDreamt: the journal was written by another release"),
    ],
)
async def test_a_record_that_says_nothing_to_us_keeps_the_engine_down(journal_url: str, kind: str, problem: str) -> None:
    journal = await Journal.take_over(journal_url)
    await journal.append(records(journal, PAYLOAD, kind=kind))
    await journal.close()
    ended = subprocess.run(  # noqa: ASYNC221  nothing else runs on this loop.
        [sys.executable, "-m", "ops.cli", "engine", "--config", str(CONFIG)],
        env=os.environ | {"DATABASE_URL": journal_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=END_S,
        check=False,
    )
    assert ended.returncode == 1
    assert f"the engine cannot start: Unfoldable: {problem}" in ended.stderr
    assert "Traceback" not in ended.stderr
