"""What risk said is said again out of a real journal: from its first record on, and from a snapshot in the midst of it."""

import logging

import pytest

from gateway.reader.rejudging import Judged, rejudged
from risk.control import Control
from risk.limit import Limit
from risk.scope import parse
from risk.supposed import Supposed
from tests.integration.journal.test_snapshots import CUT, HISTORY, snapshot
from tests.support.client_side import CELL
from tests.support.histories import append
from tests.support.journals import rows
from tests.support.orders import D

LAST = len(HISTORY) + 1
"""The fact of the snapshot is one record more."""
OTHERS = Supposed("x", (Limit(parse("firm"), Control.OPEN_ORDERS_MAX, D(20)),), is_whole=False)


async def judged(
    dsn: str, first: int, last: int, supposed: Supposed | None = None, only: frozenset[int] | None = None
) -> list[Judged]:
    told: list[int] = []
    again = rejudged(CELL, dsn, first, last, lambda done, _: told.append(done), only=only, supposed=supposed)
    found = [one async for one in again]
    assert told == sorted(told)
    return found


def words(found: list[Judged]) -> list[tuple[int, bool, str]]:
    return [(one.seq, one.is_same, one.not_known) for one in found]


async def test_what_is_said_from_a_snapshot_on_is_what_is_said_of_the_whole(
    journal_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await append(journal_url, HISTORY[:CUT])
    whole = words(await judged(journal_url, 1, CUT))
    await snapshot(journal_url, CUT)
    await append(journal_url, HISTORY[CUT:])
    assert words(await judged(journal_url, 1, LAST))[: len(whole)] == whole
    with caplog.at_level(logging.INFO):
        later = await judged(journal_url, CUT + 2, LAST)
    assert f"folding from the snapshot at record {CUT} on" in caplog.text
    assert len(whole) + len(later) == 30
    assert all(one.is_reproduced for one in later)


async def test_other_limits_count_what_was_open_before_the_snapshot(journal_url: str) -> None:
    await append(journal_url, HISTORY[:CUT])
    await snapshot(journal_url, CUT)
    await append(journal_url, HISTORY[CUT:])
    whole, later = await judged(journal_url, 1, LAST, OTHERS), await judged(journal_url, CUT + 2, LAST, OTHERS)
    assert words(whole)[-len(later) :] == words(later)
    stopped = [one.again.verdict for one in later if one.again.verdict is not None]
    assert stopped[0][1] == "open_orders=20 added=1 open_orders_max=20 scope=firm"
    assert len(stopped) == 10


async def test_only_the_records_that_are_asked_for_are_judged(journal_url: str) -> None:
    await append(journal_url, HISTORY)
    [(seq,)] = rows(journal_url, "SELECT max(seq) FROM journal_record WHERE kind = 'OrderPlaced'")
    assert isinstance(seq, int)
    assert [one.seq for one in await judged(journal_url, seq, seq, only=frozenset({seq}))] == [seq]
