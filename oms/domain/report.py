"""What a venue tells of an order, in our own words: the codec makes these, the order model reads them."""

from decimal import Decimal

import msgspec

from oms.domain.fields import CxlRejReason, ExecType, OrdStatus


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


class ExecutionReport(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """ExecutionReport(35=8). Absent text fields are empty, absent numbers None."""

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

    def says_unknown(self) -> bool:
        """Whether this answers a status request with "no such order" (R10): not a rejection of anything."""
        return self.exec_type is ExecType.ORDER_STATUS and self.ord_status is OrdStatus.REJECTED and self.order_id == NO_ORDER_ID


class CancelReject(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """OrderCancelReject(35=9)."""

    cl_ord_id: str
    orig_cl_ord_id: str
    ord_status: OrdStatus
    cxl_rej_reason: CxlRejReason | None = None
    order_id: str = ""
    text: str = ""


class MessageReject(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Reject(35=3) or BusinessMessageReject(35=j): what we sent under RefSeqNum(45) was not taken."""

    ref_seq_num: int
    text: str = ""


class Unreadable(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A message that claims to be about an order and cannot be read. Kept raw in the journal; a person is told."""

    why: str


Report = ExecutionReport | CancelReject | MessageReject | Unreadable
