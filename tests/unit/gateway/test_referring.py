"""Reference data: set whole or not at all, never by something older, and the same after a restart and from a snapshot."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway import image, referring
from gateway.facts import CATALOGUE
from gateway.rules import decide
from gateway.sessions import SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms import deciding
from oms.domain.acts import ActRefused
from oms.domain.commands import SetReference
from oms.domain.events import Event, OrderPlaced, OrderRefused, RequestRefused
from oms.domain.fields import ExecType, OrdStatus, Side
from oms.domain.reference import (
    Adv,
    AnyRow,
    Locate,
    Market,
    MarketState,
    OrderWatched,
    ReferenceSet,
    ReferenceTaken,
    Restricted,
    RestrictedList,
    Restriction,
)
from oms.domain.refusal import Refusal
from oms.domain.terms import Instructions
from risk import reference
from risk.control import Control
from risk.limit import Limit
from risk.reference import Held
from risk.scope import parse
from tests.support import orders
from tests.support.orders import D

NOW = orders.SECOND
FEED = "feed/vendor"
UP = (
    SessionGranted(orders.SESSION, 1, 1, 1, 10_000, trusted=True, pid=1),
    SessionLoggedOn(orders.SESSION),
    SessionReady(orders.SESSION),
)
ADV = Adv("EURUSD", D(1_000_000))
WATCH = RestrictedList("watch", (Restricted("symbol=EURUSD", Restriction.WATCH, "research"),))


def state(*limits: Limit) -> State:
    cell = replace(orders.CELL, policy=replace(orders.POLICY, rows=limits))
    made = State(cell)
    for event in UP:
        take(made, event)
    made.quotes["EURUSD"] = orders.QUOTE
    return made


def take(made: State, event: Event, at_ns: int | None = None) -> Event:
    """By the bytes of the journal, as a restart would."""
    read: Any = CATALOGUE.decode(*CATALOGUE.encode(event))
    assert read == event
    made.apply(read, made.seq + 1, made.at_ns + 1 if at_ns is None else at_ns)
    return event


def asked(*rows: AnyRow, as_of_ns: int = NOW, client_order_id: str = "R1") -> SetReference:
    return referring.asked(FEED, client_order_id, "vendor", as_of_ns, rows)


def given(made: State, *rows: AnyRow, as_of_ns: int = NOW, client_order_id: str = "R1") -> tuple[Event, ...]:
    events = decide(made, asked(*rows, as_of_ns=as_of_ns, client_order_id=client_order_id), NOW)
    return tuple(take(made, event) for event in events)


def reloaded(made: State) -> State:
    loaded = image.loaded(made.cell, image.pieces(made))
    assert image.state_hash(loaded) == image.state_hash(made)
    loaded.quotes.update(made.quotes)
    return loaded


def test_rows_are_one_fact_and_their_answer_another() -> None:
    made = state()
    set_, taken = given(made, ADV)
    assert set_ == ReferenceSet("vendor", NOW, (ADV,))
    assert taken == ReferenceTaken("R1", FEED, "vendor", asked(ADV).digest, 1)
    assert made.exposures.reference.of(Adv, "EURUSD") == Held(ADV, "vendor", NOW)
    assert reloaded(made).exposures.reference.rows == made.exposures.reference.rows


def test_the_same_request_gets_its_first_answer_and_another_under_its_id_is_refused() -> None:
    made = state()
    (_, taken) = given(made, ADV)
    known = deciding.first_answer(made.book, asked(ADV))
    assert known is not None
    assert known.answer == taken
    other = asked(Adv("EURUSD", D(2)))
    assert deciding.first_answer(made.book, other) is None
    (refused,) = decide(made, other, NOW)
    assert isinstance(refused, ActRefused)
    assert refused.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID


@pytest.mark.parametrize(
    ("rows", "as_of_ns", "why"),
    [
        ((Market("EURUSD", MarketState.HALTED), Adv("EURUSD", D(2))), NOW - 1, Refusal.REFERENCE_DATA_OUT_OF_TIME),
        ((Market("EURUSD", MarketState.HALTED),), NOW + 2 * orders.SECOND, Refusal.REFERENCE_DATA_OUT_OF_TIME),
        ((Market("EURUSD", MarketState.HALTED), Adv("GBPUSD", D(2))), NOW, Refusal.UNKNOWN_SYMBOL),
    ],
)
def test_nothing_is_half_set(rows: tuple[AnyRow, ...], as_of_ns: int, why: Refusal) -> None:
    made = state()
    given(made, ADV)
    (refused,) = given(made, *rows, as_of_ns=as_of_ns, client_order_id="R2")
    assert isinstance(refused, ActRefused)
    assert refused.refusal is why
    assert list(made.exposures.reference.held()) == [Held(ADV, "vendor", NOW)]


def test_a_source_whose_clock_is_a_little_ahead_speaks_of_now() -> None:
    made = state()
    given(made, ADV, as_of_ns=NOW + orders.SECOND)
    assert made.exposures.reference.of(Adv, "EURUSD") == Held(ADV, "vendor", NOW)


def test_more_rows_than_there_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referring, "ROWS_HELD_MAX", 2)
    made = state()
    given(made, ADV, Locate("L1", "EURUSD", D(1)))
    (refused,) = given(made, Locate("L2", "EURUSD", D(1)), client_order_id="R2")
    assert isinstance(refused, ActRefused)
    assert (refused.refusal, refused.text) == (Refusal.REFERENCE_DATA_FULL, "rows=2 new=1 rows_max=2")
    assert given(made, Locate("L1", "EURUSD", D(3)), client_order_id="R3")[0] != refused


def test_a_locate_is_forgotten_when_its_day_is_long_over() -> None:
    made = state()
    take(made, ReferenceSet("vendor", made.at_ns, (Locate("L1", "EURUSD", D(1)),)))
    later = made.at_ns + reference.LOCATES_KEPT_NS + 1
    take(made, ReferenceSet("vendor", later, (ADV,)), later)
    assert [held.row for held in made.exposures.reference.held()] == [ADV]
    assert reloaded(made).exposures.reference.rows == made.exposures.reference.rows


def test_an_order_on_a_watch_list_is_taken_and_a_person_is_told() -> None:
    made = state()
    given(made, WATCH)
    placed, told = decide(made, orders.place("c1"), NOW)
    assert isinstance(placed, OrderPlaced)
    assert told == OrderWatched(placed.root_id, "watch", "symbol=EURUSD", "research")
    take(made, placed)
    take(made, told)
    take(made, orders.said(orders.report(ExecType.NEW, OrdStatus.NEW)))
    assert told in decide(made, orders.change("r1", 2_000, "1.3850"), NOW)
    assert len(decide(made, orders.cancel("x1"), NOW)) == 1


def test_under_a_halt_nothing_passes_but_a_cancel() -> None:
    made = state(Limit(parse("firm"), Control.MARKET_STATE, D(0), age_ms_max=60_000))
    given(made, Market("EURUSD", MarketState.CONTINUOUS))
    (placed,) = decide(made, orders.place("c1"), NOW)
    take(made, placed)
    take(made, orders.said(orders.report(ExecType.NEW, OrdStatus.NEW)))
    given(made, Market("EURUSD", MarketState.NO_CANCEL), client_order_id="R2")
    assert isinstance(decide(made, orders.place("c2"), NOW)[0], OrderPlaced)
    (changed,) = decide(made, orders.change("r1", 2_000, "1.3850"), NOW)
    assert isinstance(changed, RequestRefused)
    assert changed.refusal is Refusal.MARKET_NOT_OPEN
    given(made, Market("EURUSD", MarketState.HALTED), client_order_id="R3")
    (refused,) = decide(made, orders.place("c2"), NOW)
    assert isinstance(refused, OrderRefused)
    assert refused.refusal is Refusal.MARKET_NOT_OPEN
    (canceled,) = decide(made, orders.cancel("x1"), NOW)
    assert not isinstance(canceled, RequestRefused)


def test_what_is_left_of_a_locate_is_the_same_after_a_restart() -> None:
    made = state(Limit(parse("firm"), Control.LOCATE, D(1), age_ms_max=60_000))
    given(made, Locate("L1", "EURUSD", D(1_000)))
    wanted = orders.terms(700, side=Side.SELL_SHORT, instructions=Instructions(locate_id="L1"))
    take(made, decide(made, orders.place("c1", wanted), NOW)[0])
    for known in (made, reloaded(made)):
        assert known.exposures.reference.locates.used("L1") == 700
        (refused,) = decide(known, orders.place("c2", replace(wanted, order_qty=D(400))), NOW)
        assert isinstance(refused, OrderRefused)
        text = "locate_id=L1 left=300 added=400 locate=1 scope=firm"
        assert (refused.refusal, refused.text) == (Refusal.NO_LOCATE, text)
        assert isinstance(decide(known, orders.place("c2", replace(wanted, order_qty=D(300))), NOW)[0], OrderPlaced)
