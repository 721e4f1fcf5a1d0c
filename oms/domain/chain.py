"""An order as it stands: a chain of requests and facts, from which its OrdStatus is computed and never assigned."""

from decimal import Decimal

import msgspec
from msgspec.structs import replace

from oms.domain.fields import Choice, ExecRestatementReason, MsgType, OrdStatus, TimeInForce, plain_members
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
PRECEDENCE = (
    OrdStatus.PENDING_CANCEL,
    OrdStatus.PENDING_REPLACE,
    OrdStatus.DONE_FOR_DAY,
    OrdStatus.CALCULATED,
    OrdStatus.FILLED,
    OrdStatus.STOPPED,
    OrdStatus.SUSPENDED,
    OrdStatus.CANCELED,
    OrdStatus.EXPIRED,
    OrdStatus.PARTIALLY_FILLED,
    OrdStatus.NEW,
    OrdStatus.REJECTED,
    OrdStatus.PENDING_NEW,
    OrdStatus.ACCEPTED_FOR_BIDDING,
)
"""Of all that is true of an order at once, OrdStatus(39) tells the first of these (FIX 4.4 Volume 4)."""
FLAGS = frozenset(
    {
        OrdStatus.DONE_FOR_DAY,
        OrdStatus.CALCULATED,
        OrdStatus.STOPPED,
        OrdStatus.SUSPENDED,
        OrdStatus.ACCEPTED_FOR_BIDDING,
    }
)
"""What a venue says of an order and does not follow from its requests and executions."""
NO_FLAGS: frozenset[OrdStatus] = frozenset()
_PENDING_NEW, _NEW, _PARTIALLY_FILLED, _FILLED = (
    OrdStatus.PENDING_NEW,
    OrdStatus.NEW,
    OrdStatus.PARTIALLY_FILLED,
    OrdStatus.FILLED,
)
_OFF_MARKET = frozenset({OrdStatus.DONE_FOR_DAY, OrdStatus.CALCULATED})
GOOD_TILL = frozenset({TimeInForce.GOOD_TILL_CANCEL, TimeInForce.GOOD_TILL_DATE})
"""An order that lives longer than a day is done for one day only."""
NOT_TOLD = OPEN - {RequestState.PENDING}
"""The venue has said nothing of it yet, as far as we know."""
QUESTIONS_COUNTED = 4
"""So many unanswered questions about a request are told apart. Beyond that nobody can say which of them an answer belongs to,
and no answer proves any more that the venue does not have it: a person resolves it."""
_GOES_ON = WITH_VENUE | {RequestState.INTENT, RequestState.DONE}


@plain_members
class End(Choice):
    """How an order left the market, other than by being filled."""

    CANCELED = "4"
    REJECTED = "8"
    EXPIRED = "C"


