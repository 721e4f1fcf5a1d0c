"""Too much of one thing: the session is held, or waits, and a person hears of it. Time is the journal's."""

from functools import partial

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.alarm import LogonFailed
from gateway.breakers import Breakers, Counts
from gateway.codec.text import text
from gateway.rules import decide, react
from gateway.session_acts import HoldReleased, Numbers
from gateway.sessions import (
    AdminSent,
    LogonsPaused,
    LogonsResumed,
    MessageReceived,
    SequencesReset,
    SessionGranted,
    SessionHeld,
    SessionLoggedOn,
    SessionReady,
)
from gateway.state import State
from oms.domain.events import CancelRejected, Event, RequestRejected
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.report import CancelReject
from tests.support.orders import CELL, DATA, OTHER, SECOND, SESSION, D, placed, receipt, report, said
from tests.unit.gateway.test_rules import ROOT

FEW = Breakers(rejects=3, rejects_s=10, resends=3, resends_s=60, gaps=3, logons=3, logons_s=60, pause_s=30)
TIGHT = replace(CELL, sessions=tuple(replace(plan, breakers=FEW) for plan in CELL.sessions))
READY = (SessionGranted(SESSION, 1, 1, 1, link.BLOCK, trusted=True, pid=1), SessionLoggedOn(SESSION), SessionReady(SESSION))
REJECTED = said(report(ExecType.REJECTED, OrdStatus.REJECTED))
CANCEL_REJECTED = CancelRejected(ROOT, receipt(), CancelReject(cl_ord_id=ROOT, orig_cl_ord_id=ROOT, ord_status=OrdStatus.NEW))
MESSAGE_REJECTED = RequestRejected(ROOT, receipt(), ROOT, "no")


class Session:
    """One session's facts, each with the commands that it sets off, decided at once."""

    def __init__(self, *, at_s: int = 1_000) -> None:
        self.state = State(TIGHT)
        self.at_s = at_s
        self.held: list[Event] = []
        for event in (*READY, placed()):
            self.happens(event)

    def happens(self, event: Event, after_s: int = 0) -> list[Event]:
        """What follows from it."""
        self.at_s += after_s
        at_ns = self.at_s * SECOND
        self.state.apply(event, self.state.seq + 1, at_ns)
        caused = [fact for command in react(self.state, event) for fact in decide(self.state, command, at_ns)]
        holds: list[Event] = [fact for fact in caused if isinstance(fact, (SessionHeld, LogonsPaused))]
        for fact in holds:
            self.happens(fact)
        self.held += holds
        return holds


def asks(begin: int, end: int) -> MessageReceived:
    raw = text("FIX.4.4", "2", [(7, str(begin)), (16, str(end))])
    return MessageReceived(receipt(msg_type="2", raw=raw))


def we_ask(begin: int) -> AdminSent:
    return AdminSent(SESSION, 1, 9, "2", text("FIX.4.4", "2", [(7, str(begin)), (16, "0")]))


FAILED = LogonFailed(SESSION, "go away")
NUMBERS = Numbers(1, 1, 1)


def test_a_storm_of_rejects_keeps_new_orders_back_whatever_rejects_them() -> None:
    session = Session()
    assert session.happens(REJECTED) == []
    assert session.happens(CANCEL_REJECTED) == []
    held = SessionHeld(SESSION, "3 of our requests were rejected within 10 s", is_down=False)
    assert session.happens(MESSAGE_REJECTED, 10) == [held]
    assert session.state.counts[SESSION] == Counts()


def test_rejects_that_are_spread_out_are_no_storm() -> None:
    session = Session()
    for _ in range(20):
        session.happens(REJECTED, 6)
    assert session.held == []


def test_fills_are_no_rejects() -> None:
    session = Session()
    for number in range(20):
        filled = report(ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, exec_id=f"E{number}", last_qty=D(1), last_px=D("1.385"))
        session.happens(said(filled))
    assert session.held == []


def test_a_hold_is_said_once_and_after_the_release_counting_begins_anew() -> None:
    session = Session()
    for _ in range(9):
        session.happens(REJECTED)
    assert len(session.held) == 1
    session.happens(HoldReleased(SESSION, "r1", "ann", "asked", "ok", NUMBERS, NUMBERS, "a storm"))
    session.happens(REJECTED)
    session.happens(REJECTED)
    assert len(session.held) == 1
    session.happens(REJECTED)
    assert len(session.held) == 2


