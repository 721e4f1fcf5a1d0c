"""What each kind of ExecutionReport(35=8) makes of an order: the economic effect whatever the state, then requests and versions.

Nothing is refused here. A report that cannot mean what it says (a bust of what never was) does not get this far.
"""

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from oms.domain.chain import (
    FLAGS,
    GOOD_TILL,
    NOT_TOLD,
    OPEN,
    PRECEDENCE,
    QUESTIONS_COUNTED,
    Chain,
    End,
    Request,
    RequestState,
    came_to_nothing,
    with_request,
)
from oms.domain.executions import busted, corrected, split, traded
from oms.domain.fields import ExecRestatementReason, ExecType, MsgType, OrdRejReason, OrdStatus, TimeInForce
from oms.domain.report import NO_ORDER_ID, ExecutionReport

_STILL_PENDING = frozenset({OrdStatus.PENDING_NEW, OrdStatus.PENDING_REPLACE})
_MASKING = frozenset({OrdStatus.PENDING_NEW, OrdStatus.PENDING_CANCEL, OrdStatus.PENDING_REPLACE})
"""OrdStatus(39) of a report that tells of a request, and hides what the order is besides."""
_BACK = frozenset({OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED})
_NEVER_RESTS = frozenset({TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL})
_NEW_DAY = frozenset({ExecRestatementReason.GT_RENEWAL, ExecRestatementReason.GT_CORPORATE_ACTION})
_GIVEN_UP = End.REJECTED
_DUPLICATE_ORDER, _BIDDING = OrdRejReason.DUPLICATE_ORDER, OrdStatus.ACCEPTED_FOR_BIDDING
_ORDER_STATUS, _REPLACE, _DONE = ExecType.ORDER_STATUS, MsgType.ORDER_CANCEL_REPLACE_REQUEST, RequestState.DONE


_last: list[tuple[Chain, ExecutionReport, Chain]] = []
"""The last report that was worked out, and what it came to: it is asked what comes of it before it is applied."""


def reported(chain: Chain, report: ExecutionReport) -> Chain:
    """`chain` after the venue has said this of it."""
    for before, told, after in _last:
        if before is chain and told is report:
            return after
    after = _REPORTS[report.exec_type](_heard(chain, report), report)
    _last[:] = ((chain, report, after),)
    return after


_NO_ID = frozenset({"", NO_ORDER_ID})


def _heard(chain: Chain, report: ExecutionReport) -> Chain:
    """What every report tells beside its meaning: ids, which may change over a restatement (R20), day, and CumQty."""
    if report.says_unknown() or report.ord_rej_reason is _DUPLICATE_ORDER:
        return chain
    is_later = report.trade_date > chain.trade_date and report.exec_type is not _ORDER_STATUS
    is_new_day = (is_later and chain.trade_date) or report.exec_restatement_reason in _NEW_DAY
    return replace(
        chain,
        order_id=chain.order_id if report.order_id in _NO_ID else report.order_id,
        secondary_order_id=report.secondary_order_id or chain.secondary_order_id,
        day=chain.day + 1 if is_new_day else chain.day,
        trade_date=report.trade_date if is_later else chain.trade_date,
        told_cum_qty=_told_cum_qty(chain, report),
    )


def _told_cum_qty(chain: Chain, report: ExecutionReport) -> Decimal:
    """The most that the venue says has traded. What changes a trade changes that as well, when it is applied."""
    if not report.cum_qty or report.exec_ref_id:
        return chain.told_cum_qty
    return max(chain.told_cum_qty, report.cum_qty)


def _traded(chain: Chain, report: ExecutionReport) -> Chain:
    """A fill before the ack accepts the order too: a venue cannot trade what it does not have."""
    booked = _lifted(traded(_with_quantity(chain, report), report), report)
    if booked.accepted or _is_rejected_still(booked, report):
        return booked
    return version_accepted(booked, booked.root_id)


def _is_rejected_still(chain: Chain, report: ExecutionReport) -> bool:
    """A trade of an order that the venue had rejected brings it back only if the venue says that something is left of it."""
    return chain.requests[0].state is RequestState.REFUSED and not report.leaves_qty