class Request(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
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
    worst_px: Decimal | None = None
    """The worst price that risk let it through for; None where none was said."""
    state: RequestState = RequestState.INTENT
    session_epoch: int = 0
    msg_seq_num: int = 0
    """The number it was last sent under; 0 until then."""
    questions: int = 0
    """How many OrderStatusRequests(35=H) under this id the venue has not answered; counted to one above QUESTIONS_COUNTED."""
    old_questions: int = 0
    """How many of these were asked before the last doubt about the order: their answers prove nothing of it."""


class Execution(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A trade that stands: its last correction, not busted."""

    exec_id: str
    """ExecID(17) of the trade, or of its last correction: a bust or the next correction refers to it (R11)."""
    last_qty: Decimal
    value: Decimal
    """LastQty × LastPx, exact; a split leaves it as it is."""
    day: int
    """On which of the order's trading days, from 1."""
    told_cum_qty: Decimal | None = None
    """CumQty(14) of the report: two trades of one ExecID do not have the same."""


class Chain(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One order over all its versions."""

    root_id: str
    session: str
    terms: Terms
    """The version that the venue last accepted, as the venue has restated it; before that, the first."""
    requests: tuple[Request, ...]
    accepted: str = ""
    """ClOrdID(11) of the version that the venue last accepted; empty before that."""
    order_id: str = ""
    secondary_order_id: str = ""
    cum_qty: Decimal = ZERO
    """Σ LastQty of `executions`: every one of them counts, whatever the state it came in."""
    cum_value: Decimal = ZERO
    """Σ LastQty × LastPx, exact."""
    executions: tuple[Execution, ...] = ()
    """In the order in which they came; a correction stands where its trade stood."""
    told_cum_qty: Decimal = ZERO
    """CumQty(14) of the venue's last report."""
    day: int = 1
    """The order's trading day, counted from the first: a longer order is renewed by the venue every day."""
    trade_date: str = ""
    """The date of that day, YYYYMMDD; empty where the venue did not say."""
    flags: frozenset[OrdStatus] = NO_FLAGS
    """What the venue has said of the order beside what it does with it; each of FLAGS."""
    is_triggered: bool = False
    """Whether the venue says that a stop was triggered."""
    is_adopted: bool = False
    """Whether the venue had it before we knew of it."""
    end: End | None = None
    exec_restatement_reason: ExecRestatementReason | None = None
    """Why the venue last changed the order of its own accord."""
    text: str = ""
    """The venue's or our own last word on why."""
    parent_id: str = ""
    """root_id of the order that this one is a child of; empty where it has none."""

    @property
    def cl_ord_id(self) -> str:
        """The id under which the venue knows the order now."""
        return self.accepted or self.root_id

    @property
    def is_filled(self) -> bool:
        """A cash order has no quantity until the venue has made one of it."""
        return ZERO < self.terms.order_qty <= self.cum_qty

    @property
    def leaves_qty(self) -> Decimal:
        """LeavesQty(151): what may still trade; zero off the market (R1)."""
        leaves_qty = self.terms.order_qty - self.cum_qty
        return ZERO if self.end is not None or leaves_qty < ZERO or (self.flags and self._is_over()) else leaves_qty

    @property
    def overfill_qty(self) -> Decimal:
        """What has traded beyond OrderQty(38): booked like everything else."""
        order_qty, cum_qty = self.terms.order_qty, self.cum_qty
        return cum_qty - order_qty if ZERO < order_qty < cum_qty else ZERO

    @property
    def unheard_qty(self) -> Decimal:
        """What the venue says has traded beyond what it reported to us: exposure, until the executions come (R10)."""
        return max(self.told_cum_qty - self.cum_qty, ZERO)

    @property
    def avg_px(self) -> Decimal:
        return average(self.cum_value, self.cum_qty)

    @property
    def day_cum_qty(self) -> Decimal:
        """DayCumQty(425): what traded today and stands."""
        return sum((e.last_qty for e in self.executions if e.day == self.day), ZERO)

    @property
    def day_order_qty(self) -> Decimal:
        """DayOrderQty(424): OrderQty less what traded on earlier days (R14)."""
        return self.terms.order_qty - (self.cum_qty - self.day_cum_qty)

    @property
    def is_live(self) -> bool:
        """Whether anything may still trade, today or later, as far as we know."""
        is_filled = ZERO < self.terms.order_qty <= self.cum_qty
        return self.end is None and not is_filled and not (self.flags and self._is_over())

    def _is_over(self) -> bool:
        """Whether its only day is done; an order that lives longer keeps what is left for the next (H.1)."""
        return bool(self.flags & _OFF_MARKET) and self.terms.time_in_force not in GOOD_TILL

    def execution(self, exec_id: str) -> Execution | None:
        """The last standing execution of this ExecID(17), which may come again on another day."""
        for execution in reversed(self.executions):
            if execution.exec_id == exec_id:
                return execution
        return None

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
        return self._flagged() if self.flags else self._plain()

    @property
    def own_status(self) -> OrdStatus:
        """What the order is beside what is asked of it."""
        return self._flagged() if self.flags else self._plain()

    def _flagged(self) -> OrdStatus:
        """The highest of what is true, the flags among it: Filled stands between them."""
        plain = self._plain()
        if OrdStatus.ACCEPTED_FOR_BIDDING in self.flags and plain is OrdStatus.PENDING_NEW:
            plain = OrdStatus.ACCEPTED_FOR_BIDDING  # The venue has it, so it is not pending any more.
        return min((plain, *self.flags), key=PRECEDENCE.index)

    def _plain(self) -> OrdStatus:
        if ZERO < self.terms.order_qty <= self.cum_qty:
            return _FILLED
        if self.end is not None and not (self.end is End.REJECTED and self.cum_qty):
            return OrdStatus(self.end.value)
        if self.cum_qty:
            return _PARTIALLY_FILLED
        return _NEW if self.accepted else _PENDING_NEW


def with_request(chain: Chain, cl_ord_id: str, **changes: object) -> Chain:
    """`chain` with one request changed."""
    if len(chain.requests) == 1 and chain.requests[0].cl_ord_id == cl_ord_id:
        return replace(chain, requests=(replace(chain.requests[0], **changes),))
    requests = tuple([replace(r, **changes) if r.cl_ord_id == cl_ord_id else r for r in chain.requests])
    return replace(chain, requests=requests)


def came_to_nothing(chain: Chain, cl_ord_id: str, text: str) -> Chain:
    """The request came to nothing: the order ends with it if it was the order itself, as first sent or as last accepted."""
    return replace(chain, text=text, end=End.REJECTED if cl_ord_id in {chain.root_id, chain.accepted} else chain.end)
