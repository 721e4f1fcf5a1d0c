"""The life of one order: what each fact makes of it.

`evolve` holds every transition. Nothing is decided here: the rules are in `oms.deciding`.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from oms.domain.chain import OPEN, Chain, End, Request, RequestState
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    ChainEvent,
    ExecutionReported,
    MessageSent,
    OrderEvent,
    OrderPlaced,
    ReplaceRequested,
    ReportDiffered,
    RequestDoubted,
    RequestNotSent,
    RequestReissued,
    RequestRejected,
    StatusRequested,
)
from oms.domain.fields import ExecType, MsgType, OrdStatus
from oms.domain.report import ExecutionReport
from oms.domain.terms import Terms

_NOT_TOLD = OPEN - {RequestState.PENDING}
"""The venue has said nothing of it yet, as far as we know."""
_STILL_PENDING = frozenset({OrdStatus.PENDING_NEW, OrdStatus.PENDING_REPLACE})


def evolve(chain: Chain | None, event: ChainEvent, at_ns: int) -> Chain:
    """`chain` after `event`, which happened at `at_ns`."""
    if chain is None:
        assert isinstance(event, OrderPlaced), f"{type(event).__name__} about an order that was never placed: {event.root_id}"
        return _placed(event, at_ns)
    return EVOLUTIONS[type(event)](chain, event, at_ns)


def _placed(event: OrderPlaced, at_ns: int) -> Chain:
    first = Request(
        cl_ord_id=event.root_id,
        msg_type=MsgType.NEW_ORDER_SINGLE,
        client_order_id=event.client_order_id,
        principal=event.principal,
        grant=event.grant,
        placed_at_ns=at_ns,
        terms=event.terms,
    )
    return Chain(root_id=event.root_id, session=event.session, terms=event.terms, requests=(first,), parent_id=event.parent_id)


def _cancel_requested(chain: Chain, event: CancelRequested, at_ns: int) -> Chain:
    return _requested(chain, event, MsgType.ORDER_CANCEL_REQUEST, None, at_ns)


def _replace_requested(chain: Chain, event: ReplaceRequested, at_ns: int) -> Chain:
    return _requested(chain, event, MsgType.ORDER_CANCEL_REPLACE_REQUEST, event.terms, at_ns)


def _requested(
    chain: Chain, event: CancelRequested | ReplaceRequested, msg_type: MsgType, terms: Terms | None, at_ns: int
) -> Chain:
    request = Request(
        cl_ord_id=event.cl_ord_id,
        msg_type=msg_type,
        client_order_id=event.client_order_id,
        principal=event.principal,
        grant=event.grant,
        placed_at_ns=at_ns,
        terms=terms,
        orig_cl_ord_id=event.orig_cl_ord_id,
    )
    return replace(chain, requests=(*chain.requests, request))


def _sent(chain: Chain, event: MessageSent, _at_ns: int) -> Chain:
    if event.msg_type == MsgType.ORDER_STATUS_REQUEST.code:
        return chain
    request = chain.request(event.cl_ord_id)
    state = RequestState.SENT if request is None or request.state in _NOT_TOLD else request.state
    return _with(chain, event.cl_ord_id, session_epoch=event.session_epoch, msg_seq_num=event.msg_seq_num, state=state)


def _not_sent(chain: Chain, event: RequestNotSent, _at_ns: int) -> Chain:
    return _ended(_with(chain, event.cl_ord_id, state=RequestState.NOT_SENT), event.cl_ord_id, event.reason)


def _doubted(chain: Chain, event: RequestDoubted, _at_ns: int) -> Chain:
    return _with(chain, event.cl_ord_id, state=RequestState.UNKNOWN)


def _reissued(chain: Chain, event: RequestReissued, _at_ns: int) -> Chain:
    """The version that it would have followed may have come to nothing since it was first asked for."""
    orig_cl_ord_id = "" if event.cl_ord_id == chain.root_id else chain.last_version(event.cl_ord_id)
    return _with(chain, event.cl_ord_id, state=RequestState.INTENT, grant=event.grant, orig_cl_ord_id=orig_cl_ord_id)


def _unchanged(chain: Chain, _event: ChainEvent, _at_ns: int) -> Chain:
    return chain


def _rejected(chain: Chain, event: RequestRejected, _at_ns: int) -> Chain:
    return _ended(_with(chain, event.cl_ord_id, state=RequestState.REFUSED), event.cl_ord_id, event.text)


def _with(chain: Chain, cl_ord_id: str, **changes: object) -> Chain:
    """`chain` with one request changed."""
    if len(chain.requests) == 1 and chain.requests[0].cl_ord_id == cl_ord_id:
        return replace(chain, requests=(replace(chain.requests[0], **changes),))
    requests = tuple([replace(r, **changes) if r.cl_ord_id == cl_ord_id else r for r in chain.requests])
    return replace(chain, requests=requests)


def _ended(chain: Chain, cl_ord_id: str, text: str) -> Chain:
    """The request came to nothing: the order ends with it if it was the order itself, as first sent or as last accepted."""
    return replace(chain, text=text, end=End.REJECTED if cl_ord_id in {chain.root_id, chain.accepted} else chain.end)


def _reported(chain: Chain, event: ExecutionReported, _at_ns: int) -> Chain:
    """The economic effect first and whatever the state (order-model: never refuse a fact), then requests and versions."""
    report = event.report
    if report.order_id and report.order_id != chain.order_id and not report.says_unknown():
        chain = replace(chain, order_id=report.order_id)
    return _REPORTS.get(report.exec_type, _received)(chain, report)


def _cancel_rejected(chain: Chain, event: CancelRejected, _at_ns: int) -> Chain:
    """The first answer counts: a venue that is asked again refuses what it has done."""
    report = event.report
    request = chain.request(report.cl_ord_id)
    if request is None or request.state not in OPEN:
        return chain
    return replace(_with(chain, report.cl_ord_id, state=RequestState.REFUSED), text=report.text)


def _traded(chain: Chain, report: ExecutionReport) -> Chain:
    """A fill before the ack accepts the order too: a venue cannot trade what it does not have."""
    assert report.last_qty is not None, "the codec lets no Trade without LastQty(32) through"
    assert report.last_px is not None, "the codec lets no Trade without LastPx(31) through"
    booked = replace(
        chain,
        cum_qty=chain.cum_qty + report.last_qty,
        cum_value=chain.cum_value + report.last_qty * report.last_px,
    )
    return booked if booked.accepted else _version_accepted(booked, booked.root_id)


def _accepted(chain: Chain, report: ExecutionReport) -> Chain:
    return _version_accepted(chain, report.cl_ord_id)


def _version_accepted(chain: Chain, cl_ord_id: str) -> Chain:
    """The venue works version `cl_ord_id` now. A replace below CumQty means stop: OrderQty becomes CumQty (R5)."""
    request = chain.request(cl_ord_id)
    if request is None or request.terms is None or (chain.accepted and request.state is RequestState.DONE):
        return chain  # Told again, late: a version that was accepted before does not come back.
    terms = request.terms
    if request.msg_type is MsgType.ORDER_CANCEL_REPLACE_REQUEST and terms.order_qty < chain.cum_qty:
        terms = replace(terms, order_qty=chain.cum_qty)
    end = None if chain.end is End.REJECTED and cl_ord_id == chain.root_id else chain.end  # We gave it up; the venue has it.
    arrived = _arrived(chain)
    if arrived is chain or cl_ord_id != chain.root_id:
        arrived = _with(arrived, cl_ord_id, state=RequestState.DONE)
    return replace(arrived, accepted=cl_ord_id, terms=terms, end=end)


def _arrived(chain: Chain) -> Chain:
    """The venue has, or had, the order: what it does with it is its answer, whether or not it ever said New."""
    return _with(chain, chain.root_id, state=RequestState.DONE) if chain.requests[0].state in OPEN else chain


def _canceled(chain: Chain, report: ExecutionReport) -> Chain:
    return _left_market(chain, report, End.CANCELED)


def _expired(chain: Chain, report: ExecutionReport) -> Chain:
    return _left_market(chain, report, End.EXPIRED)


def _left_market(chain: Chain, report: ExecutionReport, end: End) -> Chain:
    """Done by request or of the venue's own accord; what was still asked of the order has its answer either way."""
    answered = _arrived(chain)
    request = answered.request(report.cl_ord_id)
    if request is not None and request.msg_type is MsgType.ORDER_CANCEL_REQUEST:
        answered = _with(answered, report.cl_ord_id, state=RequestState.DONE)
    return replace(answered, end=end, text=report.text or answered.text)


