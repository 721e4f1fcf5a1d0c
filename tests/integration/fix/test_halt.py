"""Where numbers cannot be believed any more, the session stays down until a person has looked."""

from pathlib import Path
from socket import socketpair

import pytest

from gateway import link
from gateway.codec.text import text
from gateway.fix import ending, halting
from gateway.fix.ending import EXIT_HALTED, EXIT_RELEASED
from gateway.fix.link_writer import LinkWriter
from gateway.fix.worker import OrdersHandler
from tests.integration.fix.counterparty import Counterparty, Silence
from tests.integration.fix.rig import Rig

GRANT = link.Grant(grant=7, session_epoch=1, next_sender=500, next_target=7, reserved_to=10_000)


def test_a_reset_by_the_peer_is_told_with_its_logon_before_anything_else_can_go_out_or_come_in(tmp_path: Path) -> None:
    with Counterparty() as broker, Rig(tmp_path, broker.port) as first:
        first.granted(GRANT)
        broker.log_on(1, (141, "Y"))
        first.hear(link.PeerReset)
        assert b"\x01141=Y\x01" in first.hear(link.Received).raw
        assert first.exit_code() == ending.EXIT_RESET
    with Counterparty() as broker, Rig(tmp_path, broker.port) as again:
        again.hello()


def test_what_was_halted_says_why_and_logs_on_nowhere_until_it_is_released(tmp_path: Path) -> None:
    folder = tmp_path / "fix"
    folder.mkdir()
    halting.halt(folder, "the numbers cannot be believed")
    with Counterparty() as broker:
        with Rig(tmp_path, broker.port) as left_alone:
            assert left_alone.hello().halted.endswith("the numbers cannot be believed")
            with pytest.raises(Silence):
                broker.accept(within_s=2.5)  # QuickFIX would have tried twice.
            left_alone.hang_up()
            assert left_alone.exit_code() == EXIT_HALTED
        with Rig(tmp_path, broker.port) as looked_at:
            looked_at.hello()
            looked_at.say(link.Release())
            assert looked_at.exit_code() == EXIT_RELEASED
            assert looked_at.process.stderr is not None
            assert "fixgate session release S" in looked_at.process.stderr.read().decode()
        with Rig(tmp_path, broker.port) as released:
            assert released.hello().halted == ""
            released.say(GRANT)
            assert broker.log_on()[34] == "500"


def test_a_logon_that_comes_to_nothing_is_told_with_what_the_peer_said(tmp_path: Path) -> None:
    with Counterparty() as broker, Rig(tmp_path, broker.port) as rig:
        rig.granted(GRANT)
        broker.accept()
        broker.receive("A")
        broker.number = 6
        broker.send("5", (58, "wrong password"))
        broker.hang_up()
        assert rig.hear(link.LoggedOut) == link.LoggedOut("wrong password")
        broker.accept()
        broker.receive("A")
        broker.hang_up()
        assert rig.hear(link.LoggedOut) == link.LoggedOut("")


@pytest.mark.parametrize("number", [4, 6, 1])
def test_a_number_that_is_not_the_next_one_halts(tmp_path: Path, number: int) -> None:
    """A store that lies, on a full disk, say: it would use a number twice."""

    class Ended(Exception):
        pass

    def halt(code: int, why: str) -> None:
        raise Ended(code, why)

    ours, theirs = socketpair()
    with ours, theirs:
        handler = OrdersHandler(LinkWriter(ours), lambda: pytest.fail("no order"), halt, lambda: None)
        handler.granted(link.Grant(7, 1, 5, 1, 10_000))
        with pytest.raises(Ended, match=f"MsgSeqNum {number} after 4"):
            handler.outgoing_admin("S", text("FIX.4.4", "0", [(34, str(number))]).encode())
