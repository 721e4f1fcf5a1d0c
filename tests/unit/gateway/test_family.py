"""Parents and children: what a parent takes, how its children roll up, and how it ends."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

import pytest

from gateway.effects import effects
from gateway.facts import CATALOGUE, Fact
from gateway.rules import Command, decide, react
from gateway.sessions import SessionLoggedOut
from gateway.state import State
from oms import deciding, family
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import Chain
from oms.domain.commands import CancelChild, LookAfter, MassCancel, PlaceOrder
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    Event,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestNotSent,
    RequestRefused,
)
from oms.domain.fields import ExecType, OrdStatus, Side
from oms.domain.numbers import ZERO
from oms.domain.refusal import Refusal
from oms.domain.report import CancelReject, ExecutionReport
from tests.support.orders import ACCOUNTS, PRINCIPAL, SESSION, D, cancel, change, fill, place, receipt, report, said, terms
from tests.unit.gateway.test_rules import ON, READY, ready

PARENT, FIRST, SECOND = "FG00000001", "FG00000002", "FG00000003"


def take(state: State, command: Command) -> tuple[Event, ...]:
    """Decided, applied, and whatever that sets off."""
    caused: list[Event] = []
    for event in decide(state, command, 0):
        state.apply(event, state.seq + 1, 0)
        caused.append(event)
        for due in react(state, event):
            caused += take(state, due)
    return tuple(caused)


def tell(state: State, told: ExecutionReport, root_id: str) -> None:
    state.apply(said(told, root_id), state.seq + 1, 0)


def traded(state: State, root_id: str, last_qty: int, last_px: str, exec_id: str = "E1") -> None:
    tell(state, fill(last_qty, last_px, exec_id, root_id), root_id)


def canceled(state: State, cl_ord_id: str, root_id: str) -> None:
    tell(state, report(ExecType.CANCELED, OrdStatus.CANCELED, cl_ord_id, exec_id=f"X{cl_ord_id}"), root_id)


def parent(order_qty: int = 1_000, **changes: Any) -> PlaceOrder:
    return place("p1", terms(order_qty, **changes), is_parent=True)


def child(client_order_id: str = "c1", order_qty: int = 600, **changes: Any) -> PlaceOrder:
    return place(client_order_id, terms(order_qty, **changes), parent_id=PARENT)


def after(*commands: Command) -> State:
    state = ready()
    for command in commands:
        take(state, command)
    return state


def standing(state: State) -> Chain:
    return family.as_it_stands(state.book, state.book.chains[PARENT])


def numbers(state: State) -> tuple[object, ...]:
    """OrdStatus, CumQty, LeavesQty and what is unplaced, of the parent."""
    chain = standing(state)
    return chain.ord_status, chain.cum_qty, chain.leaves_qty, unplaced(state)


def unplaced(state: State) -> Decimal:
    chain = state.book.chains[PARENT]
    return family.unplaced_qty(chain, family.children(state.book, chain))


def refused(events: Iterable[Event]) -> tuple[Refusal, str]:
    (event,) = events
    assert isinstance(event, (OrderRefused, RequestRefused))
    return event.refusal, event.text


def test_a_parent_is_held_and_never_sent() -> None:
    state = ready()
    (placed,) = take(state, parent())
    assert placed == OrderPlaced(PARENT, "p1", "trader/desk1", "", family.NEVER_SENT, terms(1_000))
    assert list(effects(state, Fact(state.seq, 0, placed, state.book.chains[PARENT]))) == []
    assert numbers(state) == (OrdStatus.NEW, 0, 1_000, 1_000)


def test_a_parent_needs_no_session_and_no_price_and_risk_does_not_judge_it() -> None:
    state = after(parent(99_999_999))
    state.quotes.clear()
    state.apply(SessionLoggedOut(SESSION, "gone"), state.seq + 1, 0)
    assert isinstance(take(state, place("p2", terms(1), is_parent=True))[0], OrderPlaced)
    assert refused(take(state, place("p3", terms(symbol="NONE"), is_parent=True))) == (Refusal.UNKNOWN_SYMBOL, "symbol=NONE")
    assert refused(take(state, place("p4", accounts=frozenset(), is_parent=True)))[0] is Refusal.NOT_ENTITLED


def test_quantities_roll_up_from_the_children() -> None:
    state = after(parent(), child("c1", 600), child("c2", 400))
    assert numbers(state) == (OrdStatus.NEW, 0, 1_000, 0)
    traded(state, FIRST, 200, "1.38")
    traded(state, SECOND, 100, "1.41")
    assert numbers(state) == (OrdStatus.PARTIALLY_FILLED, 300, 700, 0)
    assert standing(state).avg_px == D("1.39")
    traded(state, FIRST, 400, "1.38", "E2")
    traded(state, SECOND, 300, "1.38", "E2")
    assert numbers(state) == (OrdStatus.FILLED, 1_000, 0, 0)
    assert not standing(state).is_live


def test_what_a_child_gave_back_can_be_placed_again() -> None:
    state = after(parent(), child("c1", 1_000), cancel("x1", "c1"))
    traded(state, FIRST, 300, "1.38")
    canceled(state, SECOND, FIRST)
    assert numbers(state) == (OrdStatus.PARTIALLY_FILLED, 300, 700, 700)
    assert isinstance(take(state, child("c2", 700))[0], OrderPlaced)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (place("c1", parent_id="FG9"), (Refusal.UNKNOWN_PARENT, "parent=FG9")),
        (
            child(side=Side.SELL),
            (Refusal.PARENT_DIFFERS, "symbol=EURUSD side=SELL parent_symbol=EURUSD parent_side=BUY"),
        ),
        (
            child(symbol="GBPUSD"),
            (Refusal.PARENT_DIFFERS, "symbol=GBPUSD side=BUY parent_symbol=EURUSD parent_side=BUY"),
        ),
        (child(order_qty=1_100), (Refusal.PARENT_QTY_EXCEEDED, f"parent={PARENT} children_qty=1100 available_qty=1000")),
    ],
)
def test_an_order_that_cannot_be_a_child_of_that_parent_is_refused(wanted: PlaceOrder, expected: tuple[Refusal, str]) -> None:
    assert refused(take(after(parent()), wanted)) == expected


def test_an_order_that_is_sent_is_no_parent() -> None:
    assert refused(take(after(place("c0")), child())) == (Refusal.UNKNOWN_PARENT, f"parent={PARENT}")


def test_a_parent_of_others_is_unknown() -> None:
    state = after(parent())
    theirs = place("c1", terms(100, account="DESK2"), accounts=frozenset({"DESK2"}), parent_id=PARENT)
    state.apply(ON, state.seq + 1, 0)
    assert refused(take(state, theirs))[0] in {Refusal.UNKNOWN_PARENT, Refusal.SESSION_DOWN}
    assert family.why_not_placed(state.book, theirs) == (Refusal.UNKNOWN_PARENT, f"parent={PARENT}")


def test_children_count_at_the_most_that_they_may_trade() -> None:
    """A replace without an answer counts as done, where it asks for more."""
    state = after(parent(), child("c1", 600), change("r1", 800, of="c1"))
    assert unplaced(state) == 200
    assert refused(take(state, child("c2", 300)))[0] is Refusal.PARENT_QTY_EXCEEDED
    assert refused(take(state, change("r2", 1_100, of="c1"))) == (
        Refusal.PARENT_QTY_EXCEEDED,
        f"parent={PARENT} children_qty=300 available_qty=200",
    )
    assert isinstance(take(state, change("r3", 300, of="c1"))[0], ReplaceRequested)
    assert unplaced(state) == 200


def test_a_parent_is_replaced_at_once_but_not_below_what_its_children_hold() -> None:
    state = after(parent(), child("c1", 600))
    assert refused(take(state, change("r1", 500, of="p1"))) == (
        Refusal.PARENT_QTY_EXCEEDED,
        f"order={PARENT} children_qty=600 available_qty=500",
    )
    (asked,) = take(state, change("r2", 2_000, "1.39", of="p1"))
    assert isinstance(asked, ReplaceRequested)
    assert (standing(state).terms, unplaced(state)) == (terms(2_000, "1.39"), D(1_400))


def test_canceling_a_parent_cancels_its_living_children_and_ends_with_them() -> None:
    state = after(parent(), child("c1", 600), child("c2", 400))
    traded(state, SECOND, 400, "1.38")
    tell(state, report(ExecType.NEW, OrdStatus.NEW, FIRST, exec_id="N1"), FIRST)
    asked, theirs = take(state, cancel("x1", "p1"))
    assert isinstance(asked, CancelRequested)
    assert isinstance(theirs, CancelRequested)
    assert (asked.root_id, asked.session, theirs.root_id, theirs.principal) == (PARENT, "", FIRST, family.OURSELVES)
    assert numbers(state)[:3] == (OrdStatus.PENDING_CANCEL, 400, 600)
    assert refused(take(state, cancel("x2", "p1")))[0] is Refusal.REQUEST_PENDING
    traded(state, FIRST, 100, "1.38", "E9")
    canceled(state, theirs.cl_ord_id, FIRST)
    assert numbers(state)[:3] == (OrdStatus.CANCELED, 500, 0)


def test_a_canceled_parent_takes_no_more() -> None:
    state = after(parent(), child("c1", 600), cancel("x1", "p1"))
    assert refused(take(state, child("c2", 100))) == (Refusal.TOO_LATE, f"parent={PARENT}")
    assert refused(take(state, change("r1", 2_000, of="p1")))[0] is Refusal.REQUEST_PENDING


def test_a_parent_without_children_ends_at_once() -> None:
    state = after(parent(), cancel("x1", "p1"))
    assert numbers(state)[:3] == (OrdStatus.CANCELED, 0, 0)
    assert refused(take(state, cancel("x2", "p1")))[0] is Refusal.TOO_LATE
    assert refused(take(state, change("r1", 2_000, of="p1")))[0] is Refusal.TOO_LATE


def test_a_child_that_cannot_be_asked_now_is_asked_when_its_session_is_ready() -> None:
    state = after(parent(), child("c1", 600))
    tell(state, report(ExecType.NEW, OrdStatus.NEW, FIRST, exec_id="N1"), FIRST)
    state.apply(SessionLoggedOut(SESSION, "gone"), state.seq + 1, 0)
    assert [type(event) for event in take(state, cancel("x1", "p1"))] == [CancelRequested]
    state.apply(ON, state.seq + 1, 0)
    state.apply(READY, state.seq + 1, 0)
    due, look = react(state, READY)
    assert (due, look) == (CancelChild(FIRST), LookAfter(SESSION))
    assert [event.key for event in take(state, due)] == [FIRST]


def test_a_child_whose_cancel_was_rejected_can_be_canceled_again_through_its_parent() -> None:
    state = after(parent(), child("c1", 600))
    tell(state, report(ExecType.NEW, OrdStatus.NEW, FIRST, exec_id="N1"), FIRST)
    _, theirs = take(state, cancel("x1", "p1"))
    assert isinstance(theirs, CancelRequested)
    told = CancelReject(theirs.cl_ord_id, FIRST, OrdStatus.NEW)
    state.apply(CancelRejected(FIRST, receipt(), told), state.seq + 1, 0)
    assert standing(state).is_live
    assert refused(take(state, change("r1", 2_000, of="p1")))[0] is Refusal.TOO_LATE
    assert [event.key for event in take(state, cancel("x2", "p1"))] == [PARENT, FIRST]


def test_a_child_that_was_never_sent_is_withdrawn_with_its_parent() -> None:
    state = after(parent(), child("c1", 600))
    state.apply(RequestNotSent(FIRST, FIRST, "dropped"), state.seq + 1, 0)
    assert numbers(state) == (OrdStatus.NEW, 0, 1_000, 1_000)
    take(state, cancel("x1", "p1"))
    assert numbers(state)[0] is OrdStatus.CANCELED


def test_children_that_trade_too_much_are_booked() -> None:
    state = after(parent(), child("c1", 1_000))
    traded(state, FIRST, 1_200, "1.38")
    assert numbers(state) == (OrdStatus.FILLED, 1_200, 0, -200)
    assert refused(take(state, child("c2", 100)))[0] is Refusal.PARENT_QTY_EXCEEDED


def test_the_same_request_under_another_parent_is_another_request() -> None:
    state = after(parent(), child("c1", 600), child("c2", 9_000))
    for named in ("c1", "c2"):
        again = child(named, 600 if named == "c1" else 9_000)
        assert deciding.first_answer(state.book, again) is not None
        assert deciding.first_answer(state.book, place(named, again.terms)) is None
        assert deciding.first_answer(state.book, place(named, again.terms, is_parent=True)) is None


def test_a_replay_of_the_journal_gives_the_same_family() -> None:
    live = after(parent(), child("c1", 600))
    events = [*take(live, child("c2", 300)), *take(live, change("r1", 950, of="p1")), *take(live, cancel("x1", "p1"))]
    kept = after(parent(), child("c1", 600))
    for event in events:
        kind, version, payload = CATALOGUE.encode(event)
        kept.apply(cast(Event, CATALOGUE.decode(kind, version, payload)), kept.seq + 1, 0)
    assert kept.book.chains == live.book.chains
    assert standing(kept) == standing(live)
    assert family.committed_qty(kept.book.chains[SECOND]) > ZERO


class TestWhatIsLive:
    def test_a_parent_is_until_it_is_canceled_and_no_child_may_trade(self) -> None:
        state = after(parent(), child())
        assert list(state.book.live) == [PARENT, FIRST]
        take(state, cancel("x1", of="p1"))
        assert PARENT in state.book.live
        (asked,) = [r for r in state.book.chains[FIRST].requests if r.terms is None]
        canceled(state, asked.cl_ord_id, FIRST)
        assert list(state.book.live) == []

    def test_a_parent_whose_children_traded_all_of_it_is_not_and_a_bust_brings_it_back(self) -> None:
        state = after(parent(), child(order_qty=1_000))
        traded(state, FIRST, 1_000, "1.3850")
        assert list(state.book.live) == []
        tell(state, report(ExecType.TRADE_CANCEL, OrdStatus.NEW, FIRST, exec_id="B1", exec_ref_id="E1"), FIRST)
        assert set(state.book.live) == {PARENT, FIRST}

    def test_a_bust_of_a_child_that_has_ended_brings_its_parent_back(self) -> None:
        state = after(parent(), child(order_qty=1_000))
        tell(state, report(ExecType.CANCELED, OrdStatus.CANCELED, FIRST, exec_id="X"), FIRST)
        traded(state, FIRST, 1_000, "1.3850")
        assert list(state.book.live) == []
        tell(state, report(ExecType.TRADE_CANCEL, OrdStatus.CANCELED, FIRST, exec_id="B1", exec_ref_id="E1"), FIRST)
        assert list(state.book.live) == [PARENT]

    def test_no_mass_cancel_names_a_parent_that_has_ended(self) -> None:
        state = after(parent(), cancel("x1", of="p1"))
        (asked,) = decide(state, MassCancel(PRINCIPAL, "m1", ACCOUNTS), 0)
        assert isinstance(asked, MassCancelRequested)
        assert asked.root_ids == ()
        assert list(state.book.live) == []
