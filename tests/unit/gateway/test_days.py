"""A trading day ends once, says how things stood, and has the venue asked for what should have ended with it."""

from typing import Any

import msgspec
import pytest

from gateway import image, link
from gateway.days import Calendar, Day, DayBegan, DayEnded, RollDay
from gateway.rules import FromLink, decide, react
from gateway.schedule import Schedule, Window, day_ends_at_ns
from gateway.sessions import EngineStarted, SessionGranted, SessionLoggedOn, SessionOpened, SessionReady
from gateway.state import State
from oms.domain.chain import RequestState
from oms.domain.commands import AskStatus, DecideAgain, LookAfter
from oms.domain.events import Event, MassStatusRequested, MessageSent, ReportQuarantined, RequestDoubted, StatusRequested
from oms.domain.fields import ExecType, OrdStatus, TimeInForce
from oms.domain.terms import Instructions
from tests.support import orders
from tests.support.orders import SESSION
from tests.unit.gateway.test_hours import SCHEDULE, SCHEDULED, at_ns

ROLL = RollDay(SESSION)
MORNING, AFTERNOON = at_ns(2, 9), at_ns(2, 13)
"""Before and after the end of Tuesday, which is at noon."""
UP = (
    EngineStarted("0", "x"),
    SessionOpened(SESSION, None),
    SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1),
    SessionLoggedOn(SESSION),
    SessionReady(SESSION),
)
BEGAN = DayBegan(SESSION, "20260602")
ENDED = DayEnded(SESSION, "20260602", "20260603", (), 0, 0, 0)


def state(*events: Event, when: int = MORNING) -> State:
    made = State(SCHEDULED)
    for event in (*UP, BEGAN, *events):
        made.apply(event, made.seq + 1, when)
    return made


def then(made: State, *events: Event, when: int = AFTERNOON) -> State:
    for event in events:
        made.apply(event, made.seq + 1, when)
    return made


def order(number: int, *, is_accepted: bool = True, **terms: Any) -> tuple[Event, ...]:
    root_id = f"FG{number:08d}"
    placed = orders.placed(root_id, orders.terms(**terms), client_order_id=f"c{number}")
    sent = MessageSent(root_id, root_id, SESSION, 1, number, "D", "raw")
    said = orders.said(orders.report(ExecType.NEW, OrdStatus.NEW, root_id, exec_id=f"N{number}", order_id=f"V{number}"), root_id)
    return (placed, sent, said) if is_accepted else (placed, sent)


class TestTheRoll:
    def test_the_first_look_only_says_which_day_it_is(self) -> None:
        assert decide(State(SCHEDULED), ROLL, MORNING) == (BEGAN,)

    def test_nothing_happens_before_the_day_ends(self) -> None:
        assert decide(state(), ROLL, at_ns(2, 11, 59)) == ()

    def test_a_day_ends_once(self) -> None:
        made = state()
        assert decide(made, ROLL, at_ns(2, 12)) == (ENDED,)
        assert decide(then(made, ENDED), ROLL, AFTERNOON) == ()
        assert made.days == {SESSION: Day("20260603", AFTERNOON, ENDED)}

    def test_days_that_ended_while_we_were_down_are_ended_as_one(self) -> None:
        assert decide(state(), ROLL, at_ns(4, 9)) == (msgspec.structs.replace(ENDED, next_day="20260604"),)

    def test_what_should_have_ended_is_named_and_what_lives_longer_is_counted(self) -> None:
        gtd: dict[str, Any] = {"time_in_force": TimeInForce.GOOD_TILL_DATE}
        made = state(
            *order(1),
            *order(2, time_in_force=TimeInForce.GOOD_TILL_CANCEL),
            *order(3, **gtd, instructions=Instructions(expire_date="20260602")),
            *order(4, **gtd, instructions=Instructions(expire_date="20260603")),
            *order(5, **gtd, instructions=Instructions(expire_time_ns=AFTERNOON)),
            *order(6),
            orders.said(orders.report(ExecType.EXPIRED, OrdStatus.EXPIRED, "FG00000006", exec_id="X"), "FG00000006"),
        )
        (ended,) = decide(made, ROLL, AFTERNOON)
        assert ended == msgspec.structs.replace(ENDED, unconfirmed=("FG00000001", "FG00000003", "FG00000005"), good_till_orders=2)

    def test_an_order_for_the_new_day_is_none_of_the_old_one(self) -> None:
        made = then(state(), *order(1), when=at_ns(2, 12))
        assert decide(made, ROLL, AFTERNOON) == (ENDED,)

    def test_a_request_that_the_day_left_without_an_answer_is_in_doubt(self) -> None:
        made = state(*order(1, is_accepted=False))
        doubted = RequestDoubted("FG00000001", "FG00000001", "trading day 20260602 ended without an answer")
        assert decide(made, ROLL, AFTERNOON) == (doubted, msgspec.structs.replace(ENDED, unknown_requests=1))

    def test_what_waits_for_a_person_is_counted(self) -> None:
        made = state(ReportQuarantined(SESSION, "nobody's", is_suspended=True))
        assert decide(made, ROLL, AFTERNOON) == (msgspec.structs.replace(ENDED, suspended_reports=1),)


