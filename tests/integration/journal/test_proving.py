"""An engine whose risk is not what its journal says does not start: it says which number is wrong, and where."""

import logging
import time

import pytest
from msgspec.structs import replace

from gateway import image, image_of_risk
from gateway.proving import RiskDiffers
from gateway.snapshotting import make
from gateway.starting import fact_of, start
from gateway.state import State
from risk.ledger import Ledger, Usage
from tests.support.client_side import CELL
from tests.support.histories import append, append_events, traded

HISTORY = traded(30)
CUT = 60


async def state_after_start(dsn: str) -> State:
    engine = await start(CELL, dsn, time.time_ns)
    await engine.close()
    return engine.state


async def test_a_start_proves_what_risk_holds_and_says_how_long_it_took(
    journal_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await append(journal_url, HISTORY)
    with caplog.at_level(logging.INFO):
        state = await state_after_start(journal_url)
    assert f"what risk holds is what {len(state.book.chains)} orders say: proved in " in caplog.text
    assert state.exposures.ledger.tallies


def forgets(*_given: object, **_named: object) -> None:
    """Something that is not done."""


@pytest.mark.parametrize(
    ("owner", "method", "says"),
    [(Ledger, "_tell", r"pos_qty is 0, and by what traded \d"), (Usage, "free", r"scope account=\S+ .* adds up to ")],
)
async def test_a_fold_that_goes_wrong_is_found_before_the_first_order(
    owner: type, method: str, says: str, journal_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await append(journal_url, HISTORY)
    monkeypatch.setattr(owner, method, forgets)
    with pytest.raises(RiskDiffers, match=says):
        await start(CELL, journal_url, time.time_ns)


async def test_a_snapshot_whose_positions_are_not_its_orders_is_not_used(
    journal_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its bytes are those that were written, and the journal says that it was taken: it was wrong when it was made."""
    await append(journal_url, HISTORY[:CUT])
    right = image_of_risk._tally_rows

    def wrong(state: State) -> list[object]:
        return [(facets, replace(tally, pos_qty=tally.pos_qty + 1)) for facets, tally in right(state)]

    (part,) = [part for part in image.STATE if part.name == "tallies"]
    spoilt = tuple(replace(p, rows=wrong) if p is part else p for p in image.STATE)
    monkeypatch.setitem(image._GROUPS, "state", spoilt)
    monkeypatch.setattr(image, "STATE", spoilt)
    made = await make(CELL, journal_url, CUT)
    monkeypatch.undo()
    await append_events(journal_url, fact_of(made.snapshot))
    await append(journal_url, HISTORY[CUT:])
    await state_after_start(journal_url)
    assert "is not used: what risk holds in it is not what its orders say: " in caplog.text
    assert "records from the first on: none of the snapshots is of use" in caplog.text
