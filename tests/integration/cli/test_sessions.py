"""What an operator does with FIX sessions, in a whole installation: the broker is QuickFIX too, and sees it all."""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from gateway.fix import halting
from gateway.simulator import control
from gateway.simulator.entries import read
from ops.cli import main
from ops.commands.exits import Exit
from tests.support.client import is_filled, logged_on
from tests.support.installation import BROKER, Installation, installation
from tests.support.polling import eventually

NAME, CLIENT = "SIMBROKER", "EXAMPLE"
START_S = 60.0
ALARMS = {"silent_after_s": 2, "not_logged_on_s": 4, "gap_quiet_s": 3}
Fixgate = Callable[..., Result]


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation(has_client=True, heart_bt_int_s=3, alarms=ALARMS) as started:
        yield started


@pytest.fixture
def fixgate(running: Installation, monkeypatch: pytest.MonkeyPatch) -> Fixgate:
    """Run a command as operator/ops, unless it says otherwise, when the session takes business."""
    monkeypatch.setenv("FIXGATE_CONFIG", str(running.file))
    monkeypatch.setenv("FIXGATE_AS", "operator/ops")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    eventually(lambda: shown(run).get("phase") == "SESSION_PHASE_READY", START_S)
    return run


def shown(fixgate: Fixgate, name: str = NAME) -> dict[str, Any]:
    """The session; empty while nobody answers."""
    result = fixgate("session", "show", name, "--json")
    found: dict[str, Any] = json.loads(result.stdout) if result.exit_code == Exit.OK else {}
    return found


def until(fixgate: Fixgate, **wanted: str) -> dict[str, Any]:
    """The session, once it is as wanted."""
    return eventually(lambda: found if is_so(found := shown(fixgate), wanted) else None, START_S) or {}


