"""What happened to orders. Facts only: each is one journal record, and the state of every order is a fold over them."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.acts import (
    DRAIN_ACTS,
    ActRefused,
    DrainAct,
    MassCancelRejected,
    MassCancelReported,
    MassCancelRequested,
    ReportDisputed,
    RequestMissed,
    RequestReleased,
    RequestResolved,
    VenueAsked,
)
from oms.domain.dead_man import DEAD_MAN_EVENTS, DeadManArmed, DeadManDisarmed
from oms.domain.event import Event as Event  # noqa: PLC0414  Facts are imported from here, and so is what they are.
from oms.domain.event import OrderEvent as OrderEvent  # noqa: PLC0414
from oms.domain.fields import MsgType, OrdStatus
from oms.domain.latches import LATCH_EVENTS, DrillNoted, Latched, LatchReleased, ReleaseAsked
from oms.domain.reference import REFERENCE_EVENTS, ReferenceTaken
from oms.domain.refusal import Refusal
from oms.domain.report import CancelReject, ExecutionReport, Receipt
from oms.domain.suspense import ReportAttributed as ReportAttributed  # noqa: PLC0414
from oms.domain.suspense import ReportDismissed as ReportDismissed  # noqa: PLC0414
from oms.domain.suspense import ReportQuarantined as ReportQuarantined  # noqa: PLC0414
from oms.domain.terms import Decision, Terms


class OrderPlaced(OrderEvent, frozen=True, gc=False):
    """We took the order and will send it; its ClOrdID(11) is `root_id`. A parent order has no session, and is never sent."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    session: str
    grant: int
    """Which start of the session's worker may send it: the journal seq of that grant."""
    terms: Terms
    decision: Decision | None = None
    parent_id: str = ""
    """root_id of the order that this one is a child of; empty where it has none."""

    @property
    def cl_ord_id(self) -> str:
        return self.root_id


class OrderRefused(Event, frozen=True, gc=False):
    """We did not take the order. The id stays refused."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    terms: Terms
    refusal: Refusal
    text: str
    decision: Decision | None = None
    parent_id: str = ""
    is_parent: bool = False

    @property
    def key(self) -> str:
        return self.client_order_id


class CancelRequested(OrderEvent, frozen=True, gc=False):
    """We took the cancel and will send it as OrderCancelRequest(35=F)."""

    IS_ANSWER: ClassVar[bool] = True

    cl_ord_id: str
    orig_cl_ord_id: str
    client_order_id: str
    principal: str
    session: str
    grant: int


class ReplaceRequested(OrderEvent, frozen=True, gc=False):
    """We took the replace and will send it as OrderCancelReplaceRequest(35=G) with the whole desired order (R9)."""

    IS_ANSWER: ClassVar[bool] = True

    cl_ord_id: str
    orig_cl_ord_id: str
    client_order_id: str
    principal: str
    session: str
    grant: int
    terms: Terms
    decision: Decision | None = None


class RequestRefused(Event, frozen=True, gc=False):
    """We did not take a cancel or a replace; `root_id` is empty when no such order is known to the principal."""

    IS_ANSWER: ClassVar[bool] = True

    root_id: str
    client_order_id: str
    principal: str
    msg_type: MsgType
    orig_client_order_id: str
    refusal: Refusal
    text: str
    terms: Terms | None = None
    """The order as the replace wanted it; None for a cancel, and for an order that is not known."""
    decision: Decision | None = None

    @property
    def key(self) -> str:
        return self.root_id or self.client_order_id


class MessageSent(OrderEvent, frozen=True, gc=False):
    """The worker handed a message about the order to the FIX session under this number."""

    cl_ord_id: str
    session: str
    session_epoch: int
    msg_seq_num: int
    msg_type: str
    raw: str
    """The message as sent, credentials masked, bytes as Latin-1."""


class RequestNotSent(OrderEvent, frozen=True, gc=False):
    """The request is known not to have reached the venue and will not be sent any more."""

    cl_ord_id: str
    reason: str
    decision: Decision | None = None
    """Where risk would not let it be sent again: what it judged by. The reason begins with its refusal."""


class RequestDoubted(OrderEvent, frozen=True, gc=False):
    """Nobody can say whether the venue has the request: it is UNKNOWN until the venue, or a person, says."""

    cl_ord_id: str
    reason: str


class RequestReissued(OrderEvent, frozen=True, gc=False):
    """The request never reached the venue and is sent again under the same ClOrdID with PossResend(97)=Y."""

    cl_ord_id: str
    session: str
    grant: int
    decision: Decision | None = None


class StatusRequested(OrderEvent, frozen=True, gc=False):
    """We ask the venue by OrderStatusRequest(35=H) what it knows of `cl_ord_id`."""

    cl_ord_id: str
    session: str
    grant: int


class MassStatusRequested(Event, frozen=True, gc=False):
    """We ask the venue by OrderMassStatusRequest(35=AF) for all open orders of the session."""

    session: str
    grant: int
    mass_status_req_id: str

    @property
    def key(self) -> str:
        return self.session


class MassStatusEnded(Event, frozen=True, gc=False):
    """All that answers a mass status has come, or nothing more is waited for. Of an order that was not named it says nothing."""

    session: str
    mass_status_req_id: str
    is_complete: bool

    @property
    def key(self) -> str:
        return self.session


class RequestEscalated(OrderEvent, frozen=True, gc=False):
    """We have asked all that can be asked, and nobody can say what became of the request, or whether the order still stands:
    a person has to find out. It stays what it is until the venue, or that person, says."""

    cl_ord_id: str
    session: str
    reason: str


class OrdersEscalated(Event, frozen=True, gc=False):
    """The session was lost, and its counterparty takes no question: so many acknowledged orders of which nobody was told yet are
    unconfirmed, and a person has to find out how they stand. One by one they would bury everything else."""

    session: str
    orders: int

    @property
    def key(self) -> str:
        return self.session


class OrderAdopted(OrderEvent, frozen=True, gc=False):
    """The venue has an order on one of our accounts that we never sent, a telephoned one, say: it is ours from here on."""

    cl_ord_id: str
    """The venue's ClOrdID(11) of it; our own where it has none, or one that another order has."""
    session: str
    order_id: str
    terms: Terms


