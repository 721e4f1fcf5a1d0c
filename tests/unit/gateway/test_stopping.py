"""A kill: latched first, then nothing passes, everything is canceled, and each worker says when nothing leaves any more."""

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.effects import Outgoing, effects
from gateway.facts import Fact
from gateway.rules import FromLink, LinkLost, decide, react
from gateway.sessions import EngineStarted, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from gateway.stopping import residue
from oms.domain.acts import ActRefused, MassCancelRequested
from oms.domain.commands import NoteDrill, ReleaseLatch, StopTrading
from oms.domain.events import CancelRequested, Event, OrderPlaced, OrderRefused, RequestRefused
from oms.domain.fields import ExecType, OrdStatus, Side
from oms.domain.latches import DrillNoted, HaltAnswered, Latched, LatchReleased, Mode, ReleaseAsked
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision
from tests.support import orders
from tests.support.orders import D

ALICE, BOB = "risk/alice", "risk/bob"
NOW = orders.SECOND
ROOT = "FG00000001"
UP = (
    SessionGranted(orders.SESSION, 1, 1, 1, 10_000, trusted=True, pid=1),
    SessionLoggedOn(orders.SESSION),
    SessionReady(orders.SESSION),
)
KILL = StopTrading(ALICE, "K1", "account=DESK1", Mode.HALTED, "a runaway", cancels=True)
UNSENT = orders.placed(ROOT, grant=1, decision=Decision("v1", worst_px=D("1.3850")))
WORKING = (UNSENT, orders.said(orders.report(ExecType.NEW, OrdStatus.NEW)))


def state(*events: Event) -> State:
    made = State(orders.CELL)
    for event in (*UP, *events):
        take(made, event)
    made.quotes["EURUSD"] = orders.QUOTE
    return made


def take(made: State, event: Event) -> int:
    made.apply(event, made.seq + 1, made.at_ns + 1)
    return made.seq


def then(made: State, *events: Event) -> State:
    for event in events:
        take(made, event)
    return made


def stopped(mode: Mode, *events: Event, scope: str = "account=DESK1") -> State:
    made = state(*events)
    return then(made, *decide(made, StopTrading(ALICE, "K1", scope, mode, "why", cancels=False), NOW))


def test_a_kill_is_latched_before_everything_open_in_its_scope_is_to_be_canceled() -> None:
    latched, canceling = decide(state(*WORKING), KILL, NOW)
    assert latched == Latched("K1", ALICE, "account=DESK1", Mode.HALTED, "a runaway", cancels=True, sessions=(orders.SESSION,))
    assert isinstance(canceling, MassCancelRequested)
    assert (canceling.root_ids, canceling.principal) == ((ROOT,), ALICE)


def test_each_order_is_asked_for_by_itself_where_the_venue_takes_no_mass_cancel() -> None:
    made = state(*WORKING)
    latched, canceling = decide(made, KILL, NOW)
    then(made, latched, canceling)
    (single,) = react(made, canceling)
    (event,) = decide(made, single, NOW)
    assert isinstance(event, CancelRequested)
    assert (event.root_id, event.principal) == (ROOT, ALICE)


@pytest.mark.parametrize("scope", ["firm", "account=DESK1", "symbol=EURUSD", f"session={orders.SESSION} currency=USD"])
def test_no_order_passes_within_the_scope(scope: str) -> None:
    (event,) = decide(stopped(Mode.HALTED, scope=scope), orders.place("c9"), NOW)
    assert isinstance(event, OrderRefused)
    assert event.refusal is Refusal.LATCHED
    assert event.text == f"latch=4 mode=HALTED closes=0 scope={scope.replace(' ', ',')} reason=why"


def test_no_replace_passes_and_every_cancel_does() -> None:
    made = stopped(Mode.HALTED, *WORKING)
    (event,) = decide(made, orders.change("r1"), NOW)
    assert isinstance(event, RequestRefused)
    assert event.refusal is Refusal.LATCHED
    (event,) = decide(made, orders.cancel(), NOW)
    assert isinstance(event, CancelRequested)


def test_beyond_the_scope_orders_pass() -> None:
    (event,) = decide(stopped(Mode.HALTED, scope="account=DESK2"), orders.place("c9"), NOW)
    assert isinstance(event, OrderPlaced)


def test_a_latch_holds_after_a_restart() -> None:
    """The state is a fold: the same facts give it again."""
    facts = decide(state(*WORKING), KILL, NOW)
    (event,) = decide(state(*WORKING, *facts), orders.place("c9"), NOW)
    assert isinstance(event, OrderRefused)