def _accepted(chain: Chain, report: ExecutionReport) -> Chain:
    accepted = _lifted(version_accepted(chain, report.cl_ord_id), report)
    if report.ord_status is _BIDDING:
        return replace(accepted, accepted=chain.accepted, flags=accepted.flags | {report.ord_status})
    return _with_quantity(accepted, report)


def _with_quantity(chain: Chain, report: ExecutionReport) -> Chain:
    """What the venue has made of an amount of money, in its own arithmetic."""
    if chain.terms.cash_order_qty is None or chain.terms.order_qty or not report.order_qty:
        return chain
    return replace(chain, terms=replace(chain.terms, order_qty=report.order_qty))


def _replaced(chain: Chain, report: ExecutionReport) -> Chain:
    """By request, or of the venue's own accord: then the report itself says what the order is now."""
    request = chain.request(report.cl_ord_id)
    if request is not None and request.msg_type is _REPLACE:
        return _accepted(chain, report)
    return _restated(chain, report)


def version_accepted(chain: Chain, cl_ord_id: str) -> Chain:
    """The venue works version `cl_ord_id` now. A replace below CumQty means stop: OrderQty becomes CumQty (R5)."""
    request = chain.request(cl_ord_id)
    if request is None or request.terms is None or (chain.accepted and request.state is _DONE):
        return chain  # Told again, late: a version that was accepted before does not come back.
    terms = request.terms
    if request.msg_type is _REPLACE and terms.order_qty < chain.cum_qty:
        terms = replace(terms, order_qty=chain.cum_qty)
    end = None if chain.end is _GIVEN_UP and cl_ord_id == chain.root_id else chain.end  # We gave it up; the venue has it.
    if terms.cash_order_qty is not None and not terms.order_qty:
        terms = replace(terms, order_qty=chain.terms.order_qty)
    known = arrived(chain)
    if known is chain or cl_ord_id != chain.root_id:
        known = with_request(_superseded(known, request), cl_ord_id, state=_DONE)
    return replace(known, accepted=cl_ord_id, terms=terms, end=end)


def _superseded(chain: Chain, request: Request) -> Chain:
    """A venue may answer only the last of pipelined replaces. The ones that it was built on are done with it (R9): whatever is
    said of them from here on comes too late. One that is still to be sent is not with the venue, and is given up elsewhere."""
    before = chain.request(request.orig_cl_ord_id)
    while before is not None and before.msg_type is _REPLACE:
        if before.state in OPEN and before.state is not RequestState.INTENT:
            chain = with_request(chain, before.cl_ord_id, state=_DONE)
        before = chain.request(before.orig_cl_ord_id)
    return chain


def arrived(chain: Chain) -> Chain:
    """The venue has, or had, the order: what it does with it is its answer, whether or not it ever said New."""
    return with_request(chain, chain.root_id, state=_DONE) if chain.requests[0].state in OPEN else chain


def _canceled(chain: Chain, report: ExecutionReport) -> Chain:
    return _left_market(chain, report, End.CANCELED)


def _expired(chain: Chain, report: ExecutionReport) -> Chain:
    """What is left of an order that never rests is canceled, whatever the venue calls it (R17)."""
    end = End.CANCELED if chain.terms.time_in_force in _NEVER_RESTS else End.EXPIRED
    return _left_market(chain, report, end)


def _left_market(chain: Chain, report: ExecutionReport, end: End) -> Chain:
    """Done by request or of the venue's own accord; what was still asked of the order has its answer either way."""
    answered = _lifted(arrived(chain), report)
    request = answered.request(report.cl_ord_id)
    if request is not None and request.msg_type is MsgType.ORDER_CANCEL_REQUEST:
        answered = with_request(answered, report.cl_ord_id, state=_DONE)
    reason = report.exec_restatement_reason or answered.exec_restatement_reason
    flags = answered.flags - _HELD if answered.flags else answered.flags  # Even where Filled hides them.
    return replace(answered, end=end, flags=flags, text=report.text or answered.text, exec_restatement_reason=reason)


