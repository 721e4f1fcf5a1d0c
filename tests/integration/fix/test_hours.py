"""A worker logs its session on and off when the engine says so, however often."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway import link
from tests.integration.fix.counterparty import Counterparty, Silence
from tests.integration.fix.rig import GRANT, Rig


def test_a_session_that_is_shut_connects_to_nobody_until_it_is_opened(tmp_path: Path, broker: Counterparty) -> None:
    with Rig(tmp_path, broker.port) as rig:
        rig.granted(replace(GRANT, is_open=False))
        with pytest.raises(Silence):
            broker.accept(within_s=2.5)  # QuickFIX would have tried twice.
        rig.say(link.LogOn())
        broker.log_on()
        rig.hear(link.LoggedOn)


def test_a_session_is_logged_out_when_it_is_shut_and_logs_on_again_with_its_numbers(tmp_path: Path, broker: Counterparty) -> None:
    with Rig(tmp_path, broker.port) as rig:
        rig.granted()
        broker.log_on()
        rig.hear(link.LoggedOn)
        rig.say(link.LogOff())
        assert broker.receive("5")[34] == "2"
        broker.send("5")
        rig.hear(link.LoggedOut)
        broker.hang_up()
        with pytest.raises(Silence):
            broker.accept(within_s=2.5)
        rig.say(link.LogOn())
        assert broker.log_on(number=3)[34] == "3"
        rig.hear(link.LoggedOn)