CANCELED = orders.said(orders.report(ExecType.CANCELED, OrdStatus.CANCELED))
HOLDING = (*WORKING, orders.said(orders.fill(600, cum_qty=D(600))), CANCELED)
"""600 bought, and nothing open."""


@pytest.mark.parametrize(
    ("mode", "side", "order_qty", "passes"),
    [
        (Mode.REDUCE_ONLY, Side.SELL, 500, True),
        (Mode.REDUCE_ONLY, Side.SELL, 600, True),
        (Mode.REDUCE_ONLY, Side.SELL, 700, False),
        (Mode.REDUCE_ONLY, Side.BUY, 100, False),
        (Mode.CLOSE_ONLY, Side.SELL, 600, True),
        (Mode.CLOSE_ONLY, Side.SELL, 500, False),
        (Mode.CLOSE_ONLY, Side.BUY, 600, False),
        (Mode.HALTED, Side.SELL, 600, False),
    ],
)
def test_a_way_out_is_open_as_far_as_the_mode_says(mode: Mode, side: Side, order_qty: int, passes: bool) -> None:
    (event,) = decide(stopped(mode, *HOLDING), orders.place("c9", orders.terms(order_qty, side=side)), NOW)
    assert isinstance(event, OrderPlaced if passes else OrderRefused)


def test_what_is_open_on_the_way_out_counts() -> None:
    made = stopped(Mode.REDUCE_ONLY, *HOLDING)
    then(made, *decide(made, orders.place("c8", orders.terms(400, side=Side.SELL)), NOW))
    (event,) = decide(made, orders.place("c9", orders.terms(300, side=Side.SELL)), NOW)
    assert isinstance(event, OrderRefused)


def halt(made: State) -> tuple[int, link.Halt]:
    """Kill, and return the latch's seq and what the session's worker is told."""
    latched, *_ = decide(made, KILL, NOW)
    seq = take(made, latched)
    (out,) = effects(made, Fact(seq, NOW, latched, None))
    assert isinstance(out, Outgoing)
    assert isinstance(out.frame, link.Halt)
    assert (out.session, out.grant) == (orders.SESSION, 1)
    return seq, out.frame


def test_the_worker_is_told_which_orders_not_to_send() -> None:
    made = state(UNSENT)
    seq, frame = halt(made)
    assert frame == link.Halt(seq, (ROOT,))


def test_the_latch_is_effective_when_the_worker_has_answered() -> None:
    made = state(UNSENT)
    seq, _ = halt(made)
    assert not made.exposures.latches.by_seq[seq].is_effective
    (answer,) = decide(made, FromLink(orders.SESSION, 1, link.Halted(seq, 17)), NOW)
    assert answer == HaltAnswered(orders.SESSION, seq, 17)
    then(made, answer)
    latch = made.exposures.latches.by_seq[seq]
    assert (latch.is_effective, latch.barriers) == (True, {orders.SESSION: 17})
    assert decide(made, FromLink(orders.SESSION, 1, link.Halted(seq, 18)), NOW) == ()


def test_a_worker_that_is_gone_has_answered_with_the_last_number_that_it_may_have_used() -> None:
    made = state(UNSENT)
    seq, _ = halt(made)
    *_, answer = decide(made, LinkLost(orders.SESSION, 1), NOW)
    assert answer == HaltAnswered(orders.SESSION, seq, 10_000)


def test_what_may_still_trade_is_the_residue() -> None:
    made = state(*WORKING)
    seq, _ = halt(made)
    assert residue(made, made.exposures.latches.by_seq[seq]) == [ROOT]
    then(made, CANCELED)
    assert residue(made, made.exposures.latches.by_seq[seq]) == []


class TestRelease:
    def test_it_takes_the_word_of_two_persons(self) -> None:
        made = stopped(Mode.HALTED)
        (asked,) = decide(made, ReleaseLatch(ALICE, "R1", 4, "over"), NOW)
        assert asked == ReleaseAsked("R1", ALICE, 4, "over")
        then(made, asked)
        (refused,) = decide(made, orders.place("c8"), NOW)
        assert isinstance(refused, OrderRefused)
        (released,) = decide(made, ReleaseLatch(BOB, "R2", 4, "over"), NOW)
        assert released == LatchReleased("R2", BOB, 4, "over", asked_by=ALICE)
        then(made, released)
        (placed,) = decide(made, orders.place("c9"), NOW)
        assert isinstance(placed, OrderPlaced)

    def test_the_same_person_s_word_counts_once(self) -> None:
        made = then(stopped(Mode.HALTED), ReleaseAsked("R1", ALICE, 4, "over"))
        (event,) = decide(made, ReleaseLatch(ALICE, "R2", 4, "over"), NOW)
        assert isinstance(event, ActRefused)
        assert event.refusal is Refusal.SAME_PERSON

    def test_of_a_latch_that_there_is_not(self) -> None:
        (event,) = decide(stopped(Mode.HALTED), ReleaseLatch(ALICE, "R1", 9, "over"), NOW)
        assert isinstance(event, ActRefused)
        assert event.refusal is Refusal.UNKNOWN_LATCH