def _received(chain: Chain, report: ExecutionReport, state: RequestState = RequestState.SENT) -> Chain:
    """The venue has the request: it may have been unknown, or only meant, until now."""
    request = chain.request(report.cl_ord_id)
    if request is None or request.state not in (NOT_TOLD if state is RequestState.SENT else OPEN):
        return chain
    return with_request(chain, request.cl_ord_id, state=state)


def _pending(chain: Chain, report: ExecutionReport) -> Chain:
    """The venue has the request in hand."""
    return _received(chain, report, RequestState.PENDING)


def _flagged(chain: Chain, report: ExecutionReport) -> Chain:
    """Done for day, calculated, suspended or stopped. To be stopped is a guarantee and no trade (R21)."""
    flag = OrdStatus(report.exec_type.value)
    return replace(arrived(chain), flags=chain.flags | {flag}, text=report.text or chain.text)


def _lifted(chain: Chain, report: ExecutionReport) -> Chain:
    """OrdStatus(39) is the highest of what is true: a flag that stands above it does not hold any more.

    An order for one day that is done does not come back because of a late fill.
    """
    if not chain.flags or report.ord_status in _MASKING:
        return chain
    told = PRECEDENCE.index(report.ord_status)
    is_trade = report.exec_type is ExecType.TRADE
    is_over = is_trade and chain.terms.time_in_force not in GOOD_TILL
    kept = {f for f in chain.flags if PRECEDENCE.index(f) >= told or (is_over and f in _DAYS_END)}
    if is_trade and report.ord_status not in _HELD:
        kept -= _HELD  # What trades is neither, even where Filled hides it.
    return replace(chain, flags=frozenset(kept))


def _triggered(chain: Chain, report: ExecutionReport) -> Chain:
    known = chain if chain.accepted else version_accepted(chain, chain.root_id)
    return replace(_lifted(known, report), is_triggered=True)


def _restated(chain: Chain, report: ExecutionReport) -> Chain:
    """The venue has changed the order, and says how it is now (R15)."""
    known = chain if chain.accepted else version_accepted(chain, chain.root_id)
    reason = report.exec_restatement_reason
    if reason in _NEW_DAY:
        known = replace(known, flags=known.flags - _DAYS_END)
    if reason is ExecRestatementReason.GT_CORPORATE_ACTION:
        known = split(known, report)
    terms = replace(known.terms, order_qty=report.order_qty or known.terms.order_qty, price=report.price or known.terms.price)
    return replace(
        _lifted(known, report),
        terms=terms,
        end=None if report.ord_status in _BACK else known.end,
        exec_restatement_reason=reason,
        text=report.text or known.text,
    )


def _order_rejected(chain: Chain, report: ExecutionReport) -> Chain:
    """A duplicate's rejection is not the order's: the order that owns the id lives on (F.1.a)."""
    if report.ord_rej_reason is _DUPLICATE_ORDER:
        return _received(chain, report)
    refused = with_request(chain, report.cl_ord_id, state=RequestState.REFUSED)
    return came_to_nothing(refused, report.cl_ord_id, report.text)


def _status(chain: Chain, report: ExecutionReport) -> Chain:
    """A status books no execution; it may resolve a request that was unknown (R10)."""
    asked = chain.request(report.cl_ord_id) or chain.request(chain.cl_ord_id)
    if asked is None:
        return chain
    chain, is_proof = _answered(chain, report)
    if report.says_unknown():
        return _never_arrived(chain, asked) if is_proof else chain
    if report.ord_status is OrdStatus.REJECTED:
        refused = with_request(_cancel_resolved(chain, report, is_proof=is_proof), asked.cl_ord_id, state=RequestState.REFUSED)
        return came_to_nothing(refused, asked.cl_ord_id, report.text)
    if report.ord_status in _STILL_PENDING:
        known = _pending(chain, report)
    else:
        known = version_accepted(chain, asked.cl_ord_id) if asked.state in OPEN else chain
    known = _with_quantity(_lifted(_cancel_resolved(known, report, is_proof=is_proof), report), report)
    match report.ord_status:
        case OrdStatus.CANCELED:
            return replace(known, end=End.CANCELED)
        case OrdStatus.EXPIRED:
            return replace(known, end=End.EXPIRED)
        case flag if flag in FLAGS:
            return replace(known, flags=known.flags | {flag})
        case _:
            return known


