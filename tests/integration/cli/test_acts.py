"""cancel --all, suspense and resolve from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import main
from ops.commands.exits import Exit
from tests.integration.control.gateway import Gateway
from tests.integration.control.venue import LOST_QTY, STRAY_QTY, STUBBORN_QTY
from tests.support.polling import eventually

Fixgate = Callable[..., Result]
BUY = ("order", "buy", "100", "EURUSD", "--account", "DESK1", "--limit", "1.38", "--json")


@pytest.fixture
def fixgate(blocking: Gateway, certificates_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Fixgate:
    """Run a command as trader/desk1, unless it says otherwise."""
    monkeypatch.setenv("FIXGATE_SERVER", blocking.address)
    monkeypatch.setenv("FIXGATE_CERTS", str(certificates_folder))

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=typed)

    return run


def bought(fixgate: Fixgate, order_qty: str = "100", *more: str) -> str:
    arguments = [order_qty if word == "100" else word for word in BUY]
    return str(json.loads(fixgate(*arguments, *more).stdout)["root_id"])


def reports(fixgate: Fixgate) -> list[dict[str, object]]:
    found = [json.loads(line) for line in fixgate("suspense", "list", "--json").stdout.splitlines()]
    return [one for one in found if "seq" in one]


class TestCancelAll:
    def test_all_orders_end_and_nothing_is_left(self, fixgate: Fixgate) -> None:
        ids = [bought(fixgate), bought(fixgate)]
        result = fixgate("cancel", "--all", "--symbol", "EURUSD", "--side", "buy", "--yes", "--json")
        assert result.exit_code == Exit.OK, result.output
        first, *_, last = [json.loads(line) for line in result.stdout.splitlines()]
        assert set(ids) <= set(first["root_ids"])
        assert last == {"asked": len(first["root_ids"]), "left": []}
        assert fixgate("orders", "--live", "--account", "DESK1", "--json").stdout == ""

    def test_what_is_still_live_is_listed_and_is_no_success(self, fixgate: Fixgate) -> None:
        root_id = bought(fixgate, STUBBORN_QTY)
        result = fixgate("cancel", "--all", "--session", "SIM", "--yes", "--within", "300ms", "--id", "M-1")
        assert result.exit_code == Exit.LEFT
        assert "1 of 1 orders are still live" in result.stderr
        assert result.stdout.splitlines()[-1].split()[0] == root_id

    def test_nothing_that_matches_is_a_success(self, fixgate: Fixgate) -> None:
        result = fixgate("cancel", "--all", "--symbol", "GBPUSD", "--yes")
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (Exit.OK, "nothing is left of 0 orders")

    def test_it_is_not_done_by_a_program_that_does_not_say_so(self, fixgate: Fixgate) -> None:
        result = fixgate("cancel", "--all")
        assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
        assert "say --yes" in result.stderr

    def test_a_person_is_asked(self, fixgate: Fixgate, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ops.commands.mass_cancel.sys", _Terminal)
        result = fixgate("cancel", "--all", "--symbol", "GBPUSD", typed="n\n")
        assert (result.exit_code, result.stdout) == (Exit.REFUSED, "")
        assert "Cancel every live order symbol=GBPUSD?" in result.stderr
        assert fixgate("cancel", "--all", "--symbol", "GBPUSD", typed="y\n").exit_code == Exit.OK

    @pytest.mark.parametrize("arguments", [("T00000001", "--all"), ("T00000001", "--symbol", "EURUSD"), ("--account", "DESK1")])
    def test_an_order_and_all_orders_are_two_things(self, fixgate: Fixgate, arguments: tuple[str, ...]) -> None:
        result = fixgate("cancel", *arguments, "--yes")
        assert (result.exit_code, result.stdout) == (Exit.USAGE, "")


class _Terminal:
    """The module `sys` of somebody who sits in front of it."""

    class stdin:  # noqa: N801  As it is called there.
        @staticmethod
        def isatty() -> bool:
            return True


def test_a_report_in_suspense_is_shown_attributed_and_gone(fixgate: Fixgate) -> None:
    root_id = bought(fixgate, STRAY_QTY)
    entry = eventually(lambda: reports(fixgate))[0]
    assert f"unknown ClOrdID X{root_id}" in fixgate("suspense", "list").stdout
    wrong = fixgate("suspense", "attribute", "999999", root_id, "--reason", "x")
    assert (wrong.exit_code, "UNKNOWN_REPORT" in wrong.stderr) == (Exit.UNKNOWN, True)
    result = fixgate("suspense", "attribute", str(entry["seq"]), root_id, "--reason", "the venue's blotter")
    assert result.exit_code == Exit.OK, result.output
    assert json.loads(fixgate("orders", root_id, "--json").stdout)["cum_qty"] == "5"
    assert reports(fixgate) == []


def test_a_report_in_suspense_is_dismissed(fixgate: Fixgate) -> None:
    bought(fixgate, STRAY_QTY)
    entry = eventually(lambda: reports(fixgate))[0]
    arguments = ("suspense", "dismiss", str(entry["seq"]), "--reason", "not ours", "--dk", "no-matching-order", "--id", "DK-1")
    result = fixgate(*arguments)
    assert result.exit_code == Exit.OK, result.output
    assert "the first answer, told again" in fixgate(*arguments).stdout
    assert reports(fixgate) == []


def test_an_unknown_request_is_resolved(fixgate: Fixgate) -> None:
    root_id = bought(fixgate, LOST_QTY)
    resolve = ("resolve", root_id, root_id, "--state", "not-sent", "--reason", "by phone")
    words = eventually(lambda: fixgate(*resolve).stdout)
    assert f"{root_id} is not-sent" in words
    again = fixgate(*resolve)
    assert (again.exit_code, "NOT_UNKNOWN" in again.stderr) == (Exit.REFUSED, True)


def test_the_words_for_a_choice_are_those_of_the_contract() -> None:
    from gateway.api.v1 import fix_pb2
    from ops.commands.resolving import DK_REASONS

    assert {f"DK_REASON_{word.upper().replace('-', '_')}" for word in DK_REASONS} == set(fix_pb2.DKReason.keys()) - {
        "DK_REASON_UNSPECIFIED"
    }
