"""Who is silent for too long has its orders canceled, and stopped where it wanted so; no restart forgets it."""

import pytest
from msgspec.structs import replace

from gateway import image
from gateway.beats import Beats
from gateway.cell import SessionKind, SessionPlan
from gateway.dead_man import FireDeadMan, WatchClient
from gateway.rules import LinkLost, decide, react
from gateway.sessions import EngineStarted, SessionGranted, SessionLoggedOn, SessionLoggedOut, SessionReady
from gateway.state import State
from oms.domain.acts import ActRefused, MassCancelRequested
from oms.domain.commands import ArmDeadMan, DisarmDeadMan
from oms.domain.dead_man import DeadManArmed, DeadManDisarmed, DeadManFired, GraceBegan, GraceEnded, Silence
from oms.domain.events import CancelRequested, Event, OrderPlaced, OrderRefused
from oms.domain.fields import ExecType, OrdStatus, TimeInForce
from oms.domain.latches import Latched, Mode
from oms.domain.refusal import Refusal
from oms.family import OURSELVES
from tests.support import orders
from tests.support.orders import SECOND

CLIENT, FIX = "EXAMPLE", "fix:EXAMPLE"
AWAY = Silence(10_000)
PLAN = SessionPlan(CLIENT, SessionKind.CLIENTS, accounts=frozenset({"DESK1"}), on_loss=AWAY)
CELL = replace(orders.CELL, sessions=(*orders.CELL.sessions, PLAN))
UP = (
    SessionGranted(orders.SESSION, 1, 1, 1, 10_000, trusted=True, pid=1),
    SessionLoggedOn(orders.SESSION),
    SessionReady(orders.SESSION),
    SessionGranted(CLIENT, 1, 1, 1, 10_000, trusted=True, pid=2),
    SessionLoggedOn(CLIENT),
    SessionReady(CLIENT),
)
CLIENT_GRANT = 4
DAY, TILL = "FG00000001", "FG00000002"
OPEN = tuple(
    fact
    for root_id, named, until in ((DAY, "c1", TimeInForce.DAY), (TILL, "c2", TimeInForce.GOOD_TILL_CANCEL))
    for fact in (
        orders.placed(root_id, orders.terms(time_in_force=until), client_order_id=named, grant=1),
        orders.said(orders.report(ExecType.NEW, OrdStatus.NEW, root_id, exec_id=named, order_id=named), root_id),
    )
)
"""Two orders of one principal, one of them good till canceled."""
OF_CLIENT = tuple(replace(fact, principal=FIX) if isinstance(fact, OrderPlaced) else fact for fact in OPEN)


def state(*events: Event) -> State:
    made = State(CELL)
    made.quotes["EURUSD"] = orders.QUOTE
    return then(made, *UP, *events)


def then(made: State, *events: Event, at_ns: int = 0) -> State:
    for event in events:
        made.apply(event, made.seq + 1, max(made.at_ns, at_ns))
    return made


def armed(silence: Silence) -> DeadManArmed:
    return DeadManArmed("a1", orders.PRINCIPAL, silence)


def fired(made: State, principal: str = orders.PRINCIPAL, at_ns: int = 100 * SECOND) -> tuple[Event, ...]:
    return decide(made, FireDeadMan(principal, 5_000), at_ns)


class TestArmed:
    def test_it_is_a_fact_with_its_terms(self) -> None:
        made = state()
        (event,) = decide(made, ArmDeadMan(orders.PRINCIPAL, "a1", AWAY), 0)
        assert event == armed(AWAY)
        assert then(made, event).dead_men.by_principal[orders.PRINCIPAL].silence == AWAY

    def test_it_is_disarmed_by_its_own_word(self) -> None:
        made = state(armed(AWAY))
        (event,) = decide(made, DisarmDeadMan(orders.PRINCIPAL, "d1"), 0)
        assert event == DeadManDisarmed("d1", orders.PRINCIPAL)
        assert then(made, event).dead_men.by_principal == {}

    def test_where_none_is_armed_there_is_nothing_to_disarm(self) -> None:
        (event,) = decide(state(), DisarmDeadMan(orders.PRINCIPAL, "d1"), 0)
        assert isinstance(event, ActRefused)
        assert event.refusal is Refusal.NOT_ARMED

    @pytest.mark.parametrize(("leaves", "canceled"), [(False, (DAY, TILL)), (True, (DAY,))])
    def test_silence_cancels_what_the_principal_has_open(self, leaves: bool, canceled: tuple[str, ...]) -> None:
        made = state(armed(Silence(5_000, leaves)), *OPEN)
        said, swept = fired(made)
        assert said == DeadManFired(orders.PRINCIPAL, "", 5_000)
        assert isinstance(swept, MassCancelRequested)
        assert (swept.root_ids, swept.principal) == (canceled, OURSELVES)
        then(made, said, swept)
        assert made.dead_men.by_principal == {}
        assert fired(made) == ()
        cancels = [decide(made, command, 100 * SECOND) for command in react(made, swept)]
        assert [event.root_id for (event,) in cancels if isinstance(event, CancelRequested)] == list(canceled)

    def test_nobody_else_s_orders_are_meant(self) -> None:
        assert fired(state(armed(AWAY), *OF_CLIENT)) == (DeadManFired(orders.PRINCIPAL, "", 5_000),)

    def test_where_it_wanted_so_nothing_of_it_passes_any_more(self) -> None:
        made = state(armed(Silence(5_000, latches=True)))
        said, latched = fired(made)
        assert isinstance(latched, Latched)
        assert (latched.scope, latched.mode, latched.principal) == (f"trader={orders.PRINCIPAL}", Mode.HALTED, OURSELVES)
        then(made, said, latched)
        (event,) = decide(made, orders.place("c9"), 100 * SECOND)
        assert isinstance(event, OrderRefused)
        assert event.refusal is Refusal.LATCHED

    def test_armed_anew_at_the_last_moment_it_is_left_alone(self) -> None:
        assert fired(then(state(), armed(AWAY), at_ns=95 * SECOND)) == ()