def test_a_peer_that_asks_for_the_same_again_and_again_is_logged_off() -> None:
    session = Session()
    session.state.sessions[SESSION] = replace(session.state.sessions[SESSION], last_sender=50)
    for begin, end in ((5, 9), (9, 9), (20, 30), (10, 21), (4, 12)):
        session.happens(asks(begin, end))
    assert session.held == []
    session.happens(asks(9, 0))
    what = "3 ResendRequests within 60 s for MsgSeqNum 9 to 50, or what overlaps it"
    assert session.held == [SessionHeld(SESSION, what, is_down=True)]


def test_a_peer_that_asks_for_one_gap_after_the_other_is_no_storm() -> None:
    session = Session()
    session.state.sessions[SESSION] = replace(session.state.sessions[SESSION], last_sender=5_000)
    for number in range(50):
        session.happens(asks(10 * number + 1, 10 * number + 10))
    assert session.held == []


def test_a_gap_of_the_peers_that_never_closes_is_given_up() -> None:
    session = Session()
    for begin in (4, 4, 7, 7):
        session.happens(we_ask(begin), 3_600)
    assert session.held == []
    assert session.happens(we_ask(7)) == [
        SessionHeld(SESSION, "we asked 3 times from MsgSeqNum 7 on, and the gap does not close", is_down=True)
    ]


@pytest.mark.parametrize("is_ours_too", [True, False])
def test_numbers_that_begin_anew_are_counted_anew(is_ours_too: bool) -> None:
    """A gap at the same number on every day is another gap on each of them."""
    session = Session()
    for epoch in range(2, 12):
        for _ in range(2):
            session.happens(we_ask(2))
        session.happens(SequencesReset(SESSION, epoch, "a new day", is_ours_too=is_ours_too))
    assert session.held == []


@pytest.mark.parametrize(("is_ours_too", "held"), [(True, 0), (False, 1)])
def test_what_the_peer_asks_for_is_another_message_only_where_our_numbers_began_anew(is_ours_too: bool, held: int) -> None:
    session = Session()
    for epoch in range(2, 5):
        session.state.sessions[SESSION] = replace(session.state.sessions[SESSION], last_sender=50)
        session.happens(asks(1, 0))
        session.happens(SequencesReset(SESSION, epoch, "a new day", is_ours_too=is_ours_too))
    assert len(session.held) == held


def test_logons_that_fail_are_put_off_for_longer_and_longer() -> None:
    session = Session(at_s=0)
    pauses: list[int] = []
    for _ in range(7):
        for _ in range(2):
            assert session.happens(FAILED, 1) == []
        (paused,) = session.happens(FAILED, 1)
        assert isinstance(paused, LogonsPaused)
        pauses.append(paused.until_ns // SECOND - session.at_s)
        assert session.happens(FAILED, 1) == []  # One that was under way.
        session.happens(LogonsResumed(SESSION), pauses[-1])
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert session.state.sessions[SESSION].is_open
    session.happens(SessionLoggedOn(SESSION))
    assert session.state.counts[SESSION] == Counts()


def test_logons_that_succeed_are_no_failures() -> None:
    session = Session()
    for _ in range(20):
        session.happens(FAILED)
        session.happens(SessionLoggedOn(SESSION))
    assert session.held == []


@pytest.mark.parametrize("session_name", [OTHER, DATA])
def test_each_session_is_counted_by_itself(session_name: str) -> None:
    session = Session()
    elsewhere = partial(replace, session=session_name)
    for _ in range(20):
        session.happens(elsewhere(we_ask(4)))
    held = {fact.session for fact in session.held if isinstance(fact, SessionHeld)}
    assert held == ({OTHER} if session_name == OTHER else set())  # A session of prices begins anew at each logon.
    assert session.state.counts[SESSION] == Counts()


def test_no_list_is_longer_than_its_breaker() -> None:
    session = Session()
    for number in range(100):
        session.happens(REJECTED, 60)
        session.happens(asks(number * 10, number * 10 + 1), 60)
    counts = session.state.counts[SESSION]
    assert (len(counts.rejected_ns), len(counts.asked)) == (3, 3)


@pytest.mark.parametrize(
    ("breakers", "wrong"),
    [
        (Breakers(), []),
        (Breakers(rejects=1), [(("breakers", "rejects"), "1 is not between 2 and 1000")]),
        (Breakers(resends_s=3_601), [(("breakers", "resends_s"), "3601 is not between 2 and 3600")]),
        (Breakers(pause_s=601), [(("breakers", "pause_s"), "601 is not between 2 and 600")]),
    ],
)
def test_every_number_has_its_bounds(breakers: Breakers, wrong: list[tuple[tuple[str, str], str]]) -> None:
    assert list(breakers.wrong()) == wrong
