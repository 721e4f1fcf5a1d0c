"""What was said once, to a client or by a venue, and is recognised when it comes again."""

from decimal import Decimal

import msgspec

from oms.domain.events import Answer
from oms.domain.fields import ExecType
from oms.domain.report import ExecutionReport
from oms.suspense import TRADES


class Told(msgspec.Struct, frozen=True, gc=False):
    """What makes two reports under one ExecID(17) the same; `root_id` is empty where no order of ours was found."""

    root_id: str
    exec_type: ExecType
    last_qty: Decimal | None
    last_px: Decimal | None
    exec_ref_id: str

    @classmethod
    def of(cls, root_id: str, report: ExecutionReport) -> "Told":
        return cls(root_id, report.exec_type, report.last_qty, report.last_px, report.exec_ref_id)


class Answered(msgspec.Struct, frozen=True, gc=False):
    """What a request was answered the first time, and under which journal seq."""

    seq: int
    answer: Answer


def told_as(session: str, report: ExecutionReport) -> str:
    """A counterparty's ExecID(17) is its own, and may come again on another day.

    A trade has it for itself among all orders; other reports some counterparties do not number, so what they say counts too.
    """
    if report.exec_type in TRADES:
        return f"{session} {report.trade_date} {report.exec_id}"
    return f"{session} {report.trade_date} {report.exec_id} {report.exec_type.code} {report.cl_ord_id}"
