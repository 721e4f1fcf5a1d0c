"""Orders that have ended are laid to rest with their day, woken by what concerns them, and forgotten after many days."""

from msgspec.structs import replace

from gateway.days import DayEnded
from gateway.resting import ForgetOrders, LayToRest, Resting
from gateway.rules import decide
from gateway.state import State
from oms import deciding, hearing
from oms.domain.events import Event, OrderRefused, ReportQuarantined, RequestDoubted
from oms.domain.fields import ExecType, OrdStatus, TimeInForce
from oms.domain.refusal import Refusal
from oms.domain.resting import OrdersForgotten, OrdersLaidToRest
from tests.support import orders
from tests.support.orders import GRANT, SESSION, D
from tests.unit.gateway.test_days import AFTERNOON, ENDED, MORNING, order, state, then
from tests.unit.gateway.test_hours import SCHEDULED

FIRST, SECOND = "FG00000001", "FG00000002"
DAY_NS = 86_400 * 1_000_000_000
LATE_FILL = orders.fill(1_000, exec_id="F1", trade_date="20260602", order_qty=D(1_000))


def expired(number: int) -> Event:
    root_id = f"FG{number:08d}"
    said = orders.report(ExecType.EXPIRED, OrdStatus.EXPIRED, root_id, exec_id=f"X{number}", order_id=f"V{number}")
    return orders.said(said, root_id)


def after_the_day(*events: Event) -> State:
    return then(state(*events), ENDED)


def due(made: State, at_ns: int = AFTERNOON) -> list[LayToRest | ForgetOrders]:
    return Resting().due(made, at_ns)


def at_rest(*events: Event) -> State:
    """With everything laid to rest that may be."""
    made = after_the_day(*events)
    for command in due(made):
        then(made, *decide(made, command, AFTERNOON))
    assert made.book.rest.orders_at_rest
    return made


class TestWhatRests:
    def test_an_order_that_ended_is_laid_to_rest_after_its_day(self) -> None:
        made = state(*order(1), expired(1))
        assert due(made, MORNING) == []
        (command,) = due(then(made, ENDED))
        assert command == LayToRest(SESSION, ((FIRST,),))
        assert decide(made, command, AFTERNOON) == (OrdersLaidToRest(SESSION, (FIRST,)),)

    def test_what_is_live_carries_over_untouched(self) -> None:
        made = at_rest(*order(1, time_in_force=TimeInForce.GOOD_TILL_CANCEL), *order(2), expired(2))
        assert list(made.book.chains) == [FIRST]
        assert due(made) == []

    def test_an_order_of_the_new_day_stays_for_its_own_end(self) -> None:
        made = then(after_the_day(), *order(1), expired(1), when=AFTERNOON + 1)
        assert due(made, AFTERNOON + 2) == []
        assert due(then(made, DayEnded(SESSION, "20260603", "20260604", (), 0, 0, 0), when=AFTERNOON + DAY_NS))

    def test_a_request_of_which_nobody_knows_keeps_its_order_awake(self) -> None:
        made = after_the_day(*order(1, is_accepted=False), RequestDoubted(FIRST, FIRST, "why"))
        assert due(made) == []

    def test_an_order_that_a_report_in_suspense_names_stays_awake(self) -> None:
        set_aside = ReportQuarantined(SESSION, "why", FIRST, orders.fill(5, exec_id="Q"), is_suspended=True)
        assert due(after_the_day(*order(1), expired(1), set_aside)) == []

    def test_what_came_to_life_since_somebody_looked_stays(self) -> None:
        made = after_the_day(*order(1), expired(1), *order(2), expired(2))
        (command,) = due(made)
        then(made, ReportQuarantined(SESSION, "why", SECOND, orders.fill(5, exec_id="Q"), is_suspended=True))
        assert decide(made, command, AFTERNOON) == (OrdersLaidToRest(SESSION, (FIRST,)),)

    def test_where_there_is_no_schedule_the_day_ends_at_midnight_utc(self) -> None:
        plans = tuple(replace(plan, schedule=None) for plan in SCHEDULED.sessions)
        made = State(replace(SCHEDULED, sessions=plans))
        for event in (*order(1), expired(1)):
            made.apply(event, made.seq + 1, MORNING)
        midnight = MORNING // DAY_NS * DAY_NS + DAY_NS
        assert due(made, midnight - 1) == []
        assert due(made, midnight) == [LayToRest(SESSION, ((FIRST,),))]

    def test_a_parent_rests_with_all_of_its_children_and_wakes_with_them(self) -> None:
        parent = orders.placed(FIRST, session="", grant=-1, client_order_id="p")
        child = orders.placed(SECOND, client_order_id="c", parent_id=FIRST)
        filled = orders.said(orders.fill(1_000, cl_ord_id=SECOND, exec_id="F", order_id="V2"), SECOND)
        made = after_the_day(parent, child, filled)
        (command,) = due(made)
        assert command == LayToRest(SESSION, ((FIRST, SECOND),))
        then(made, *decide(made, command, AFTERNOON))
        assert not made.book.chains
        bust = orders.report(ExecType.TRADE_CANCEL, OrdStatus.NEW, SECOND, exec_id="B", exec_ref_id="F", order_id="V2")
        then(made, *hearing.report(made.book, orders.receipt(), bust))
        assert list(made.book.chains) == [FIRST, SECOND]
        assert set(made.book.live) == {FIRST, SECOND}


