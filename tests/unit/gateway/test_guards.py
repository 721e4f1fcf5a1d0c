"""What a peer says of numbers, in everybody's words."""

import pytest

from gateway.codec.text import text
from gateway.guards import TooLow, asks_ahead, too_low


def raw(msg_type: str, *body: tuple[int, str]) -> bytes:
    return text("FIX.4.4", msg_type, body).encode("latin-1")


@pytest.mark.parametrize(
    ("said", "expected", "received"),
    [
        ("MsgSeqNum too low, expecting 5000 but received 12", 5_000, 12),
        ("Sequence too low. Expected: 77 Received: 9", 77, 9),
        ("sequence number 3 lower than expected 10", 10, 0),
        ("Too low sequence number: expecting 8 got 3", 8, 3),
        ("MSG_SEQ_NUM is less than expected (99)", 99, 0),
        ("Received sequence number 4 < expected 9", 9, 4),
        ("Incoming MsgSeqNum(34) is too low", 0, 0),
        ("MsgSeqNum too low, expecting 12345678901234567890 but received 2", 0, 2),
        ("Invalid MsgSeqNum: expected 10, received 5", 10, 5),
        ("Sequence number mismatch. Expected=10 Received=5", 10, 5),
        ("Bad sequence number received, expected 10, got 5", 10, 5),
        ("Unexpected sequence number: received 5, next is 10", 10, 5),
        ("MsgSeqNum 5 already used", 0, 0),
        ("Duplicate MsgSeqNum 5", 0, 0),
    ],
)
def test_a_logout_that_finds_a_number_too_low_is_known_by_its_text(said: str, expected: int, received: int) -> None:
    assert too_low(raw("5", (34, "7"), (58, said))) == TooLow(expected, received, said)


def test_a_logout_that_finds_a_number_too_low_is_known_by_its_session_status() -> None:
    assert too_low(raw("5", (58, "no"), (1409, "9"))) == TooLow(0, 0, "no")


@pytest.mark.parametrize(
    "said",
    [
        "closed",
        "end of day",
        "MsgSeqNum too high",
        "MsgSeqNum too high, expected 5 but received 9",
        "expected 10 fills, received 5",
        "already logged on, sequence numbers are fine",
        "balance too low",
        "next sequence begins at 9",
        "",
    ],
)
def test_any_other_logout_says_nothing_of_numbers(said: str) -> None:
    assert too_low(raw("5", (58, said))) is None


@pytest.mark.parametrize(
    "said",
    [
        "Wrong sequence number, expected 10",
        "Unexpected sequence number 5, next expected 10",
        "Bad seq num: 5 (expecting 10)",
        "MsgSeqNum should be 10",
        "Sequence error, must be at least 10",
    ],
)
def test_a_number_that_is_expected_and_above_our_next_one_says_that_ours_is_too_low(said: str) -> None:
    message = raw("5", (58, said))
    assert too_low(message, 8) == TooLow(10, 0, said)
    assert too_low(message, 9) is None
    assert too_low(message) is None


@pytest.mark.parametrize("msg_type", ["3", "0", "8"])
def test_only_a_logout_ends_a_session_over_a_number(msg_type: str) -> None:
    assert too_low(raw(msg_type, (58, "MsgSeqNum too low, expecting 5 but received 1"))) is None


def test_what_is_shown_of_a_text_is_bounded_and_printable() -> None:
    told = too_low(raw("5", (58, "MsgSeqNum too low \x07" + "x" * 1_000)))
    assert told is not None
    assert (len(told.text), told.text.isprintable()) == (120, True)


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (raw("2", (7, "11"), (16, "0")), 11),
        (raw("2", (7, "10"), (16, "0")), 0),
        (raw("2", (7, "0010"), (16, "0")), 0),
        (raw("2", (7, "x"), (16, "0")), 0),
        (raw("A", (789, "12")), 12),
        (raw("A", (789, "11")), 0),
        (raw("A", (108, "30")), 0),
        (raw("0", (7, "11")), 0),
    ],
)
def test_a_question_for_a_number_that_we_never_used_is_seen(message: bytes, asked: int) -> None:
    """Ours went up to 10. A ResendRequest(2) asks for the next one that it lacks, a Logon(A) says which it expects."""
    assert asks_ahead(message, 10) == asked
