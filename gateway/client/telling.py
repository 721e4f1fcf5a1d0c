"""What a client over FIX hears of a fact about its order: the fact in the sell side's words, under the client's own ids.

Pure: the same fact and the same order before and after it make the same message, whenever they are folded. So the ExecID(17) that
is made of the fact's number is the same however often the report is sent.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.codec import client_writing as writing
from gateway.codec.version import Version
from oms.domain.acts import RequestResolved
from oms.domain.chain import OPEN, Chain, End, Request, RequestState
from oms.domain.events import (
    CancelRejected,
    Event,
    ExecutionReported,
    OrderRefused,
    ReportAttributed,
    RequestNotSent,
    RequestRefused,
    RequestRejected,
)
from oms.domain.fields import CxlRejReason, ExecRestatementReason, ExecType, MsgType, OrdRejReason, OrdStatus
from oms.domain.refusal import Refusal
from oms.domain.report import NO_ORDER_ID, CancelReject, ExecutionReport
from oms.mass_cancel import asked_by, is_of_many

NO_EXEC_ID = "0"
"""ExecID(17) of a status: it reports no execution (FIX 4.4 Volume 4)."""

ORD_REJ_REASONS = {
    Refusal.DUPLICATE_CLIENT_ORDER_ID: OrdRejReason.DUPLICATE_ORDER,
    Refusal.NOT_ENTITLED: OrdRejReason.UNKNOWN_ACCOUNT,
    Refusal.UNKNOWN_ACCOUNT: OrdRejReason.UNKNOWN_ACCOUNT,
    Refusal.UNKNOWN_SYMBOL: OrdRejReason.UNKNOWN_SYMBOL,
    Refusal.EXPIRED: OrdRejReason.STALE_ORDER,
    Refusal.SESSION_DOWN: OrdRejReason.EXCHANGE_CLOSED,
    Refusal.DRAINING: OrdRejReason.EXCHANGE_CLOSED,
    Refusal.ORDER_QTY_NOT_IN_LOTS: OrdRejReason.INCORRECT_QUANTITY,
    Refusal.MISSING_LIMIT: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.ORDER_QTY_EXCEEDS_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.ORDER_NOTIONAL_EXCEEDS_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.PRICE_EXCEEDS_COLLAR: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.OPEN_ORDERS_EXCEED_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.POSITION_EXCEEDS_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.OPEN_VALUE_EXCEEDS_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.DAY_VALUE_EXCEEDS_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.UNPRICED_EXPOSURE: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.ADV_SHARE_EXCEEDS_MAX: OrdRejReason.ORDER_EXCEEDS_LIMIT,
    Refusal.MARKET_NOT_OPEN: OrdRejReason.EXCHANGE_CLOSED,
}
"""OrdRejReason(103) of our refusals; Other for the rest. Text(58) has the code itself, and the numbers."""
CXL_REJ_REASONS = {
    Refusal.UNKNOWN_ORDER: CxlRejReason.UNKNOWN_ORDER,
    Refusal.TOO_LATE: CxlRejReason.TOO_LATE_TO_CANCEL,
    Refusal.REQUEST_PENDING: CxlRejReason.ALREADY_PENDING,
    Refusal.DUPLICATE_CLIENT_ORDER_ID: CxlRejReason.DUPLICATE_CL_ORD_ID,
}
"""CxlRejReason(102) likewise."""

_TRADES = frozenset({ExecType.TRADE, ExecType.TRADE_CORRECT, ExecType.TRADE_CANCEL})
_ANSWERS = frozenset({ExecType.PENDING_CANCEL, ExecType.PENDING_REPLACE, ExecType.REPLACED, ExecType.CANCELED})
"""What a cancel or a replace may be answered with."""
_CANCELS = frozenset({ExecType.PENDING_CANCEL, ExecType.CANCELED})
_ENDS = {End.CANCELED: ExecType.CANCELED, End.EXPIRED: ExecType.EXPIRED, End.REJECTED: ExecType.REJECTED}

Message = tuple[str, str]
"""MsgType(35) and body."""


class Occasion(msgspec.Struct, frozen=True, gc=False):
    """A fact's place in the journal, and the order before and after it."""

    version: Version
    exec_id: str
    at_ns: int
    before: Chain | None
    after: Chain | None
    """The order; None where the fact is about none that we have."""
    ref_of: Callable[[str], str]
    """Our ExecID of the execution that the venue gave this one; empty where we never reported it."""
    mass_cancel: str = ""
    """The client's ClOrdID(11) of the mass cancel that means the order."""


