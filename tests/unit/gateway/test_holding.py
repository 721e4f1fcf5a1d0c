"""A session that is held: what passes, what waits, and who lets it go."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.codec.text import text
from gateway.effects import effects
from gateway.facts import Fact
from gateway.hold import Hold
from gateway.holding import HoldSession, ResumeLogons
from gateway.rules import decide, is_undecided
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
from oms.domain.acts import ActRefused, SessionReleased
from oms.domain.commands import DecideAgain, ReleaseSession
from oms.domain.events import CancelRequested, Event, OrderPlaced, OrderRefused, RequestDoubted, RequestNotSent, RequestRefused
from oms.domain.refusal import Refusal
from tests.support.orders import DATA, MS, SESSION, cancel, change, place, placed, receipt
from tests.unit.gateway.test_resets import happens
from tests.unit.gateway.test_rules import NEW, ORDER, ROOT, G, granted, ready, sent, told

HELD = SessionHeld(SESSION, "a storm", is_down=False)
DOWN = SessionHeld(SESSION, "a gap", is_down=True)
HALTED = SessionHalted(SESSION, "behind", is_kept=True, next_sender=20_000)
LOW = "MsgSeqNum too low, expecting 500 but received 7"


def release(principal: str = "ann", client_order_id: str = "r1", session: str = SESSION, **changes: Any) -> ReleaseSession:
    return ReleaseSession(
        **({"principal": principal, "client_order_id": client_order_id, "session": session, "reason": "ok"} | changes)
    )


def released(principal: str = "ann", client_order_id: str = "r1", **changes: Any) -> SessionReleased:
    given: dict[str, Any] = {"session": SESSION, "reason": "ok", "takes_numbers": False} | changes
    return SessionReleased(principal=principal, client_order_id=client_order_id, **given)


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
        assert halted == SessionHalted(SESSION, reason, is_kept=True, next_sender=500)

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

    def test_a_halt_stays_one_whatever_comes_after_its_first_release(self) -> None:
        made = happens(ready(HALTED), released(is_still_held=True, was_down=True), DOWN)
        assert hold(made) == Hold("a gap", is_down=True, is_halt=True)


class TestLine:
    @pytest.mark.parametrize("event", [DOWN, HALTED, LogonsPaused(SESSION, "failed", 5)])
    def test_what_is_held_down_is_logged_off(self, event: Event) -> None:
        (frame,) = frames(ready(), event)
        assert isinstance(frame, link.LogOff)
        assert frame.text == getattr(event, "reason", "") or isinstance(event, LogonsPaused)

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
        assert decide(made, release(), 0) == (released(),)
        assert hold(happens(made, released())) is None

    def test_a_halt_takes_two(self) -> None:
        made = ready(HALTED)
        (first,) = decide(made, release(takes_numbers=True), 0)
        assert first == released(takes_numbers=True, next_sender=20_000, was_down=True, is_still_held=True)
        happens(made, first)
        assert hold(made) == Hold("behind", is_down=False, is_halt=True, next_sender=20_000, released_by="ann")
        (same,) = decide(made, release(client_order_id="r2"), 0)
        assert isinstance(same, ActRefused)
        assert same.refusal is Refusal.SAME_PERSON
        (second,) = decide(made, release("bob", "r3"), 0)
        assert hold(happens(made, second)) is None

    def test_where_the_peers_numbers_are_right_ours_go_on_from_there(self) -> None:
        made = happens(ready(HALTED), released(takes_numbers=True, next_sender=20_000, was_down=True, is_still_held=True))
        log = link.SentLog("boot", 1, G, ())
        grant = decide(made, told(link.Hello(SESSION, "boot", 2, 3, log)), 0)[-1]
        assert grant == SessionGranted(SESSION, 1, 20_000, 1, 19_999 + link.BLOCK, trusted=False, pid=2)

    def test_where_the_peer_was_set_back_another_epoch_begins(self) -> None:
        made = ready(DOWN)
        freed, reset = decide(made, release(takes_numbers=True), 0)
        assert freed == released(takes_numbers=True, was_down=True)
        assert reset == SequencesReset(SESSION, 2, "released by ann: the peer's numbers are taken")
        happens(made, freed, reset)
        assert (made.sessions[SESSION].next_target, made.sessions[SESSION].session_epoch, hold(made)) == (1, 2, None)

    def test_else_it_tries_again_with_what_the_journal_has(self) -> None:
        assert decide(ready(DOWN), release(), 0) == (released(was_down=True),)

    @pytest.mark.parametrize(
        ("facts", "command", "refusal"),
        [
            ((), release(), Refusal.NOT_HELD),
            ((HELD,), release(session="NONE"), Refusal.UNKNOWN_SESSION),
            ((ORDER, HELD), release(principal=ORDER.principal, client_order_id="c1"), Refusal.DUPLICATE_CLIENT_ORDER_ID),
        ],
    )
    def test_what_cannot_be_released_is_refused(
        self, facts: tuple[Event, ...], command: ReleaseSession, refusal: Refusal
    ) -> None:
        (refused,) = decide(ready(*facts), command, 0)
        assert isinstance(refused, ActRefused)
        assert refused.refusal is refusal
