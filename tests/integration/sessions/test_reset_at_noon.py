"""A venue that begins its numbers anew in the middle of the day, with orders open in every state: all are had by asking."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.sessions import SequencesReset
from oms.domain.chain import OPEN
from oms.domain.events import OrderPlaced
from oms.domain.fields import OrdStatus
from tests.integration.sessions.venue import NAME, Line, Trading, Venue, fill
from tests.sessions.acceptor import START_S
from tests.support import orders
from tests.support.installation import Installation
from tests.support.polling import eventually_async

pytestmark = pytest.mark.timeout(240)
Body = list[tuple[int, str]]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "installation")


@pytest.fixture
async def venue(installation: Installation) -> AsyncIterator[Venue]:
    async with Venue(installation.broker_port) as venue:
        yield venue


def report(cl_ord_id: str, exec_type: str, ord_status: str, cum: int = 0, *more: tuple[int, str]) -> Body:
    """How the order stands at the venue."""
    leaves = 1_000 - cum if ord_status in {"0", "1", "6"} else 0
    ids = [(37, f"V{cl_ord_id}"), (11, cl_ord_id), (17, f"{exec_type}{cl_ord_id}"), (55, "EURUSD"), (54, "1")]
    return [*ids, (150, exec_type), (39, ord_status), (14, str(cum)), (151, str(leaves)), (6, "1.3850"), *more]


async def answers(line: Line, stands: dict[str, tuple[str, int]], seen: list[str]) -> None:
    """Tell of each order that is asked about, alone or with all others, until the session has nothing more to ask."""
    while set(stands) - set(seen):
        heard = dict(await line.hear())
        if heard[35] in {"D", "F", "G"}:
            raise AssertionError(f"sent again: {heard}")
        if heard[35] == "H":
            seen.append(heard[11])
            status, cum = stands[heard[11]]
            await line.say("8", *report(heard[11], "I", status, cum, (790, heard[11])))
        if heard[35] == "AF":
            for place, (cl_ord_id, (status, cum)) in enumerate(stands.items(), 1):
                seen.append(cl_ord_id)
                last = [(912, "Y")] if place == len(stands) else []
                await line.say("8", *report(cl_ord_id, "I", status, cum, (584, heard[584]), (911, str(len(stands))), *last))


async def test_orders_in_every_state_are_had_by_asking(installation: Installation, venue: Venue) -> None:
    async with Trading(installation) as ours:
        line = await venue.line()
        await line.log_on(1)
        await line.prove()
        await ours.is_ready()
        ids: dict[str, str] = {}
        for state in ("sent", "acked", "partly filled", "pending cancel"):
            placed = ours.place(state)
            assert isinstance(placed, OrderPlaced)
            ids[state] = placed.root_id
            assert (await line.hear_of("D"))[11] == placed.root_id
        for state in ("acked", "partly filled", "pending cancel"):
            await line.say("8", *report(ids[state], "0", "0"))
        await line.say("8", *fill(ids["partly filled"]))
        chains = ours.engine.state.book.chains
        await eventually_async(lambda: chains[ids["partly filled"]].cum_qty == 100)
        ours.asks(orders.cancel("x1", of="pending cancel"))
        await line.hear_of("F")
        await line.hang_up()

        line = await venue.line()
        await line.log_on(1, (141, "Y"))
        await eventually_async(lambda: ours.told(SequencesReset))
        line = await venue.line()
        await line.log_on(2)
        await line.prove()
        await ours.is_ready()
        stands = dict(zip(ids.values(), [("0", 0), ("0", 0), ("1", 100), ("4", 0)], strict=True))
        async with ours.looking_after():
            await answers(line, stands, [])

        def is_settled() -> bool:
            doubts = ours.engine.state.book.doubts[NAME]
            return doubts.is_empty() and not any(r.state in OPEN for _, r in ours.engine.state.book.open_requests(NAME))

        await eventually_async(is_settled, START_S)
        stood = {state: (chains[root_id].ord_status, int(chains[root_id].cum_qty)) for state, root_id in ids.items()}
        assert stood == {
            "sent": (OrdStatus.NEW, 0),
            "acked": (OrdStatus.NEW, 0),
            "partly filled": (OrdStatus.PARTIALLY_FILLED, 100),
            "pending cancel": (OrdStatus.CANCELED, 0),
        }
        assert (ours.session.session_epoch, ours.session.hold) == (2, None)
        assert len(ours.told(SequencesReset)) == 1