def told(occasion: Occasion, event: Event) -> Message | None:
    """The message that tells the client of the fact; None where there is nothing to tell."""
    tell = _TELLINGS.get(type(event))
    return None if tell is None else tell(occasion, event)


def status(version: Version, chain: Chain, at_ns: int, ord_status_req_id: str = "") -> Message:
    """How the order stands (150=I)."""
    occasion = Occasion(version, NO_EXEC_ID, at_ns, chain, chain, lambda _: "")
    report = _report(occasion, chain, ExecType.ORDER_STATUS, _own_version(chain), text=chain.text)
    body = writing.execution_report(version, report, chain.terms, at_ns, ord_status_req_id=ord_status_req_id)
    return writing.EXECUTION_REPORT, body


def client_id(chain: Chain, cl_ord_id: str) -> str:
    """ClOrdID(11) as the order's client knows it: its own id of that request, else of the version that it has."""
    request = chain.request(cl_ord_id)
    return asked_by(request.client_order_id) if request is not None and _is_own(chain, request) else _own_version(chain)


def _is_own(chain: Chain, request: Request) -> bool:
    return request.principal == chain.requests[0].principal


def _own_version(chain: Chain) -> str:
    """The client's id of the version that the venue works, or of its last one before somebody else changed the order."""
    version = chain.requests[0]
    for request in chain.requests:
        if request.terms is not None and request.state is RequestState.DONE and _is_own(chain, request):
            version = request
        if request.cl_ord_id == chain.accepted:
            break
    return version.client_order_id


def _executed(occasion: Occasion, event: ExecutionReported | ReportAttributed) -> Message | None:
    """What the venue said, said on. A fill carries the version that the client has, whatever is pending (R3)."""
    report, before, after = event.report, _chain(occasion.before), _chain(occasion.after)
    if report.exec_type is ExecType.ORDER_STATUS:
        return _resolved(occasion, before, after, report)
    if report.exec_type in _TRADES:
        return _say(occasion, after, report.exec_type, _own_version(after), report)
    request = after.request(report.cl_ord_id)
    is_request = request is not None and request.msg_type is not MsgType.NEW_ORDER_SINGLE
    if request is not None and is_request and report.exec_type is ExecType.REJECTED:
        return _not_done(occasion, request, CxlRejReason.OTHER, report.text)
    cl_ord_id = client_id(after, report.cl_ord_id)
    if request is not None and is_request and report.exec_type in _ANSWERS:
        return _answered(occasion, request, cl_ord_id, report)
    if occasion.mass_cancel and report.exec_type in _CANCELS:  # The venue was asked by one message for many.
        return _say(occasion, after, report.exec_type, occasion.mass_cancel, report, client_id(before, before.cl_ord_id))
    return _say(occasion, after, report.exec_type, cl_ord_id, report)


def _answered(occasion: Occasion, request: Request, cl_ord_id: str, report: ExecutionReport) -> Message | None:
    """The answer to a cancel or replace names what it was about: the last accepted version. What somebody else asked for is
    to the client a change that it did not ask for."""
    before, after = _chain(occasion.before), _chain(occasion.after)
    if _is_own(after, request):
        return _say(occasion, after, report.exec_type, cl_ord_id, report, client_id(before, before.cl_ord_id))
    if report.exec_type is ExecType.REPLACED:
        restated = replace(report, exec_restatement_reason=ExecRestatementReason.BROKER_OPTION)
        return _say(occasion, after, ExecType.RESTATED, cl_ord_id, restated)
    return _say(occasion, after, report.exec_type, cl_ord_id, report)


