"""`fixgate risk` on a whole installation: why a verdict is as it is, and what other limits would have said of the day."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.api.v1 import fix_pb2
from gateway.api.v1.order_service_pb2 import ReplaceRequest, SubmitRequest
from gateway.control import tls
from gateway.control.client import CallRefused, Client, Unanswered, Unreachable
from oms.domain.events import OrderRefused
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision
from ops.commands.exits import Exit
from tests.support.histories import append_events
from tests.support.installation import PROGRAM, REPOSITORY, Installation, installation
from tests.support.orders import D, terms
from tests.support.polling import eventually

QTY = {"rests": "100", "other": "300", "large": "3000000"}
"""What each of the orders asks for; the last is more than an account may."""


class Day:
    """A day on which orders rested far from the market, one was changed, and one was refused."""

    def __init__(self, running: Installation) -> None:
        self.running = running
        self.root_ids: dict[str, str] = {}
        its = running.identity("trader/desk1")
        with Client(running.address, tls.Files(its.certificate, its.key, its.authority)) as client:
            tries = iter(range(10_000))
            eventually(lambda: self._is_taken(client, f"rests-{next(tries)}"), seconds=60)
            self.root_ids["rests"] = self._submit(client, "rests", QTY["rests"])
            self.root_ids["other"] = self._submit(client, "other", QTY["other"])
            with pytest.raises(CallRefused, match="ORDER_QTY_EXCEEDS_MAX"):
                self._submit(client, "large", QTY["large"])
            change = ReplaceRequest(client_order_id="more", orig_client_order_id="rests", order_qty="200", price="1.35")
            eventually(lambda: self._is_replaced(client, change), seconds=60)

    def fixgate(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*PROGRAM, "risk", *arguments, "--config", str(self.running.file)]
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)

    def told(self, *arguments: str, code: Exit = Exit.OK) -> list[dict[str, Any]]:
        said = self.fixgate(*arguments, "--json")
        assert said.returncode == code, said.stdout + said.stderr + self.running.ends_of_logs()
        return [json.loads(line) for line in said.stdout.splitlines()]

    def _is_taken(self, client: Client, client_order_id: str) -> bool:
        try:
            self._submit(client, client_order_id, "100")
        except (CallRefused, Unreachable, Unanswered):
            return False
        return True

    @staticmethod
    def _submit(client: Client, client_order_id: str, order_qty: str) -> str:
        wanted = SubmitRequest(
            client_order_id=client_order_id,
            account="DESK1",
            symbol="EURUSD",
            side=fix_pb2.SIDE_BUY,
            ord_type=fix_pb2.ORD_TYPE_LIMIT,
            order_qty=order_qty,
            price="1.35",
            time_in_force=fix_pb2.TIME_IN_FORCE_GOOD_TILL_CANCEL,
        )
        return client.submit(wanted).root_id

    @staticmethod
    def _is_replaced(client: Client, change: ReplaceRequest) -> bool:
        try:
            client.replace(change)
        except CallRefused as refused:
            if refused.refusal != "STALE_REFERENCE_PX":
                raise
            change.client_order_id += "+"
            return False
        return True


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    with installation() as running:
        yield Day(running)


def today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def check(explained: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in explained["checks"] if one["check"] == name)


def test_an_order_is_explained_with_every_check_and_its_numbers(day: Day) -> None:
    placed, *replaced = day.told("explain", day.root_ids["rests"])
    assert (placed["what"], placed["verdict"], placed["again"], placed["is_same"]) == ("new order", None, None, True)
    assert check(placed, "order_qty")["numbers"] == {"order_qty": "100"}
    long = check(placed, "long_qty")
    assert (long["limit"]["scope"], long["limit"]["control"]) == ("account=DESK1 symbol=EURUSD", "long_qty_max")
    assert (long["limit"]["value"], long["numbers"]["added"], long["refusal"]) == ("100000000000", "100", None)
    passed = next(one for one in replaced if one["verdict"] is None)
    assert (passed["what"], passed["is_same"], passed["case"]["held"]["leaves_qty"]) == ("replace", True, "100")
    assert (passed["case"]["added_qty"], check(passed, "long_qty")["numbers"]["added"]) == ("100", "100")
    assert int(check(passed, "long_qty")["numbers"]["long_qty"]) == int(long["numbers"]["long_qty"]) + 100 + 300


def test_a_refused_order_is_explained_by_the_id_of_its_client(day: Day) -> None:
    (refused,) = day.told("explain", "large")
    assert refused["verdict"]["refusal"] == "ORDER_QTY_EXCEEDS_MAX"
    assert (refused["again"], refused["is_same"], refused["root_id"]) == (refused["verdict"], True, "")
    assert check(refused, "order_qty")["refusal"] == "ORDER_QTY_EXCEEDS_MAX"
    assert check(refused, "order_value")["refusal"] == "ORDER_NOTIONAL_EXCEEDS_MAX"


def test_a_person_reads_it_as_a_table(day: Day) -> None:
    said = day.fixgate("explain", "other")
    assert said.returncode == Exit.OK, said.stderr
    assert "again     the same" in said.stdout
    assert "long_qty_max" in said.stdout


def test_an_id_that_nobody_gave_is_unknown(day: Day) -> None:
    assert day.fixgate("explain", "nobodys").returncode == Exit.UNKNOWN


def test_what_is_used_of_each_limit_is_shown_to_whom_it_concerns(day: Day) -> None:
    own = day.told("usage", "--as", "trader/desk1")
    assert [(one["scope"], one["control"]) for one in own] == [("account=DESK1 symbol=EURUSD", "long_qty_max")]
    assert int(own[0]["used"]) >= 600
    everything = day.told("usage", "--as", "operator/ops")
    assert [(one["scope"], one["control"]) for one in everything][:1] == [("firm", "open_orders_max")]
    assert day.told("usage", "--as", "operator/ops", "--above", "99") == []
    shown = day.fixgate("usage", "--as", "operator/ops")
    assert ("open_orders_max" in shown.stdout, "0.0%" in shown.stdout) == (True, True)


def test_changes_of_what_is_used_are_shown_as_they_come(day: Day) -> None:
    command = [*PROGRAM, "risk", "watch", "--config", str(day.running.file), "--as", "operator/ops", "--json", "--every", "100ms"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stdout is not None
            first = [json.loads(watching.stdout.readline()) for _ in range(2)]
        finally:
            watching.terminate()
    assert [(one["scope"], one["control"]) for one in first] == [
        ("firm", "open_orders_max"),
        ("account=DESK1 symbol=EURUSD", "long_qty_max"),
    ]


def test_a_day_by_the_limits_in_force_is_the_same_to_the_last_digit(day: Day) -> None:
    (told,) = day.told("replay", "--day", today())
    summary = told["summary"]
    assert summary["same"] == summary["verdicts"] >= 4


def test_a_row_in_place_of_another_says_which_orders_it_would_have_stopped(day: Day, tmp_path: Path) -> None:
    file = tmp_path / "tighter.toml"
    file.write_text('[[limit]]\nscope = "trader=spiffe://fixgate/dev/trader/desk1"\ncontrol = "open_value_max"\nvalue = "1"\n')
    *orders, told = day.told("replay", "--day", today(), "--limits", str(file))
    stopped = {one["client_order_id"] for one in orders if one["outcome"] == "would_be_refused"}
    assert {"rests", "other"} <= stopped
    assert all(one["again"]["refusal"] == "OPEN_VALUE_EXCEEDS_MAX" for one in orders if one["outcome"] == "would_be_refused")
    assert told["summary"]["would_be_refused"] >= 3


def test_the_limits_of_another_environment_say_which_orders_they_would_have_let_pass(day: Day, tmp_path: Path) -> None:
    file = tmp_path / "looser.toml"
    text = day.running.file.read_text()
    file.write_text(text.replace('"2000000"', '"4000000"').replace('"2500000"', '"9000000"'))
    *orders, told = day.told("replay", "--day", today(), "--limits", str(file))
    assert [(one["client_order_id"], one["outcome"]) for one in orders] == [("large", "would_pass")]
    assert told["summary"]["would_pass"] == 1
    said = day.fixgate("replay", "--day", today(), "--limits", str(file))
    assert "1 would pass" in said.stdout


def test_limits_that_are_not_at_hand_make_a_verdict_indeterminate(day: Day, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(day.running.file.read_text() + "\n# Another file, and so another version.\n")
    said = subprocess.run(
        [*PROGRAM, "risk", "replay", "--day", today(), "--config", str(other), "--json"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    summary = json.loads(said.stdout.splitlines()[-1])["summary"]
    assert (said.returncode, summary["indeterminate"]) == (Exit.OK, summary["verdicts"])


def test_a_file_that_is_no_file_of_limits_is_refused_by_its_line(day: Day, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('[[limit]]\nscope = "firm"\ncontrol = "no_such"\nvalue = "1"\n')
    said = day.fixgate("replay", "--day", today(), "--limits", str(file))
    assert (said.returncode, "limit no_such of firm" in said.stderr) == (Exit.CONFIG, True)


def test_a_verdict_that_does_not_follow_from_the_journal_is_found(day: Day) -> None:
    """Last, as the engine loses its journal to the writer of this one."""
    wanted = terms("100", "1.35", account="DESK1")
    decision = Decision(day.running.settings.config_hash[:12], D("1.38"), D("1.39"), 1)
    forged = OrderRefused("forged", "trader/desk1", wanted, Refusal.UNKNOWN_SYMBOL, "symbol=EURUSD", decision)
    asyncio.run(append_events(day.running.dsn, forged))
    (told, failure) = day.told("explain", "forged", code=Exit.REFUSED)
    assert (told["is_same"], told["again"]["refusal"]) == (False, "STALE_REFERENCE_PX")
    assert failure["error"]["seqs"] == [told["seq"]]
    assert "DIFFERS" in day.fixgate("explain", "forged").stdout
    *_, failure = day.told("replay", "--day", today(), code=Exit.REFUSED)
    assert failure["error"]["differing"] == 1
