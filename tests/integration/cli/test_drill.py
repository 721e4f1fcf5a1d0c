"""A drill on a whole installation: without orders, and with some that rest at the simulated broker."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.commands.exits import Exit
from tests.integration.cli.burst import fixgate, live, trader, until_taken
from tests.support.installation import Installation, installation
from tests.support.journals import rows

ORDERS = (
    "--account",
    "DESK2",
    "--symbol",
    "EURUSD",
    "--qty",
    "100",
    "--price",
    "1.3500",
    "--orders",
    "20",
    "--trader",
    "trader/desk2",
)
DRILL = ("drill", "--yes", "--as", "risk/alice", "--json")


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation() as started:
        with trader(started) as client:
            until_taken(client)
        yield started


def noted(running: Installation) -> list[dict[str, object]]:
    query = "SELECT convert_from(payload, 'UTF8') FROM journal_record WHERE kind = 'DrillNoted' ORDER BY seq"
    return [json.loads(str(payload)) for (payload,) in rows(running.dsn, query)]


def test_on_a_scope_without_orders_it_shows_how_long_the_workers_take(running: Installation, tmp_path: Path) -> None:
    report = tmp_path / "drill.html"
    said = fixgate(running, *DRILL, "--report", str(report))
    assert said.returncode == Exit.OK, said.stdout + said.stderr
    outcome = json.loads(said.stdout)
    assert (outcome["scope"], outcome["orders"], outcome["flat_us"], outcome["left"]) == ("strategy=DRILL", 0, 0, [])
    assert outcome["is_passed"] is True
    assert outcome["effective_us"] > 0
    assert "<td>passed</td>" in report.read_text()
    assert f"fixgate release {outcome['latch']}" in said.stderr
    assert noted(running)[-1]["latch"] == outcome["latch"]
    released = fixgate(running, "release", str(outcome["latch"]), "--reason", "over", "--as", "risk/bob", "--json")
    assert json.loads(released.stdout)["is_released"] is True


def test_with_orders_it_shows_how_long_it_takes_until_nothing_is_open(running: Installation) -> None:
    open_before = len(live(running))
    said = fixgate(running, *DRILL, *ORDERS, "--second", "risk/bob")
    assert said.returncode == Exit.OK, said.stdout + said.stderr + running.ends_of_logs()
    outcome = json.loads(said.stdout)
    assert (outcome["orders"], outcome["left"], outcome["is_passed"]) == (20, [], True)
    assert 0 < outcome["cancels_us"] < outcome["flat_us"]
    assert len(live(running)) == open_before
    assert fixgate(running, "latches", "--json").stdout == ""
    names = ("orders", "left", "effective_us", "cancels_us", "flat_us")
    assert {name: noted(running)[-1][name] for name in names} == {name: outcome[name] for name in names if name != "left"} | {
        "left": 0
    }


def test_where_something_is_open_there_is_no_drill(running: Installation) -> None:
    said = fixgate(running, *DRILL, *ORDERS, "--account", "DESK1", "--trader", "trader/desk1")
    assert said.returncode == Exit.REFUSED
    assert "orders of DESK1 in EURUSD are open: a drill would cancel them" in said.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--report", "drill.pdf"), "its name has to end in one of .txt, .json, .html"),
        (("--account", "DESK1"), "orders of a drill need --symbol, --qty, --price, --trader"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_asked_for(running: Installation, words: tuple[str, ...], why: str) -> None:
    said = fixgate(running, *DRILL, *words)
    assert (said.returncode, why in said.stdout) == (Exit.USAGE, True), said.stdout