def is_so(found: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(found.get(key) == value for key, value in wanted.items())


def done(fixgate: Fixgate, verb: str, *more: str, name: str = NAME) -> dict[str, Any]:
    """The answer to an act that is taken."""
    result = fixgate("session", verb, name, "--reason", f"a test of {verb}", "--json", *more)
    assert result.exit_code == Exit.OK, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def alarms(fixgate: Fixgate) -> set[str]:
    return {json.loads(line)["kind"].removeprefix("ALARM_KIND_") for line in fixgate("alarms", "--json").stdout.splitlines()}


def kill_and_wait(running: Installation, name: str) -> None:
    before = running.kill(name)
    eventually(lambda: running.pid(name) not in {None, before}, START_S)


READY, DOWN = {"phase": "SESSION_PHASE_READY"}, {"phase": "SESSION_PHASE_DOWN"}


def test_a_session_is_logged_out_until_it_is_logged_on_over_a_restart_of_the_engine(
    running: Installation, fixgate: Fixgate
) -> None:
    done(fixgate, "log-out")
    until(fixgate, **DOWN, asked="SESSION_ASKED_LOG_OUT")
    kill_and_wait(running, "engine")
    found = until(fixgate, **DOWN, asked="SESSION_ASKED_LOG_OUT")
    assert found["acts"][-1]["reason"] == "a test of log-out"
    assert found["acts"][-1]["principal"] == "spiffe://fixgate/dev/operator/ops"
    done(fixgate, "log-on")
    until(fixgate, **READY, asked="SESSION_ASKED_LOG_ON")


def test_a_disabled_session_stays_so_over_restarts_of_everything(running: Installation, fixgate: Fixgate) -> None:
    done(fixgate, "disable")
    until(fixgate, **DOWN, asked="SESSION_ASKED_DISABLED")
    running.stop()
    running.start_broker()
    running.start_up()
    until(fixgate, **DOWN, asked="SESSION_ASKED_DISABLED")
    refused = fixgate("session", "log-on", NAME, "--reason", "too soon")
    assert refused.exit_code == Exit.REFUSED
    assert "SESSION_DISABLED" in refused.stderr
    assert "enable it first" in refused.stderr
    done(fixgate, "enable")
    until(fixgate, **READY, asked="SESSION_ASKED_LOG_ON")


def test_the_peer_asks_for_what_lies_below_numbers_that_were_set_and_the_session_goes_on(fixgate: Fixgate) -> None:
    before = shown(fixgate)
    refused = fixgate("session", "set-numbers", NAME, "--next-sender", "7", "--reason", "x", "--yes")
    assert (refused.exit_code, "SESSION_NOT_OUT" in refused.stderr) == (Exit.REFUSED, True)
    done(fixgate, "log-out")
    until(fixgate, **DOWN)
    next_sender = int(before["last_sender"]) + 5_000
    answer = done(fixgate, "set-numbers", "--next-sender", str(next_sender), "--yes", "--id", f"set-{next_sender}")
    again = done(fixgate, "set-numbers", "--next-sender", str(next_sender), "--yes", "--id", f"set-{next_sender}")
    assert (again["seq"], again["is_repetition"]) == (answer["seq"], True)
    done(fixgate, "log-on")
    after = until(fixgate, **READY)
    assert int(after["last_sender"]) >= next_sender
    assert int(after["session_epoch"]) == int(before["session_epoch"]) + 1
    act = next(act for act in after["acts"] if act["verb"] == "SESSION_VERB_SET_NUMBERS")
    assert (act["after"]["next_sender"], act["after"]["next_target"]) == (str(next_sender), act["before"]["next_target"])
    eventually(lambda: "GAP" in alarms(fixgate), START_S)
    eventually(lambda: "GAP" not in alarms(fixgate), START_S)


def test_both_sides_begin_anew_at_one(running: Installation, fixgate: Fixgate) -> None:
    done(fixgate, "log-out")
    until(fixgate, **DOWN)
    running.kill(BROKER)
    shutil.rmtree(running.ledger.parent / "fix")
    done(fixgate, "reset", "--yes")
    running.start_broker()
    done(fixgate, "log-on")
    after = until(fixgate, **READY)
    assert int(after["next_target"]) < 100
    assert int(after["last_sender"]) < 100


def test_a_halted_session_says_why_and_goes_on_when_it_is_released(running: Installation, fixgate: Fixgate) -> None:
    folder = running.settings.data / "fix" / NAME
    halting.halt(folder, "the numbers cannot be believed")
    kill_and_wait(running, NAME)
    found = until(fixgate, **DOWN, asked="SESSION_ASKED_HALTED")
    assert "the numbers cannot be believed" in found["halted"]
    refused = fixgate("session", "release", NAME, "--reason", "x")
    assert (refused.exit_code, "say --yes" in refused.stderr) == (Exit.USAGE, True)
    kill_and_wait(running, "engine")
    until(fixgate, **DOWN, asked="SESSION_ASKED_HALTED")
    assert done(fixgate, "release", "--yes")["is_still_held"]
    found = until(fixgate, **READY, asked="SESSION_ASKED_LOG_ON")
    assert ("the numbers cannot be believed" in found["held"], found["released_by"]) == (
        True,
        "spiffe://fixgate/dev/operator/ops",
    )
    same = fixgate("session", "release", NAME, "--reason", "x", "--yes")
    assert (same.exit_code, "SAME_PERSON" in same.stderr) == (Exit.REFUSED, True)
    assert "is_still_held" not in done(fixgate, "release", "--yes", "--as", "operator/night")
    assert not halting.why(folder)
    assert fixgate("session", "release", NAME, "--reason", "x", "--yes").exit_code == Exit.REFUSED


def test_a_person_is_asked_before_what_cannot_be_undone(fixgate: Fixgate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.commands.administering.sys", Terminal)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    refused = fixgate("session", "reset", NAME, "--reason", "x")
    assert (refused.exit_code, refused.stdout) == (Exit.REFUSED, "")
    assert "nothing was asked for" in refused.stderr


class Terminal:
    """The module `sys` of somebody who sits in front of it."""

    class stdin:  # noqa: N801  As it is called there.
        @staticmethod
        def isatty() -> bool:
            return True


def test_a_session_is_shown_in_words(fixgate: Fixgate) -> None:
    shown = fixgate("session", "show", NAME).stdout.splitlines()
    assert shown[0].split(maxsplit=1) == ["session", "SIMBROKER, orders, FIX.4.4"]
    assert shown[1].startswith("phase             ready, since ")
    assert shown[2].split() == ["asked", "log", "on"]
    header, *rows = fixgate("session", "list").stdout.splitlines()
    assert header.split()[:4] == ["session", "kind", "phase", "asked"]
    assert [row.split()[0] for row in rows] == ["SIMBROKER", "SIMBROKER-MD", "EXAMPLE"]


@pytest.mark.parametrize("who", ["trader/desk1", "viewer/audit"])
def test_who_is_no_operator_may_look_and_hears_who_may_act(fixgate: Fixgate, who: str) -> None:
    assert fixgate("session", "list", "--as", who).exit_code == Exit.OK
    refused = fixgate("session", "log-out", NAME, "--reason", "x", "--as", who)
    assert refused.exit_code == Exit.NOT_PERMITTED
    assert f"role {who.split('/', maxsplit=1)[0]} may not call" in refused.stderr
    assert "it is for operator" in refused.stderr
    assert shown(fixgate)["phase"] == READY["phase"]


def test_an_unknown_session_is_named_with_those_that_there_are(fixgate: Fixgate) -> None:
    for arguments in (("show", "NONE"), ("log-out", "NONE", "--reason", "x")):
        refused = fixgate("session", *arguments)
        assert refused.exit_code == Exit.UNKNOWN
        assert "there are SIMBROKER, SIMBROKER-MD, EXAMPLE" in refused.stderr


def test_a_client_is_kept_out_and_begins_anew_at_one_with_us(running: Installation, fixgate: Fixgate, tmp_path: Path) -> None:
    client = logged_on(running, tmp_path)
    done(fixgate, "disable", name=CLIENT)
    eventually(lambda: not client.online.is_set(), START_S)
    eventually(lambda: is_so(shown(fixgate, CLIENT), DOWN), START_S)
    assert not client.online.wait(3)  # It would have tried three times.
    done(fixgate, "reset", "--yes", name=CLIENT)
    client.stop()
    client._port.set_numbers("peer", 1, 1)
    done(fixgate, "enable", name=CLIENT)
    eventually(lambda: running.pid(CLIENT), START_S)
    try:
        client.start()
        eventually(lambda: is_filled(client), START_S)
    finally:
        client.stop()
    found = shown(fixgate, CLIENT)
    assert (found["session_epoch"], int(found["next_target"]) < 10, int(found["last_sender"]) < 10) == ("2", True, True)


def test_a_broker_that_hangs_is_late_and_one_that_comes_back_is_not(running: Installation, fixgate: Fixgate) -> None:
    pid = running.pause(BROKER)
    try:
        eventually(lambda: "LATE_HEARTBEAT" in alarms(fixgate), START_S)
    finally:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: not alarms(fixgate), START_S)


def test_a_broker_that_is_alive_and_answers_no_order_is_silent(running: Installation, fixgate: Fixgate) -> None:
    ask(running, "alive-but-silent")
    order = ("order", "buy", "100", "EURUSD", "--account", "DESK1", "--as", "trader/desk1")
    eventually(lambda: fixgate(*order).exit_code == Exit.OK, START_S)
    eventually(lambda: "ALIVE_BUT_SILENT" in alarms(fixgate), START_S)
    assert "alarm  " in fixgate("session", "show", NAME).stdout
    control.ask(running.ledger.parent, control.Clear("alive-but-silent"))
    eventually(lambda: "ALIVE_BUT_SILENT" not in alarms(fixgate), START_S)


def test_a_broker_that_is_gone_is_a_failed_logon(running: Installation, fixgate: Fixgate) -> None:
    running.kill(BROKER)
    eventually(lambda: "LOGON_FAILURES" in alarms(fixgate), START_S)
    running.start_broker()
    until(fixgate, **READY)
    eventually(lambda: "LOGON_FAILURES" not in alarms(fixgate), START_S)


def ask(running: Installation, words: str) -> None:
    control.ask(running.ledger.parent, control.Set(entry=msgspec.Raw(msgspec.json.encode(read(words)))))
