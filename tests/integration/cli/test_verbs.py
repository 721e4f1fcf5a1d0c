"""The verbs that talk to a server: what they print, and the code they end with."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import main
from ops.commands.exits import Exit
from ops.dev_ca import make_authority
from tests.integration.control.gateway import DESK1, Gateway
from tests.support.ports import free_port

Fixgate = Callable[..., Result]
BUY = ("order", "buy", "100", "EURUSD", "--account", "DESK1")


@pytest.fixture
def fixgate(blocking: Gateway, certificates_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Fixgate:
    """Run a command as trader/desk1, unless it says otherwise."""
    monkeypatch.setenv("FIXGATE_SERVER", blocking.address)
    monkeypatch.setenv("FIXGATE_CERTS", str(certificates_folder))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


def only_line(result: Result) -> dict[str, object]:
    found: dict[str, object] = json.loads(result.stdout)
    return found


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_order_is_placed_and_says_its_ids(fixgate: Fixgate) -> None:
    result = fixgate(*BUY, "--limit", "1.38", "--id", "cli-1")
    assert result.exit_code == Exit.OK
    assert "placed  buy 100 EURUSD 1.38  id cli-1" in result.stdout
    again = fixgate(*BUY, "--limit", "1.38", "--id", "cli-1")
    assert "the first answer, told again" in again.stdout
    assert again.stdout.split()[0] == result.stdout.split()[0]


def test_an_order_is_followed_until_it_ends(fixgate: Fixgate) -> None:
    result = fixgate(*BUY, "--wait", "--json")
    assert result.exit_code == Exit.OK
    answer, *events = lines(result)
    assert [event["ord_status"] for event in events] == ["ORD_STATUS_PENDING_NEW", "ORD_STATUS_NEW", "ORD_STATUS_FILLED"]
    assert {event["root_id"] for event in events} == {answer["root_id"]}
    assert (events[-1]["last_qty"], events[-1]["last_px"]) == ("100", "1.385")


def test_an_order_is_replaced_canceled_and_shown(fixgate: Fixgate) -> None:
    root_id = str(only_line(fixgate(*BUY, "--limit", "1.38", "--id", "R-1", "--json"))["root_id"])
    watched = fixgate("replace", root_id, "--qty", "300", "--limit", "1.379")
    assert watched.exit_code == Exit.OK, watched.output
    by_own_id = fixgate("cancel", "--order-id", "R-1", "--wait")
    assert by_own_id.exit_code == Exit.OK, by_own_id.output
    assert "canceled" in by_own_id.stdout
    order = only_line(fixgate("orders", root_id, "--json"))
    assert (order["ord_status"], order["order_qty"], order["price"]) == ("ORD_STATUS_CANCELED", "300", "1.379")
    shown = fixgate("orders", root_id).stdout
    assert "order cancel replace request" in shown
    assert "limits-1" in shown


def test_orders_are_a_table(fixgate: Fixgate) -> None:
    fixgate(*BUY, "--limit", "1.38", "--id", "T-1")
    result = fixgate("orders", "--live", "--account", "DESK1", "--rows", "1")
    header, row = result.stdout.splitlines()
    assert header.split()[:4] == ["order", "id", "account", "side"]
    assert "T-1" in row
    assert "buy" in row


def test_an_order_says_how_it_is_to_be_worked_and_is_found_by_its_tag(fixgate: Fixgate) -> None:
    how = ("--limit", "1.39", "--stop", "1.388", "--min-qty", "10", "--tag", "9000=a b", "--tag", "9001=c", "--id", "W-1")
    assert "placed  buy 100 EURUSD 1.39 stop 1.388  id W-1" in fixgate(*BUY, *how).stdout
    (order,) = lines(fixgate("orders", "--tag", "9000=a b", "--side", "buy", "--json"))
    assert (order["client_order_id"], order["ord_type"]) == ("W-1", "ORD_TYPE_STOP_LIMIT")
    assert order["instructions"] == {
        "handl_inst": "HANDL_INST_AUTOMATED_PRIVATE",
        "min_qty": "10",
        "custom_tags": [{"tag": 9000, "value": "a b"}, {"tag": 9001, "value": "c"}],
    }
    by_any_id = lines(fixgate("orders", "--id", str(order["cl_ord_id"]), "--tag", "9001", "--json"))
    assert [found["client_order_id"] for found in by_any_id] == ["W-1"]
    assert fixgate("orders", "--tag", "9000=no").stdout.count("\n") == 1
    assert fixgate("orders", "--tag", "9000=a b", "--status", "filled", "--json").stdout == ""


def test_a_parent_is_held_worked_shown_and_canceled(fixgate: Fixgate) -> None:
    parent = str(only_line(fixgate(*BUY, "--limit", "1.38", "--as-parent", "--json"))["root_id"])
    assert "placed" in fixgate("order", "buy", "60", "EURUSD", "--account", "DESK1", "--limit", "1.38", "--parent", parent).stdout
    shown = fixgate("orders", parent).stdout
    assert "children 1, unplaced 40" in shown
    assert f"of {parent}" in fixgate("orders", "--parent", parent).stdout
    ended = fixgate("cancel", parent, "--wait")
    assert ended.exit_code == Exit.OK, ended.output
    assert only_line(fixgate("orders", parent, "--json"))["ord_status"] == "ORD_STATUS_CANCELED"
    nothing = str(only_line(fixgate(*BUY, "--as-parent", "--json"))["root_id"])
    assert fixgate("cancel", nothing, "--wait").exit_code == Exit.OK


def test_the_help_of_an_order_is_grouped(fixgate: Fixgate) -> None:
    words = fixgate("order", "--help").stdout
    headings = ["Price:", "How long:", "Instructions:", "Family:", "Options:"]
    assert sorted(headings, key=words.index) == headings


def test_sessions_are_shown(fixgate: Fixgate) -> None:
    assert "SIM      orders       ready" in fixgate("sessions").stdout
    assert [session["phase"] for session in lines(fixgate("sessions", "--json"))] == ["SESSION_PHASE_READY"] * 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((*BUY, "--limit", "9"), Exit.REFUSED, "PRICE_EXCEEDS_COLLAR"),
        (("order", "buy", "-5", "EURUSD", "--account", "DESK1"), Exit.USAGE, "No such option"),
        (("order", "buy", "5e3", "EURUSD", "--account", "DESK1"), Exit.USAGE, "order_qty: '5e3' is no plain decimal"),
        (("order", "hold", "5", "EURUSD", "--account", "DESK1"), Exit.USAGE, "'hold' is not one of"),
        ((*BUY, "--tag", "abc"), Exit.USAGE, "'abc' is no custom field"),
        ((*BUY, "--tag", "38=5"), Exit.USAGE, "custom_tags: 38 is not between"),
        ((*BUY, "--stop", "1.39"), Exit.REFUSED, "NOT_TAKEN: ord_type=STOP"),
        ((*BUY, "--parent", "T99999999"), Exit.UNKNOWN, "UNKNOWN_PARENT"),
        ((*BUY, "--as-parent", "--wait"), Exit.USAGE, "--as-parent holds one here"),
        ((*BUY, "--expire-in", "soon"), Exit.USAGE, "'soon' is no duration"),
        (("order", "buy", "5", "EURUSD", "--account", "NOBODY"), Exit.UNKNOWN, "UNKNOWN_ACCOUNT: account=NOBODY"),
        (("order", "buy", "5", "GBPUSD", "--account", "DESK1"), Exit.UNKNOWN, "UNKNOWN_SYMBOL: symbol=GBPUSD"),
        (("cancel", "T99999999"), Exit.UNKNOWN, "UNKNOWN_ORDER"),
        (("orders", "T99999999"), Exit.UNKNOWN, "UNKNOWN_ORDER"),
        (("cancel",), Exit.USAGE, "root_id: is missing"),
        (("order", "buy", "5", "EURUSD", "--account", "DESK2"), Exit.NOT_PERMITTED, "NOT_ENTITLED"),
        ((*BUY, "--as", "viewer/audit"), Exit.NOT_PERMITTED, "NOT_PERMITTED"),
        (("watch", "--account", "DESK2"), Exit.NOT_PERMITTED, "NOT_ENTITLED"),
        ((*BUY, "--as", "trader/nobody"), Exit.NOT_AUTHENTICATED, "trader-nobody"),
    ],
)
def test_each_failure_has_its_code_and_says_why(fixgate: Fixgate, arguments: tuple[str, ...], code: Exit, words: str) -> None:
    result = fixgate(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr


def test_a_failure_is_json_where_json_was_asked_for(fixgate: Fixgate) -> None:
    result = fixgate(*BUY, "--limit", "1.3800001", "--json")
    error = only_line(result)["error"]
    assert isinstance(error, dict)
    assert (error["exit"], error["refusal"], result.exit_code) == ("REFUSED", "PRICE_NOT_ON_TICK", Exit.REFUSED)


def test_an_order_past_its_deadline_is_refused(fixgate: Fixgate) -> None:
    result = fixgate(*BUY, "--expire-in", "0ms")
    assert result.exit_code == Exit.REFUSED
    assert "EXPIRED" in result.stderr


def test_a_closed_port_is_unreachable(fixgate: Fixgate) -> None:
    result = fixgate("sessions", "--server", f"127.0.0.1:{free_port()}")
    assert result.exit_code == Exit.UNREACHABLE
    assert "nothing answers at" in result.stderr


def test_a_certificate_of_another_authority_is_named(fixgate: Fixgate, certificates_folder: Path, tmp_path: Path) -> None:
    make_authority(tmp_path / "other").client(DESK1, "trader-desk1")
    shutil.copy(certificates_folder / "ca.pem", tmp_path / "other" / "ca.pem")
    result = fixgate("sessions", "--certs", str(tmp_path / "other"))
    assert result.exit_code == Exit.NOT_AUTHENTICATED
    assert "the server does not take our certificate" in result.stderr


def test_a_server_of_another_authority_is_named(fixgate: Fixgate, tmp_path: Path) -> None:
    make_authority(tmp_path / "other").client(DESK1, "trader-desk1")
    result = fixgate("sessions", "--certs", str(tmp_path / "other"))
    assert result.exit_code == Exit.NOT_AUTHENTICATED
    assert "the server's certificate" in result.stderr


def test_a_folder_without_certificates_is_named(fixgate: Fixgate, tmp_path: Path) -> None:
    result = fixgate("sessions", "--certs", str(tmp_path))
    assert result.exit_code == Exit.NOT_AUTHENTICATED
    assert str(tmp_path) in result.stderr


def test_watch_prints_where_to_go_on(fixgate: Fixgate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes with the third event."""
    seen: list[str] = []

    def say(text: str, message: object) -> None:
        seen.append(text)
        if len(seen) == 3:
            raise KeyboardInterrupt

    seq = int(str(only_line(fixgate(*BUY, "--json"))["seq"]))
    monkeypatch.setattr("ops.commands.looking.say", say)
    result = fixgate("watch", "--after", str(seq - 1))
    assert result.exit_code == Exit.OK
    assert "placed" in seen[0]
    monkeypatch.undo()
