"""An order as it stands: a chain of requests and facts, from which its OrdStatus is computed and never assigned."""

from decimal import Decimal

import msgspec

from oms.domain.fields import Choice, MsgType, OrdStatus, TimeInForce, plain_members
from oms.domain.numbers import ZERO, average
from oms.domain.terms import Terms


@plain_members
class RequestState(Choice):
    """Where one request to the venue stands."""

    INTENT = "INTENT"
    """In the journal; nobody has said yet that it was sent."""
    SENT = "SENT"
    """Handed to the FIX session; the venue has not answered."""
    PENDING = "PENDING"
    """The venue has said that it has it, and has not decided."""
    DONE = "DONE"
    """The venue did it."""
    REFUSED = "REFUSED"
    """The venue would not."""
    NOT_SENT = "NOT_SENT"
    """It never reached the venue and never will."""
    UNKNOWN = "UNKNOWN"
    """Nobody can say. Never turned into anything else by a timer."""


OPEN = frozenset({RequestState.INTENT, RequestState.SENT, RequestState.PENDING, RequestState.UNKNOWN})
WITH_VENUE = frozenset({RequestState.SENT, RequestState.PENDING})
"""It left, and the answer is the venue's to give."""
_GOES_ON = WITH_VENUE | {RequestState.INTENT, RequestState.DONE}


@plain_members
class End(Choice):
    """How an order left the market, other than by being filled."""

    CANCELED = "4"
    REJECTED = "8"
    EXPIRED = "C"


class Request(msgspec.Struct, frozen=True, gc=False):
    """One message to the venue that wants an answer."""

    cl_ord_id: str
    msg_type: MsgType
    client_order_id: str
    principal: str
    grant: int
    placed_at_ns: int
    terms: Terms | None = None
    """What the order is if the venue does it; None for a cancel."""
    orig_cl_ord_id: str = ""
    state: RequestState = RequestState.INTENT
    session_epoch: int = 0
    msg_seq_num: int = 0
    """The number it was last sent under; 0 until then."""


class Chain(msgspec.Struct, frozen=True, gc=False):
    """One order over all its versions."""

    root_id: str
    session: str
    terms: Terms
    """The version that the venue last accepted; before that, the first."""
    requests: tuple[Request, ...]
    accepted: str = ""
    """ClOrdID(11) of the version that the venue last accepted; empty before that."""
    order_id: str = ""
    cum_qty: Decimal = ZERO
    cum_value: Decimal = ZERO
    """Σ LastQty × LastPx, exact."""
    end: End | None = None
    is_done_for_day: bool = False
    """The venue trades it no more today (A.1.b). Nothing lifts it yet: for a longer order that comes with its restatement."""
    text: str = ""
    """The venue's or our own last word on why."""
    parent_id: str = ""
    """root_id of the order that this one is a child of; empty where it has none."""

    @property
    def cl_ord_id(self) -> str:
        """The id under which the venue knows the order now."""
        return self.accepted or self.root_id

    @property
    def leaves_qty(self) -> Decimal:
        """LeavesQty(151): what may still trade; zero off the market."""
        leaves_qty = self.terms.order_qty - self.cum_qty
        return leaves_qty if leaves_qty > ZERO and self.end is None and not self.is_done_for_day else ZERO

    @property
    def avg_px(self) -> Decimal:
        return average(self.cum_value, self.cum_qty)

    @property
    def is_live(self) -> bool:
        """Whether anything may still trade, today or later, as far as we know."""
        is_over = self.is_done_for_day and self.terms.time_in_force is not TimeInForce.GOOD_TILL_CANCEL
        return self.end is None and self.terms.order_qty > self.cum_qty and not is_over

    def request(self, cl_ord_id: str) -> Request | None:
        for request in self.requests:
            if request.cl_ord_id == cl_ord_id:
                return request
        return None

    def pending(self, msg_type: MsgType) -> Request | None:
        """The last cancel, or replace, that is not answered yet."""
        return next((r for r in reversed(self.requests[1:]) if r.msg_type is msg_type and r.state in OPEN), None)

    def last_version(self, before: str = "") -> str:
        """OrigClOrdID(41) of a new request, or of the one called `before`: the last version ahead of it that is on its way,
        with the venue or accepted (R8). Not one of which nobody knows."""
        versions = [self.cl_ord_id]
        for request in self.requests:
            if request.cl_ord_id == before:
                break
            if request.terms is not None and request.state in _GOES_ON:
                versions.append(request.cl_ord_id)
        return versions[-1]

    @property
    def ord_status(self) -> OrdStatus:
        """OrdStatus(39): the highest of the true predicates, by the precedence of FIX 4.4 Volume 4.

        A cancel or replace is Pending when the venue has said so; until then the order is what it was (B.1.b).
        """
        if len(self.requests) > 1:
            asked = {request.msg_type for request in self.requests[1:] if request.state is RequestState.PENDING}
            if MsgType.ORDER_CANCEL_REQUEST in asked:
                return OrdStatus.PENDING_CANCEL
            if MsgType.ORDER_CANCEL_REPLACE_REQUEST in asked:
                return OrdStatus.PENDING_REPLACE
        if self.is_done_for_day:
            return OrdStatus.DONE_FOR_DAY
        if self.cum_qty >= self.terms.order_qty:
            return OrdStatus.FILLED
        if self.end is not None and not (self.end is End.REJECTED and self.cum_qty):
            return OrdStatus(self.end.value)
        if self.cum_qty:
            return OrdStatus.PARTIALLY_FILLED
        return OrdStatus.NEW if self.accepted else OrdStatus.PENDING_NEW
