"""What the broker says about an order, as one value: a ledger line, the step of a fold, and an outgoing FIX message."""

from decimal import Decimal

import msgspec

from gateway.codec import text as fix_text
from gateway.codec.version import FIX_44, Version
from gateway.simulator.fields import OrdRejReason, OrdType, Side, TimeInForce, utc_timestamp
from oms.domain.fields import CxlRejReason, ExecType, OrdStatus
from oms.domain.numbers import ZERO, plain


class Report(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """An ExecutionReport(8), or an OrderCancelReject(9) when `exec_type` is None. Absent text is empty, an absent number None."""

    seq: int
    """Line of the ledger, from 1 without holes; 0 on a status report (ExecType=I), which states and changes nothing."""
    at_ns: int
    exec_id: str
    cl_ord_id: str
    order_id: str
    ord_status: OrdStatus
    exec_type: ExecType | None = None
    orig_cl_ord_id: str = ""
    exec_ref_id: str = ""
    """The execution that a bust takes back."""
    account: str = ""
    symbol: str = ""
    side: Side | None = None
    ord_type: OrdType | None = None
    order_qty: Decimal | None = None
    price: Decimal | None = None
    time_in_force: TimeInForce | None = None
    expire_at_ns: int | None = None
    last_qty: Decimal | None = None
    last_px: Decimal | None = None
    leaves_qty: Decimal = ZERO
    cum_qty: Decimal = ZERO
    avg_px: Decimal = ZERO
    ord_rej_reason: OrdRejReason | None = None
    cxl_rej_reason: CxlRejReason | None = None
    cxl_rej_response_to: str = ""
    ord_status_req_id: str = ""
    mass_status_req_id: str = ""
    tot_num_reports: int | None = None
    is_last_status: bool = False
    text: str = ""

    @property
    def is_duplicate_reject(self) -> bool:
        """Whether this refuses a ClOrdID that another order owns (R18): it tells that order's status and changes nothing."""
        return self.exec_type is ExecType.REJECTED and self.ord_rej_reason is OrdRejReason.DUPLICATE_ORDER


def message(report: Report, version: Version = FIX_44, *, poss_resend: bool = False) -> str:
    """The FIX message of `report`, with PossResend(97)=Y if it may have been sent before."""
    header = [(97, "Y")] if poss_resend else []
    if report.exec_type is None:
        return fix_text.text(version.begin_string, "9", header + _cancel_reject(report))
    body = _execution_report(report, report.exec_type)
    return fix_text.text(version.begin_string, "8", header + (version.older(body) if version.older else body))


def _cancel_reject(report: Report) -> list[tuple[int, str]]:
    fields = [
        (37, report.order_id),
        (11, report.cl_ord_id),
        (41, report.orig_cl_ord_id),
        (39, report.ord_status.value),
        (434, report.cxl_rej_response_to),
        (102, report.cxl_rej_reason.value if report.cxl_rej_reason else ""),
        (60, utc_timestamp(report.at_ns)),
        (58, report.text),
    ]
    return [(tag, value) for tag, value in fields if value]


def _execution_report(report: Report, exec_type: ExecType) -> list[tuple[int, str]]:
    fields = [
        (37, report.order_id),
        (17, report.exec_id),
        (19, report.exec_ref_id),
        (11, report.cl_ord_id),
        (41, report.orig_cl_ord_id),
        (790, report.ord_status_req_id),
        (584, report.mass_status_req_id),
        (911, "" if report.tot_num_reports is None else str(report.tot_num_reports)),
        (912, "Y" if report.is_last_status else ""),
        (1, report.account),
        (150, exec_type.value),
        (39, report.ord_status.value),
        (103, report.ord_rej_reason.value if report.ord_rej_reason else ""),
        (55, report.symbol),
        (54, report.side.value if report.side else ""),
        (38, _number(report.order_qty)),
        (40, report.ord_type.value if report.ord_type else ""),
        (44, _number(report.price)),
        (59, report.time_in_force.value if report.time_in_force else ""),
        (126, utc_timestamp(report.expire_at_ns) if report.expire_at_ns is not None else ""),
        (32, _number(report.last_qty)),
        (31, _number(report.last_px)),
        (151, plain(report.leaves_qty)),
        (14, plain(report.cum_qty)),
        (6, plain(report.avg_px)),
        (60, utc_timestamp(report.at_ns)),
        (58, report.text),
    ]
    return [(tag, value) for tag, value in fields if value]


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
