"""Quotes: recorded days merged in time order, and a walk that can be walked again."""

import zipfile
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from gateway.simulator.quotes import GAP_NS_MAX, QuotesUnreadable, load, random_walk, replay
from tests.unit.gateway.simulator.build import quote

RECORDED = Path(__file__).parents[5] / "shared" / "data" / "eurusd"
MS_NS = 1_000_000
FIRST_OF_MAY_NS = 1_398_902_400_000_000_000


def day(folder: Path, name: str, *rows: str) -> Path:
    path = folder / f"{name}_quote.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rows.csv", "\n".join(rows) + "\n")
    return path


def test_days_of_two_dealers_are_merged_by_utc(tmp_path: Path) -> None:
    files = [
        day(tmp_path, "fxcm_20140501", "0,1.30000,1.30002"),
        day(tmp_path, "oanda_20140501", "17999999,1.31,1.3102", "18000001,1.32,1.3202"),
    ]
    five_hours_ns = 18_000_000 * MS_NS
    assert load(files) == [
        (FIRST_OF_MAY_NS + five_hours_ns - MS_NS, quote("1.31", "1.3102")),
        (FIRST_OF_MAY_NS + five_hours_ns, quote("1.30000", "1.30002")),
        (FIRST_OF_MAY_NS + five_hours_ns + MS_NS, quote("1.32", "1.3202")),
    ]


def test_pauses_are_shortened_and_a_new_round_goes_on_at_the_last_price(tmp_path: Path) -> None:
    ticks = load([day(tmp_path, "oanda_20140501", "100,1.30,1.31", "350,1.32,1.33", "9999999,1.34,1.35")])
    moves = list(islice(replay(ticks), 5))
    assert [move.delay_ns for move in moves] == [0, 250 * MS_NS, GAP_NS_MAX, GAP_NS_MAX, 250 * MS_NS]
    assert [str(move.quote.bid_px) for move in moves] == ["1.30", "1.32", "1.34", "1.34", "1.36"]


def test_crossed_rows_are_left_out(tmp_path: Path) -> None:
    assert len(load([day(tmp_path, "oanda_20140501", "1,1.31,1.30", "2,1.30,1.30")])) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2,1.30", "line 2: not `ms,bid,ask`: '2,1.30'"),
        ("x,1.30,1.31", "line 2: not `ms,bid,ask`"),
        ("2,NaN,1.31", "line 2: not `ms,bid,ask`"),
        ("2,-1,1.31", "line 2: not `ms,bid,ask`"),
        ("2,0.0,1.31", "line 2: a price is zero"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_line(tmp_path: Path, row: str, said: str) -> None:
    file = day(tmp_path, "oanda_20140501", "1,1.30,1.31", row)
    with pytest.raises(QuotesUnreadable) as raised:
        load([file])
    assert str(raised.value).startswith(f"{file}, {said}")


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    no_zip = tmp_path / "fxcm_20140501_quote.zip"
    no_zip.write_text("1,1.30,1.31")
    wrong = {
        no_zip: "File is not a zip file",
        tmp_path / "oanda_20140501_quote.zip": "No such file",
        tmp_path / "mine_20140501_quote.zip": "the name must be",
        tmp_path / "oanda_20141301_quote.zip": "20141301 is no date",
        day(tmp_path, "20140501", ""): "line 1: not `ms,bid,ask`",
    }
    for file, said in wrong.items():
        with pytest.raises(QuotesUnreadable) as raised:
            load([file])
        assert str(file) in str(raised.value)
        assert said in str(raised.value)


def test_the_same_seed_walks_the_same_way() -> None:
    walk = list(islice(random_walk(7), 2000))
    assert walk == list(islice(random_walk(7), 2000))
    assert walk != list(islice(random_walk(8), 2000))
    assert {move.quote.offer_px - move.quote.bid_px for move in walk} == {Decimal("0.00001"), Decimal("0.00002")}
    assert all(abs(move.quote.bid_px - Decimal("1.385")) < Decimal("0.01") for move in walk)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded EURUSD quotes are not on this machine")
def test_recorded_days_are_replayed() -> None:
    ticks = load(sorted(RECORDED.glob("*20140501_quote.zip")))
    assert len(ticks) > 50_000
    assert all(Decimal("1.38") < tick.bid_px <= tick.offer_px < Decimal("1.39") for _, tick in ticks)
