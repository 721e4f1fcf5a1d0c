"""Too much of one thing on the wire: orders are kept back, or the session is off, until a person releases it."""

from pathlib import Path

import pytest

from gateway.alarm import LogonFailed
from gateway.holding import ResumeLogons
from gateway.session_acts import HoldReleased
from gateway.sessions import LogonsPaused, LogonsResumed, Phase
from oms.domain.events import CancelRequested, OrderPlaced, OrderRefused, RequestRefused
from oms.domain.refusal import Refusal
from tests.integration.sessions.venue import NAME, Line, Trading, Venue
from tests.integration.sessions.words import with_words
from tests.sessions.acceptor import START_S
from tests.support import orders
from tests.support.polling import eventually_async

pytestmark = pytest.mark.timeout(240)
ANY_TIME = 3600
"""Seconds: a machine may be slow."""


def report(cl_ord_id: str, exec_type: str) -> list[tuple[int, str]]:
    """NEW or REJECTED, in full."""
    ids = [(37, f"V{cl_ord_id}"), (11, cl_ord_id), (17, f"{exec_type}{cl_ord_id}"), (55, "EURUSD"), (54, "1")]
    leaves = "1000" if exec_type == "0" else "0"
    return [*ids, (150, exec_type), (39, exec_type), (14, "0"), (151, leaves), (6, "0")]


async def logged_on(ours: Trading, venue: Venue, number: int = 1) -> Line:
    line = await venue.line()
    await line.log_on(number)
    await line.prove()
    await ours.is_ready()
    return line


def reason(ours: Trading) -> tuple[str, bool]:
    """Why the session is held, and whether it is logged off."""
    hold = ours.session.hold
    assert hold is not None
    return hold.reason, hold.is_down


async def test_a_storm_of_rejects_keeps_orders_back_and_lets_cancels_pass(tmp_path: Path) -> None:
    installation = with_words(tmp_path / "i", ("rejects = 200 ", "rejects = 3 "), ("rejects_s = 10 ", f"rejects_s = {ANY_TIME} "))
    async with Venue(installation.broker_port) as venue, Trading(installation) as ours:
        line = await logged_on(ours, venue)
        for name in ("kept", "c1", "c2", "c3"):
            placed = ours.place(name)
            assert isinstance(placed, OrderPlaced)
            assert (await line.hear_of("D"))[11] == placed.root_id
            await line.say("8", *report(placed.root_id, "0" if name == "kept" else "8"))
        await ours.is_held()
        assert reason(ours) == (f"3 of our requests were rejected within {ANY_TIME} s", False)
        assert ours.session.phase is Phase.READY

        for refused in (ours.place("c4"), ours.asks(orders.change("r1", of="kept"))):
            assert isinstance(refused, OrderRefused | RequestRefused)
            assert refused.refusal is Refusal.SESSION_HELD
        canceled = ours.asks(orders.cancel("x1", of="kept"))
        assert isinstance(canceled, CancelRequested)
        heard = dict(await line.hear())
        assert (heard[35], heard[11]) == ("F", canceled.cl_ord_id), "what was refused left all the same"

        assert isinstance(ours.release("released"), HoldReleased)
        placed = ours.place("c5")
        assert isinstance(placed, OrderPlaced)
        assert (await line.hear_of("D"))[11] == placed.root_id
        assert venue.connections == 1


async def test_a_venue_that_asks_for_the_same_again_and_again_is_logged_off_until_a_person_releases_it(tmp_path: Path) -> None:
    installation = with_words(
        tmp_path / "i", ("resends = 20 ", "resends = 3 "), ("resends_s = 60\n", f"resends_s = {ANY_TIME}\n")
    )
    async with Venue(installation.broker_port) as venue, Trading(installation) as ours:
        line = await logged_on(ours, venue)
        for _ in range(3):
            await line.say("2", (7, "1"), (16, "0"))
            assert (await line.hear_of("4"))[36] == "3"
        await ours.is_held()
        what = f"3 ResendRequests within {ANY_TIME} s for MsgSeqNum 1 to 2, or what overlaps it"
        assert reason(ours) == (what, True)
        await comes_back_only_when_released(ours, venue, line)