def _resolved(occasion: Occasion, before: Chain, after: Chain, report: ExecutionReport) -> Message | None:
    """A status that we asked for may be the only word that ever comes of an ack, an end or a refusal: it is told as such."""
    silent = ExecutionReport(
        "", "", ExecType.ORDER_STATUS, report.ord_status, text=report.text, ord_rej_reason=report.ord_rej_reason
    )
    if after.end is not None and after.end is not before.end:
        done = next((new for old, new in _changed(before, after) if new.state is RequestState.DONE and new.terms is None), None)
        if done is not None and _is_own(after, done):
            return _say(
                occasion, after, _ENDS[after.end], asked_by(done.client_order_id), silent, client_id(before, before.cl_ord_id)
            )
        return _say(occasion, after, _ENDS[after.end], _own_version(after), silent)
    if after.accepted != before.accepted:
        if after.accepted == after.root_id:
            return _say(occasion, after, ExecType.NEW, _own_version(after), silent)
        request = after.request(after.accepted)
        assert request is not None, "what is accepted was asked for"
        replaced = replace(silent, exec_type=ExecType.REPLACED)
        return _answered(occasion, request, client_id(after, after.accepted), replaced)
    refused = next((new for old, new in _changed(before, after) if new.state is RequestState.REFUSED), None)
    return None if refused is None else _not_done(occasion, refused, CxlRejReason.OTHER, report.text)


def _changed(before: Chain, after: Chain) -> list[tuple[Request, Request]]:
    """The requests, as they were and are, whose state the fact changed; a question less about one changes nothing of it."""
    return [(old, new) for old, new in zip(before.requests, after.requests, strict=False) if old.state is not new.state]


def _cancel_rejected(occasion: Occasion, event: CancelRejected) -> Message | None:
    """Only the first answer counts: a venue that is asked again refuses what it has done."""
    request = _chain(occasion.before).request(event.report.cl_ord_id)
    if request is None or request.state not in OPEN:
        return None
    return _not_done(occasion, request, event.report.cxl_rej_reason, event.report.text)


def _decided(occasion: Occasion, event: RequestResolved) -> Message | None:
    """What a person found out stands for the venue's word."""
    if event.state is not RequestState.DONE:
        return _came_to_nothing(occasion, event.cl_ord_id, event.reason)
    before, after = _chain(occasion.before), _chain(occasion.after)
    report = ExecutionReport("", "", ExecType.ORDER_STATUS, after.ord_status, text=event.reason)
    return _resolved(occasion, before, after, report)


def _rejected(occasion: Occasion, event: RequestRejected) -> Message | None:
    return _came_to_nothing(occasion, event.cl_ord_id, event.text)


def _not_sent(occasion: Occasion, event: RequestNotSent) -> Message | None:
    """A cancel that we made of a mass cancel is made again, as long as the order lives."""
    request = _chain(occasion.after).request(event.cl_ord_id)
    if request is not None and is_of_many(request.client_order_id):
        return None
    return _came_to_nothing(occasion, event.cl_ord_id, event.reason)


def _came_to_nothing(occasion: Occasion, cl_ord_id: str, text: str) -> Message | None:
    """A request that the venue's FIX layer would not have, or that never left us."""
    after = _chain(occasion.after)
    request = after.request(cl_ord_id)
    if request is None:
        return None
    if request.msg_type is not MsgType.NEW_ORDER_SINGLE:
        return _not_done(occasion, request, CxlRejReason.OTHER, text)
    report = _report(occasion, after, ExecType.REJECTED, client_id(after, cl_ord_id), text=text)
    return _execution(occasion, replace(report, ord_rej_reason=OrdRejReason.OTHER), after)


def _not_done(occasion: Occasion, request: Request, reason: CxlRejReason | None, text: str) -> Message | None:
    """OrderCancelReject(35=9) to the client whose request it was; nobody else asked."""
    before, after = _chain(occasion.before), _chain(occasion.after)
    if not _is_own(after, request):
        return None
    reject = CancelReject(
        cl_ord_id=asked_by(request.client_order_id),
        orig_cl_ord_id=client_id(before, before.cl_ord_id),
        ord_status=after.ord_status,
        cxl_rej_reason=reason,
        order_id=after.root_id,
        text=text,
    )
    return _reject(occasion, reject, request.msg_type)