def _received(chain: Chain, report: ExecutionReport) -> Chain:
    """The venue has the request: it may have been unknown, or only meant, until now."""
    request = chain.request(report.cl_ord_id)
    if request is None or request.state not in _NOT_TOLD:
        return chain
    return _with(chain, request.cl_ord_id, state=RequestState.SENT)


def _pending(chain: Chain, report: ExecutionReport) -> Chain:
    """The venue has the request in hand."""
    request = chain.request(report.cl_ord_id)
    if request is None or request.state not in OPEN:
        return chain
    return _with(chain, request.cl_ord_id, state=RequestState.PENDING)


def _done_for_day(chain: Chain, report: ExecutionReport) -> Chain:
    return replace(_arrived(chain), is_done_for_day=True, text=report.text or chain.text)


def _order_rejected(chain: Chain, report: ExecutionReport) -> Chain:
    return _ended(_with(chain, report.cl_ord_id, state=RequestState.REFUSED), report.cl_ord_id, report.text)


def _status(chain: Chain, report: ExecutionReport) -> Chain:
    """A status books no execution; it may resolve a request that was unknown (R10)."""
    asked = chain.request(report.cl_ord_id)
    if asked is None:
        return chain
    if report.says_unknown():
        return _never_arrived(chain, asked)
    if report.ord_status is OrdStatus.REJECTED:
        refused = _with(_cancel_resolved(chain, report), asked.cl_ord_id, state=RequestState.REFUSED)
        return replace(refused, end=End.REJECTED, text=report.text)
    if report.ord_status in _STILL_PENDING:
        known = _pending(chain, report)
    else:
        known = _accepted(chain, report) if asked.state in OPEN else chain
    known = _cancel_resolved(known, report)
    match report.ord_status:
        case OrdStatus.CANCELED:
            return replace(known, end=End.CANCELED)
        case OrdStatus.EXPIRED:
            return replace(known, end=End.EXPIRED)
        case _:
            return known


