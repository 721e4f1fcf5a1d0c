"""What nobody knows of one session's requests and orders, and how far we are in finding it out: a fold over the journal.

A request is UNKNOWN when nobody can say whether the venue has it. An acknowledged order is *unconfirmed* when its session was
lost since, until the venue has told of it again. Time changes neither; it only lets us ask again (`oms.ladder`).
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from oms.domain.chain import Chain, RequestState
from oms.domain.events import (
    ExecutionReported,
    MassStatusEnded,
    MassStatusRequested,
    OrderEvent,
    RequestEscalated,
    StatusRequested,
)
from oms.domain.fields import MsgType
from oms.domain.report import ExecutionReport

_NS_PER_S = 1_000_000_000


class Doubt(msgspec.Struct, frozen=True, gc=False):
    """One request that is UNKNOWN, or one order that is unconfirmed."""

    root_id: str
    since_ns: int
    asks: int = 0
    """OrderStatusRequests(35=H) about it since its session came up."""
    asked_at_ns: int = 0
    """When the last of them was asked; 0 before."""
    is_escalated: bool = False


class MassStatus(msgspec.Struct, frozen=True, gc=False):
    """A mass status that is being answered."""

    mass_status_req_id: str
    asked_at_ns: int
    reports: int = 0
    """How many have answered it so far."""


class Doubts(msgspec.Struct):
    """Of one session. Empty while all is well."""

    unknown: dict[str, Doubt] = {}
    """By ClOrdID(11) of the request."""
    unconfirmed: dict[str, Doubt] = {}
    """By root_id of the order."""
    unknown_ns: int = 0
    """How long requests were UNKNOWN that are so no longer, added up."""
    mass_status: MassStatus | None = None
    mass_asked_at_ns: int = 0
    """When the last mass status was asked; 0 before the first."""
    mass_answered_ns: int = 0
    """When the last one that has ended since the session came up had been asked; 0 without one."""
    is_ready: bool = False
    """Whether the gap is closed since the session was lost: before that, reports tell of the time before the loss."""
    second: int = 0
    """The second, since the epoch, in which the last question was asked."""
    questions: int = 0
    """How many were asked in it."""

    def is_empty(self) -> bool:
        return not (self.unknown or self.unconfirmed or self.mass_status)

    def oldest_ns(self) -> int | None:
        """Since when the oldest unknown request is so."""
        return min((doubt.since_ns for doubt in self.unknown.values()), default=None)

    def asked_in(self, second: int) -> int:
        """How many questions were asked in this second."""
        return self.questions if second == self.second else 0

    def lost(self, acknowledged: Iterable[str], at_ns: int) -> None:
        """The session is gone, and with it every question: each may be asked anew. So these live orders are unconfirmed."""
        self.is_ready, self.mass_status, self.mass_answered_ns = False, None, 0
        self.unknown = {cl_ord_id: _anew(doubt) for cl_ord_id, doubt in self.unknown.items()}
        before = self.unconfirmed
        self.unconfirmed = {id_: _anew(before[id_]) if id_ in before else Doubt(id_, at_ns) for id_ in acknowledged}

    def changed(self, event: OrderEvent, chain: Chain, at_ns: int) -> None:
        """A fact about an order: what it leaves in doubt, and what it resolves."""
        for request in chain.requests:
            if request.state is RequestState.UNKNOWN:
                self.unknown.setdefault(request.cl_ord_id, Doubt(chain.root_id, at_ns))
            elif (resolved := self.unknown.pop(request.cl_ord_id, None)) is not None:
                self.unknown_ns += at_ns - resolved.since_ns
        if not chain.is_live:
            self.unconfirmed.pop(chain.root_id, None)
        if isinstance(event, StatusRequested):
            self._asked(event, chain, at_ns)
        elif isinstance(event, RequestEscalated):
            self._escalated(event)
        elif isinstance(event, ExecutionReported):
            self.answered(event.report)
            if self.is_ready and not event.report.says_unknown():
                self.unconfirmed.pop(chain.root_id, None)

    def mass_asked(self, event: MassStatusRequested, at_ns: int) -> None:
        self._count(at_ns)
        self.mass_status, self.mass_asked_at_ns = MassStatus(event.mass_status_req_id, at_ns), at_ns

    def mass_ended(self, event: MassStatusEnded) -> None:
        if self.mass_status is not None and self.mass_status.mass_status_req_id == event.mass_status_req_id:
            self.mass_answered_ns, self.mass_status = self.mass_status.asked_at_ns, None

    def answered(self, report: ExecutionReport) -> None:
        """A report came, about an order of ours or not: it may be one of those that a mass status is answered with."""
        mass_status = self.mass_status
        if mass_status is not None and report.mass_status_req_id == mass_status.mass_status_req_id:
            self.mass_status = replace(mass_status, reports=mass_status.reports + 1)

    def all_escalated(self) -> None:
        """A person was told of every order that is unconfirmed."""
        self.unconfirmed = {root_id: replace(doubt, is_escalated=True) for root_id, doubt in self.unconfirmed.items()}

    def _asked(self, event: StatusRequested, chain: Chain, at_ns: int) -> None:
        self._count(at_ns)
        for request in chain.requests:
            doubt = self.unknown.get(request.cl_ord_id)
            if doubt is not None and asked_as(chain, request.cl_ord_id) == event.cl_ord_id:
                self.unknown[request.cl_ord_id] = _again(doubt, at_ns)
        doubt = self.unconfirmed.get(chain.root_id)
        if doubt is not None and chain.cl_ord_id == event.cl_ord_id:
            self.unconfirmed[chain.root_id] = _again(doubt, at_ns)

    def _escalated(self, event: RequestEscalated) -> None:
        if event.cl_ord_id in self.unknown:
            self.unknown[event.cl_ord_id] = replace(self.unknown[event.cl_ord_id], is_escalated=True)
        elif event.root_id in self.unconfirmed:
            self.unconfirmed[event.root_id] = replace(self.unconfirmed[event.root_id], is_escalated=True)

    def _count(self, at_ns: int) -> None:
        second = at_ns // _NS_PER_S
        self.second, self.questions = second, self.asked_in(second) + 1


def asked_as(chain: Chain, cl_ord_id: str) -> str:
    """The ClOrdID(11) under which a request is asked for: a cancel under its order's own."""
    request = chain.request(cl_ord_id)
    is_cancel = request is not None and request.msg_type is MsgType.ORDER_CANCEL_REQUEST
    return chain.cl_ord_id if is_cancel else cl_ord_id


def _again(doubt: Doubt, at_ns: int) -> Doubt:
    return replace(doubt, asks=doubt.asks + 1, asked_at_ns=at_ns)


def _anew(doubt: Doubt) -> Doubt:
    return replace(doubt, asks=0, asked_at_ns=0)