LATCHED = Latched("K1", ALICE, "account=DESK1", Mode.HALTED, "stuck", cancels=True, sessions=(orders.SESSION,))
"""As the second path writes it: no mass cancel follows, and no worker was told."""
STARTED = EngineStarted("1", "x")


class TestAtAStart:
    def test_what_is_live_under_a_kill_is_canceled(self) -> None:
        made = state(*WORKING, LATCHED, STARTED)
        (command,) = react(made, STARTED)
        (canceling,) = decide(made, command, NOW)
        assert isinstance(canceling, MassCancelRequested)
        assert (canceling.root_ids, canceling.principal) == ((ROOT,), ALICE)
        then(made, canceling)
        assert decide(made, command, NOW) == ()  # It waits for its cancel.

    def test_what_was_asked_for_is_not_asked_for_again(self) -> None:
        made = state(*WORKING, LATCHED)
        then(made, *decide(made, orders.cancel(), NOW), STARTED)
        (command,) = react(made, STARTED)
        assert decide(made, command, NOW) == ()

    @pytest.mark.parametrize("latched", [replace(LATCHED, cancels=False), replace(LATCHED, scope="account=DESK2")])
    def test_nothing_else_is_canceled(self, latched: Latched) -> None:
        made = state(*WORKING, latched, STARTED)
        assert [decide(made, command, NOW) for command in react(made, STARTED)] in ([], [()])

    def test_a_kill_that_was_released_is_over(self) -> None:
        made = state(*WORKING, LATCHED, STARTED)
        commands = react(made, STARTED)
        then(made, ReleaseAsked("R1", ALICE, 6, "over"), LatchReleased("R2", BOB, 6, "over", asked_by=ALICE))
        assert [decide(made, command, NOW) for command in commands] == [()]

    def test_the_next_worker_answers_with_the_number_that_was_used_where_its_log_is_trusted(self) -> None:
        made = state(UNSENT, LATCHED, STARTED)
        log = link.SentLog("boot", 1, 1, (link.Logged(7, 4, ROOT, ROOT, "D", b"raw"),))
        *_, answer = decide(made, FromLink(orders.SESSION, 0, link.Hello(orders.SESSION, "boot", 2, 8, log)), NOW)
        assert answer == HaltAnswered(orders.SESSION, 5, 7)

    def test_and_with_the_last_that_was_reserved_where_it_is_not(self) -> None:
        made = state(UNSENT, LATCHED, STARTED)
        *_, answer = decide(made, FromLink(orders.SESSION, 0, link.Hello(orders.SESSION, "another boot", 2, 8, None)), NOW)
        assert answer == HaltAnswered(orders.SESSION, 5, 10_000)


class TestDrill:
    OUTCOME = NoteDrill(ALICE, "D1", 4, 10, 0, 900, 1_500, 2_000)

    def test_its_outcome_is_a_fact(self) -> None:
        made = state(replace(LATCHED, is_drill=True))
        (noted,) = decide(made, self.OUTCOME, NOW)
        assert noted == DrillNoted("D1", ALICE, 4, 10, 0, 900, 1_500, 2_000)

    @pytest.mark.parametrize("events", [(), (LATCHED,)])
    def test_only_of_a_drill_that_holds(self, events: tuple[Event, ...]) -> None:
        (refused,) = decide(state(*events), self.OUTCOME, NOW)
        assert isinstance(refused, ActRefused)
        assert refused.refusal is Refusal.UNKNOWN_LATCH

    def test_it_is_effective_when_the_last_worker_has_answered(self) -> None:
        made = state(replace(LATCHED, is_drill=True))
        made.apply(HaltAnswered(orders.SESSION, 4, 17), made.seq + 1, made.at_ns + 500)
        latch = made.exposures.latches.by_seq[4]
        assert (latch.is_drill, latch.effective_at_ns - latch.at_ns) == (True, 500)
