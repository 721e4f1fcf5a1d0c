"""What we ask of a venue, field by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import writing
from gateway.codec.text import Fields, fields
from gateway.codec.version import FIX_42, FIX_44, FIX_50SP2, Version
from oms.domain.fields import DKReason, HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.numbers import plain
from oms.domain.terms import Instructions
from tests.support.orders import D, fill, terms

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


ALL = Instructions(
    handl_inst=HandlInst.MANUAL,
    exec_inst="G R",
    min_qty=D(10),
    max_floor=D(200),
    peg_offset_value=D("-0.02"),
    expire_time_ns=AT_NS,
    expire_date="20260131",
    position_effect=PositionEffect.OPEN,
    order_capacity=OrderCapacity.AGENCY,
    locate_reqd=False,
    locate_id="L-1",
    custom=((9001, "a b"), (5001, "x"), (9001, "c")),
)
SHORT = terms(side=Side.SELL_SHORT_EXEMPT, ord_type=OrdType.STOP_LIMIT, stop_px=D("1.3860"), instructions=ALL)
CUSTOM = "9001=a b|5001=x|9001=c|"


def line(raw: str) -> str:
    """With bars, without BodyLength(9) and CheckSum(10)."""
    return raw.replace("\x01", "|").replace("|9=0|", "|").removesuffix("10=000|")


@pytest.mark.parametrize(("version", "capacity"), [(FIX_42, "47=A"), (FIX_44, "528=A"), (FIX_50SP2, "528=A")])
def test_all_instructions_are_written(version: Version, capacity: str) -> None:
    order = (
        f"1=DESK1|21=3|55=EURUSD|54=6|60={TIME}|38=1000|40=4|59=0|44=1.385|99=1.386|18=G R|110=10|111=200|211=-0.02|"
        f"126={TIME}|432=20260131|77=O|{capacity}|114=N|5700=L-1|{CUSTOM}"
    )
    name = version.begin_string
    assert line(writing.new_order_single(version, "FG1", SHORT, AT_NS)) == f"8={name}|35=D|11=FG1|{order}"
    replaced = writing.order_cancel_replace_request(version, "FG2", "FG1", SHORT, AT_NS)
    assert line(replaced) == f"8={name}|35=G|11=FG2|41=FG1|{order}"
    canceled = writing.order_cancel_request(version, "FG2", "FG1", SHORT, AT_NS)
    assert line(canceled) == f"8={name}|35=F|11=FG2|41=FG1|1=DESK1|55=EURUSD|54=6|38=1000|60={TIME}|{CUSTOM}"


@pytest.mark.parametrize(("version", "kind"), [(FIX_42, "40=B|59=0|"), (FIX_44, "40=2|59=7|"), (FIX_50SP2, "40=2|59=7|")])
def test_a_limit_order_on_close(version: Version, kind: str) -> None:
    wanted = terms(ord_type=OrdType.LIMIT_ON_CLOSE)
    order = f"11=FG1|1=DESK1|21=1|55=EURUSD|54=1|60={TIME}|38=1000|{kind}44=1.385|"
    assert line(writing.new_order_single(version, "FG1", wanted, AT_NS)) == f"8={version.begin_string}|35=D|{order}"


def test_what_4_2_cannot_say_is_written_so_that_it_is_refused_and_means_nothing_else() -> None:
    how = Instructions(order_capacity=OrderCapacity.RISKLESS_PRINCIPAL)
    wanted = terms(price=None, ord_type=OrdType.MARKET_IF_TOUCHED, stop_px=D("1.38"), instructions=how)
    order = f"11=FG1|1=DESK1|21=1|55=EURUSD|54=1|60={TIME}|38=1000|40=J|59=0|99=1.38|528=R|"
    assert line(writing.new_order_single(FIX_42, "FG1", wanted, AT_NS)) == f"8=FIX.4.2|35=D|{order}"


def test_money_is_written_until_the_venue_has_made_a_quantity_of_it() -> None:
    money = terms(0, price=None, cash_order_qty=D(5_000))
    told = dict(body(writing.new_order_single(FIX_44, "FG1", money, AT_NS)))
    assert (told[152], 38 in told) == ("5000", False)
    told = dict(body(writing.order_cancel_request(FIX_44, "FG2", "FG1", money, AT_NS)))
    assert (told[152], 38 in told) == ("5000", False)
    counted = terms(360, price=None, cash_order_qty=D(5_000))
    told = dict(body(writing.order_cancel_replace_request(FIX_44, "FG2", "FG1", counted, AT_NS)))
    assert (told[38], 152 in told) == ("360", False)


def test_instructions_that_say_nothing_write_nothing() -> None:
    custom = Instructions(custom=((9001, "x"), (9001, "y")))
    plain_order = writing.new_order_single(FIX_44, "FG1", terms(), AT_NS)
    assert writing.new_order_single(FIX_44, "FG1", terms(instructions=Instructions()), AT_NS) == plain_order
    tagged = plain_order.replace("10=000", "9001=x\x019001=y\x0110=000")
    assert writing.new_order_single(FIX_44, "FG1", terms(instructions=custom), AT_NS) == tagged


def test_a_mass_cancel_names_what_it_is_about() -> None:
    every = writing.order_mass_cancel_request(FIX_44, "FG9", AT_NS)
    assert line(every) == f"8=FIX.4.4|35=q|11=FG9|530=7|60={TIME}|"
    some = writing.order_mass_cancel_request(FIX_50SP2, "FG9", AT_NS, account="DESK1", symbol="EURUSD", side=Side.SELL)
    assert line(some) == f"8=FIXT.1.1|35=q|11=FG9|530=1|1=DESK1|55=EURUSD|54=2|60={TIME}|"


def test_a_mass_status_is_asked_for() -> None:
    assert line(writing.order_mass_status_request(FIX_44, "M1")) == "8=FIX.4.4|35=AF|584=M1|585=7|"
    assert line(writing.order_mass_status_request(FIX_44, "M1", account="DESK1")) == "8=FIX.4.4|35=AF|584=M1|585=7|1=DESK1|"


@pytest.mark.parametrize(("version", "code"), [(FIX_42, "Z"), (FIX_44, "F"), (FIX_50SP2, "F")])
def test_a_trade_that_we_do_not_know_is_named(version: Version, code: str) -> None:
    told = fill(300, symbol="EURUSD", side=Side.BUY, order_qty=D(1_000))
    said = f"8={version.begin_string}|35=Q|37=V1|17=E1|127={code}|55=EURUSD|54=1|38=1000|32=300|31=1.385|"
    assert line(writing.dont_know_trade(version, told, DKReason.CALCULATION_DIFFERENCE)) == said
    assert line(writing.dont_know_trade(version, told, DKReason.CALCULATION_DIFFERENCE, "AvgPx")) == f"{said}58=AvgPx|"


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+6", "1000000"), ("100", "100"), ("1.3850", "1.385"), ("0.00", "0"), ("1E-9", "0.000000001"), ("10.0", "10")],
)
def test_numbers_are_plain(number: str, text: str) -> None:
    assert plain(D(number)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**18, places=12))
def test_a_plain_number_keeps_its_value(number: object) -> None:
    assert D(plain(number)) == number
