"""Who is gone has its orders canceled: a client over FIX after its grace, a program over gRPC when it is not heard."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.api.v1.risk_service_pb2 import ArmDeadManRequest
from gateway.control.client import CallRefused
from tests.dialogues.peer import order
from tests.integration.cli.burst import answer, live, trader, until_taken
from tests.support.client import logged_on
from tests.support.installation import Installation
from tests.support.journals import rows
from tests.support.polling import eventually

GRACE_S = 2


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    try:
        made = Installation(folder, has_client=True)
        with (folder / "client-FIX.4.4.toml").open("a") as file:
            file.write(f"\n[on_disconnect]\ngrace_s = {GRACE_S}\n")
        with made as started:
            yield started
    finally:
        shutil.rmtree(folder)


def happened(running: Installation, kind: str) -> list[str]:
    """The keys of all facts of that kind."""
    return [str(key) for (key,) in rows(running.dsn, f"SELECT key FROM journal_record WHERE kind = '{kind}' ORDER BY seq")]


def test_a_fix_client_that_is_away_for_longer_than_its_grace_has_its_orders_canceled(
    running: Installation, tmp_path: Path
) -> None:
    peer = logged_on(running, tmp_path)
    peer.send("D", *order("rests", (21, "1"), (40, "2"), (44, "1.3500"), (59, "1")))
    eventually(lambda: dict(peer.receive()).get(39) == "0")
    assert len(live(running)) == 1
    peer.stop()
    eventually(lambda: not live(running), seconds=60)
    assert happened(running, "GraceBegan")[-1] == "EXAMPLE"
    assert happened(running, "DeadManFired") == ["fix:EXAMPLE"]


def test_a_program_that_falls_silent_is_canceled_and_stopped_also_when_the_engine_died_meanwhile(running: Installation) -> None:
    with trader(running) as client:
        until_taken(client, "dead")
        client.arm_dead_man(ArmDeadManRequest(client_order_id="arm-1", timeout_ms=60_000))
        running.kill("engine")
        until_taken(client, "again")
        assert client.beat().timeout_ms == 60_000  # Armed before the engine died.
        client.arm_dead_man(ArmDeadManRequest(client_order_id="arm-2", timeout_ms=2_000, latches=True))
        assert len(live(running)) >= 2
        eventually(lambda: "spiffe://fixgate/dev/trader/desk1" in happened(running, "DeadManFired"), seconds=60)
        assert answer(client, "after") == "LATCHED"
        eventually(lambda: not live(running), seconds=60)
        with pytest.raises(CallRefused, match="NOT_ARMED"):
            client.beat()
        assert [man.principal for man in client.dead_men() if not man.session] == []
