"""What a FIX 4.2 venue says becomes what a 4.4 venue would have said (R12), and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import fix42, reading
from gateway.codec.message import Message, from_fields, message
from gateway.codec.text import Fields, text
from gateway.codec.version import FIX_42, FIX_44, Version
from oms.domain.fields import CxlRejReason, CxlRejResponseTo, ExecType, OrdStatus, Side
from oms.domain.report import CancelReject, ExecutionReport, Report, Unreadable
from tests.support.orders import D


def told(line: str, version: Version = FIX_42) -> Report | None:
    """What a venue's message, written with bars, says of our orders."""
    raw = f"8={version.begin_string}|9=0|{line}|10=000|".replace("|", "\x01").encode("latin-1")
    return reading.report(message(raw), version)


@pytest.mark.parametrize(
    ("line", "exec_type", "ord_status"),
    [
        ("20=0|150=0|39=0", ExecType.NEW, OrdStatus.NEW),
        ("20=0|150=A|39=A", ExecType.PENDING_NEW, OrdStatus.PENDING_NEW),
        ("20=0|150=1|39=1|32=100|31=9|14=100", ExecType.TRADE, OrdStatus.PARTIALLY_FILLED),
        ("20=0|150=2|39=2|32=100|31=9|14=100", ExecType.TRADE, OrdStatus.FILLED),
        ("20=0|150=1|39=6|32=100|31=9|14=100", ExecType.TRADE, OrdStatus.PENDING_CANCEL),
        ("20=0|150=F|39=1|32=100|31=9|14=100", ExecType.TRADE, OrdStatus.PARTIALLY_FILLED),
        ("20=0|150=5|39=5|14=0|151=200", ExecType.REPLACED, OrdStatus.NEW),
        ("20=0|150=5|39=5|14=0.00|151=200", ExecType.REPLACED, OrdStatus.NEW),
        ("20=0|150=5|39=5|151=200", ExecType.REPLACED, OrdStatus.NEW),
        ("20=0|150=5|39=5|14=100|151=100", ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED),
        ("20=0|150=5|39=5|14=100", ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED),
        ("20=0|150=5|39=5|14=100|151=0", ExecType.REPLACED, OrdStatus.FILLED),
        ("20=0|150=5|39=1|14=100|151=100", ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED),
        ("20=0|150=D|39=0", ExecType.RESTATED, OrdStatus.NEW),
        ("20=1|19=E0|150=0|39=0|32=100|31=9|14=0", ExecType.TRADE_CANCEL, OrdStatus.NEW),
        ("20=2|19=E0|150=1|39=1|32=50|31=9|14=50", ExecType.TRADE_CORRECT, OrdStatus.PARTIALLY_FILLED),
        ("20=2|19=E0|150=2|39=2|32=50|31=9|14=50", ExecType.TRADE_CORRECT, OrdStatus.FILLED),
        ("20=3|150=2|39=2|14=100", ExecType.ORDER_STATUS, OrdStatus.FILLED),
        ("20=3|150=5|39=5|14=100|151=100", ExecType.ORDER_STATUS, OrdStatus.PARTIALLY_FILLED),
    ],
)
def test_a_report_is_read_in_the_words_of_4_4(line: str, exec_type: ExecType, ord_status: OrdStatus) -> None:
    report = told(f"35=8|11=A|17=E1|37=V|{line}")
    assert isinstance(report, ExecutionReport), report
    assert (report.exec_type, report.ord_status) == (exec_type, ord_status)


def test_a_bust_is_the_same_in_both_versions() -> None:
    bust = "35=8|1=DESK1|11=A|14=0|17=E2|19=E1|20=1|31=1.5|32=100|37=V|39=0|54=1|55=IBM|60=20260102-03:04:05|150=0|151=200"
    expected = ExecutionReport(
        "A",
        "E2",
        ExecType.TRADE_CANCEL,
        OrdStatus.NEW,
        "V",
        last_qty=D(100),
        last_px=D("1.5"),
        cum_qty=D(0),
        leaves_qty=D(200),
        exec_ref_id="E1",
        trade_date="20260102",
        account="DESK1",
        symbol="IBM",
        side=Side.BUY,
    )
    assert told(bust) == told(bust.replace("|20=1", "").replace("|150=0", "|150=H"), FIX_44) == expected


