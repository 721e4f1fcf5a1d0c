"""A whole installation is drained: by canceling what works, by leaving it, and not at all."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from ops.commands.exits import Exit
from tests.support.installation import PROGRAM, REPOSITORY, STOP_S, Installation, installation
from tests.support.journals import rows
from tests.support.polling import eventually

BUY = ("order", "buy", "100", "EURUSD", "--account", "DESK1", "--limit", "1.3500", "--tif", "gtc", "--json")
DRAIN = ("drain", "--as", "operator/ops", "--reason", "a new release", "--yes", "--json")


@pytest.fixture
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


def fixgate(running: Installation, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*PROGRAM, *arguments, "--config", str(running.file)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)


def bought(running: Installation) -> str:
    """An order that rests, as soon as one is taken; its root_id."""

    def buy() -> str:
        done = fixgate(running, *BUY)
        return str(json.loads(done.stdout)["root_id"]) if done.returncode == Exit.OK else ""

    root_id = eventually(buy, seconds=60)
    eventually(lambda: "NEW" in status(running, root_id), seconds=30)
    return root_id


def status(running: Installation, root_id: str) -> str:
    return str(json.loads(fixgate(running, "orders", root_id, "--json").stdout)["ord_status"])


def until_ended(running: Installation) -> int:
    """How `fixgate up` ended."""
    up = running._up
    assert up is not None
    return up.wait(STOP_S)


def test_a_drain_that_cancels_leaves_nothing_and_the_next_start_is_from_its_snapshot(running: Installation) -> None:
    root_id = bought(running)
    drained = fixgate(running, *DRAIN, "--cancel")
    assert drained.returncode == Exit.OK, drained.stderr + running.ends_of_logs()
    said = json.loads(drained.stdout)
    assert said["live_orders"] == 0
    assert until_ended(running) == Exit.OK
    assert (running.settings.data / "log" / "engine.log").read_text().count("a snapshot was taken at record") == 1
    running.start_up()
    bought(running)
    assert status(running, root_id) == "ORD_STATUS_CANCELED"
    assert (
        f"folding from the snapshot at record {said['snapshot_seq']} on"
        in (running.settings.data / "log" / "engine.log").read_text()
    )


def test_what_does_not_end_in_time_is_left_and_said(running: Installation) -> None:
    root_id = bought(running)
    drained = fixgate(running, *DRAIN, "--wait", "0.5")
    assert drained.returncode == Exit.LEFT, drained.stdout + drained.stderr + running.ends_of_logs()
    assert "1 live orders" in json.loads(drained.stdout)["error"]["message"]
    assert until_ended(running) == Exit.LEFT
    running.start_up()
    bought(running)
    assert status(running, root_id) == "ORD_STATUS_NEW"


def test_nothing_new_is_taken_meanwhile_cancels_pass_and_a_drain_can_be_stopped(running: Installation) -> None:
    root_id = bought(running)
    command = [*PROGRAM, *DRAIN, "--wait", "3600", "--config", str(running.file)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as draining:
        asked = "SELECT count(*) FROM journal_record WHERE kind = 'DrainRequested'"
        eventually(lambda: rows(running.dsn, asked) == [(1,)], seconds=60)
        refused = fixgate(running, *BUY)
        assert refused.returncode == Exit.REFUSED
        assert json.loads(refused.stdout)["error"]["refusal"] == "DRAINING"
        fixgate(running, "drain", "--stop", "--as", "operator/ops", "--reason", "not today", "--json")
        assert draining.wait(60) == Exit.REFUSED
        assert fixgate(running, *BUY).returncode == Exit.OK
        assert fixgate(running, "cancel", root_id).returncode == Exit.OK


def test_a_trader_may_not_drain(running: Installation) -> None:
    bought(running)
    assert fixgate(running, "drain", "--as", "trader/desk1", "--reason", "x", "--yes").returncode == Exit.NOT_PERMITTED


def test_without_a_terminal_it_has_to_be_told_yes(running: Installation) -> None:
    asked = fixgate(running, "drain", "--as", "operator/ops", "--reason", "x", "--json")
    assert asked.returncode == Exit.USAGE
    assert "say --yes" in json.loads(asked.stdout)["error"]["message"]


def test_an_operator_takes_a_snapshot_by_hand(running: Installation) -> None:
    bought(running)
    taken = fixgate(running, "snapshot", "--as", "operator/ops", "--json")
    assert taken.returncode == Exit.OK, taken.stdout + running.ends_of_logs()
    [(seq, digest)] = rows(running.dsn, "SELECT seq, encode(hash, 'hex') FROM state_snapshot")
    assert json.loads(taken.stdout)["upto_seq"] == seq
    assert json.loads(taken.stdout)["state_hash"] == digest
