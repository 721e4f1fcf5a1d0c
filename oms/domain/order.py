"""The life of one order: what each fact makes of it.

`evolve` holds every transition. Nothing is decided here: the rules are in `oms.deciding`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from oms.domain.acts import ReportDisputed, RequestMissed, RequestReleased, RequestResolved, VenueAsked
from oms.domain.chain import (
    NOT_TOLD,
    OPEN,
    QUESTIONS_COUNTED,
    Chain,
    End,
    Request,
    RequestState,
    came_to_nothing,
    with_request,
)
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    ChainEvent,
    ExecutionReported,
    MessageSent,
    OrderAdopted,
    OrderEvent,
    OrderOverfilled,
    OrderPlaced,
    ReplaceRequested,
    ReportAttributed,
    ReportDiffered,
    RequestDoubted,
    RequestEscalated,
    RequestNotSent,
    RequestReissued,
    RequestRejected,
    StatusRequested,
)
from oms.domain.fields import MsgType
from oms.domain.reported import arrived, reported, version_accepted
from oms.domain.terms import Decision, Terms

_NEW_ORDER_SINGLE, _STATUS_REQUEST = MsgType.NEW_ORDER_SINGLE, MsgType.ORDER_STATUS_REQUEST.code
_SENT = RequestState.SENT


def evolve(chain: Chain | None, event: OrderEvent, at_ns: int) -> Chain:
    """`chain` after `event`, which happened at `at_ns`."""
    if chain is None:
        assert isinstance(event, (OrderPlaced, OrderAdopted)), f"{type(event).__name__} about an unknown order: {event.root_id}"
        return _placed(event, at_ns) if isinstance(event, OrderPlaced) else _adopted(event, at_ns)
    return EVOLUTIONS[type(event)](chain, event, at_ns)


def _placed(event: OrderPlaced, at_ns: int) -> Chain:
    first = Request(
        cl_ord_id=event.root_id,
        msg_type=_NEW_ORDER_SINGLE,
        client_order_id=event.client_order_id,
        principal=event.principal,
        grant=event.grant,
        placed_at_ns=at_ns,
        terms=event.terms,
        worst_px=_worst_px(event.decision),
    )
    return Chain(root_id=event.root_id, session=event.session, terms=event.terms, requests=(first,), parent_id=event.parent_id)


def _worst_px(decision: Decision | None) -> Decimal | None:
    return None if decision is None else decision.worst_px


def _adopted(event: OrderAdopted, at_ns: int) -> Chain:
    """The venue has it, so its first request is done, though it was never ours."""
    first = Request(
        cl_ord_id=event.cl_ord_id,
        msg_type=_NEW_ORDER_SINGLE,
        client_order_id="",
        principal="",
        grant=0,
        placed_at_ns=at_ns,
        terms=event.terms,
        state=RequestState.DONE,
    )
    return Chain(
        root_id=event.root_id,
        session=event.session,
        terms=event.terms,
        requests=(first,),
        accepted=event.cl_ord_id,
        order_id=event.order_id,
        is_adopted=True,
    )


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
        worst_px=_worst_px(event.decision) if isinstance(event, ReplaceRequested) else None,
        orig_cl_ord_id=event.orig_cl_ord_id,
    )
    return replace(chain, requests=(*chain.requests, request))


def _sent(chain: Chain, event: MessageSent, _at_ns: int) -> Chain:
    if event.msg_type == _STATUS_REQUEST:
        return chain
    request = chain.request(event.cl_ord_id)
    state = _SENT if request is None or request.state in NOT_TOLD else request.state
    return with_request(chain, event.cl_ord_id, session_epoch=event.session_epoch, msg_seq_num=event.msg_seq_num, state=state)


def _not_sent(chain: Chain, event: RequestNotSent, _at_ns: int) -> Chain:
    return came_to_nothing(with_request(chain, event.cl_ord_id, state=RequestState.NOT_SENT), event.cl_ord_id, event.reason)


def _doubted(chain: Chain, event: RequestDoubted, _at_ns: int) -> Chain:
    """What was asked before may have been answered before the request could arrive."""
    requests = tuple([replace(r, old_questions=r.questions) if r.questions else r for r in chain.requests])
    return with_request(replace(chain, requests=requests), event.cl_ord_id, state=RequestState.UNKNOWN)


def _missed(chain: Chain, event: RequestMissed, _at_ns: int) -> Chain:
    """As if it had never left."""
    return with_request(chain, event.cl_ord_id, state=RequestState.INTENT, grant=0, msg_seq_num=0)


def _asked(chain: Chain, event: StatusRequested | VenueAsked, _at_ns: int) -> Chain:
    cl_ord_id = event.cl_ord_id if isinstance(event, StatusRequested) else event.asked
    request = chain.request(cl_ord_id)
    if request is None or request.questions > QUESTIONS_COUNTED:
        return chain
    return with_request(chain, cl_ord_id, questions=request.questions + 1)


def _reissued(chain: Chain, event: RequestReissued | RequestReleased, _at_ns: int) -> Chain:
    """The version that it would have followed may have come to nothing since it was first asked for."""
    orig_cl_ord_id = "" if event.cl_ord_id == chain.root_id else chain.last_version(event.cl_ord_id)
    decision = event.decision if isinstance(event, RequestReissued) else None
    judged = {} if decision is None else {"worst_px": decision.worst_px}
    return with_request(
        chain, event.cl_ord_id, state=RequestState.INTENT, grant=event.grant, orig_cl_ord_id=orig_cl_ord_id, **judged
    )


def _unchanged(chain: Chain, _event: ChainEvent, _at_ns: int) -> Chain:
    return chain


def _rejected(chain: Chain, event: RequestRejected, _at_ns: int) -> Chain:
    return came_to_nothing(with_request(chain, event.cl_ord_id, state=RequestState.REFUSED), event.cl_ord_id, event.text)


def _reported(chain: Chain, event: ExecutionReported | ReportAttributed, _at_ns: int) -> Chain:
    return reported(chain, event.report)


def _cancel_rejected(chain: Chain, event: CancelRejected, _at_ns: int) -> Chain:
    """The first answer counts: a venue that is asked again refuses what it has done."""
    report = event.report
    request = chain.request(report.cl_ord_id)
    if request is None or request.state not in OPEN:
        return chain
    return replace(with_request(chain, report.cl_ord_id, state=RequestState.REFUSED), text=report.text)


def _resolved(chain: Chain, event: RequestResolved, _at_ns: int) -> Chain:
    """A person's word does what the venue's would have done; whatever the venue says later still counts."""
    request = chain.request(event.cl_ord_id)
    assert request is not None, f"a request that was never made is resolved: {event.cl_ord_id}"
    if event.state is not RequestState.DONE:
        return came_to_nothing(with_request(chain, event.cl_ord_id, state=event.state), event.cl_ord_id, event.reason)
    if request.terms is not None:
        return replace(version_accepted(chain, event.cl_ord_id), text=event.reason)
    return replace(with_request(arrived(chain), event.cl_ord_id, state=event.state), end=End.CANCELED, text=event.reason)


EVOLUTIONS: dict[type[OrderEvent], Callable[[Chain, Any, int], Chain]] = {
    ExecutionReported: _reported,
    MessageSent: _sent,
    CancelRequested: _cancel_requested,
    ReplaceRequested: _replace_requested,
    RequestNotSent: _not_sent,
    RequestDoubted: _doubted,
    RequestReissued: _reissued,
    RequestReleased: _reissued,
    RequestMissed: _missed,
    StatusRequested: _asked,
    RequestEscalated: _unchanged,
    ReportDisputed: _unchanged,
    ReportDiffered: _unchanged,
    OrderOverfilled: _unchanged,
    ReportAttributed: _reported,
    CancelRejected: _cancel_rejected,
    RequestRejected: _rejected,
    RequestResolved: _resolved,
    VenueAsked: _asked,
}
"""What each fact does to an order that was placed."""