def _order_refused(occasion: Occasion, event: OrderRefused) -> Message:
    """A reused ClOrdID is refused with the status of the order that owns it, and does nothing to that order (R18, I12)."""
    owner, text = occasion.after, f"{event.refusal.value} {event.text}"
    reason = ORD_REJ_REASONS.get(event.refusal, OrdRejReason.OTHER)
    if owner is not None:
        report = _report(occasion, owner, ExecType.REJECTED, event.client_order_id, text=text)
        return _execution(occasion, replace(report, ord_rej_reason=reason), owner)
    terms = event.terms
    report = ExecutionReport(
        cl_ord_id=event.client_order_id,
        exec_id=occasion.exec_id,
        exec_type=ExecType.REJECTED,
        ord_status=OrdStatus.REJECTED,
        order_id=NO_ORDER_ID,
        order_qty=terms.order_qty,
        price=terms.price,
        ord_rej_reason=reason,
        account=terms.account,
        symbol=terms.symbol,
        side=terms.side,
        text=text,
        custom=terms.instructions.custom,
    )
    return writing.EXECUTION_REPORT, writing.execution_report(occasion.version, report, terms, occasion.at_ns)


def _request_refused(occasion: Occasion, event: RequestRefused) -> Message | None:
    """An order that is not known has OrdStatus Rejected and OrderID NONE (R19)."""
    if is_of_many(event.client_order_id):
        return None  # The order has ended or is being canceled, and its client hears of that.
    order = occasion.after
    reject = CancelReject(
        cl_ord_id=event.client_order_id,
        orig_cl_ord_id=event.orig_client_order_id,
        ord_status=OrdStatus.REJECTED if order is None else order.ord_status,
        cxl_rej_reason=CXL_REJ_REASONS.get(event.refusal, CxlRejReason.OTHER),
        order_id=NO_ORDER_ID if order is None else order.root_id,
        text=f"{event.refusal.value} {event.text}",
    )
    return _reject(occasion, reject, event.msg_type)


def _say(
    occasion: Occasion, chain: Chain, exec_type: ExecType, cl_ord_id: str, report: ExecutionReport, orig_cl_ord_id: str = ""
) -> Message:
    """The venue's report in our own numbers: quantities and status are derived, never copied."""
    ours = _report(occasion, chain, exec_type, cl_ord_id, text=report.text)
    is_booked = report.exec_type in _TRADES
    said = replace(
        ours,
        orig_cl_ord_id=orig_cl_ord_id if orig_cl_ord_id != cl_ord_id else "",
        last_qty=report.last_qty if is_booked else None,
        last_px=report.last_px if is_booked else None,
        exec_ref_id=occasion.ref_of(report.exec_ref_id) if report.exec_ref_id else "",
        trade_date=report.trade_date if is_booked else "",
        day_order_qty=report.day_order_qty,
        day_cum_qty=report.day_cum_qty,
        exec_restatement_reason=report.exec_restatement_reason,
        ord_rej_reason=report.ord_rej_reason,
        custom=report.custom,
    )
    return _execution(occasion, said, chain)


def _report(occasion: Occasion, chain: Chain, exec_type: ExecType, cl_ord_id: str, *, text: str) -> ExecutionReport:
    """How the order stands now, under the client's id."""
    terms = chain.terms
    return ExecutionReport(
        cl_ord_id=cl_ord_id,
        exec_id=occasion.exec_id,
        exec_type=exec_type,
        ord_status=chain.ord_status,
        order_id=chain.root_id,
        cum_qty=chain.cum_qty,
        leaves_qty=chain.leaves_qty,
        avg_px=chain.avg_px,
        order_qty=terms.order_qty,
        price=terms.price,
        account=terms.account,
        symbol=terms.symbol,
        side=terms.side,
        text=text,
    )


def _execution(occasion: Occasion, report: ExecutionReport, chain: Chain) -> Message:
    body = writing.execution_report(occasion.version, report, chain.terms, occasion.at_ns)
    return writing.EXECUTION_REPORT, body


def _reject(occasion: Occasion, reject: CancelReject, msg_type: MsgType) -> Message:
    return writing.CANCEL_REJECT, writing.cancel_reject(occasion.version, reject, msg_type, occasion.at_ns)


def _chain(chain: Chain | None) -> Chain:
    assert chain is not None, "a fact about an order comes after the order"
    return chain


_TELLINGS: dict[type[Event], Callable[[Occasion, Any], Message | None]] = {
    ExecutionReported: _executed,
    ReportAttributed: _executed,
    RequestResolved: _decided,
    CancelRejected: _cancel_rejected,
    RequestRejected: _rejected,
    RequestNotSent: _not_sent,
    OrderRefused: _order_refused,
    RequestRefused: _request_refused,
}
"""The facts that a client hears of. That an order was taken, sent, doubted or sent again it is not told: it hears of the ack."""
