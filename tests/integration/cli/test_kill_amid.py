"""A kill while something else goes wrong: no order leaves above the barrier, and in the end nothing is open."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from ops.commands.exits import Exit
from tests.integration.cli.burst import (
    KILL,
    Burst,
    answer,
    assert_nothing_above,
    fixgate,
    latch,
    live,
    sent,
    trader,
    until_taken,
)
from tests.support.installation import PROGRAM, REPOSITORY, Installation, installation
from tests.support.journals import rows
from tests.support.polling import eventually

BEFORE = 200
PATIENTLY = ("--answer-within", "3s", "--within", "180s")


@pytest.fixture
def running() -> Iterator[Installation]:
    with installation(heart_bt_int_s=1) as started:
        yield started


def happened(running: Installation, kind: str) -> int:
    [(found,)] = rows(running.dsn, f"SELECT count(*) FROM journal_record WHERE kind = '{kind}'")
    return int(str(found))


def killed_amid(running: Installation, disturb: Callable[[], object]) -> "subprocess.CompletedProcess[str]":
    """A burst, the disturbance, and a kill at once after it."""
    with trader(running) as client:
        until_taken(client)
        burst = Burst(running)
        burst.until(BEFORE)
        disturb()
        killed = fixgate(running, *KILL, *PATIENTLY)
        burst.answers()
        assert len(sent(running)) > BEFORE // 2
        until_taken(client, "after", told="LATCHED")
    return killed


def assert_flat(running: Installation) -> None:
    """Nothing above the barrier, now and when all that was open has ended."""
    barrier = int(latch(running)["barriers"][0]["msg_seq_num"])
    eventually(lambda: not live(running), seconds=120)
    assert_nothing_above(running, barrier)


def test_amid_a_restart_of_the_engine(running: Installation) -> None:
    killed = killed_amid(running, lambda: running.kill("engine"))
    assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
    assert_flat(running)


def test_amid_a_restart_of_the_worker_no_order_that_was_not_sent_is_sent_again(running: Installation) -> None:
    (session,) = [plan.name for plan in running.settings.plans if plan.name != "SIMBROKER-MD"]
    killed = killed_amid(running, lambda: running.kill(session))
    assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
    assert_flat(running)


def test_amid_a_replay_what_the_venue_asks_for_again_does_not_come(running: Installation) -> None:
    """Orders are lost on their way: the broker asks for their numbers again, and gets gap-fills."""

    def lose() -> None:
        words = ("simulator", "fault", "gap", "to=broker", "msg_type=D", "--data", str(running.ledger.parent))
        for _ in range(3):
            subprocess.run([*PROGRAM, *words], cwd=REPOSITORY, check=True, capture_output=True, timeout=60)
        eventually(lambda: happened(running, "GapFilled"), seconds=60)

    killed = killed_amid(running, lose)
    assert killed.returncode == Exit.OK, killed.stdout + killed.stderr + running.ends_of_logs()
    assert_flat(running)


def test_amid_a_disconnect_the_residue_is_what_stands_at_the_venue_until_it_is_back(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client)
        burst = Burst(running)
        burst.until(BEFORE)
        running.kill("broker")
        killed = fixgate(running, *KILL, "--within", "3s")
        burst.answers()
        assert killed.returncode == Exit.LEFT, killed.stdout + killed.stderr
        residue = json.loads(killed.stdout.splitlines()[-1])["error"]["left"]
        assert len(residue) >= BEFORE // 2
        held = latch(running)
        assert set(held["live_root_ids"]) == {str(order["root_id"]) for order in live(running)}
        running.start_broker()
        assert_flat(running)
        assert answer(client, "after") == "LATCHED"


def test_an_engine_that_dies_just_after_the_latch_is_succeeded_by_one_that_cancels(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client)
        burst = Burst(running)
        burst.until(BEFORE)
        command = [*PROGRAM, *KILL, *PATIENTLY, "--config", str(running.file)]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killing:
            eventually(lambda: happened(running, "Latched"), seconds=60)
            running.kill("engine")
            burst.answers()
            killing.wait(240)
        until_taken(client, "after", told="LATCHED")
    assert_flat(running)
