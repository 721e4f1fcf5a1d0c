"""Where numbers cannot be believed any more, the session stays down until a person has looked."""

from pathlib import Path
from socket import socketpair

import pytest

from gateway import link
from gateway.codec.text import text
from gateway.fix import halting, worker
from gateway.fix.halting import EXIT_HALTED
from gateway.fix.link_writer import LinkWriter
from gateway.fix.worker import OrdersHandler
from tests.integration.fix.counterparty import Counterparty
from tests.integration.fix.rig import Rig

GRANT = link.Grant(grant=7, session_epoch=1, next_sender=500, next_target=7, reserved_to=10_000)


def test_a_reset_by_the_peer_is_told_with_its_logon_before_anything_else_can_go_out_or_come_in(tmp_path: Path) -> None:
    with Counterparty() as broker, Rig(tmp_path, broker.port) as first:
        first.granted(GRANT)
        broker.log_on(1, (141, "Y"))
        first.hear(link.PeerReset)
        assert b"\x01141=Y\x01" in first.hear(link.Received).raw
        assert first.exit_code() == worker.EXIT_RESET
    with Counterparty() as broker, Rig(tmp_path, broker.port) as again:
        again.hello()


def test_what_was_halted_does_not_start_until_a_person_has_looked(tmp_path: Path) -> None:
    halted = tmp_path / "fix" / "halted"
    halted.parent.mkdir()
    halting.halt(halted.parent, "the numbers cannot be believed")
    with Counterparty() as broker:
        for _ in range(2):
            with Rig(tmp_path, broker.port) as again:
                assert again.exit_code() == EXIT_HALTED
                assert again.process.stderr is not None
                said = again.process.stderr.read().decode()
            assert "the numbers cannot be believed" in said
            assert f"remove {halted}" in said
        halted.unlink()
        with Rig(tmp_path, broker.port) as looked_at:
            looked_at.hello()


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
