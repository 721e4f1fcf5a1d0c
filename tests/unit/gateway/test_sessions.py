"""What is believed of a dead worker's log, which numbers its successor gets, and how a session's state unfolds."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway.granting import filled_in_log, granted, granted_anew, left_in_log, trusts
from gateway.link import BLOCK, Hello, Logged, SentLog
from gateway.sessions import (
    EVENTS,
    EVOLUTIONS,
    AdminSent,
    EngineStarted,
    GapFilled,
    Phase,
    SenderReserved,
    Session,
    SessionEvent,
    SessionGranted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
    evolve,
    heard,
)
from oms.domain.events import MessageSent
from tests.support.orders import SESSION, receipt

BUSY = Session(SESSION, Phase.READY, grant=7, was_ready=True, next_target=30, last_sender=19, reserved_to=BLOCK)
FRESH = Session(SESSION)


def logged(msg_seq_num: int, msg_type: str = "D") -> Logged:
    return Logged(msg_seq_num, 40, f"FG{msg_seq_num}", "FG1", msg_type, b"raw")


def hello(next_sender: int = 22, *entries: Logged, **changes: Any) -> Hello:
    """A worker in the boot, epoch and grant of BUSY."""
    log = replace(SentLog("boot", 1, 7, entries or (logged(20), logged(21))), **changes)
    return Hello(SESSION, "boot", 99, next_sender, log)


class TestTrust:
    def test_a_log_of_this_boot_epoch_and_grant_is_trusted(self) -> None:
        assert trusts(BUSY, hello())

    @pytest.mark.parametrize("changes", [{"boot_id": "other"}, {"session_epoch": 2}, {"grant": 6}])
    def test_one_difference_is_enough_to_distrust(self, changes: dict[str, Any]) -> None:
        assert not trusts(BUSY, hello(**changes))

    @pytest.mark.parametrize(("next_sender", "is_trusted"), [(19, False), (20, True), (BLOCK + 1, True), (BLOCK + 2, False)])
    def test_the_stores_number_lies_between_what_we_saw_and_what_we_reserved(self, next_sender: int, is_trusted: bool) -> None:
        assert trusts(BUSY, hello(next_sender, logged(20))) == is_trusted

    def test_a_log_of_an_older_start_is_trusted_where_no_business_was_possible_since(self) -> None:
        assert trusts(replace(BUSY, was_ready=False), hello(grant=6))

    @pytest.mark.parametrize(("session", "is_trusted"), [(FRESH, True), (BUSY, False), (replace(BUSY, was_ready=False), False)])
    def test_no_log_is_no_evidence_but_before_the_first_start(self, session: Session, is_trusted: bool) -> None:
        assert trusts(session, Hello(SESSION, "boot", 99, 1, None)) == is_trusted


class TestGrant:
    def test_the_first_start_begins_at_one(self) -> None:
        assert granted(FRESH, Hello(SESSION, "boot", 99, 1, None)) == SessionGranted(SESSION, 1, 1, 1, BLOCK, True, 99)

    def test_a_trusted_start_continues(self) -> None:
        assert granted(BUSY, hello()) == SessionGranted(SESSION, 1, 22, 30, BLOCK, True, 99)

    def test_an_untrusted_start_begins_above_all_that_was_ever_reserved(self) -> None:
        assert granted(BUSY, hello(grant=6)) == SessionGranted(SESSION, 1, BLOCK + 1, 30, 2 * BLOCK, False, 99)

    @pytest.mark.parametrize(("next_sender", "reserved_to"), [(BLOCK // 2, BLOCK), (BLOCK // 2 + 1, 2 * BLOCK)])
    def test_a_block_is_renewed_at_half(self, next_sender: int, reserved_to: int) -> None:
        assert granted(BUSY, hello(next_sender)).reserved_to == reserved_to

    def test_a_session_that_starts_anew_at_every_logon_reserves_nothing(self) -> None:
        assert granted_anew(BUSY, hello()) == SessionGranted(SESSION, 1, 1, 1, 0, True, 99)


class TestWhatTheLogHolds:
    def test_what_we_have_not_heard_of_was_sent(self) -> None:
        told = (logged(18), logged(19), logged(20), logged(21))
        assert left_in_log(BUSY, hello(22, *told)) == (logged(20), logged(21))

    def test_an_entry_that_the_store_never_counted_was_not_sent(self) -> None:
        assert left_in_log(BUSY, hello(21, logged(20), logged(21))) == (logged(20),)

    def test_a_gap_fill_is_no_message_of_ours_but_evidence_of_its_own(self) -> None:
        fill = logged(21, "4")
        assert left_in_log(BUSY, hello(22, logged(20), fill)) == (logged(20),)
        assert filled_in_log(hello(22, logged(20), fill)) == (fill,)


class TestLife:
    def test_a_grant_names_the_start_and_forgets_the_last_one(self) -> None:
        grant = SessionGranted(SESSION, 1, 22, 30, 2 * BLOCK, True, 99)
        after = evolve(replace(BUSY, heard_ahead=frozenset({40})), grant, 50)
        assert after == Session(SESSION, Phase.DOWN, 1, 50, False, 30, frozenset(), 21, 2 * BLOCK, "")

    def test_a_logon_asks_under_its_own_number(self) -> None:
        assert evolve(BUSY, SessionLoggedOn(SESSION), 51) == replace(BUSY, phase=Phase.LOGGED_ON, test_req_id="51")

    def test_ready_is_remembered_until_the_next_grant(self) -> None:
        asked = replace(BUSY, phase=Phase.LOGGED_ON, test_req_id="51", was_ready=False)
        assert evolve(asked, SessionReady(SESSION), 52) == BUSY
        assert evolve(BUSY, SessionLoggedOut(SESSION, "gone"), 53) == replace(BUSY, phase=Phase.DOWN)

    def test_numbers_rise_and_gap_fills_of_old_ones_lower_nothing(self) -> None:
        business = MessageSent("FG1", "FG1", SESSION, 1, 25, "D", "raw")
        assert evolve(BUSY, business, 50).last_sender == 25
        assert evolve(BUSY, AdminSent(SESSION, 1, 20, "0", "raw"), 50).last_sender == 20
        assert evolve(BUSY, AdminSent(SESSION, 1, 3, "4", "raw"), 50).last_sender == 19
        assert evolve(BUSY, GapFilled(SESSION, 3, 20), 50) == BUSY

    def test_more_numbers_may_be_used(self) -> None:
        assert evolve(BUSY, SenderReserved(SESSION, 3 * BLOCK), 50) == replace(BUSY, reserved_to=3 * BLOCK)

    def test_what_is_heard_ahead_counts_once_the_gap_is_closed(self) -> None:
        ahead = heard(heard(BUSY, receipt(SESSION, 32, 30)), receipt(SESSION, 35, 30))
        assert ahead == replace(BUSY, heard_ahead=frozenset({32, 35}))
        assert heard(ahead, receipt(SESSION, 31, 33)) == replace(BUSY, next_target=33, heard_ahead=frozenset({35}))

    def test_what_was_heard_ahead_on_another_connection_is_forgotten_with_the_next_logon(self) -> None:
        ahead = replace(BUSY, heard_ahead=frozenset({32, 35}))
        assert heard(ahead, replace(receipt(SESSION, 33, 30), msg_type="A")) == replace(BUSY, heard_ahead=frozenset({33}))
        assert heard(ahead, replace(receipt(SESSION, 30, 31), msg_type="A")) == replace(BUSY, next_target=31)

    def test_there_is_a_transition_for_every_fact_about_a_session(self) -> None:
        assert set(EVOLUTIONS) == {event for event in EVENTS if issubclass(event, SessionEvent)} | {MessageSent}


def test_facts_say_what_they_are_about() -> None:
    assert (EngineStarted("0", "hash").key, SessionLoggedOn(SESSION).key) == ("engine", SESSION)
