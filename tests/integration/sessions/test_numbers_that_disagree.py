"""The venue's numbers and ours cannot both be right: the session stays off until people have looked, and nothing is sent."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.session_acts import HaltReleased, HoldReleased
from gateway.sessions import SessionHalted
from oms.domain.acts import ActRefused
from oms.domain.events import OrderPlaced, OrderRefused, RequestDoubted
from oms.domain.refusal import Refusal
from tests.integration.sessions.venue import DESK1, DESK2, Trading, Venue, fill
from tests.sessions.acceptor import START_S
from tests.sessions.peer import now
from tests.support.installation import Installation
from tests.support.model_engine import Row
from tests.support.polling import eventually_async

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "installation")


@pytest.fixture
async def venue(installation: Installation) -> AsyncIterator[Venue]:
    async with Venue(installation.broker_port) as venue:
        yield venue


async def test_a_venue_that_finds_our_number_too_low_halts_the_session(installation: Installation, venue: Venue) -> None:
    async with Trading(installation) as ours:
        line = await venue.line()
        assert (await line.hear_of("A"))[34] == "1"
        await line.say("5", (58, "MsgSeqNum too low, expecting 20000 but received 1"))
        await ours.is_halted()
        halted = ours.session.halted
        assert "it expects 20000, and ours was 1" in halted
        refused = ours.place("c1")
        assert isinstance(refused, OrderRefused)
        assert (refused.refusal, halted in refused.text) == (Refusal.SESSION_HELD, True)

        first = ours.release("r1", DESK1, takes_numbers=True)
        assert isinstance(first, HaltReleased)
        assert first.is_still_held
        line = await venue.line()
        assert venue.connections == 2, "it tried to log on before it was released"
        logon = await line.log_on(2)
        assert logon[34] == "20000"
        await line.prove()
        await ours.is_ready()
        assert isinstance(ours.place("c2"), OrderRefused)
        same = ours.release("r2", DESK1)
        assert isinstance(same, ActRefused)
        assert same.refusal is Refusal.SAME_PERSON
        assert isinstance(ours.release("r3", DESK2), HoldReleased)
        assert isinstance(ours.place("c3"), OrderPlaced)
        assert (await line.hear_of("D"))[34] == "20002"


async def test_a_venue_that_was_set_back_is_held_off_and_begins_another_epoch_when_a_person_says_so(
    installation: Installation, venue: Venue
) -> None:
    async with Trading(installation) as ours:
        line = await venue.line()
        await line.log_on(1)
        await line.prove()
        await ours.is_ready()
        placed = ours.place("c1")
        assert isinstance(placed, OrderPlaced)
        await line.hear_of("D")
        await line.hang_up()
        line = await venue.line()
        await line.log_on(1)
        assert (await line.hear_of("5"))[58] == "MsgSeqNum too low, expecting 3 but received 1"
        await ours.is_held()
        hold = ours.session.hold
        assert hold is not None
        assert hold.reason == "the peer's MsgSeqNum is too low: we expect 3, and it was 1"
        assert RequestDoubted(placed.root_id, placed.root_id, hold.reason) in ours.facts
        ours.release("r1", takes_numbers=True)
        line = await venue.line()
        assert venue.connections == 3
        await line.log_on(1)
        await line.prove()
        await ours.is_ready()
        assert (ours.session.session_epoch, ours.session.hold) == (2, None)
        assert (await line.hear_of("H"))[11] == placed.root_id


async def test_a_venue_that_asks_for_what_we_never_sent_halts_the_session(installation: Installation, venue: Venue) -> None:
    async with Trading(installation) as ours:
        line = await venue.line()
        await line.log_on(1)
        await line.prove()
        await ours.is_ready()
        await line.say("2", (7, "400"), (16, "0"))
        await ours.is_halted()
        assert ours.session.halted == "the peer asks for our MsgSeqNum 400, and the last one that we sent is 2"
        assert isinstance(ours.place("c1"), OrderRefused)


async def set_back(installation: Installation, venue: Venue) -> tuple[list[Row], str]:
    """The journal as it was before an order that the venue has, and the order."""
    async with Trading(installation) as ours:
        line = await venue.line()
        await line.log_on(1)
        await line.prove()
        await ours.is_ready()
        older = list(ours.engine.journal)
        placed = ours.place("c1")
        assert isinstance(placed, OrderPlaced)
        await line.hear_of("D")
    return older, placed.root_id


async def test_a_journal_that_was_set_back_behind_its_worker_is_known_by_the_workers_log(
    installation: Installation, venue: Venue
) -> None:
    older, root_id = await set_back(installation, venue)
    async with Trading(installation, older) as ours:
        await eventually_async(lambda: ours.told(SessionHalted), START_S)
        (halted,) = ours.told(SessionHalted)
        assert f"tells of order {root_id}, and this journal never had it" in halted.reason
        refused = ours.place("c1")
        assert isinstance(refused, OrderRefused)
        assert refused.refusal is Refusal.SESSION_HELD
    assert venue.connections == 1, "it tried to log on"


async def test_a_journal_that_was_set_back_behind_the_venue_is_known_by_its_reports_and_nothing_is_sent(
    installation: Installation, venue: Venue
) -> None:
    """The folder is gone, too: our numbers go on in another block, which the venue takes for a gap. No number is too low."""
    older, root_id = await set_back(installation, venue)
    shutil.rmtree(installation.settings.data / "fix")
    async with Trading(installation, older) as ours:
        line = await venue.line()
        assert (await line.log_on(4))[34] == "10001"
        assert (await line.hear_of("2"))[7] == "3"
        await line.say("8", (43, "Y"), (122, now()), *fill(root_id), number=3)
        await ours.is_halted()
        assert (
            ours.session.halted == f"the peer reports on our ClOrdID {root_id}, and the last one that we gave out is FG00000000"
        )
        assert isinstance(ours.place("c1"), OrderRefused)
        assert "D" not in [msg_type async for msg_type in line.rest()]
        ours.release("r1", DESK1)
        ours.release("r2", DESK2)
        line = await venue.line()
        number = ours.session.next_target
        await line.log_on(number)
        await line.prove()
        await ours.is_ready()
        fresh = ours.place("c2")
        assert isinstance(fresh, OrderPlaced)
        assert fresh.root_id == "FG00010002"
