"""`on_disconnect = "cancel"`: a session that dropped is back, and all that was open is canceled before anything else."""

from pathlib import Path

import pytest

from gateway.sessions import Phase, SessionClosed, SessionOpened
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import OPEN
from oms.domain.events import OrderPlaced, OrderRefused
from oms.domain.fields import OrdStatus
from oms.domain.refusal import Refusal
from tests.integration.sessions.venue import NAME, Line, Trading, Venue
from tests.integration.sessions.words import with_words
from tests.sessions.acceptor import START_S
from tests.support.polling import eventually_async

pytestmark = pytest.mark.timeout(240)
WORDS = ('# on_disconnect = "cancel" ', 'on_disconnect = "cancel" ')


def report(cl_ord_id: str, status: str, orig_cl_ord_id: str) -> list[tuple[int, str]]:
    """NEW or CANCELED, in full."""
    ids = [(37, f"V{orig_cl_ord_id}"), (11, cl_ord_id), (17, f"{status}{cl_ord_id}"), (55, "EURUSD"), (54, "1")]
    orig = [(41, orig_cl_ord_id)] if orig_cl_ord_id != cl_ord_id else []
    return [*ids, *orig, (150, status), (39, status), (14, "0"), (151, "1000" if status == "0" else "0"), (6, "0")]


async def trading(ours: Trading, venue: Venue, *names: str) -> tuple[Line, list[str]]:
    """A session that is ready, with these orders at the venue."""
    line = await venue.line()
    await line.log_on(1)
    await line.prove()
    await ours.is_ready()
    root_ids = []
    for name in names:
        placed = ours.place(name)
        assert isinstance(placed, OrderPlaced)
        await line.hear_of("D")
        await line.say("8", *report(placed.root_id, "0", placed.root_id))
        root_ids.append(placed.root_id)
    await stands(ours, OrdStatus.NEW, *root_ids)
    return line, root_ids


async def stands(ours: Trading, ord_status: OrdStatus, *root_ids: str) -> None:
    """The orders are known to stand so."""
    chains = ours.engine.state.book.chains
    await eventually_async(lambda: all(chains[root_id].ord_status is ord_status for root_id in root_ids), START_S)


async def back(ours: Trading, venue: Venue, number: int) -> Line:
    line = await venue.line()
    await line.log_on(number)
    await line.prove()
    await ours.is_ready()
    return line


async def test_all_that_was_open_is_canceled_and_new_orders_wait_until_all_is_told(tmp_path: Path) -> None:
    installation = with_words(tmp_path / "i", WORDS)
    async with Venue(installation.broker_port) as venue, Trading(installation) as ours:
        line, root_ids = await trading(ours, venue, "c1", "c2")
        await line.hang_up()
        line = await back(ours, venue, line.next_number)
        cancels: dict[str, str] = {}
        while len(cancels) < len(root_ids):
            heard = dict(await line.hear())
            assert heard[35] in {"F", "AF", "H"}, f"it said {heard} before all was canceled"
            if heard[35] == "F":
                cancels[heard[41]] = heard[11]
        assert sorted(cancels) == root_ids

        for name, root_id in zip(("early", "still early"), root_ids, strict=True):
            refused = ours.place(name)
            assert isinstance(refused, OrderRefused)
            assert (refused.refusal, refused.text.partition(":")[0]) == (Refusal.SESSION_DOWN, f"session={NAME} was lost")
            await line.say("8", *report(cancels[root_id], "4", root_id))
            await stands(ours, OrdStatus.CANCELED, root_id)
        placed = ours.place("in time")
        assert isinstance(placed, OrderPlaced)
        assert (await line.hear_of("D"))[11] == placed.root_id
        states = [r.state for root_id in root_ids for r in ours.engine.state.book.chains[root_id].requests]
        assert not OPEN & set(states)
        assert len(ours.told(MassCancelRequested)) == 1


async def test_what_was_open_when_its_schedule_closed_the_session_stays(tmp_path: Path) -> None:
    installation = with_words(tmp_path / "i", WORDS)
    async with Venue(installation.broker_port) as venue, Trading(installation) as ours:
        line, (root_id,) = await trading(ours, venue, "c1")
        ours.happens(SessionClosed(NAME, None))
        assert "5" in [said async for said in line.rest()]
        await eventually_async(lambda: ours.session.phase is Phase.DOWN, START_S)
        ours.happens(SessionOpened(NAME, None))
        line = await back(ours, venue, line.next_number)
        placed = ours.place("c2")
        assert isinstance(placed, OrderPlaced)
        while (heard := dict(await line.hear()))[35] != "D":
            assert heard[35] in {"AF", "H"}, f"it said {heard}"
        assert heard[11] == placed.root_id
        assert ours.engine.state.book.chains[root_id].is_live
        assert ours.told(MassCancelRequested) == []