class TestLost:
    def test_grace_begins_when_the_session_is_lost_and_ends_when_it_is_back(self) -> None:
        made = state(*OF_CLIENT)
        (lost,) = decide(made, LinkLost(CLIENT, CLIENT_GRANT), 0)
        then(made, lost)
        (watch,) = react(made, lost)
        assert watch == WatchClient(CLIENT)
        (began,) = decide(made, watch, 0)
        assert began == GraceBegan(CLIENT, FIX, AWAY)
        then(made, began)
        assert decide(made, watch, 0) == ()
        then(made, SessionLoggedOn(CLIENT), ready := SessionReady(CLIENT))
        assert WatchClient(CLIENT) in react(made, ready)
        (ended,) = decide(made, watch, 0)
        assert ended == GraceEnded(CLIENT, FIX)
        assert then(made, ended).dead_men.by_principal == {}

    def test_who_is_not_back_in_time_has_its_orders_canceled_once(self) -> None:
        made = then(state(*OF_CLIENT), SessionLoggedOut(CLIENT, "gone"), GraceBegan(CLIENT, FIX, AWAY))
        said, swept = fired(made, FIX)
        assert said == DeadManFired(FIX, CLIENT, 5_000)
        assert isinstance(swept, MassCancelRequested)
        assert swept.root_ids == (DAY, TILL)
        then(made, said, swept)
        assert fired(made, FIX) == ()
        assert decide(made, WatchClient(CLIENT), 0) == ()
        then(made, SessionLoggedOn(CLIENT), SessionReady(CLIENT))
        assert decide(made, WatchClient(CLIENT), 0) == (GraceEnded(CLIENT, FIX),)

    def test_nothing_is_watched_where_its_file_says_nothing(self) -> None:
        cell = replace(CELL, sessions=(*orders.CELL.sessions, replace(PLAN, on_loss=None)))
        made = then(State(cell), *UP, lost := SessionLoggedOut(CLIENT, "gone"))
        assert react(made, lost) == ()
        assert decide(made, WatchClient(CLIENT), 0) == ()

    def test_after_a_start_who_has_something_open_is_watched_until_it_is_there(self) -> None:
        made = then(state(*OF_CLIENT), started := EngineStarted("1", "x"))
        assert react(made, started) == (WatchClient(CLIENT),)
        assert decide(made, WatchClient(CLIENT), 0) == (GraceBegan(CLIENT, FIX, AWAY),)
        assert react(then(state(*OPEN), started), started) == ()


class TestRestart:
    @pytest.mark.parametrize("watched", [armed(AWAY), GraceBegan(CLIENT, FIX, AWAY)])
    def test_it_holds_and_begins_its_time_anew(self, watched: DeadManArmed | GraceBegan) -> None:
        made = then(state(watched), EngineStarted("1", "x"), at_ns=50 * SECOND)
        beats = Beats(made)
        assert list(beats.due(51 * SECOND)) == []
        assert list(beats.due(53 * SECOND)) == []
        for second in range(54, 61):
            assert list(beats.due(second * SECOND)) == []
        assert list(beats.due(61 * SECOND)) == [FireDeadMan(watched.principal, 10_000)]

    def test_it_is_in_a_snapshot(self) -> None:
        made = state(armed(AWAY), GraceBegan(CLIENT, FIX, AWAY))
        loaded = image.loaded(CELL, image.pieces(made))
        assert loaded.dead_men == made.dead_men
        assert image.state_hash(loaded) == image.state_hash(made)


class TestBeats:
    def test_who_is_heard_is_not_due(self) -> None:
        beats = Beats(then(state(), armed(Silence(2_000))))
        assert list(beats.due(0)) == []
        for second in range(1, 10):
            assert list(beats.due(second * SECOND)) == []
            assert beats.beat(orders.PRINCIPAL, second * SECOND) == 2_000
        assert list(beats.due(10 * SECOND)) == []
        assert list(beats.due(11 * SECOND)) == [FireDeadMan(orders.PRINCIPAL, 2_000)]

    def test_nobody_is_heard_who_is_not_watched_so(self) -> None:
        beats = Beats(state(GraceBegan(CLIENT, FIX, AWAY)))
        assert (beats.beat(orders.PRINCIPAL, 1), beats.beat(FIX, 1)) == (None, None)

    def test_where_we_could_hear_nobody_for_a_while_everybody_has_its_time_again(self) -> None:
        """The engine was stopped, and the beats wait in its sockets."""
        beats = Beats(then(state(), armed(Silence(2_000))))
        assert list(beats.due(SECOND)) == []
        assert list(beats.due(60 * SECOND)) == []
        assert list(beats.due(61 * SECOND)) == []
        assert list(beats.due(62 * SECOND)) == [FireDeadMan(orders.PRINCIPAL, 2_000)]
