"""Adding a counterparty needs no code: two made-up ones, a file each, traded over the wire against the simulated broker."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from gateway.codec.text import fields
from ops.cli import main
from ops.commands.exits import Exit
from tests.support.installation import REPOSITORY, Installation
from tests.support.polling import eventually
from tests.support.ports import free_port

HERE = Path(__file__).parent
VENUES = {"OLDHOUSE": ("old_house.toml", "FIX.4.2", "EUR/USD"), "NEWVENUE": ("new_venue.toml", "FIXT.1.1", "USD-JPY")}
BROKER = """
import sys
from pathlib import Path
from gateway.simulator import broker
from gateway.simulator.config import SimulatorConfig
name, port, data, begin_string, symbol = sys.argv[1:]
ids = {"sender_comp_id": name, "orders_comp_id": "HEDGECO", "market_data_comp_id": "HEDGECO-QUOTES"}
sys.exit(broker.run(SimulatorConfig(port=int(port), data=Path(data), begin_string=begin_string, symbol=symbol, **ids)))
"""


class TwoVenues(Installation):
    """The gateway with both counterparties' files as they are, but for the ports."""

    def __init__(self, folder: Path) -> None:
        self.ports = {name: free_port() for name in VENUES}
        super().__init__(folder)

    def _write_files(self, *arguments: Any, **named: Any) -> None:
        super()._write_files(*arguments, **named)
        files = [self._venue(name) for name in VENUES]
        text = re.sub(
            r"^counterparties = .*$", f"counterparties = {json.dumps(files)}", self.file.read_text(), flags=re.MULTILINE
        )
        for was, name in (("DESK1", "OLDHOUSE"), ("DESK2", "NEWVENUE")):
            text = text.replace(f'account = "{was}"\nsession = "SIMBROKER"', f'account = "{was}"\nsession = "{name}"')
        yen = '[[instrument]]\nsymbol = "USDJPY"\ncurrency = "JPY"\ntick = "0.00001"\nlot = "100"\n\n'
        self.file.write_text(text.replace("[[instrument]]", f"{yen}[[instrument]]", 1))

    def _venue(self, name: str) -> str:
        """The primary of the venue with a second address is dead."""
        file, port = self.folder / f"{name}.toml", self.ports[name]
        text = (HERE / VENUES[name][0]).read_text().replace("7501", str(port))
        file.write_text(text.replace("7500", str(free_port() if "[[fallback]]" in text else port)))
        return str(file)

    @contextmanager
    def broker(self, name: str) -> Iterator[None]:
        _, begin_string, symbol = VENUES[name]
        data = self.folder / name
        arguments = [sys.executable, "-c", BROKER, name, str(self.ports[name]), str(data), begin_string, symbol]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=REPOSITORY)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)

    def sent(self, session: str) -> list[dict[int, str]]:
        """The orders that went out, as they were on the wire."""
        with psycopg.connect(self.dsn) as database:
            rows = database.execute("SELECT payload FROM journal_record WHERE kind = 'MessageSent' ORDER BY seq").fetchall()
        found = [json.loads(bytes(row[0])) for row in rows]
        return [dict(fields(sent["raw"].encode("latin-1"))) for sent in found if sent["session"] == session]


def _set_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OLDHOUSE_PASSWORD", "NEWVENUE_USER", "NEWVENUE_PASSWORD"):
        monkeypatch.setenv(name, "s3cret")


@pytest.fixture
def venues(monkeypatch: pytest.MonkeyPatch) -> Iterator[TwoVenues]:
    _set_secrets(monkeypatch)
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))  # Not pytest's: the database's own user must get there.
    try:
        with ExitStack() as stack:
            running = TwoVenues(folder)
            for name in VENUES:
                stack.enter_context(running.broker(name))
            stack.callback(running.stop)
            running.start_up()
            yield running
    finally:
        shutil.rmtree(folder)


def fixgate(venues: TwoVenues, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*arguments, "--config", str(venues.file)])
    return result.exit_code, result.stdout + result.stderr


def is_filled(venues: TwoVenues, symbol: str, account: str) -> bool:
    """Whether an order that sweeps the market is filled now; before sessions and prices are there it is refused."""
    identity = f"trader/{account.lower()}"
    order = ("order", "buy", "1000", symbol, "--limit", "1.3900", "--tif", "ioc", "--account", account)
    code, said = fixgate(venues, *order, "--as", identity, "--wait")
    return code == Exit.OK and "filled" in said


def test_two_counterparties_of_different_versions_and_dialects_trade_without_code(venues: TwoVenues) -> None:
    eventually(lambda: is_filled(venues, "EURUSD", "DESK1"), seconds=60)
    eventually(lambda: is_filled(venues, "USDJPY", "DESK2"), seconds=60)
    old = venues.sent("OLDHOUSE")[-1]
    said = {tag: old.get(tag) for tag in (8, 35, 55, 1, 109, 57, 9303, 59)}
    assert said == {8: "FIX.4.2", 35: "D", 55: "EUR/USD", 1: "DESK1", 109: "DESK1", 57: "FX", 9303: "SWEEP", 59: "3"}
    new = venues.sent("NEWVENUE")[-1]
    said = {tag: new.get(tag) for tag in (8, 35, 55, 1, 109, 57, 21, 1724)}
    assert said == {8: "FIXT.1.1", 35: "D", 55: "USD-JPY", 1: "DESK2", 109: None, 57: None, 21: "2", 1724: "5"}


def test_what_one_does_not_take_the_other_may(venues: TwoVenues) -> None:
    eventually(lambda: is_filled(venues, "EURUSD", "DESK1"), seconds=60)
    code, said = fixgate(venues, "order", "buy", "1000", "EURUSD", "--account", "DESK1", "--as", "trader/desk1")
    assert (code, "ord_type=MARKET session=OLDHOUSE" in said) == (Exit.REFUSED, True)


def test_each_has_its_own_rate(venues: TwoVenues) -> None:
    eventually(lambda: is_filled(venues, "USDJPY", "DESK2"), seconds=60)
    eventually(lambda: is_filled(venues, "EURUSD", "DESK1"), seconds=60)
    order = ("--limit", "1.3900", "--tif", "ioc")
    several = [
        fixgate(venues, "order", "buy", "1000", "EURUSD", *order, "--account", "DESK1", "--as", "trader/desk1") for _ in "123"
    ]
    assert any("RATE_EXCEEDED" in said and "of 1 in window_ms=20000" in said for _, said in several)
    others = [
        fixgate(venues, "order", "buy", "1000", "USDJPY", *order, "--account", "DESK2", "--as", "trader/desk2") for _ in "123"
    ]
    assert [code for code, _ in others] == [Exit.OK] * 3


@pytest.mark.parametrize("name", VENUES)
def test_both_files_are_fine_and_can_be_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _set_secrets(monkeypatch)
    for verb in ("check", "describe"):
        result = CliRunner().invoke(main, ["counterparty", verb, str(HERE / VENUES[name][0])])
        assert (result.exit_code, name in result.stdout, "s3cret" in result.stdout) == (Exit.OK, True, False)
