"""The crash matrix in its short form, one cell for each point: `make crash-matrix` is the whole."""

import shutil
import tempfile
from pathlib import Path

import pytest

from gateway import crash
from tests.crash.matrix import CELLS, Kind, run
from tests.crash.matrix import VICTIMS as BY_TURNS

_ASKED = (Kind.NEW, Kind.CANCEL, Kind.REPLACE)
_TOLD = {"engine.applied": Kind.FILL, "worker.in_from_app": Kind.FILL, "worker.before_link_write": Kind.BUST}
_OF_POINT = {p: (_TOLD.get(p, _ASKED[n % 3]), BY_TURNS[n % len(BY_TURNS)]) for n, p in enumerate(crash.POINTS)}
"""The kinds that clients ask for pass every point; what the venue tells, only some."""


@pytest.mark.slow
async def test_whoever_dies_at_a_crash_point_no_order_is_lost_or_repeated_and_every_point_is_reached() -> None:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-crash-"))  # Not pytest's: the database's own user must get there.
    cells = [cell for cell in CELLS if _OF_POINT[cell.point] == (cell.kind, cell.victim)]
    try:
        outcome = await run(folder / "matrix", cells, seed=20260102)
    finally:
        shutil.rmtree(folder)
    assert {cell.point for cell in cells} == set(crash.POINTS)
    assert (outcome.verdict.violations, outcome.never_fired) == ((), []), "\n".join(outcome.shown)
    assert outcome.verdict.orders >= 20 * len(crash.POINTS)
