"""Every fault of the simulator, over the real wire: no order is lost or there twice, and each fill is booked once."""

from collections.abc import Iterator

import pytest

from tests.integration.faults.desk import Desk
from tests.support.installation import installation

WIRE = (
    "gap msg_type=8",
    "gap msg_type=8 times=3",
    "gap to=broker msg_type=D",
    "sequence-reset msg_type=8",
    "wrong-checksum msg_type=8",
    "wrong-checksum to=broker msg_type=D",
    "garbled msg_type=8 times=2",
    "garbled to=broker msg_type=D",
    "cut msg_type=8",
    "cut to=broker msg_type=D",
    "rst msg_type=8",
    "rst to=broker msg_type=F",
    "slow-reader bytes_per_s=2000 for_s=3",
    "segments for_s=2",
    "segments to=broker for_s=2",
    "stall msg_type=8 ms=5000",
)
REPORTS = (
    "late-ack ms=300 times=3",
    "bust times=3",
    "duplicate times=5",
    "reorder times=5",
    "delay times=3",
    "partial for_s=2",
    "reject-new times=3",
    "alive-but-silent for_s=3",
)
NOBODY_THERE = ("silent for_s=7", "half-open")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with installation(heart_bt_int_s=1) as running:
        yield Desk(running)


@pytest.mark.slow
@pytest.mark.parametrize("words", WIRE + REPORTS + NOBODY_THERE)
async def test_no_order_is_lost_and_no_fill_is_booked_twice(desk: Desk, words: str) -> None:
    assert await desk.trade_through(words) == ()