def _answered(chain: Chain, report: ExecutionReport) -> tuple[Chain, bool]:
    """One question less; and whether it was asked after all that is in doubt, so that it shows what the venue does not have.

    Questions are answered in their order. A mass status may have been asked before the request was sent: it proves nothing.
    """
    if report.mass_status_req_id:
        return chain, False
    asked = [request for request in chain.requests if request.questions]
    other = asked[0] if asked and not report.says_unknown() else None  # The venue may say the id under which it has the order.
    question = next((request for request in asked if request.cl_ord_id == report.cl_ord_id), other)
    if question is None or question.questions > QUESTIONS_COUNTED:
        return chain, False
    left = {"questions": question.questions - 1, "old_questions": max(question.old_questions - 1, 0)}
    return with_request(chain, question.cl_ord_id, **left), not question.old_questions


def _never_arrived(chain: Chain, asked: Request) -> Chain:
    """The venue does not know it. Of an order that it never had, it never had a cancel or replace either.
    Of one that it had, it may have done what is in doubt, and know it under another id now.

    Only what is UNKNOWN is resolved: a second answer to a question asked twice must not send the request a second time.
    """
    about = (asked,) if chain.accepted or asked.cl_ord_id != chain.root_id else chain.requests
    for request in about:
        if request.state is RequestState.UNKNOWN:
            chain = with_request(chain, request.cl_ord_id, state=RequestState.INTENT, grant=0)
    return chain


def _cancel_resolved(chain: Chain, report: ExecutionReport, *, is_proof: bool) -> Chain:
    """A cancel whose fate was unknown: done if the order is canceled, too late if it ended otherwise, never received if not."""
    pending = chain.pending(MsgType.ORDER_CANCEL_REQUEST)
    if pending is None or pending.state is not RequestState.UNKNOWN:
        return chain
    match report.ord_status:
        case OrdStatus.CANCELED:
            return with_request(chain, pending.cl_ord_id, state=_DONE)
        case OrdStatus.FILLED | OrdStatus.EXPIRED | OrdStatus.REJECTED:
            return with_request(chain, pending.cl_ord_id, state=RequestState.REFUSED)
        case OrdStatus.PENDING_CANCEL:
            return with_request(chain, pending.cl_ord_id, state=RequestState.PENDING)
        case _:
            return with_request(chain, pending.cl_ord_id, state=RequestState.INTENT, grant=0) if is_proof else chain


_HELD = frozenset({OrdStatus.STOPPED, OrdStatus.SUSPENDED})
_DAYS_END = frozenset({OrdStatus.DONE_FOR_DAY, OrdStatus.CALCULATED})
_REPORTS: dict[ExecType, Callable[[Chain, ExecutionReport], Chain]] = {
    ExecType.TRADE: _traded,
    ExecType.NEW: _accepted,
    ExecType.REPLACED: _replaced,
    ExecType.CANCELED: _canceled,
    ExecType.EXPIRED: _expired,
    ExecType.REJECTED: _order_rejected,
    ExecType.ORDER_STATUS: _status,
    ExecType.PENDING_NEW: _pending,
    ExecType.PENDING_CANCEL: _pending,
    ExecType.PENDING_REPLACE: _pending,
    ExecType.DONE_FOR_DAY: _flagged,
    ExecType.CALCULATED: _flagged,
    ExecType.STOPPED: _flagged,
    ExecType.SUSPENDED: _flagged,
    ExecType.TRIGGERED: _triggered,
    ExecType.RESTATED: _restated,
    ExecType.TRADE_CORRECT: corrected,
    ExecType.TRADE_CANCEL: busted,
}
"""What each kind of report does."""
