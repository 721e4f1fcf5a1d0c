"""The second path of a kill: an engine that hangs in the midst of orders is fenced and ended, and the next one is halted."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from oms.domain.latches import Latched, Mode
from ops import stuck
from ops.at_work import listener
from ops.commands.exits import Exit
from tests.integration.cli.burst import KILL, Burst, answer, assert_nothing_above, fixgate, live, sent, trader, until_taken
from tests.support.installation import Installation, installation
from tests.support.journals import rows
from tests.support.polling import eventually

BEFORE = 100


@pytest.fixture
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


def latches(running: Installation) -> list[dict[str, object]]:
    return [json.loads(line) for line in fixgate(running, "latches", "--json").stdout.splitlines()]


def test_an_engine_that_hangs_in_a_burst_is_ended_and_its_successor_is_halted_and_cancels(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client)
        burst = Burst(running)
        burst.until(BEFORE)
        hanging = running.pause("engine")
        killed = fixgate(running, *KILL, "--answer-within", "1s", "--within", "120s")
        assert "NOBODY" in burst.answers()
        assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
        assert "no answer" in killed.stderr
        first, held = (json.loads(line) for line in killed.stdout.splitlines())
        assert first["ended"][0] == "engine"
        assert set(first["ended"]) <= {"engine", "SIMBROKER", "SIMBROKER-MD"}  # A worker may have ended by its lease before.
        assert not Path(f"/proc/{hanging}").exists()
        (barrier,) = held["barriers"]
        assert (held["latch"], held["principal"]) == (first["latch"], "spiffe://fixgate/dev/risk/alice")
        assert len(sent(running)) > BEFORE // 2
        assert_nothing_above(running, int(barrier["msg_seq_num"]))
        assert int(barrier["msg_seq_num"]) < 10_000  # What was used, and not what was reserved.
        assert live(running) == []
        assert answer(client, "after") == "LATCHED"


def test_a_kill_that_asks_no_engine_works_on_one_that_is_well(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client)
        engine = listener(running.settings.link_path)
        killed = fixgate(running, *KILL, "--stuck", "--within", "120s")
        assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
        assert engine is not None
        assert listener(running.settings.link_path) != engine
        assert [latch["scope"] for latch in latches(running)] == ["account=DESK1"]
        until_taken(client, "after", told="LATCHED")


def test_only_who_answers_for_risk_and_holds_the_key_may(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client)
    key = running.identity("risk/alice").key
    words = ("kill", "--firm", "--reason", "why", "--yes", "--stuck", "--json", "--as")
    for person, code, why in (
        ("trader/desk1", Exit.NOT_PERMITTED, "role trader may not stop trading: it is for risk; say --as risk/NAME"),
        ("nobody/here", Exit.NOT_AUTHENTICATED, "No such file"),
    ):
        said = fixgate(running, *words, person)
        assert (said.returncode, why in said.stdout) == (code, True), said.stdout + said.stderr
    key.write_bytes(running.identity("risk/bob").key.read_bytes())
    said = fixgate(running, *words, "risk/alice")
    assert said.returncode == Exit.NOT_AUTHENTICATED, said.stdout + said.stderr
    assert "is not the key of this certificate" in said.stdout
    assert rows(running.dsn, "SELECT count(*) FROM journal_record WHERE kind = 'Latched'") == [(0,)]


def test_an_engine_that_comes_back_to_itself_can_do_nothing_any_more(running: Installation) -> None:
    """Only the latch is written: as if the process could not be ended. It commits nothing, sends nothing, and ends by itself."""
    with trader(running) as client:
        until_taken(client)
        burst = Burst(running)
        burst.until(BEFORE)
        pid = running.pause("engine")
        latched = Latched("K1", "spiffe://fixgate/dev/risk/alice", "firm", Mode.HALTED, "why", cancels=True)
        seq = stuck.latch(running.dsn, latched)
        os.kill(pid, signal.SIGCONT)
        eventually(lambda: running.pid("engine") not in (None, pid), seconds=60)
        until_taken(client, "after", told="LATCHED")
        (held,) = eventually(lambda: [latch for latch in latches(running) if not latch.get("unanswered")], seconds=60)
        assert held["latch"] == str(seq)
        burst.answers()
        eventually(lambda: not live(running), seconds=60)
        query = f"SELECT count(*) FROM journal_record WHERE kind IN ('OrderPlaced', 'ReplaceRequested') AND seq > {seq}"
        assert rows(running.dsn, query) == [(0,)]
