"""A session that is held: what passes, what waits, and who lets it go."""

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.administering import ReleaseHalt
from gateway.codec.text import text
from gateway.effects import effects
from gateway.facts import Fact
from gateway.hold import Hold
from gateway.holding import HoldSession, ResumeLogons
from gateway.rules import decide, is_undecided
from gateway.session_acts import HaltReleased, HoldReleased, Numbers
from gateway.sessions import (
    AdminSent,
    LogonsPaused,
    LogonsResumed,
    MessageReceived,
    SequencesReset,
    SessionGranted,
    SessionHalted,
    SessionHeld,
    SessionLoggedOut,
)
from gateway.state import State
from oms.domain.acts import ActRefused
from oms.domain.commands import DecideAgain
from oms.domain.events import CancelRequested, Event, OrderPlaced, OrderRefused, RequestDoubted, RequestNotSent, RequestRefused
from oms.domain.refusal import Refusal
from tests.support.orders import DATA, MS, SESSION, cancel, change, place, placed, receipt
from tests.unit.gateway.test_resets import happens
from tests.unit.gateway.test_rules import NEW, ORDER, ROOT, G, granted, ready, sent, told

HELD = SessionHeld(SESSION, "a storm", is_down=False)
DOWN = SessionHeld(SESSION, "a gap", is_down=True)
HALTED = SessionHalted(SESSION, "behind", grant=G, peer_expects=20_000)
LOW = "MsgSeqNum too low, expecting 500 but received 7"


def release(principal: str = "ann", own_id: str = "r1", session: str = SESSION, *, takes_numbers: bool = False) -> ReleaseHalt:
    return ReleaseHalt(principal, own_id, session, "ok", takes_numbers)


def once(made: State, command: ReleaseHalt) -> Event:
    """What the command causes and nothing else."""
    (event,) = decide(made, command, 0)
    return event


def goes_on(made: State, command: ReleaseHalt) -> State:
    """With what the command causes."""
    return happens(made, *decide(made, command, 0))


def logout(said: str, number: int = 1) -> bytes:
    return text("FIX.4.4", "5", [(34, str(number)), (58, said)]).encode()


def hold(made: State) -> Hold | None:
    return made.sessions[SESSION].hold


def frames(made: State, event: Event) -> list[link.FromEngine]:
    happens(made, event)
    return [out.frame for out in effects(made, Fact(made.seq, 0, event, None))]


class TestRequests:
    @pytest.mark.parametrize("facts", [(HELD,), (DOWN,), (HALTED,), (DOWN, SessionLoggedOut(SESSION, "closed"))])
    def test_new_orders_and_replaces_are_refused_with_the_reason(self, facts: tuple[Event, ...]) -> None:
        made = ready(ORDER, NEW, *facts)
        why = (Refusal.SESSION_HELD, f"session={SESSION} {facts[0].reason}")  # type: ignore[attr-defined]
        (order,) = decide(made, place("c2"), 0)
        assert isinstance(order, OrderRefused)
        assert (order.refusal, order.text) == why
        (replaced,) = decide(made, change(), 0)
        assert isinstance(replaced, RequestRefused)
        assert (replaced.refusal, replaced.text, replaced.root_id) == (*why, ROOT)

    def test_cancels_pass(self) -> None:
        (asked,) = decide(ready(ORDER, NEW, HELD), cancel(), 0)
        assert isinstance(asked, CancelRequested)

    def test_what_an_order_is_refused_for_anyway_is_told_first(self) -> None:
        (refused,) = decide(ready(ORDER, HELD), place("c1", accounts=frozenset()), 0)
        assert isinstance(refused, OrderRefused)
        assert refused.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID

    def test_other_sessions_are_not_held(self) -> None:
        (placed_there,) = decide(happens(ready(), replace(HELD, session=DATA)), place(), 0)
        assert isinstance(placed_there, OrderPlaced)

    def test_a_request_that_never_left_waits_until_it_is_too_old(self) -> None:
        made = ready(placed(grant=0), HELD)
        again = DecideAgain(ROOT, ROOT)
        assert decide(made, again, 1_000 * MS) == ()
        assert is_undecided(made, again)
        (given_up,) = decide(made, again, 6_000 * MS)
        assert isinstance(given_up, RequestNotSent)


