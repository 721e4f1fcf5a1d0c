"""A lease is as old as the journal's word, however long it waited for a worker that was held up."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import link
from gateway.fix import ending, worker
from tests.integration.fix.counterparty import Counterparty
from tests.integration.fix.rig import Rig, order

PAUSE_S = worker.DROP_AFTER_S + 0.5


def lease(age_s: float = 0.0) -> link.Lease:
    return link.Lease(0, time.monotonic_ns() - int(age_s * 1e9))


@pytest.fixture
def rig(tmp_path: Path, broker: Counterparty) -> Iterator[Rig]:
    with Rig(tmp_path, broker.port) as made:
        made.granted()
        broker.log_on()
        made.hear(link.LoggedOn)
        yield made


def test_an_order_behind_an_old_lease_does_not_leave(rig: Rig, broker: Counterparty) -> None:
    """Stopped for a while, a worker finds lease, order, lease: the first does not vouch for the second."""
    rig.say(lease())
    rig.process.send_signal(signal.SIGSTOP)
    rig.say(lease(), order("FG1"))
    threading.Event().wait(PAUSE_S)
    rig.process.send_signal(signal.SIGCONT)
    assert rig.hear(link.NotSent) == link.NotSent("FG1", "FG1", "D", "the journal has not been heard of")
    rig.say(lease(), order("FG2"))
    assert broker.receive("D")[11] == "FG2"


def test_a_lease_that_was_old_when_it_was_given_is_old(rig: Rig) -> None:
    rig.say(lease(age_s=PAUSE_S), order("FG1"))
    assert rig.hear(link.NotSent).reason == "the journal has not been heard of"


def test_a_grant_is_no_lease(tmp_path: Path, broker: Counterparty) -> None:
    with Rig(tmp_path, broker.port) as held_up:
        held_up.hello()
        held_up.say(lease(age_s=worker.END_AFTER_S + 1), link.Grant(7, 1, 1, 1, 10_000))
        assert held_up.exit_code() == ending.EXIT_LEASE_LOST
