"""The verbs that read files and the journal, and the options of the program itself."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import main
from ops.commands.exits import Exit
from ops.migrations.run import upgrade
from tests.integration.control.conftest import running
from tests.integration.control.gateway import Gateway
from tests.support.journals import tamper

__all__ = ["running"]

CONFIG = Path("environments/dev.toml")


def test_check_config_says_what_the_files_mean() -> None:
    result = CliRunner().invoke(main, ["check-config", "--config", str(CONFIG), "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == Exit.OK
    assert found["sessions"] == ["SIMBROKER", "SIMBROKER-MD"]
    assert found["accounts"] == ["DESK1", "DESK2"]


def test_an_unknown_key_is_named_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(CONFIG.read_text().replace("order_qty_max", "order_qty_maxx", 1))
    result = CliRunner().invoke(main, ["check-config", "--config", str(file)])
    assert result.exit_code == Exit.CONFIG
    assert str(file) in result.stderr
    assert "order_qty_maxx" in result.stderr


def test_a_principal_of_no_role_is_named(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(CONFIG.read_text().replace("dev/viewer/audit", "dev/king/audit"))
    result = CliRunner().invoke(main, ["check-config", "--config", str(file)])
    assert result.exit_code == Exit.CONFIG
    assert "dev/king/audit" in result.stderr


@pytest.mark.parametrize("verb", ["up", "engine", "check-config", "verify", "demo"])
def test_a_missing_file_is_named(verb: str) -> None:
    result = CliRunner().invoke(main, [verb, "--config", "nowhere.toml"])
    assert result.exit_code == Exit.CONFIG
    assert "nowhere.toml" in result.stderr


def test_a_worker_of_an_unknown_session_is_told_which_there_are() -> None:
    result = CliRunner().invoke(main, ["worker", "--config", str(CONFIG), "--session", "NOBODY"])
    assert result.exit_code == Exit.CONFIG
    assert "SIMBROKER-MD" in result.stderr


async def test_verify_says_how_much_it_checked(running: Gateway, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seq = await running.engine.look(lambda state: state.seq)
    monkeypatch.setenv("DATABASE_URL", database_url)
    result = await _invoke("verify", "--config", str(CONFIG))
    assert (result.exit_code, result.stderr) == (Exit.OK, "")
    assert f"checked {seq} records in " in result.stdout


async def test_verify_finds_a_changed_record(running: Gateway, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await running.engine.look(lambda state: state.seq)
    monkeypatch.setenv("DATABASE_URL", database_url)
    tamper(database_url, "UPDATE journal_record SET at_ns = at_ns + 1 WHERE seq = 2")
    result = await _invoke("verify", "--config", str(CONFIG), "--json")
    assert result.exit_code == Exit.CORRUPT
    error = json.loads(result.stdout)["error"]
    assert error["first_seq"] <= 2 <= error["last_seq"]


def test_verify_without_a_journal_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert CliRunner().invoke(main, ["verify", "--config", str(CONFIG)]).exit_code == Exit.CONFIG


def test_verify_of_a_record_that_is_not_there_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert CliRunner().invoke(main, ["verify", "--config", str(CONFIG), "--first", "5"]).exit_code == Exit.UNKNOWN


def test_verify_of_a_database_that_is_down_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@127.0.0.1:1/fixgate")
    assert CliRunner().invoke(main, ["verify", "--config", str(CONFIG)]).exit_code == Exit.UNREACHABLE


def test_help_explains_every_exit_code() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert all(f"\n    {code.value}  " in shown for code in Exit)


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout.startswith("fixgate ")


async def _invoke(*arguments: str) -> Result:
    """In a thread: the command has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, main, arguments)
