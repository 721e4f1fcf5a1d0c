"""A kill in the midst of a burst, on a whole installation: no order leaves above the barrier, nothing stays open, two let go."""

import json
from collections.abc import Iterator

import pytest

from ops.commands.exits import Exit
from tests.integration.cli.burst import DESKS, KILL, Burst, answer, assert_nothing_above, fixgate, live, trader, until_taken
from tests.support.installation import Installation, installation

BEFORE = 1_000


@pytest.fixture
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


def test_a_kill_in_a_burst_lets_no_order_leave_above_its_barrier_and_is_released_by_two(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client)
        burst = Burst(running)
        burst.until(BEFORE)
        killed = fixgate(running, *KILL)
        answers = burst.answers()
        assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
        assert sorted(told for told in answers if told != "TAKEN") == ["LATCHED"] * DESKS
        held = json.loads(killed.stdout.splitlines()[-1])
        (barrier,) = held["barriers"]
        assert_nothing_above(running, int(barrier["msg_seq_num"]))
        assert live(running) == []

        assert answer(client, "after") == "LATCHED"
        running.kill("engine")
        until_taken(client, "again", told="LATCHED")
        release = ("release", held["latch"], "--reason", "found it", "--json", "--as")
        for person, is_released in (("risk/alice", False), ("risk/bob", True)):
            said = fixgate(running, *release, person)
            assert said.returncode == Exit.OK, said.stdout + said.stderr
            assert json.loads(said.stdout).get("is_released", False) is is_released
        until_taken(client, "free")