class TestNumbers:
    def test_a_peer_that_finds_ours_too_low_halts_the_session_and_puts_what_it_did_not_answer_in_doubt(self) -> None:
        made = ready(ORDER, sent(7))
        received, doubted, halted = decide(made, told(link.Received(logout(LOW))), 0)
        assert isinstance(received, MessageReceived)
        reason = f"the peer says that our MsgSeqNum is too low: it expects 500, and ours was 7 ({LOW!r})"
        assert doubted == RequestDoubted(ROOT, ROOT, reason)
        assert halted == SessionHalted(SESSION, reason, grant=G, peer_expects=500)

    def test_it_is_heard_under_a_number_that_we_had_already(self) -> None:
        made = happens(ready(), MessageReceived(receipt(SESSION, 9, 10, "0", "")))
        (halted,) = decide(made, told(link.Received(logout(LOW, 3))), 0)
        assert isinstance(halted, SessionHalted)

    def test_our_own_logout_over_the_peers_number_holds_the_session_down(self) -> None:
        made = ready(ORDER, sent(7))
        told_so, doubted, held = decide(made, told(link.Sent(8, "", "", "5", logout(LOW, 8))), 0)
        reason = "the peer's MsgSeqNum is too low: we expect 500, and it was 7"
        assert isinstance(told_so, AdminSent)
        assert (doubted, held) == (RequestDoubted(ROOT, ROOT, reason), SessionHeld(SESSION, reason, is_down=True))

    def test_a_session_of_prices_begins_anew_and_cannot_be_behind(self) -> None:
        made = happens(ready(), granted(DATA))
        assert decide(made, told(link.Received(logout(LOW)), made.seq, DATA), 0)[1:] == ()

    def test_the_first_reason_stays_and_only_a_graver_one_takes_its_place(self) -> None:
        for facts, command, expected in (
            ((HELD,), HoldSession(SESSION, "again", is_down=False), ()),
            ((HELD,), HoldSession(SESSION, "worse", is_down=True), (SessionHeld(SESSION, "worse", is_down=True),)),
            ((HALTED,), HoldSession(SESSION, "worse", is_down=True), ()),
        ):
            assert decide(ready(*facts), command, 0) == expected

    def test_a_second_person_has_to_come_whatever_follows_the_first_release(self) -> None:
        made = happens(goes_on(ready(HALTED), release()), DOWN)
        assert hold(made) == Hold("a gap", is_down=True, released_by="ann")
        goes_on(made, release("bob", "r2"))
        assert hold(made) == Hold("a gap", is_down=False, released_by="bob")


class TestLine:
    @pytest.mark.parametrize("event", [DOWN, HALTED, LogonsPaused(SESSION, "failed", 5)])
    def test_what_is_held_down_is_logged_off(self, event: Event) -> None:
        (frame,) = frames(ready(), event)
        assert isinstance(frame, link.LogOff)
        assert frame.text == ("closed" if isinstance(event, LogonsPaused) else event.reason)  # type: ignore[attr-defined]

    def test_what_only_keeps_orders_back_stays_logged_on(self) -> None:
        assert frames(ready(), HELD) == [link.LogOn()]

    def test_a_worker_that_comes_while_it_is_held_down_waits(self) -> None:
        made = ready(DOWN)
        (grant,) = frames(made, granted())
        assert isinstance(grant, link.Grant)
        assert not grant.is_open

    def test_a_pause_ends_when_its_time_has_come(self) -> None:
        made = ready(LogonsPaused(SESSION, "failed", 5))
        assert decide(made, ResumeLogons(SESSION), 4) == ()
        assert decide(made, ResumeLogons(SESSION), 5) == (LogonsResumed(SESSION),)
        assert frames(made, LogonsResumed(SESSION)) == [link.LogOn()]
        assert decide(made, ResumeLogons(SESSION), 6) == ()