class ExecutionReported(OrderEvent, frozen=True, gc=False):
    """The venue said something of the order, in an ExecutionReport(35=8)."""

    receipt: Receipt
    report: ExecutionReport


class ReportDiffered(OrderEvent, frozen=True, gc=False, omit_defaults=True):
    """What the venue told of the order is not what we hold after its report: an execution is missing, or one too many, or the
    order stands otherwise. A break, never overwritten."""

    session: str
    exec_id: str
    told_cum_qty: Decimal
    held_cum_qty: Decimal
    told_leaves_qty: Decimal | None = None
    """None where the venue did not say, or says the same; so for the following."""
    held_leaves_qty: Decimal | None = None
    told_ord_status: OrdStatus | None = None
    held_ord_status: OrdStatus | None = None


class OrderOverfilled(OrderEvent, frozen=True, gc=False):
    """More has traded than was ordered: booked all the same. A person is told."""

    session: str
    exec_id: str
    overfill_qty: Decimal
    """How much too much, now."""


class CancelRejected(OrderEvent, frozen=True, gc=False):
    """The venue would not cancel or replace, in an OrderCancelReject(35=9)."""

    receipt: Receipt
    report: CancelReject


class RequestRejected(OrderEvent, frozen=True, gc=False):
    """The venue's session or application layer refused the message itself, by Reject(35=3) or BusinessMessageReject(35=j)."""

    receipt: Receipt
    cl_ord_id: str
    text: str


ChainEvent = (
    OrderPlaced
    | CancelRequested
    | ReplaceRequested
    | MessageSent
    | RequestNotSent
    | RequestDoubted
    | RequestReissued
    | RequestMissed
    | RequestReleased
    | StatusRequested
    | RequestEscalated
    | OrderAdopted
    | ExecutionReported
    | ReportDiffered
    | OrderOverfilled
    | ReportAttributed
    | CancelRejected
    | RequestRejected
    | RequestResolved
    | VenueAsked
    | ReportDisputed
)
"""The facts about one order."""

Answer = (
    OrderPlaced
    | OrderRefused
    | CancelRequested
    | ReplaceRequested
    | RequestRefused
    | MassCancelRequested
    | RequestResolved
    | VenueAsked
    | ReportAttributed
    | ReportDismissed
    | DrainAct
    | Latched
    | ReleaseAsked
    | LatchReleased
    | DrillNoted
    | DeadManArmed
    | DeadManDisarmed
    | ReferenceTaken
    | ActRefused
)
"""The facts that answer a client's request, for ever."""

BookEvent = (
    ChainEvent
    | OrderRefused
    | RequestRefused
    | ReportQuarantined
    | ReportDismissed
    | MassStatusRequested
    | MassStatusEnded
    | OrdersEscalated
    | MassCancelRequested
    | MassCancelReported
    | MassCancelRejected
    | ActRefused
)
EVENTS: tuple[type[Event], ...] = (
    OrderPlaced,
    OrderRefused,
    CancelRequested,
    ReplaceRequested,
    RequestRefused,
    MessageSent,
    RequestNotSent,
    RequestDoubted,
    RequestReissued,
    RequestMissed,
    RequestReleased,
    StatusRequested,
    MassStatusRequested,
    MassStatusEnded,
    RequestEscalated,
    OrdersEscalated,
    OrderAdopted,
    ExecutionReported,
    ReportDiffered,
    OrderOverfilled,
    CancelRejected,
    RequestRejected,
    ReportQuarantined,
    ReportDismissed,
    ReportAttributed,
    MassCancelRequested,
    MassCancelReported,
    MassCancelRejected,
    RequestResolved,
    VenueAsked,
    ReportDisputed,
    *DRAIN_ACTS,
    ActRefused,
    *LATCH_EVENTS,
    DrillNoted,
    *DEAD_MAN_EVENTS,
    *REFERENCE_EVENTS,
)
