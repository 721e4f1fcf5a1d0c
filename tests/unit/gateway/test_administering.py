"""What a person asks of a session, as facts: what is taken, what is refused and why, and what numbers follow from it."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.administering import (
    AskedOfSession,
    DisableSession,
    EnableSession,
    LogOnSession,
    LogOutSession,
    ReleaseHalt,
    ResetNumbers,
    SetNumbers,
)
from gateway.batch import Batch
from gateway.effects import Outgoing, effects
from gateway.facts import Fact
from gateway.rules import FromLink, decide
from gateway.session_acts import (
    HaltLifted,
    HaltReleased,
    LogOnAsked,
    LogOutAsked,
    Numbers,
    NumbersSet,
    SessionAct,
    SessionDisabled,
    SessionEnabled,
)
from gateway.sessions import (
    EngineStarted,
    SessionClosed,
    SessionGranted,
    SessionHalted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionOpened,
    SessionReady,
)
from gateway.state import State
from oms.domain.acts import ActRefused
from oms.domain.events import Event, MessageSent, RequestDoubted
from oms.domain.refusal import Refusal
from oms.journal.record import Mark
from tests.support.orders import CELL, DATA, SESSION, placed

WHO, WHY, ROOT = "spiffe://fixgate/test/operator/night", "why", "FG00000001"
STARTED = EngineStarted("0", "x")
GRANTED = SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1)
GRANT = 2
ON, READY, OUT = SessionLoggedOn(SESSION), SessionReady(SESSION), SessionLoggedOut(SESSION, "gone")
SENT = MessageSent(ROOT, ROOT, SESSION, 1, 7, "D", "")
HALTED = SessionHalted(SESSION, "2026 the store lies", 30)


def state(*events: Event) -> State:
    made = State(CELL)
    for event in (STARTED, *events):
        made.apply(event, made.seq + 1, 0)
    return made


def asked(kind: type[AskedOfSession], session: str = SESSION, **changes: Any) -> Any:
    return kind(WHO, "id", session, WHY, **changes)


def told(kind: type[SessionAct], words: str, before: Numbers, after: Numbers | None = None, **changes: Any) -> SessionAct:
    return kind(SESSION, "id", WHO, f"{words} session={SESSION} reason={WHY}", WHY, before, after or before, **changes)


def refused(made: State, command: Any) -> tuple[Refusal, str]:
    (event,) = decide(made, command, 0)
    assert isinstance(event, ActRefused)
    assert (event.client_order_id, event.principal) == ("id", WHO)
    return event.refusal, event.text


DISABLED = told(SessionDisabled, "DisableSession", Numbers(1, 1, 1))
LOGGED_OFF = told(LogOutAsked, "LogOutSession", Numbers(1, 1, 1))
SHUT = (GRANTED, ON, READY, placed(), SENT, LOGGED_OFF, OUT)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        (LogOnSession, LogOnAsked),
        (LogOutSession, LogOutAsked),
        (EnableSession, SessionEnabled),
        (DisableSession, SessionDisabled),
    ],
)
def test_an_act_says_who_why_and_the_numbers(kind: type[AskedOfSession], fact: type[SessionAct]) -> None:
    made = state(GRANTED, ON, READY, placed(), SENT)
    assert decide(made, asked(kind), 0) == (told(fact, kind.__name__, Numbers(1, 8, 1)),)


@pytest.mark.parametrize(
    ("found", "command", "refusal"),
    [
        ((), asked(LogOutSession, "NONE"), Refusal.UNKNOWN_SESSION),
        ((DISABLED,), asked(LogOnSession), Refusal.DUPLICATE_CLIENT_ORDER_ID),
        ((replace(DISABLED, client_order_id="1"),), asked(LogOnSession), Refusal.SESSION_DISABLED),
        ((HALTED,), asked(LogOnSession), Refusal.SESSION_HALTED),
        ((SessionClosed(SESSION, None),), asked(LogOnSession), Refusal.SESSION_CLOSED),
        ((GRANTED, ON), asked(ResetNumbers), Refusal.SESSION_NOT_OUT),
        ((GRANTED,), asked(ResetNumbers), Refusal.SESSION_NOT_OUT),
        ((GRANTED, ON, replace(LOGGED_OFF, client_order_id="1")), asked(SetNumbers, next_sender=5), Refusal.SESSION_NOT_OUT),
        ((), asked(ResetNumbers, DATA), Refusal.NUMBERS_NOT_KEPT),
        ((), asked(ReleaseHalt), Refusal.SESSION_NOT_HALTED),
        ((HALTED, GRANTED), asked(ReleaseHalt), Refusal.SESSION_NOT_HALTED),
    ],
)
def test_what_is_refused(found: tuple[Event, ...], command: Any, refusal: Refusal) -> None:
    assert refused(state(*found), command)[0] is refusal


def test_a_refusal_says_what_to_do_first() -> None:
    assert refused(state(replace(DISABLED, client_order_id="1")), asked(LogOnSession))[1] == (
        "session=BROKER is disabled; enable it first"
    )
    assert refused(state(), asked(LogOutSession, "NONE"))[1] == "session=NONE; there are BROKER, BROKER-MD, VENUE"


class TestNumbers:
    @pytest.mark.parametrize(
        ("command", "words", "after"),
        [
            (asked(ResetNumbers), "", Numbers(2, 1, 1)),
            (asked(SetNumbers, next_sender=100), " next_sender=100", Numbers(2, 100, 1)),
            (asked(SetNumbers, next_target=50), " next_target=50", Numbers(2, 8, 50)),
            (asked(SetNumbers, next_sender=3, next_target=2), " next_sender=3 next_target=2", Numbers(2, 3, 2)),
        ],
    )
    def test_what_was_sent_is_in_doubt_and_another_epoch_begins(self, command: Any, words: str, after: Numbers) -> None:
        made = state(*[replace(e, client_order_id="1") if e is LOGGED_OFF else e for e in SHUT])
        doubted, numbers_set = decide(made, command, 0)
        assert doubted == RequestDoubted(ROOT, ROOT, "a person set the sequence numbers")
        assert isinstance(numbers_set, NumbersSet)
        asked_words = f"{type(command).__name__} session={SESSION} reason={WHY}{words}"
        assert numbers_set == NumbersSet(SESSION, "id", WHO, asked_words, WHY, Numbers(1, 8, 1), after, GRANT)
        for event in (doubted, numbers_set):
            made.apply(event, made.seq + 1, 0)
        assert made.sessions[SESSION].numbers == after

    @pytest.mark.parametrize("next_sender", [1, 100, 20_000])
    def test_the_next_worker_is_granted_what_was_set_whatever_its_store_and_log_say(self, next_sender: int) -> None:
        made, log = self.renumbered(next_sender), link.SentLog("boot", 1, GRANT, ())
        hello = link.Hello(SESSION, "boot", 9, 8, log)
        grant = decide(made, FromLink(SESSION, 0, hello), 0)[-1]
        assert grant == SessionGranted(SESSION, 2, next_sender, 5, next_sender - 1 + link.BLOCK, trusted=False, pid=9)

    def test_a_store_that_still_holds_the_old_numbers_does_not_halt_but_one_beyond_them_does(self) -> None:
        made = self.renumbered(1)
        for log in (None, link.SentLog("boot", 1, GRANT, ())):
            assert isinstance(
                decide(made, FromLink(SESSION, 0, link.Hello(SESSION, "boot", 9, 10_001, log)), 0)[-1], SessionGranted
            )
            halted = decide(made, FromLink(SESSION, 0, link.Hello(SESSION, "boot", 9, 10_002, log)), 0)[-1]
            assert isinstance(halted, SessionHalted)
        of_now = link.SentLog("boot", 2, GRANT, ())
        halted = decide(made, FromLink(SESSION, 0, link.Hello(SESSION, "boot", 9, 2, of_now)), 0)[-1]
        assert isinstance(halted, SessionHalted)

    def test_the_worker_of_the_old_numbers_ends_and_what_it_still_says_does_not_count(self) -> None:
        made = state(*SHUT)
        event = self.event(1)
        (out,) = effects(made, Fact(9, 0, event, made.apply(event, made.seq + 1, 0)))
        assert out == Outgoing(SESSION, GRANT, link.Stop())
        late = link.Sent(8, "", "", "0", b"raw")
        assert decide(made, FromLink(SESSION, GRANT, late), 0) == ()

    @pytest.mark.parametrize(("next_target", "marks"), [(1, []), (57, [Mark(SESSION, 2, None, 57)])])
    def test_the_journal_expects_the_first_number_of_the_epoch(self, next_target: int, marks: list[Mark]) -> None:
        batch = Batch()
        batch.begin(SESSION, 2, next_target)
        assert batch.marks() == marks

    def event(self, next_sender: int) -> NumbersSet:
        after = Numbers(2, next_sender, 5)
        return NumbersSet(SESSION, "n", WHO, "SetNumbers", WHY, Numbers(1, 8, 1), after, GRANT)

    def renumbered(self, next_sender: int) -> State:
        return state(*SHUT, self.event(next_sender))


class TestHalt:
    def test_a_worker_that_finds_itself_halted_gets_no_grant_and_the_journal_says_why(self) -> None:
        hello = link.Hello(SESSION, "boot", 9, 30, None, "2026 the store lies")
        assert decide(state(GRANTED), FromLink(SESSION, 0, hello), 0) == (HALTED,)

    def test_a_halt_lasts_when_somebody_takes_its_file_away(self) -> None:
        hello = link.Hello(SESSION, "boot", 9, 2, None)
        (event,) = decide(state(GRANTED, HALTED), FromLink(SESSION, 0, hello), 0)
        assert event == SessionHalted(SESSION, "2026 the store lies", 2)

    def test_its_release_makes_the_numbers_go_on_above_everything_that_was_used(self) -> None:
        made = state(GRANTED, replace(HALTED, next_sender=20_000))
        (released,) = decide(made, asked(ReleaseHalt), 0)
        after = Numbers(1, 20_000, 1)
        assert released == told(
            HaltReleased, "ReleaseHalt", Numbers(1, 1, 1), after, halt="2026 the store lies", is_still_held=True
        )
        made.apply(released, made.seq + 1, 0)
        log = link.SentLog("boot", 1, GRANT, (link.Logged(19_000, 1, ROOT, ROOT, "D", b""),))
        grant = decide(made, FromLink(SESSION, 0, link.Hello(SESSION, "boot", 9, 20_000, log)), 0)[-1]
        assert isinstance(grant, SessionGranted)
        assert (grant.next_sender, grant.trusted) == (20_000, False)

    def test_a_folder_of_another_journal_may_be_released(self) -> None:
        hello = link.Hello(SESSION, "boot", 9, 500, link.SentLog("boot", 1, 77, ()))
        made = state()
        (halted,) = decide(made, FromLink(SESSION, 0, hello), 0)
        made.apply(halted, made.seq + 1, 0)
        (released,) = decide(made, asked(ReleaseHalt), 0)
        made.apply(released, made.seq + 1, 0)
        grant = decide(made, FromLink(SESSION, 0, hello), 0)[-1]
        assert isinstance(grant, SessionGranted)
        assert (grant.next_sender, grant.trusted) == (500, False)

    def test_who_missed_the_release_hears_of_it_and_another_halt_is_another(self) -> None:
        released = told(HaltReleased, "ReleaseHalt", Numbers(1, 1, 1), halt="2026 the store lies")
        made = state(GRANTED, HALTED, released)
        hello = link.Hello(SESSION, "boot", 9, 30, None, "2026 the store lies")
        assert decide(made, FromLink(SESSION, 0, hello), 0) == (HaltLifted(SESSION),)
        (again,) = decide(made, FromLink(SESSION, 0, replace(hello, halted="2027 it lies again")), 0)
        assert again == SessionHalted(SESSION, "2027 it lies again", 30)

    def test_numbers_that_were_set_while_it_was_halted_stay(self) -> None:
        made = state(GRANTED, HALTED)
        *_, numbers_set = decide(made, asked(ResetNumbers), 0)
        made.apply(numbers_set, made.seq + 1, 0)
        (released,) = decide(made, replace(asked(ReleaseHalt), client_order_id="r"), 0)
        made.apply(released, made.seq + 1, 0)
        grant = decide(made, FromLink(SESSION, 0, link.Hello(SESSION, "boot", 9, 30, None)), 0)[-1]
        assert isinstance(grant, SessionGranted)
        assert (grant.session_epoch, grant.next_sender, grant.next_target) == (2, 1, 1)


class TestOpen:
    """A LogOut ends with another opening of the schedule, not with the same one found again after a restart."""

    @pytest.mark.parametrize(
        ("events", "is_open"),
        [
            ((SessionOpened(SESSION, 5), LOGGED_OFF), False),
            ((SessionOpened(SESSION, 5), LOGGED_OFF, STARTED, SessionOpened(SESSION, 5)), False),
            ((SessionOpened(SESSION, 5), LOGGED_OFF, SessionClosed(SESSION, 7), SessionOpened(SESSION, 9)), True),
            ((SessionOpened(SESSION, 5), LOGGED_OFF, STARTED, SessionOpened(SESSION, 9)), True),
            ((SessionOpened(SESSION, 5), DISABLED, SessionClosed(SESSION, 7), SessionOpened(SESSION, 9)), False),
            ((LOGGED_OFF, STARTED), False),
            ((LOGGED_OFF, DISABLED, told(SessionEnabled, "", Numbers(1, 1, 1))), False),
            ((DISABLED, told(SessionEnabled, "", Numbers(1, 1, 1))), True),
        ],
    )
    def test_what_was_asked_for_and_the_schedule_decide_together(self, events: tuple[Event, ...], is_open: bool) -> None:
        assert state(*events).sessions[SESSION].is_open is is_open

    @pytest.mark.parametrize("event", [LOGGED_OFF, DISABLED])
    def test_no_order_is_taken_from_then_on(self, event: Event) -> None:
        made = state(GRANTED, ON, READY)
        assert made.grant_if_ready(SESSION) == GRANT
        made.apply(event, made.seq + 1, 0)
        assert made.grant_if_ready(SESSION) == 0

    def test_the_worker_is_told_at_once_and_with_its_grant(self) -> None:
        made = state(GRANTED)
        (out,) = effects(made, Fact(3, 0, DISABLED, made.apply(DISABLED, 3, 0)))
        assert out == Outgoing(SESSION, GRANT, link.LogOff())
        again = made.apply(GRANTED, 4, 0)
        (out,) = effects(made, Fact(4, 0, GRANTED, again))
        assert out == Outgoing(SESSION, 4, link.Grant(4, 1, 1, 1, 10_000, is_open=False))
