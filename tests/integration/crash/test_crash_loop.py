"""The crash loop in its short form: `make crash-loop` is the long one."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.crash.loop import Options, run

OPTIONS = Options(orders=150, kills=6, seed=20260102, seconds=110)


@pytest.mark.slow
async def test_killing_every_process_loses_no_order_repeats_none_and_books_each_fill_once() -> None:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-crash-"))  # Not pytest's: the database's own user must get there.
    try:
        outcome = await run(folder, OPTIONS)
    finally:
        shutil.rmtree(folder)
    assert outcome.verdict.violations == (), "\n".join((outcome.summary, *outcome.shown))
    assert (sum(outcome.kills.values()), set(outcome.kills.values())) == (6, {1})
    assert outcome.verdict.orders >= OPTIONS.orders
