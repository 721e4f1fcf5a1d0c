"""What a received message causes: each number counts once, nothing is jumped over, nothing a peer sends raises but a Hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway import link
from gateway.codec import reading
from gateway.codec.text import text
from gateway.codec.version import FIX_42
from gateway.inbound import Hole, Read, read_ahead, received
from gateway.sessions import MessageReceived, Phase, Session, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms.domain.events import Event, ExecutionReported, ReportQuarantined
from tests.support.orders import CELL, SESSION, fill, placed, receipt, said

READY = Session(SESSION, Phase.READY, grant=7, next_target=30)
ASKED = replace(READY, phase=Phase.LOGGED_ON, test_req_id="51")
FILL = [(11, "FG00000001"), (37, "V1"), (17, "E1"), (150, "F"), (39, "1"), (32, "100"), (31, "1.3850")]


def raw(number: int | str, msg_type: str = "0", *body: tuple[int, str]) -> bytes:
    return text("FIX.4.4", msg_type, [(34, str(number)), *body]).encode("latin-1")


def record(message: bytes, number: int, next_target: int, msg_type: str = "0") -> MessageReceived:
    return MessageReceived(receipt(SESSION, number, next_target, msg_type, message.decode("latin-1")))


def causes(message: bytes, session: Session = READY) -> tuple[Event, ...]:
    state = State(CELL)
    state.apply(placed(), 1, 1)
    return received(state, session, link.Received(message))


def test_the_expected_number_counts() -> None:
    assert causes(raw(30)) == (record(raw(30), 30, 31),)


def test_a_report_and_its_number_are_one_record() -> None:
    message = raw(30, "8", *FILL)
    told = said(fill(100))
    assert causes(message) == (replace(told, receipt=record(message, 30, 31, "8").receipt),)


def test_a_report_is_read_in_the_version_of_its_session() -> None:
    plans = tuple(replace(plan, version=FIX_42) for plan in CELL.sessions)
    state = State(replace(CELL, sessions=plans))
    state.apply(placed(), 1, 1)
    partial_fill = [(150, "1") if tag == 150 else (tag, value) for tag, value in FILL]
    booked, *_ = received(state, READY, link.Received(raw(30, "8", (20, "0"), *partial_fill)))
    assert isinstance(booked, ExecutionReported)
    assert booked.report == fill(100)


def test_what_was_read_ahead_causes_what_it_would_have_caused() -> None:
    messages = (raw(30, "8", *FILL), raw(30), raw(30, "8", (150, "?")), raw(30, "3", (45, "7")), raw("x"), b"garbled")
    frames: list[link.FromWorker] = [link.LoggedOn(), *map(link.Received, messages)]
    said, *read = read_ahead(CELL.sessions[0], frames)
    assert said == link.LoggedOn()
    state = State(CELL)
    state.apply(placed(), 1, 1)
    assert [type(frame) for frame in read] == [Read] * len(messages)
    assert [received(state, READY, frame) for frame in read if isinstance(frame, Read)] == [causes(m) for m in messages]


def test_what_breaks_the_reader_is_left_to_break_it_when_its_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(reading, "report", broken)
    frames = (link.Received(raw(30)), link.Received(raw(31, "8", *FILL)))
    assert read_ahead(CELL.sessions[0], frames) == frames
    with pytest.raises(RuntimeError, match="a bug"):
        causes(raw(31, "8", *FILL))


@pytest.mark.parametrize("msg_type", ["0", "8", "A", "2", "4"])
def test_a_lower_number_is_a_repetition(msg_type: str) -> None:
    assert causes(raw(29, msg_type, *FILL, (36, "30"), (43, "Y"))) == ()


@pytest.mark.parametrize("msg_type", ["8", "9", "j", "W", "0", "1", ""])
def test_a_hole_is_never_jumped(msg_type: str) -> None:
    with pytest.raises(Hole, match=f"{SESSION}: MsgSeqNum 31 where 30 was expected"):
        causes(raw(31, msg_type, *FILL))


@pytest.mark.parametrize("msg_type", ["A", "2", "3", "5"])
def test_a_session_message_above_the_gap_is_recorded_and_does_not_count_yet(msg_type: str) -> None:
    message = raw(33, msg_type, (45, "9"))
    assert causes(message)[0] == record(message, 33, 30, msg_type)


def test_a_gap_fill_counts_to_its_new_number() -> None:
    message = raw(30, "4", (123, "Y"), (36, "40"))
    assert causes(message) == (record(message, 30, 40, "4"),)


def test_a_gap_fill_from_below_counts_as_far_as_it_reaches() -> None:
    message = raw(28, "4", (123, "Y"), (36, "35"))
    assert causes(message) == (record(message, 28, 35, "4"),)


def test_a_gap_fill_to_nowhere_does_not_count() -> None:
    assert causes(raw(30, "4", (123, "Y"), (36, "3"))) == (record(raw(30, "4", (123, "Y"), (36, "3")), 30, 30, "4"),)


def test_an_answer_that_the_peer_may_have_filled_over_is_asked_for_again() -> None:
    waiting = replace(READY, phase=Phase.LOGGED_ON, test_req_id="7")
    filled = raw(30, "4", (36, "33"), (123, "Y"))
    assert causes(filled, waiting) == (record(filled, 30, 33, "4"), SessionLoggedOn(SESSION))
    heard = replace(waiting, heard_ahead=frozenset({30, 31, 32}))
    assert causes(filled, heard) == (record(filled, 30, 33, "4"),)
    assert causes(filled) == (record(filled, 30, 33, "4"),)


def test_what_was_heard_ahead_counts_when_the_gap_is_closed() -> None:
    assert causes(raw(30), replace(READY, heard_ahead=frozenset({31, 32, 34}))) == (record(raw(30), 30, 33),)


def test_only_the_answer_that_was_asked_for_makes_ready() -> None:
    def heartbeat(*body: tuple[int, str]) -> bytes:
        return raw(30, "0", *body)

    assert causes(heartbeat((112, "51")), ASKED) == (record(heartbeat((112, "51")), 30, 31), SessionReady(SESSION))
    for other in (heartbeat((112, "50")), heartbeat((112, "")), heartbeat()):
        assert causes(other, ASKED) == (record(other, 30, 31),)
    for phase in (Phase.DOWN, Phase.READY):
        assert len(causes(heartbeat((112, "51")), replace(ASKED, phase=phase))) == 1


def test_an_answer_above_a_gap_proves_nothing() -> None:
    with pytest.raises(Hole):
        causes(raw(31, "0", (112, "51")), ASKED)


def test_an_unreadable_message_counts_and_is_set_aside() -> None:
    message = raw(30, "8", *FILL) + b"355=half\x01of it\x01"
    why = "unreadable message: field 'of it' is not tag=value"
    assert causes(message) == (record(message, 30, 31, "8"), ReportQuarantined(SESSION, why, is_suspended=True))


@pytest.mark.parametrize("number", ["", "x", "1" * 5_000, "1" * 19, "-3"])
def test_a_message_without_a_number_is_set_aside(number: str) -> None:
    why = f"unreadable message: tag 34 is {number[:20]!r}, no number of a message"
    assert causes(raw(number)) == (ReportQuarantined(SESSION, why, is_suspended=True),)


def test_an_unreadable_report_is_set_aside_after_its_record() -> None:
    message = raw(30, "8", *[one for one in FILL if one[0] != 17])
    assert causes(message) == (
        record(message, 30, 31, "8"),
        ReportQuarantined(SESSION, "8: tag 17 is missing", is_suspended=True),
    )


headers = st.tuples(st.sampled_from(["0", "1", "2", "3", "4", "5", "8", "9", "A", "j", "?"]), st.integers(0, 40))
tags = st.sampled_from([11, 14, 17, 31, 32, 36, 37, 39, 41, 43, 45, 58, 102, 112, 123, 150, 151])
bodies = st.lists(
    st.tuples(tags, st.text(st.characters(max_codepoint=255), max_size=24) | st.from_regex(r"[0-9]{1,24}", fullmatch=True))
)


@given(headers, bodies)
def test_no_message_raises_but_a_hole(header: tuple[str, int], body: list[tuple[int, str]]) -> None:
    try:
        events = causes(raw(header[1], header[0], *body))
    except Hole:
        return
    assert all(isinstance(event, Event) for event in events)


@given(st.binary(max_size=200))
def test_no_bytes_raise(message: bytes) -> None:
    assert len(causes(message)) <= 2


class TestAcrossMessages:
    """What one message leaves behind for the next."""

    def expecting(self, next_target: int) -> State:
        state = State(CELL)
        state.apply(SessionGranted(SESSION, 1, 1, next_target, 10_000, trusted=True, pid=1), 1, 1)
        return state

    def hear(self, state: State, msg_type: str, number: int, *body: tuple[int, str]) -> int:
        """Take one message in; returns the number that is expected next."""
        for event in received(state, state.sessions[SESSION], link.Received(raw(number, msg_type, *body))):
            state.apply(event, state.seq + 1, state.at_ns + 1)
        return state.sessions[SESSION].next_target

    def test_a_logon_above_a_gap_counts_when_the_gap_is_closed(self) -> None:
        """QuickFIX keeps it and counts it without a callback: the peer's gap-fill over it is dropped as a repetition."""
        state = self.expecting(117)
        assert self.hear(state, "A", 120) == 117
        assert self.hear(state, "4", 117, (43, "Y"), (123, "Y"), (36, "119")) == 119
        assert self.hear(state, "8", 119, *FILL) == 121
        assert self.hear(state, "8", 121, *FILL) == 122

    def test_what_was_heard_ahead_is_forgotten_with_its_connection(self) -> None:
        """QuickFIX forgets it when the connection ends, and a venue that began anew uses the numbers again."""
        state = self.expecting(117)
        self.hear(state, "A", 118)
        assert self.hear(state, "A", 117) == 118
        assert self.hear(state, "8", 118, *FILL) == 119

    def test_what_was_heard_ahead_is_forgotten_with_its_grant(self) -> None:
        """The next worker asks from the number that counts, and hears of the rest again."""
        state = self.expecting(117)
        self.hear(state, "A", 120)
        state.apply(SessionGranted(SESSION, 1, 1, 117, 10_000, trusted=True, pid=2), 3, state.at_ns)
        assert self.hear(state, "4", 117, (43, "Y"), (123, "Y"), (36, "120")) == 120
