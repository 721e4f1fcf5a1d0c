"""A worker whose venue does not let it log on comes less and less often, and is there when the venue is back."""

import time
from pathlib import Path

import pytest

from gateway import link
from tests.integration.fix.counterparty import NAME, US, Counterparty, Silence
from tests.integration.fix.rig import Rig

_HASTY = f"""
import sys
from pathlib import Path
from gateway.codec.version import VERSIONS
from gateway.fix import patience, worker
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
patience.LOGON_S_MAX = 0
folder, port, socket, kind, broken, begin_string, token = sys.argv[1:]
session = SessionConfig("S", "{US}", "{NAME}", VERSIONS[begin_string])
worker.run(WorkerConfig(session, Endpoint("127.0.0.1", int(port)), Path(folder), Path(socket)))
"""
REST_S = 2.5
"""Longer than any pause that QuickFIX makes between two attempts of one round."""
SECONDS = 60.0


def accepted(rig: Rig, broker: Counterparty) -> None:
    """Wait for the next attempt, while the journal lives."""
    deadline_s = time.monotonic() + SECONDS
    while time.monotonic() < deadline_s:
        rig.say(link.Lease(0, time.monotonic_ns()))
        try:
            broker.accept(0.2)
        except Silence:
            continue
        return
    raise Silence


def test_a_venue_that_hangs_up_is_tried_less_often_and_taken_when_it_is_back(
    tmp_path: Path, broker: Counterparty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.integration.fix.rig._START", _HASTY)
    with Rig(tmp_path, broker.port) as rig:
        rig.granted()
        accepted(rig, broker)
        gap_s = 0.0
        while gap_s < REST_S:
            broker.hang_up()
            before_s = time.monotonic()
            accepted(rig, broker)
            gap_s = time.monotonic() - before_s
        heard = broker.receive("A")
        broker.number = 0
        broker.send("A", (98, "0"), (108, heard[108]))
        rig.hear(link.LoggedOn)