def test_an_unknown_order_is_unknown_and_not_rejected() -> None:
    report = told("35=8|11=A|17=0|20=3|37=NONE|39=8|150=8|14=0|151=0|6=0")
    assert isinstance(report, ExecutionReport)
    assert report.says_unknown()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("17=E1|150=2|39=2|32=1|31=9", "tag 20 is '', no code of ExecTransType"),
        ("17=E1|20=4|150=2|39=2|32=1|31=9", "tag 20 is '4', no code of ExecTransType"),
        ("17=E1|20=00|150=2|39=2|32=1|31=9", "tag 20 is '00', no code of ExecTransType"),
        ("17=E1|20=1|150=0|39=0|32=1|31=9", "tag 19 is missing"),
        ("17=E1|20=0|150=1|39=1|14=1", "a trade needs LastQty(32) above zero and LastPx(31)"),
        ("17=E1|20=0|150=5|39=5|14=x", "tag 14 is 'x', not a number"),
        ("17=E1|20=0|150=7x|39=0", "tag 150 is '7x', no code of ExecType"),
    ],
)
def test_what_cannot_be_read_is_set_aside_and_named(line: str, why: str) -> None:
    assert told(f"35=8|11=A|{line}") == Unreadable(f"8: {why}")


def test_a_cancel_reject_says_what_it_answers() -> None:
    late = CancelReject(
        "B", "A", OrdStatus.FILLED, CxlRejReason.TOO_LATE_TO_CANCEL, "V", "", CxlRejResponseTo.ORDER_CANCEL_REQUEST
    )
    assert told("35=9|11=B|41=A|37=V|39=2|434=1|102=0") == late
    working = CancelReject("B", "A", OrdStatus.NEW, None, "V", "", CxlRejResponseTo.ORDER_CANCEL_REPLACE_REQUEST)
    assert told("35=9|11=B|41=A|37=V|39=5|434=2") == working


def test_other_messages_are_left_alone() -> None:
    assert fix42.modern(Message(msg_type="3", ord_status="5")) == Message(msg_type="3", ord_status="5")


@pytest.mark.parametrize(
    ("modern", "older"),
    [
        ("150=0|39=0", "20=0|150=0|39=0"),
        ("150=F|39=1", "20=0|150=1|39=1"),
        ("150=F|39=2", "20=0|150=2|39=2"),
        ("150=F|39=6", "20=0|150=1|39=6"),
        ("150=5|39=0", "20=0|150=5|39=5"),
        ("150=5|39=1", "20=0|150=5|39=1"),
        ("150=H|39=0|19=E0", "20=1|150=0|39=0|19=E0"),
        ("150=G|39=1|19=E0", "20=2|150=1|39=1|19=E0"),
        ("790=Q|150=I|39=4|912=Y", "20=3|150=4|39=4"),
    ],
)
def test_a_report_is_said_in_the_words_of_4_2(modern: str, older: str) -> None:
    assert fix42.older(parts(modern)) == parts(older)


codes = st.sampled_from([one for one in ExecType if one is not ExecType.TRIGGERED])


@given(codes, st.sampled_from(OrdStatus), st.sampled_from(["0", "100"]), st.sampled_from(["0", "100"]))
def test_what_is_said_in_4_2_is_understood_as_it_was_meant(
    exec_type: ExecType, ord_status: OrdStatus, cum_qty: str, leaves_qty: str
) -> None:
    """Where the status and the numbers of a replace agree."""
    if exec_type is ExecType.REPLACED and ord_status is OrdStatus.NEW:
        cum_qty = "0"
    body = [(150, exec_type.code), (39, ord_status.code), (14, cum_qty), (151, leaves_qty)]
    said = fix42.older(body)
    read = fix42.modern(message(text("FIX.4.2", "8", said).encode()))
    assert (read.exec_type, read.ord_status) == (exec_type.code, ord_status.code)
    assert from_fields(said).exec_trans_type == read.exec_trans_type != ""


def parts(line: str) -> Fields:
    return [(int(tag), value) for tag, _, value in (part.partition("=") for part in line.split("|"))]
