"""`fixgate counterparty`: what a counterparty's file says, and what is wrong with it."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from ops.cli import main
from ops.commands.exits import Exit

FILE = Path("counterparties/simbroker.toml")
WRONG = """\
name = "VENUE"
begin_string = "FIX.4.2"
host = "127.0.0.1"
port = 70000
hart_bt_int_s = 10

[orders]
sender_comp_id = "US"
target_comp_id = ""

[takes]
mass_cancel = true
"""


def counterparty(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["counterparty", *arguments])


def test_the_shipped_file_is_fine() -> None:
    result = counterparty("check", str(FILE), "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (
        Exit.OK,
        {"file": str(FILE), "name": "SIMBROKER", "sessions": ["SIMBROKER", "SIMBROKER-MD"]},
    )


def test_a_misspelt_key_is_named_with_file_line_and_reason_and_hides_nothing(tmp_path: Path) -> None:
    file = tmp_path / "venue.toml"
    file.write_text(WRONG + '[logon]\nusername = "env:NOBODY_SET_THIS"\n')
    result = counterparty("check", str(file))
    assert result.exit_code == Exit.CONFIG
    assert result.stderr.replace(f"{file}:", "").splitlines() == [
        "fixgate: 5: hart_bt_int_s: unknown key; did you mean heart_bt_int_s?",
        "4: port: 70000 is not between 1 and 65535",
        "9: orders.target_comp_id: '' is not 1 to 64 printable ASCII characters without =",
        "12: takes.mass_cancel: FIX.4.2 has no such message",
        "14: logon.username: missing secret: the environment has no NOBODY_SET_THIS",
    ]


def test_what_cannot_be_is_named_with_file_line_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "venue.toml"
    file.write_text(WRONG.replace("hart", "heart"))
    result = counterparty("check", str(file), "--json")
    assert result.exit_code == Exit.CONFIG
    assert json.loads(result.stdout)["error"]["complaints"] == [
        {"file": str(file), "line": 4, "key": "port", "reason": "70000 is not between 1 and 65535"},
        {
            "file": str(file),
            "line": 9,
            "key": "orders.target_comp_id",
            "reason": "'' is not 1 to 64 printable ASCII characters without =",
        },
        {"file": str(file), "line": 12, "key": "takes.mass_cancel", "reason": "FIX.4.2 has no such message"},
    ]


def test_a_missing_file_is_named() -> None:
    result = counterparty("describe", "nowhere.toml")
    assert (result.exit_code, "nowhere.toml: No such file" in result.stderr) == (Exit.CONFIG, True)


def test_the_rules_of_engagement_are_told_in_words() -> None:
    result = counterparty("describe", str(FILE))
    assert result.exit_code == Exit.OK
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert "orders              FIXGATE (ours) to SIMBROKER; its numbers go on for ever" in lines
    assert "types               MARKET, LIMIT" in lines
    assert "mass cancel         no: order by order" in lines


def test_as_json_every_key_has_its_value_whether_it_was_said_or_not() -> None:
    said = json.loads(counterparty("describe", str(FILE), "--json").stdout)
    assert (said["port"], said["unknown_orders"], said["takes"]["order_status"]) == (7500, "quarantine", True)