class TestWhatIsAskedOfThem:
    def test_a_late_fill_is_booked_once(self) -> None:
        made = at_rest(*order(1), expired(1))
        told = hearing.report(made.book, orders.receipt(), LATE_FILL)
        assert told[0] == orders.said(LATE_FILL)
        then(made, *told)
        assert made.book.chains[FIRST].cum_qty == D(1_000)
        assert hearing.report(made.book, orders.receipt(), LATE_FILL) == ()

    def test_what_was_heard_before_it_rested_is_not_booked_again(self) -> None:
        fill = orders.fill(400, exec_id="F0", trade_date="20260602")
        made = at_rest(*order(1), orders.said(fill), expired(1))
        assert hearing.report(made.book, orders.receipt(), fill) == ()
        changed = replace(fill, last_qty=D(300))
        (aside,) = hearing.report(made.book, orders.receipt(), changed)
        assert isinstance(aside, ReportQuarantined)
        assert not made.book.chains

    def test_its_client_order_id_stays_taken(self) -> None:
        made = at_rest(*order(1), expired(1))
        again = deciding.place(made.book, orders.place("c1", orders.terms(5)), SESSION, GRANT, AFTERNOON)
        assert isinstance(again, OrderRefused)
        assert again.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID
        repeated = deciding.first_answer(made.book, orders.place("c1"))
        assert repeated is not None
        assert repeated.answer == order(1)[0]


class TestWhatIsForgotten:
    OUTLIVED = AFTERNOON + 7 * DAY_NS

    def forgotten(self) -> State:
        made = at_rest(*order(1), expired(1))
        then(made, OrdersForgotten((FIRST,)), when=self.OUTLIVED)
        return made

    def test_it_is_forgotten_after_so_many_days(self) -> None:
        made = at_rest(*order(1), expired(1))
        assert due(made, self.OUTLIVED - 1) == []
        assert due(made, self.OUTLIVED) == [ForgetOrders((FIRST,))]
        assert decide(made, ForgetOrders((FIRST,)), self.OUTLIVED) == (OrdersForgotten((FIRST,)),)

    def test_of_too_many_those_that_rest_longest_are_forgotten_before_their_time(self) -> None:
        made = at_rest(*order(1), expired(1), *order(2), expired(2))
        made.cell = replace(made.cell, tombstones_max=1)
        assert due(made) == [ForgetOrders((FIRST,))]

    def test_what_was_woken_since_is_not_forgotten(self) -> None:
        made = at_rest(*order(1), expired(1))
        then(made, orders.said(LATE_FILL))
        assert decide(made, ForgetOrders((FIRST,)), self.OUTLIVED) == ()

    def test_a_late_fill_of_it_is_in_suspense_and_names_it(self) -> None:
        made = self.forgotten()
        (aside,) = hearing.report(made.book, orders.receipt(), LATE_FILL)
        why = f"ExecutionReport for {FIRST}, an order that ended so long ago that only the journal has it: see its history"
        assert aside == ReportQuarantined(SESSION, why, "", LATE_FILL, is_suspended=True)

    def test_nothing_is_left_of_it(self) -> None:
        made = self.forgotten()
        book = made.book
        assert (book.chains, book._answers, book._told, book._root_of, book._root_of_order_id) == ({}, {}, {}, {}, {})
        assert not any((book.rest.stones, book.rest.orders, book.rest.answers, book.rest.told, book.rest.order_ids))

    def test_our_own_id_is_never_given_out_again(self) -> None:
        assert self.forgotten().book.mint() == SECOND


def test_a_person_may_still_ask_about_an_order_at_rest() -> None:
    made = at_rest(*order(1), expired(1))
    wanted = made.book.find(orders.PRINCIPAL, "", "c1")
    assert wanted is not None
    assert wanted.ord_status is OrdStatus.EXPIRED
    assert not made.book.chains