def _never_arrived(chain: Chain, asked: Request) -> Chain:
    """The venue does not know it. An order it does not know it was never asked to cancel either: it would have said so.

    Only what is UNKNOWN is resolved: a second answer to a question asked twice must not send the request a second time.
    """
    about = chain.requests if asked.cl_ord_id == chain.root_id else (asked,)
    for request in about:
        if request.state is RequestState.UNKNOWN:
            chain = _with(chain, request.cl_ord_id, state=RequestState.INTENT, grant=0)
    return chain


def _cancel_resolved(chain: Chain, report: ExecutionReport) -> Chain:
    """A cancel whose fate was unknown: done if the order is canceled, too late if it ended otherwise, never received if not."""
    pending = chain.pending(MsgType.ORDER_CANCEL_REQUEST)
    if pending is None or pending.state is not RequestState.UNKNOWN:
        return chain
    match report.ord_status:
        case OrdStatus.CANCELED:
            return _with(chain, pending.cl_ord_id, state=RequestState.DONE)
        case OrdStatus.FILLED | OrdStatus.EXPIRED | OrdStatus.REJECTED:
            return _with(chain, pending.cl_ord_id, state=RequestState.REFUSED)
        case OrdStatus.PENDING_CANCEL:
            return _with(chain, pending.cl_ord_id, state=RequestState.PENDING)
        case _:
            return _with(chain, pending.cl_ord_id, state=RequestState.INTENT, grant=0)


EVOLUTIONS: dict[type[OrderEvent], Callable[[Chain, Any, int], Chain]] = {
    ExecutionReported: _reported,
    MessageSent: _sent,
    CancelRequested: _cancel_requested,
    ReplaceRequested: _replace_requested,
    RequestNotSent: _not_sent,
    RequestDoubted: _doubted,
    RequestReissued: _reissued,
    StatusRequested: _unchanged,
    ReportDiffered: _unchanged,
    CancelRejected: _cancel_rejected,
    RequestRejected: _rejected,
}
"""What each fact does to an order that was placed."""

_REPORTS: dict[ExecType, Callable[[Chain, ExecutionReport], Chain]] = {
    ExecType.TRADE: _traded,
    ExecType.NEW: _accepted,
    ExecType.REPLACED: _accepted,
    ExecType.CANCELED: _canceled,
    ExecType.EXPIRED: _expired,
    ExecType.REJECTED: _order_rejected,
    ExecType.ORDER_STATUS: _status,
    ExecType.PENDING_NEW: _pending,
    ExecType.PENDING_CANCEL: _pending,
    ExecType.PENDING_REPLACE: _pending,
    ExecType.DONE_FOR_DAY: _done_for_day,
}
"""What each kind of report does; of any other we learn only that the venue has the request."""
