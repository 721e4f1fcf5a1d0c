"""What a client is told, string by string; and read back it is what was meant."""

import pytest

from gateway.codec import client_writing as writing
from gateway.codec import reading
from gateway.codec.message import message
from gateway.codec.version import FIX_42, FIX_44, FIX_50SP2, Version
from oms.domain.fields import CxlRejReason, ExecRestatementReason, ExecType, MsgType, OrdRejReason, OrdStatus, OrdType, Side
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport
from tests.support.orders import D, terms

AT_NS = 1_767_323_045_678_901_999
TIME = "20260102-03:04:05.678901"
FILL = ExecutionReport(
    cl_ord_id="A2",
    exec_id="FG-9",
    exec_type=ExecType.TRADE,
    ord_status=OrdStatus.PARTIALLY_FILLED,
    order_id="FG00000001",
    last_qty=D(100),
    last_px=D("1.3850"),
    cum_qty=D(300),
    leaves_qty=D(700),
    avg_px=D("1.3849"),
    order_qty=D(1000),
    price=D("1.3850"),
    trade_date="20260102",
    account="DESK1",
    symbol="EURUSD",
    side=Side.BUY,
    custom=((5001, "red"),),
)


def body(text: str) -> str:
    return text.replace("\x01", "|")


def told(report: ExecutionReport, version: Version = FIX_44) -> str:
    return body(writing.execution_report(version, report, terms(), AT_NS))


def test_a_fill() -> None:
    assert told(FILL) == (
        "37=FG00000001|11=A2|17=FG-9|150=F|39=1|1=DESK1|55=EURUSD|54=1|38=1000|40=2|59=0|44=1.385|32=100|31=1.385|14=300|151=700"
        f"|6=1.3849|60={TIME}|75=20260102|5001=red|"
    )


def test_a_fill_read_back_is_the_fill() -> None:
    raw = "35=8\x01" + writing.execution_report(FIX_44, FILL, terms(), AT_NS)
    read = reading.report(message(raw.encode()))
    assert isinstance(read, ExecutionReport)
    assert (read.cl_ord_id, read.exec_id, read.last_qty, read.cum_qty, read.leaves_qty) == ("A2", "FG-9", D(100), D(300), D(700))


def test_a_correction_a_restatement_and_a_status_say_what_they_refer_to() -> None:
    report = ExecutionReport(
        cl_ord_id="A",
        exec_id="FG-8",
        exec_type=ExecType.RESTATED,
        ord_status=OrdStatus.NEW,
        order_id="FG1",
        orig_cl_ord_id="B",
        exec_ref_id="FG-7",
        day_order_qty=D(5),
        day_cum_qty=D(2),
        exec_restatement_reason=ExecRestatementReason.GT_RENEWAL,
        ord_rej_reason=OrdRejReason.OTHER,
        text="Überfüllt\x07",
    )
    stop = terms(price=None, ord_type=OrdType.STOP, stop_px=D("1.39"))
    assert body(writing.execution_report(FIX_44, report, stop, AT_NS, ord_status_req_id="Q")) == (
        "37=FG1|11=A|41=B|790=Q|17=FG-8|19=FG-7|150=D|39=0|103=99|378=1|40=3|59=0|99=1.39|32=0|14=0|151=0|6=0|424=5|425=2"
        f"|60={TIME}|58=?berf?llt?|"
    )


@pytest.mark.parametrize(
    ("exec_type", "ord_status", "leaves_qty", "said"),
    [
        (ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, 700, "20=0|150=1|39=1"),
        (ExecType.TRADE, OrdStatus.PENDING_CANCEL, 0, "20=0|150=2|39=6"),
        (ExecType.TRADE_CANCEL, OrdStatus.NEW, 1000, "20=1|150=0|39=0"),
        (ExecType.TRADE_CORRECT, OrdStatus.FILLED, 0, "20=2|150=2|39=2"),
        (ExecType.ORDER_STATUS, OrdStatus.FILLED, 0, "20=3|150=2|39=2"),
        (ExecType.REPLACED, OrdStatus.NEW, 1000, "20=0|150=5|39=5"),
        (ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED, 700, "20=0|150=5|39=1"),
        (ExecType.NEW, OrdStatus.NEW, 1000, "20=0|150=0|39=0"),
    ],
)
def test_a_client_of_fix_42_hears_it_with_transaction_types(
    exec_type: ExecType, ord_status: OrdStatus, leaves_qty: int, said: str
) -> None:
    report = ExecutionReport("A", "E", exec_type, ord_status, leaves_qty=D(leaves_qty))
    assert f"17=E|{said}|" in told(report, FIX_42)


def test_reasons_that_fix_42_does_not_have_are_the_general_ones() -> None:
    report = ExecutionReport("A", "E", ExecType.REJECTED, OrdStatus.REJECTED, ord_rej_reason=OrdRejReason.OTHER)
    assert "|103=0|" in told(report, FIX_42)
    reject = CancelReject("B", "A", OrdStatus.NEW, CxlRejReason.OTHER, "FG1")
    assert "|102=2|" in body(writing.cancel_reject(FIX_42, reject, MsgType.ORDER_CANCEL_REQUEST, AT_NS))


def test_a_mass_cancel_is_answered_with_the_orders_that_it_means() -> None:
    taken, orders = MassCancelReport("M", "7", "7", total_affected_orders=3), [("A", "FG1"), ("B", "FG2")]
    said = body(writing.mass_cancel_report(FIX_44, taken, "FG-3", orders, AT_NS))
    assert said == f"11=M|37=FG-3|530=7|531=7|533=3|534=2|41=A|535=FG1|41=B|535=FG2|60={TIME}|"
    said = body(writing.mass_cancel_report(FIX_50SP2, taken, "FG-3", orders[:1], AT_NS))
    assert said == f"11=M|37=FG-3|1369=FG-3|530=7|531=7|533=3|534=1|1824=A|535=FG1|60={TIME}|"
    refused = MassCancelReport("M", "3", "0", "0", text="why")
    said = body(writing.mass_cancel_report(FIX_44, refused, "FG-3", [], AT_NS))
    assert said == f"11=M|37=FG-3|530=3|531=0|532=0|533=0|60={TIME}|58=why|"


def test_the_other_answers() -> None:
    reject = CancelReject("B", "A", OrdStatus.FILLED, CxlRejReason.TOO_LATE_TO_CANCEL, "FG1", "too late")
    said = body(writing.cancel_reject(FIX_44, reject, MsgType.ORDER_CANCEL_REPLACE_REQUEST, AT_NS))
    assert said == f"37=FG1|11=B|41=A|39=2|60={TIME}|434=2|102=0|58=too late|"
    assert body(writing.business_reject(7, "D", "A", "5", "tag 38 is missing")) == (
        "45=7|372=D|379=A|380=5|58=tag 38 is missing|"
    )