class TestWhatIsUnconfirmed:
    def test_the_venue_is_asked_and_its_word_counts(self) -> None:
        made = state(*order(1))
        then(made, *decide(made, ROLL, AFTERNOON))
        assert list(made.book.doubts[SESSION].unconfirmed) == ["FG00000001"]
        (asked,) = decide(made, LookAfter(SESSION), AFTERNOON)
        assert isinstance(asked, MassStatusRequested)
        expired = orders.said(orders.status(OrdStatus.EXPIRED, order_id="V1"), "FG00000001")
        then(made, asked, expired)
        assert made.book.doubts[SESSION].unconfirmed == {}
        assert not made.book.live

    def test_it_is_asked_for_one_by_one_where_the_venue_takes_no_mass_status(self) -> None:
        made = state(*order(1))
        plan = made.plans[SESSION]
        made.plans[SESSION] = msgspec.structs.replace(plan, takes=msgspec.structs.replace(plan.takes, mass_status=False))
        then(made, *decide(made, ROLL, AFTERNOON))
        assert decide(made, LookAfter(SESSION), AFTERNOON) == (StatusRequested("FG00000001", "FG00000001", SESSION, 3),)

    def test_time_alone_does_not_end_it(self) -> None:
        made = state(*order(1))
        then(made, *decide(made, ROLL, AFTERNOON))
        assert list(made.book.live) == ["FG00000001"]
        assert made.book.chains["FG00000001"].ord_status is OrdStatus.NEW

    def test_it_is_in_a_snapshot(self) -> None:
        made = state(*order(1))
        then(made, *decide(made, ROLL, AFTERNOON))
        again = image.loaded(SCHEDULED, image.pieces(made))
        assert image.state_hash(again) == image.state_hash(made)
        assert (again.days, again.day_ended_seq) == (made.days, made.day_ended_seq)


class TestTheNumbersAreResetAfterIt:
    """Faults, row 32: the venue begins its numbers anew after the day, and a request was in doubt."""

    def test_what_nobody_knows_is_asked_for_under_the_new_numbers(self) -> None:
        made = state(*order(1, is_accepted=False), *order(2))
        then(made, *decide(made, ROLL, AFTERNOON))
        then(made, *decide(made, FromLink(SESSION, 3, link.PeerReset()), AFTERNOON))
        granted = SessionGranted(SESSION, 2, 10_001, 1, 20_000, trusted=False, pid=2)
        then(made, granted, SessionLoggedOn(SESSION), SessionReady(SESSION))
        grant, commands = made.sessions[SESSION].grant, react(made, SessionReady(SESSION))
        assert commands == (AskStatus("FG00000001", "FG00000001"), LookAfter(SESSION))
        asked = StatusRequested("FG00000001", "FG00000001", SESSION, grant)
        assert decide(made, commands[0], AFTERNOON) == (asked,)
        assert list(made.book.doubts[SESSION].unconfirmed) == ["FG00000002"]
        assert isinstance(decide(then(made, asked), commands[1], AFTERNOON)[0], MassStatusRequested)

    def test_nothing_is_sent_twice_and_nothing_given_up(self) -> None:
        made = state(*order(1, is_accepted=False))
        then(made, *decide(made, ROLL, AFTERNOON))
        then(made, *decide(made, FromLink(SESSION, 3, link.PeerReset()), AFTERNOON))
        (request,) = made.book.chains["FG00000001"].requests
        assert request.state is RequestState.UNKNOWN
        assert decide(made, DecideAgain("FG00000001", "FG00000001"), AFTERNOON) == ()


class TestCalendar:
    def test_each_end_is_asked_for_once(self) -> None:
        calendar = Calendar(SCHEDULED.sessions)
        assert calendar.due(MORNING) == [ROLL]
        assert calendar.due(at_ns(2, 11, 59)) == []
        assert calendar.due(at_ns(2, 12)) == [ROLL]
        assert calendar.due(at_ns(2, 12)) == []

    def test_a_session_without_a_schedule_has_no_days(self) -> None:
        assert Calendar(orders.CELL.sessions).due(MORNING) == []

    @pytest.mark.parametrize(("when", "until"), [(at_ns(2, 9), at_ns(2, 12)), (at_ns(2, 12), at_ns(3, 12))])
    def test_a_day_ends_at_the_end_of_day(self, when: int, until: int) -> None:
        assert day_ends_at_ns(SCHEDULE, when) == until

    def test_a_day_without_an_end_of_its_own_ends_at_midnight_there(self) -> None:
        schedule = Schedule("Europe/London", (Window(0, SCHEDULE.end_of_day, 0, SCHEDULE.end_of_day),))
        assert day_ends_at_ns(schedule, at_ns(2, 9)) == at_ns(3, 1) - 3_600_000_000_000
