"""Reports and prices out of text: every field is checked before it is believed, and nothing a peer sends raises."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.codec import reading
from gateway.codec.message import from_fields
from gateway.codec.reading import Malformed, TopOfBook
from gateway.codec.text import Garbled, fields
from oms.domain.events import ChainEvent
from oms.domain.fields import CxlRejReason, CxlRejResponseTo, ExecType, OrdStatus
from oms.domain.numbers import CONTEXT
from oms.domain.order import evolve
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport, MessageReject, Report, Unreadable
from tests.support.orders import D, placed, said

FILL = {
    11: "FG1", 41: "FG0", 37: "V1", 17: "E1", 150: "F", 39: "1", 32: "300", 31: "1.38505", 14: "300", 151: "700.000", 58: "done",
}  # fmt: skip
LARGEST = "9" * 18 + "." + "9" * 12


def report(msg_type: str, body: dict[int, str]) -> Report | None:
    return reading.report(from_fields([(35, msg_type), *body.items()]))


def without(*tags: int) -> dict[int, str]:
    return {tag: value for tag, value in FILL.items() if tag not in tags}


def test_an_execution_report_is_read_to_the_last_digit() -> None:
    assert report("8", FILL) == ExecutionReport(
        "FG1", "E1", ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, "V1", "FG0", D(300), D("1.38505"), D(300), D(700), "done"
    )


def test_what_is_absent_is_empty() -> None:
    told = {17: "E1", 150: "0", 39: "0"}
    assert report("8", told) == ExecutionReport("", "E1", ExecType.NEW, OrdStatus.NEW)


def test_a_status_needs_no_exec_id() -> None:
    assert report("8", {150: "I", 39: "0"}) == ExecutionReport("", "", ExecType.ORDER_STATUS, OrdStatus.NEW)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (without(17), "tag 17 is missing"),
        (without(150), "tag 150 is '', no code of ExecType"),
        (FILL | {150: "Z"}, "tag 150 is 'Z', no code of ExecType"),
        (FILL | {39: "?"}, "tag 39 is '?', no code of OrdStatus"),
        (FILL | {17: "E\x00"}, r"tag 17 is 'E\x00', not up to 64 printable ASCII characters"),
        (FILL | {37: "é"}, "tag 37 is 'é', not up to 64 printable ASCII characters"),
        (FILL | {11: "A" * 65}, f"tag 11 is {'A' * 40!r}, not up to 64 printable ASCII characters"),
        (FILL | {17: "E" * 100_000}, f"tag 17 is {'E' * 40!r}, not up to 64 printable ASCII characters"),
        (FILL | {17: " E"}, "tag 17 is ' E', not up to 64 printable ASCII characters"),
        (FILL | {32: "-1"}, "tag 32 is -1: a quantity is never negative"),
        (FILL | {14: "-0.5"}, "tag 14 is -0.5: a quantity is never negative"),
        (FILL | {31: "1e5"}, "tag 31 is '1e5', not a number"),
        (FILL | {31: "NaN"}, "tag 31 is 'NaN', not a number"),
        (FILL | {31: "Infinity"}, "tag 31 is 'Infinity', not a number"),
        (FILL | {31: "٣"}, "tag 31 is '٣', not a number"),
        (FILL | {32: "1" * 19}, f"tag 32 is {'1' * 19!r}, not a number"),
        (FILL | {32: "1" * 100_000}, f"tag 32 is {'1' * 40!r}, not a number"),
        (FILL | {32: "0." + "1" * 13}, f"tag 32 is '0.{'1' * 13}', not a number"),
        (FILL | {32: ""}, "tag 32 is '', not a number"),
        (FILL | {14: ""}, "tag 14 is '', not a number"),
        (FILL | {32: "0"}, "a trade needs LastQty(32) above zero and LastPx(31)"),
        (without(32), "a trade needs LastQty(32) above zero and LastPx(31)"),
        (without(31), "a trade needs LastQty(32) above zero and LastPx(31)"),
    ],
)
def test_a_bad_field_makes_the_report_unreadable_and_is_named(message: dict[int, str], why: str) -> None:
    assert report("8", message) == Unreadable(f"8: {why}")


@pytest.mark.parametrize("tag", [38, 44, 6, 424, 425])
def test_a_trade_is_read_whatever_it_repeats_of_its_order(tag: int) -> None:
    assert report("8", FILL | {tag: "n/a"}) == report("8", FILL)
    busted = FILL | {150: "H", 19: "E0"}
    assert report("8", busted | {tag: "n/a"}) == report("8", busted)
    assert report("8", FILL | {150: "D", tag: "n/a"}) == Unreadable(f"8: tag {tag} is 'n/a', not a number")


def test_a_spread_may_trade_below_zero() -> None:
    told = report("8", FILL | {31: "-0.25"})
    assert isinstance(told, ExecutionReport)
    assert told.last_px == D("-0.25")


def test_a_long_text_is_cut() -> None:
    told = report("8", FILL | {58: "x" * 100_000})
    assert isinstance(told, ExecutionReport)
    assert told.text == "x" * reading.TEXT_CHARS_MAX


def test_a_cancel_reject_is_read() -> None:
    told = {11: "FG2", 41: "FG1", 39: "4", 102: "0", 37: "V1", 58: "late"}
    expected = CancelReject("FG2", "FG1", OrdStatus.CANCELED, CxlRejReason.TOO_LATE_TO_CANCEL, "V1", "late")
    assert report("9", told) == expected
    assert report("9", {11: "FG2", 39: "8"}) == CancelReject("FG2", "", OrdStatus.REJECTED)


@pytest.mark.parametrize("bad", [{39: "4"}, {11: "FG2"}, {11: "FG2", 39: "4", 102: "77"}, {11: "FG2", 39: "4", 102: ""}])
def test_a_bad_cancel_reject_is_unreadable(bad: dict[int, str]) -> None:
    assert isinstance(report("9", bad), Unreadable)


def test_a_cancel_reject_may_say_what_it_answers() -> None:
    told = {11: "FG2", 39: "0", 434: "2", 102: "18"}
    expected = CancelReject("FG2", "", OrdStatus.NEW, CxlRejReason.INVALID_PRICE_INCREMENT)
    assert report("9", told) == replace(expected, cxl_rej_response_to=CxlRejResponseTo.ORDER_CANCEL_REPLACE_REQUEST)
    assert report("9", told | {434: "7"}) == expected


def test_a_mass_cancel_report_is_read() -> None:
    told = {11: "FG9", 530: "7", 531: "7", 533: "12", 58: "done"}
    assert report("r", told) == MassCancelReport("FG9", "7", "7", "", 12, "done")
    assert report("r", {530: "1", 531: "0", 532: "99"}) == MassCancelReport("", "1", "0", "99")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({531: ""}, "tag 531 is '', no code"),
        ({530: "7 7"}, "tag 530 is '7 7', no code"),
        ({532: "x" * 5}, "tag 532 is 'xxxxx', no code"),
        ({533: "-1"}, "tag 533 is '-1', no number of a message"),
        ({11: "\x00"}, r"tag 11 is '\x00', not up to 64 printable ASCII characters"),
    ],
)
def test_a_bad_mass_cancel_report_is_unreadable(bad: dict[int, str], why: str) -> None:
    assert report("r", {11: "FG9", 530: "7", 531: "7"} | bad) == Unreadable(f"r: {why}")


def custom(*tags: tuple[int, str]) -> tuple[tuple[int, str], ...]:
    told = reading.report(from_fields([(35, "8"), *FILL.items(), *tags]))
    assert isinstance(told, ExecutionReport)
    return told.custom


def test_custom_tags_are_read_up_to_a_bound() -> None:
    assert custom() == ()
    assert custom((9001, "b"), (5001, "a b"), (9001, "c")) == ((9001, "b"), (5001, "a b"), (9001, "c"))
    many = tuple((6000 + number, "x") for number in range(1_000))
    assert custom(*many) == many[: reading.CUSTOM_TAGS_MAX]
    long = ((6000, "x" * 500), (6001, "y" * 12), (6002, "z"))
    assert custom(*long) == long[:2]
    assert custom((6000, "x" * 100_000), (6001, "y")) == ()


def test_a_custom_tag_that_could_not_be_passed_on_is_left_out() -> None:
    assert custom((5700, "L"), (6000, "\x00"), (6001, "\xe9"), (6002, "ok"), (6003, "")) == ((6002, "ok"),)


@pytest.mark.parametrize("msg_type", ["3", "j"])
def test_a_reject_names_the_number_that_it_rejects(msg_type: str) -> None:
    assert report(msg_type, {45: "12", 58: "no"}) == MessageReject(12, "no")
    for bad in ("", "x", "-1", "²", "1" * 19, "1" * 5_000):
        assert report(msg_type, {45: bad}) == Unreadable(f"{msg_type}: tag 45 is {bad[:20]!r}, no number of a message")


@pytest.mark.parametrize("msg_type", ["0", "1", "W", "B", "", "xyz"])
def test_other_messages_say_nothing_of_orders(msg_type: str) -> None:
    assert report(msg_type, FILL) is None


@pytest.mark.parametrize("value", ["", "x", "-1", "²", "1" * 19, "1" * 5_000])
def test_a_number_of_a_message_is_bounded(value: str) -> None:
    with pytest.raises(Garbled, match="tag 34 is"):
        reading.count(value, 34)
    assert (reading.count("0012", 34), reading.count("9" * 18, 36)) == (12, 10**18 - 1)


messages = st.dictionaries(
    st.sampled_from(sorted({*FILL, 45, 102, 530, 531, 532, 533})), st.text(max_size=40) | st.sampled_from(sorted(FILL.values()))
)


@given(st.sampled_from(["8", "9", "r", "3", "j"]), messages)
def test_no_report_raises(msg_type: str, message: dict[int, str]) -> None:
    assert report(msg_type, message) is not None
    assert report(msg_type, FILL | message) is not None


def test_the_largest_numbers_that_pass_can_be_booked() -> None:
    """A trade of a venue must not be able to end the engine with a number that is too long."""
    with localcontext(CONTEXT):
        chain = evolve(None, placed(), 1)
        for number in range(1_000):
            told = report("8", FILL | {17: f"E{number}", 32: LARGEST, 31: LARGEST})
            assert isinstance(told, ExecutionReport)
            event: ChainEvent = said(told)
            chain = evolve(chain, event, 2)
        assert (chain.cum_qty, chain.avg_px) == (1_000 * Decimal(LARGEST), Decimal(LARGEST))


SNAPSHOT = b"35=W\x0155=EURUSD\x01268=2\x01269=0\x01270=1.3850\x01269=1\x01270=1.3852\x0110=000\x01"


def test_the_top_of_a_book_is_its_best_bid_and_offer() -> None:
    assert reading.top_of_book(fields(SNAPSHOT)) == TopOfBook("EURUSD", D("1.3850"), D("1.3852"))
    deep = SNAPSHOT.replace(b"268=2", b"268=3").replace(b"10=000", b"269=0\x01270=1.3849\x0110=000")
    assert reading.top_of_book(fields(deep)) == TopOfBook("EURUSD", D("1.3850"), D("1.3852"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"269=1\x01270=1.3852", b"269=0\x01270=1.3852"),
        (b"269=1\x01270=1.3852", b"269=1\x01271=5"),
        (b"270=1.3850", b"270=1,3850"),
        (b"55=EURUSD\x01", b""),
        (b"268=2", b"268=3"),
        (b"268=2\x01", b""),
        (b"55=EURUSD", b"55=" + b"X" * 100_000),
    ],
)
def test_half_a_snapshot_is_no_price(old: bytes, new: bytes) -> None:
    with pytest.raises((Malformed, Garbled)):
        reading.top_of_book(fields(SNAPSHOT.replace(old, new)))
