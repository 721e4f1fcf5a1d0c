"""What happens beside the requests of single orders: mass cancels, and what a person decided. Facts like those of `events`."""

from typing import ClassVar

from oms.domain.chain import RequestState
from oms.domain.event import Event, OrderEvent
from oms.domain.fields import DKReason, Side
from oms.domain.refusal import Refusal
from oms.domain.report import MassCancelReport, Receipt

_BY_SYMBOL, _ALL_ORDERS = "1", "7"


class MassCancelRequested(Event, frozen=True, gc=False):
    """We took the mass cancel: each of these orders is to be canceled, whatever happens to us or to the venue's session.

    Sessions in `native` are asked by one OrderMassCancelRequest(35=q), all others order by order, as soon as they are ready.
    """

    IS_ANSWER: ClassVar[bool] = True

    cl_ord_id: str
    client_order_id: str
    principal: str
    root_ids: tuple[str, ...]
    """The live orders of the principal's accounts that matched, oldest first."""
    account: str = ""
    """What the orders were chosen by; empty and None mean any."""
    symbol: str = ""
    side: Side | None = None
    session: str = ""
    native: tuple[tuple[str, int], ...] = ()
    """Each session that takes one request for all, and the grant under which it goes out."""
    placed_by: str = ""
    """The principal whose orders alone are meant."""

    @property
    def key(self) -> str:
        return self.cl_ord_id

    @property
    def mass_cancel_request_type(self) -> str:
        """MassCancelRequestType(530) of that request."""
        return _BY_SYMBOL if self.symbol else _ALL_ORDERS

    def is_done(self, told: MassCancelReport) -> bool:
        """Whether the venue says that it canceled all that it was asked to: on anything less nobody relies."""
        return told.mass_cancel_response == self.mass_cancel_request_type


class MassCancelReported(Event, frozen=True, gc=False):
    """The venue answered a mass cancel, in an OrderMassCancelReport(35=r)."""

    cl_ord_id: str
    receipt: Receipt
    report: MassCancelReport

    @property
    def key(self) -> str:
        return self.cl_ord_id


class MassCancelRejected(Event, frozen=True, gc=False):
    """The venue refused the OrderMassCancelRequest(35=q) itself, by Reject(35=3) or BusinessMessageReject(35=j)."""

    cl_ord_id: str
    receipt: Receipt
    text: str

    @property
    def key(self) -> str:
        return self.cl_ord_id


class VenueAsked(OrderEvent, frozen=True, gc=False):
    """A client wants to know how the order stands at the venue: we ask by OrderStatusRequest(35=H) under its ClOrdID there."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    cl_ord_id: str
    """The version that is meant; empty for the one that the venue works."""
    session: str
    grant: int
    worked: str
    """ClOrdID(11) of that one, when it was asked."""

    @property
    def asked(self) -> str:
        """ClOrdID(11) under which the venue is asked."""
        return self.cl_ord_id or self.worked


class ReportDisputed(OrderEvent, frozen=True, gc=False, omit_defaults=True):
    """A client over FIX does not take what we told it of its order: it does not know the trade, or refused the message.

    By DontKnowTrade(35=Q), or by Reject(35=3) or BusinessMessageReject(35=j). It changes nothing; a person has to settle it.
    """

    session: str
    """The client's."""
    msg_type: str
    reported: int
    """Journal seq of the fact that was told so; 0 where a trade is named that does not stand, or was not told."""
    exec_id: str
    """ExecID(17) towards the client; empty where the message was no ExecutionReport(35=8)."""
    dk_reason: DKReason | None = None
    """DKReason(127), where it said one that FIX has."""
    text: str = ""


class RequestMissed(OrderEvent, frozen=True, gc=False):
    """The venue asked for the request's number again, and its word is trusted: it never had it, and it is decided again."""

    cl_ord_id: str
    reason: str


class RequestReleased(OrderEvent, frozen=True, gc=False):
    """A cancel that waited for the counterparty's rate is sent now, for the first time."""

    cl_ord_id: str
    session: str
    grant: int


class RequestResolved(OrderEvent, frozen=True, gc=False):
    """A person has found out what became of a request that was UNKNOWN, and says so."""

    IS_ANSWER: ClassVar[bool] = True

    cl_ord_id: str
    client_order_id: str
    principal: str
    state: RequestState
    """DONE, REFUSED or NOT_SENT."""
    reason: str


class DrainRequested(Event, frozen=True, gc=False):
    """A person wants this engine to end in good order: nothing new is taken, cancels pass, and when nothing is left, or the time
    is over, the sessions are logged out. Lifted by the next start, or by a person."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    reason: str
    is_canceling: bool
    """Whether what is working is canceled; else it is waited for."""
    wait_ms: int
    """For so long at most."""

    @property
    def key(self) -> str:
        return "engine"


class DrainStopped(Event, frozen=True, gc=False):
    """A person wants the engine to go on: orders are taken again."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    reason: str

    @property
    def key(self) -> str:
        return "engine"


DrainAct = DrainRequested | DrainStopped
DRAIN_ACTS: tuple[type[Event], ...] = (DrainRequested, DrainStopped)


class ActRefused(Event, frozen=True, gc=False):
    """We did not do what was asked of more than one order, or of what is in suspense or UNKNOWN."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    asked: str
    """The whole request in words, so that its repetition is known."""
    refusal: Refusal
    text: str

    @property
    def key(self) -> str:
        return self.client_order_id
