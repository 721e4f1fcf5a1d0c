"""Values to FIX text: what we tell a client of its orders. Only the body of a message; header and trailer come when it is sent.

Written in the terms of FIX 4.4; a client of FIX 4.2 hears the same with ExecTransType(20) and the codes that it has.
"""

import re
from collections.abc import Iterable

from gateway.codec.version import FIX_42, FIX_50SP2, Version
from gateway.codec.writing import utc_timestamp
from oms.domain.fields import CxlRejReason, ExecType, MsgType, OrdRejReason, OrdStatus
from oms.domain.numbers import ZERO, plain
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport
from oms.domain.terms import CustomTags, Terms

EXECUTION_REPORT, CANCEL_REJECT, MASS_CANCEL_REPORT, BUSINESS_REJECT = "8", "9", "r", "j"
_UNPRINTABLE = re.compile(r"[^ -~]")
_TRANSACTIONS = {ExecType.TRADE_CANCEL: "1", ExecType.TRADE_CORRECT: "2", ExecType.ORDER_STATUS: "3"}
"""ExecTransType(20) of FIX 4.2: Cancel, Correct, Status; New for everything else (R12)."""
_REPLACED = "5"
"""OrdStatus(39) Replaced, which only FIX 4.2 has."""
_ORD_REJ_REASONS_42 = frozenset("012345678")
_CXL_REJ_REASONS_42 = frozenset("0123")
_OTHER_42 = {OrdRejReason: "0", CxlRejReason: "2"}


def execution_report(
    version: Version, told: ExecutionReport, terms: Terms | None, at_ns: int, *, ord_status_req_id: str = ""
) -> str:
    """ExecutionReport(35=8). `terms` say what the order asks for beyond quantity and price; None where nothing of it is known."""
    return "".join(
        [
            _field(37, told.order_id),
            _field(11, told.cl_ord_id),
            _field(41, told.orig_cl_ord_id),
            _field(790, ord_status_req_id),
            _field(17, told.exec_id),
            _field(19, told.exec_ref_id),
            _what(version, told),
            _reason(103, told.ord_rej_reason, version),
            _field(378, told.exec_restatement_reason.code if told.exec_restatement_reason is not None else ""),
            _field(1, told.account),
            _field(55, told.symbol),
            _field(54, told.side.code if told.side is not None else ""),
            _order(told, terms),
            _traded(told),
            f"60={utc_timestamp(at_ns)}\x01",
            _field(75, told.trade_date),
            _field(58, told.text),
            _custom(told.custom),
        ]
    )


def cancel_reject(version: Version, told: CancelReject, msg_type: MsgType, at_ns: int) -> str:
    """OrderCancelReject(35=9) of a request of that MsgType(35)."""
    response_to = "1" if msg_type is MsgType.ORDER_CANCEL_REQUEST else "2"
    return "".join(
        [
            _field(37, told.order_id),
            _field(11, told.cl_ord_id),
            _field(41, told.orig_cl_ord_id),
            _field(39, told.ord_status.code),
            f"60={utc_timestamp(at_ns)}\x01434={response_to}\x01",
            _reason(102, told.cxl_rej_reason, version),
            _field(58, told.text),
        ]
    )


def mass_cancel_report(
    version: Version, told: MassCancelReport, report_id: str, affected: Iterable[tuple[str, str]], at_ns: int
) -> str:
    """OrderMassCancelReport(35=r) under an id of our own, with ClOrdID(11) and OrderID(37) of each order that is affected.

    MassCancelResponse(531) 0 says that nothing is canceled; why stands in MassCancelRejectReason(532) and Text(58).
    """
    orig = 1824 if version is FIX_50SP2 else 41
    entries = [f"{orig}={cl_ord_id}\x01535={order_id}\x01" for cl_ord_id, order_id in affected]
    return "".join(
        [
            _field(11, told.cl_ord_id),
            _field(37, report_id),
            _field(1369, report_id if version is FIX_50SP2 else ""),
            _field(530, told.mass_cancel_request_type),
            _field(531, told.mass_cancel_response),
            _field(532, told.mass_cancel_reject_reason),
            f"533={told.total_affected_orders or 0}\x01",
            _field(534, str(len(entries)) if entries else ""),
            *entries,
            f"60={utc_timestamp(at_ns)}\x01",
            _field(58, told.text),
        ]
    )


def business_reject(ref_seq_num: int, ref_msg_type: str, ref_id: str, reason: str, text: str) -> str:
    """BusinessMessageReject(35=j) of the message that came under `ref_seq_num`; `reason` is BusinessRejectReason(380)."""
    told = f"45={ref_seq_num}\x01{_field(372, ref_msg_type)}{_field(379, ref_id)}380={reason}\x01"
    return told + _field(58, text)


def printable(text: str) -> str:
    """Only ASCII ever leaves."""
    return _UNPRINTABLE.sub("?", text)


def _what(version: Version, told: ExecutionReport) -> str:
    """ExecType(150) and OrdStatus(39)."""
    if version is not FIX_42:
        return f"150={told.exec_type.code}\x0139={told.ord_status.code}\x01"
    exec_type, ord_status = told.exec_type.code, told.ord_status.code
    if told.exec_type is ExecType.TRADE:
        exec_type = (OrdStatus.PARTIALLY_FILLED if told.leaves_qty else OrdStatus.FILLED).code
    elif told.exec_type in _TRANSACTIONS or told.exec_type is ExecType.TRIGGERED:
        exec_type = ord_status
    elif told.exec_type is ExecType.REPLACED and told.ord_status is OrdStatus.NEW:
        ord_status = _REPLACED
    return f"20={_TRANSACTIONS.get(told.exec_type, '0')}\x01150={exec_type}\x0139={ord_status}\x01"


def _order(told: ExecutionReport, terms: Terms | None) -> str:
    asked = "" if told.order_qty is None else f"38={plain(told.order_qty)}\x01"
    if terms is not None:
        asked += f"40={terms.ord_type.code}\x0159={terms.time_in_force.code}\x01"
        asked += "" if terms.stop_px is None else f"99={plain(terms.stop_px)}\x01"
    return asked if told.price is None else f"{asked}44={plain(told.price)}\x01"


def _traded(told: ExecutionReport) -> str:
    """What this report trades (LastQty and LastPx; zero where nothing), and what has traded so far."""
    last_px = "" if told.last_px is None else f"31={plain(told.last_px)}\x01"
    days = "" if told.day_order_qty is None else f"424={plain(told.day_order_qty)}\x01"
    days += "" if told.day_cum_qty is None else f"425={plain(told.day_cum_qty)}\x01"
    return (
        f"32={plain(told.last_qty or ZERO)}\x01{last_px}14={plain(told.cum_qty or ZERO)}\x01"
        f"151={plain(told.leaves_qty or ZERO)}\x016={plain(told.avg_px or ZERO)}\x01{days}"
    )


def _reason(tag: int, reason: OrdRejReason | CxlRejReason | None, version: Version) -> str:
    if reason is None:
        return ""
    known = _ORD_REJ_REASONS_42 if tag == 103 else _CXL_REJ_REASONS_42
    code = _OTHER_42[type(reason)] if version is FIX_42 and reason.code not in known else reason.code
    return f"{tag}={code}\x01"


def _custom(custom: CustomTags) -> str:
    return "".join([f"{tag}={printable(value)}\x01" for tag, value in custom])


def _field(tag: int, value: str) -> str:
    return f"{tag}={printable(value)}\x01" if value else ""
