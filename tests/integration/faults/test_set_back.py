"""A database restored from a backup, behind a venue that has gone on: nothing is sent before people have looked."""

import shutil
import subprocess
from contextlib import suppress
from functools import partial

import pytest

from gateway.api.v1 import fix_pb2
from gateway.api.v1 import order_service_pb2 as api
from gateway.simulator import ledger
from oms.journal.failures import Unreachable
from tests.crash.evidence import kinds
from tests.integration.faults.desk import Desk, ready
from tests.integration.faults.test_lost_for_good import is_done, place, until
from tests.support.installation import Installation, installation


def copy(running: Installation, source: str, target: str) -> None:
    """A folder of the data folder, owners and all: the database is another user's where we are root."""
    data = running.settings.data
    shutil.rmtree(data / target, ignore_errors=True)
    subprocess.run(["cp", "-a", str(data / source), str(data / target)], check=True)


def start(running: Installation) -> None:
    running.start_broker()
    running.start_up()


async def placed(desk: Desk, client_order_id: str) -> None:
    """An order that the venue has taken, and we know it."""
    async with desk.gateway() as gateway:
        await ready(gateway)
        await until(partial(is_done, gateway, await place(desk, gateway, client_order_id)))


@pytest.mark.timeout(300)
async def test_a_database_restored_behind_the_venue_halts_the_session() -> None:
    with installation(heart_bt_int_s=1) as running:
        desk = Desk(running)
        await placed(desk, "A")
        running.stop()
        copy(running, "postgres", "backup")
        start(running)
        await placed(desk, "B")
        running.stop()
        copy(running, "backup", "postgres")
        shutil.rmtree(running.settings.data / "fix")
        before = len(ledger.read(running.ledger))
        start(running)

        async def is_halted() -> bool:
            with suppress(Unreachable):  # The database is still starting.
                return bool((await kinds(running.dsn))["SessionHalted"])
            return False

        await until(is_halted)
        async with desk.gateway() as gateway:
            request = api.SubmitRequest(
                client_order_id="C",
                account="DESK1",
                symbol="EURUSD",
                side=fix_pb2.SIDE_BUY,
                ord_type=fix_pb2.ORD_TYPE_LIMIT,
                order_qty="100",
                price="1.36",
            )
            assert (await gateway.submit(request)).refusal == "SESSION_HELD"
        assert len(ledger.read(running.ledger)) == before