async def test_a_gap_that_never_closes_logs_the_session_off_until_a_person_releases_it(tmp_path: Path) -> None:
    installation = with_words(tmp_path / "i", ("gaps = 20 ", "gaps = 3 "))
    async with Venue(installation.broker_port) as venue, Trading(installation) as ours:
        line = await logged_on(ours, venue)
        for _ in range(3):
            await line.hang_up()
            line = await venue.line()
            await line.log_on(50)
            assert (await line.hear_of("2"))[7] == "3"
        await ours.is_held()
        assert reason(ours) == ("we asked 3 times from MsgSeqNum 3 on, and the gap does not close", True)
        await line.hang_up()

        connections = venue.connections
        assert isinstance(ours.release("released"), HoldReleased)
        line = await venue.line()
        assert venue.connections == connections + 1, "it tried to log on before it was released"
        await line.log_on(60)
        assert (await line.hear_of("2"))[7] == "3"
        await line.say("4", (43, "Y"), (123, "Y"), (36, "61"), number=3)
        for _ in range(2):  # What it filled over may have been the answer to the first one.
            await line.prove()
        await ours.is_ready()
        assert ours.session.hold is None


async def test_logons_that_fail_are_put_off_for_twice_as_long_each_time(tmp_path: Path) -> None:
    words = (
        ("logons = 10 ", "logons = 2 "),
        ("logons_s = 60\n", f"logons_s = {ANY_TIME}\n"),
        ("pause_s = 30\n", "pause_s = 2\n"),
    )
    installation = with_words(tmp_path / "i", *words)
    async with Venue(installation.broker_port) as venue, Trading(installation) as ours:
        for paused in (1, 2):
            await refuses_until_paused(ours, venue, paused)
            connections = venue.connections
            await eventually_async(lambda: waits_no_longer(ours, paused), START_S)  # noqa: B023  Waited for here.
            assert venue.connections == connections, "it tried to log on while it waited"
        paused_for = [fact.reason for fact in ours.told(LogonsPaused)]
        assert paused_for == [f"2 logons within {ANY_TIME} s failed: no other is tried for {pause} s" for pause in (2, 4)]
        await logged_on(ours, venue)
        assert isinstance(ours.place("c1"), OrderPlaced)


async def refuses_until_paused(ours: Trading, venue: Venue, times: int) -> None:
    """The venue hangs up at each Logon(A), until none is tried any more."""
    while len(ours.told(LogonsPaused)) < times:
        line = await venue.line()
        await line.hear_of("A")
        failures = len(ours.told(LogonFailed))
        await line.hang_up()
        await eventually_async(lambda: len(ours.told(LogonFailed)) > failures, START_S)  # noqa: B023  Waited for here.


def waits_no_longer(ours: Trading, times: int) -> bool:
    """As the engine does: it asks at each look whether the wait is over."""
    ours.takes(ResumeLogons(NAME))
    return len(ours.told(LogonsResumed)) == times


async def comes_back_only_when_released(ours: Trading, venue: Venue, line: Line) -> None:
    """Nobody connects before a person's word; then the session logs on, and trades."""
    assert "5" in [said async for said in line.rest()]
    connections = venue.connections
    refused = ours.place("held")
    assert isinstance(refused, OrderRefused)
    assert refused.refusal is Refusal.SESSION_HELD
    assert isinstance(ours.release("released"), HoldReleased)
    line = await logged_on(ours, venue, line.next_number)
    assert venue.connections == connections + 1, "it tried to log on before it was released"
    placed = ours.place("c1")
    assert isinstance(placed, OrderPlaced)
    assert (await line.hear_of("D"))[11] == placed.root_id