class TestRelease:
    def test_one_person_lets_go_of_a_hold(self) -> None:
        made = ready(HELD)
        released = once(made, release())
        assert isinstance(released, HoldReleased)
        assert (released.hold, released.was_down, released.is_still_held) == ("a storm", False, False)
        assert (released.before, released.after) == (made.sessions[SESSION].numbers, made.sessions[SESSION].numbers)
        assert hold(happens(made, released)) is None

    def test_a_halt_takes_two(self) -> None:
        made = ready(HALTED)
        logged_out, first = decide(made, release(), 0)
        assert logged_out == SessionLoggedOut(SESSION, "released by a person")
        assert isinstance(first, HaltReleased)
        assert first.is_still_held
        happens(made, logged_out, first)
        assert hold(made) == Hold("behind", is_down=False, released_by="ann")
        assert (made.sessions[SESSION].halted, made.sessions[SESSION].is_open) == ("", True)
        same = once(made, release(own_id="r2"))
        assert isinstance(same, ActRefused)
        assert same.refusal is Refusal.SAME_PERSON
        assert hold(goes_on(made, release("bob", "r3"))) is None

    @pytest.mark.parametrize(("takes_numbers", "next_sender"), [(True, 20_000), (False, link.BLOCK + 1)])
    def test_ours_go_on_above_all_that_was_used_and_the_peers_word_counts_if_it_is_taken(
        self, takes_numbers: bool, next_sender: int
    ) -> None:
        made = ready(HALTED)
        released = decide(made, release(takes_numbers=takes_numbers), 0)[-1]
        assert isinstance(released, HaltReleased)
        assert released.after == Numbers(1, next_sender, made.sessions[SESSION].next_target)
        log = link.SentLog("boot", 1, G, ())
        grant = decide(happens(made, released), told(link.Hello(SESSION, "boot", 2, 3, log)), 0)[-1]
        assert grant == SessionGranted(SESSION, 1, next_sender, 1, next_sender - 1 + link.BLOCK, trusted=False, pid=2)

    def test_what_the_peer_knows_of_our_cl_ord_ids_is_never_given_out_again(self) -> None:
        made = goes_on(ready(replace(HALTED, cl_ord_ids=7)), release())
        assert made.book.cl_ord_ids_minted == 10_007

    def test_where_the_peer_was_set_back_another_epoch_begins(self) -> None:
        made = ready(DOWN)
        _, freed, reset = decide(made, release(takes_numbers=True), 0)
        assert isinstance(freed, HoldReleased)
        assert (freed.was_down, freed.after.session_epoch, freed.after.next_target) == (True, 2, 1)
        assert reset == SequencesReset(SESSION, 2, "released by ann: the peer's numbers are taken")
        happens(made, freed, reset)
        assert (made.sessions[SESSION].numbers, hold(made)) == (freed.after, None)

    def test_else_it_tries_again_with_what_the_journal_has(self) -> None:
        made = ready(DOWN)
        before = made.sessions[SESSION].numbers
        goes_on(made, release())
        assert (made.sessions[SESSION].numbers, made.sessions[SESSION].is_open, hold(made)) == (before, True, None)

    @pytest.mark.parametrize(
        ("facts", "command", "refusal"),
        [
            ((), release(), Refusal.SESSION_NOT_HALTED),
            ((HELD,), release(session="NONE"), Refusal.UNKNOWN_SESSION),
            ((ORDER, HELD), release(ORDER.principal, "c1"), Refusal.DUPLICATE_CLIENT_ORDER_ID),
        ],
    )
    def test_what_cannot_be_released_is_refused(self, facts: tuple[Event, ...], command: ReleaseHalt, refusal: Refusal) -> None:
        refused = once(ready(*facts), command)
        assert isinstance(refused, ActRefused)
        assert refused.refusal is refusal
