"""What we ask of a venue, field by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import writing
from gateway.codec.text import Fields, fields
from gateway.codec.version import FIX_44
from oms.domain.fields import Side, TimeInForce
from oms.domain.numbers import plain
from tests.support.orders import D, terms

AT_NS = 1_767_323_045_678_901_999
TIME = "20260102-03:04:05.678901"


def body(raw: str) -> Fields:
    """The fields between MsgType(35) and CheckSum(10), after the frame is checked."""
    read = fields(raw.encode("ascii"))
    assert read[:2] == [(8, "FIX.4.4"), (9, "0")]
    assert read[-1] == (10, "000")
    return read[2:-1]


ORDER = [(1, "DESK1"), (21, "1"), (55, "EURUSD"), (54, "1"), (60, TIME), (38, "1000"), (40, "2"), (59, "0"), (44, "1.385")]


def test_a_limit_order() -> None:
    assert body(writing.new_order_single(FIX_44, "FG1", terms(), AT_NS)) == [(35, "D"), (11, "FG1"), *ORDER]


def test_a_market_order_has_no_price() -> None:
    wanted = terms(price=None, side=Side.SELL, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
    told = dict(body(writing.new_order_single(FIX_44, "FG1", wanted, AT_NS)))
    assert (told[40], told[54], told[59], 44 in told) == ("1", "2", "3", False)


def test_a_cancel_names_both_and_describes_the_order() -> None:
    told = body(writing.order_cancel_request(FIX_44, "FG2", "FG1", terms(), AT_NS))
    order = [(1, "DESK1"), (55, "EURUSD"), (54, "1"), (38, "1000"), (60, TIME)]
    assert told == [(35, "F"), (11, "FG2"), (41, "FG1"), *order]


def test_a_replace_is_the_whole_order() -> None:
    told = body(writing.order_cancel_replace_request(FIX_44, "FG2", "FG1", terms(), AT_NS))
    assert told == [(35, "G"), (11, "FG2"), (41, "FG1"), *ORDER]


def test_what_is_sent_again_says_so_in_its_header() -> None:
    raws = (
        writing.new_order_single(FIX_44, "FG1", terms(), AT_NS, poss_resend=True),
        writing.order_cancel_request(FIX_44, "FG2", "FG1", terms(), AT_NS, poss_resend=True),
        writing.order_cancel_replace_request(FIX_44, "FG2", "FG1", terms(), AT_NS, poss_resend=True),
    )
    assert [body(raw)[1] for raw in raws] == [(97, "Y")] * 3


def test_questions_and_session_messages() -> None:
    status = [(35, "H"), (11, "FG1"), (1, "DESK1"), (55, "EURUSD"), (54, "1")]
    assert body(writing.order_status_request(FIX_44, "FG1", terms())) == status
    assert body(writing.test_request(FIX_44, "77")) == [(35, "1"), (112, "77")]
    prices = [(262, "m"), (263, "1"), (264, "1"), (265, "0"), (267, "2"), (269, "0"), (269, "1"), (146, "1"), (55, "EURUSD")]
    assert body(writing.market_data_request(FIX_44, "m", "EURUSD")) == [(35, "V"), *prices]


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+6", "1000000"), ("100", "100"), ("1.3850", "1.385"), ("0.00", "0"), ("1E-9", "0.000000001"), ("10.0", "10")],
)
def test_numbers_are_plain(number: str, text: str) -> None:
    assert plain(D(number)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**18, places=12))
def test_a_plain_number_keeps_its_value(number: object) -> None:
    assert D(plain(number)) == number
