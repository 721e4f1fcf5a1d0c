"""What a venue tells of an order, in our own words: the codec makes these, the order model reads them."""

from decimal import Decimal

import msgspec

from oms.domain.fields import CxlRejReason, CxlRejResponseTo, ExecRestatementReason, ExecType, OrdRejReason, OrdStatus, Side
from oms.domain.terms import CustomTags


class Receipt(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A message as it came in, and the number that it counted as."""

    session: str
    session_epoch: int
    msg_seq_num: int
    msg_type: str
    next_target: int
    """The next number expected after it."""
    raw: str
    """The message as received, credentials masked, bytes as Latin-1."""


NO_ORDER_ID = "NONE"
"""OrderID(37) of a report about an order that the venue does not know (FIX 4.4 Volume 4, Order Cancel Reject)."""


class ExecutionReport(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """ExecutionReport(35=8), in the terms of FIX 4.4 whatever version it came in. Absent text is empty, absent numbers None."""

    cl_ord_id: str
    exec_id: str
    exec_type: ExecType
    ord_status: OrdStatus
    order_id: str = ""
    orig_cl_ord_id: str = ""
    last_qty: Decimal | None = None
    last_px: Decimal | None = None
    cum_qty: Decimal | None = None
    leaves_qty: Decimal | None = None
    text: str = ""
    exec_ref_id: str = ""
    """ExecRefID(19): the execution that this one busts or corrects."""
    secondary_order_id: str = ""
    trade_date: str = ""
    """TradeDate(75), else the day of TransactTime(60), YYYYMMDD; empty where the venue says neither."""
    order_qty: Decimal | None = None
    price: Decimal | None = None
    avg_px: Decimal | None = None
    day_order_qty: Decimal | None = None
    day_cum_qty: Decimal | None = None
    exec_restatement_reason: ExecRestatementReason | None = None
    ord_rej_reason: OrdRejReason | None = None
    account: str = ""
    symbol: str = ""
    side: Side | None = None
    mass_status_req_id: str = ""
    """MassStatusReqID(584) of the question that a status report answers."""
    tot_num_reports: int = 0
    """TotNumReports(911): how many reports answer that question; 0 where the venue does not say."""
    is_last_status: bool = False
    """LastRptRequested(912): nothing more answers that question."""
    custom: CustomTags = ()

    def says_unknown(self) -> bool:
        """Whether this answers a status request with "no such order" (R10): not a rejection of anything."""
        return self.order_id == NO_ORDER_ID and self.exec_type is ExecType.ORDER_STATUS and self.ord_status is OrdStatus.REJECTED


class CancelReject(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """OrderCancelReject(35=9)."""

    cl_ord_id: str
    orig_cl_ord_id: str
    ord_status: OrdStatus
    cxl_rej_reason: CxlRejReason | None = None
    order_id: str = ""
    text: str = ""
    cxl_rej_response_to: CxlRejResponseTo | None = None
    """None where the venue does not say what it answers."""


class MassCancelReport(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """OrderMassCancelReport(35=r). What became of each order is told in reports of its own."""

    cl_ord_id: str
    """Of our request; empty where the venue does not say."""
    mass_cancel_request_type: str
    """MassCancelRequestType(530): 1 the orders of one symbol, 7 all."""
    mass_cancel_response: str
    """MassCancelResponse(531): 0 rejected, else the code of what was canceled."""
    mass_cancel_reject_reason: str = ""
    total_affected_orders: int | None = None
    text: str = ""


class MessageReject(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Reject(35=3) or BusinessMessageReject(35=j): what we sent under RefSeqNum(45) was not taken."""

    ref_seq_num: int
    text: str = ""


class Unreadable(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A message that claims to be about an order and cannot be read. Kept raw in the journal; a person is told."""

    why: str


Report = ExecutionReport | CancelReject | MassCancelReport | MessageReject | Unreadable
