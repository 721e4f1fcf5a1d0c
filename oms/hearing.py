"""The order book's rules for what a venue says. A fact is never refused; what cannot be is set aside, loudly.

A report is heard once: by counterparty, trade date and ExecID(17), over restarts, resends and sessions. Then the order is found,
the report is booked, and what we then hold is compared with what the venue says.
"""

from oms import mass_cancel
from oms.book import Book, Told
from oms.domain.chain import OPEN, Chain
from oms.domain.events import (
    BookEvent,
    CancelRejected,
    ExecutionReported,
    OrderOverfilled,
    ReportDiffered,
    ReportQuarantined,
    RequestDoubted,
    RequestRejected,
)
from oms.domain.executions import REFERS
from oms.domain.fields import ExecType, OrdRejReason, OrdStatus
from oms.domain.numbers import ZERO
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport, MessageReject, Receipt, Report, Unreadable
from oms.domain.reported import reported
from oms.suspense import TRADES

_ACKS = frozenset({ExecType.PENDING_NEW, ExecType.NEW})
_REFERS = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})


def report(book: Book, receipt: Receipt, told: Report) -> tuple[BookEvent, ...]:
    """What a venue's message causes."""
    match told:
        case ExecutionReport():
            return _execution(book, receipt, told)
        case CancelReject():
            return (_cancel_reject(book, receipt, told),)
        case MassCancelReport():
            return (mass_cancel.reported(book, receipt, told),)
        case MessageReject():
            found = book.sent_as(receipt.session, receipt.session_epoch, told.ref_seq_num)
            if found is None:
                return (ReportQuarantined(receipt.session, f"reject of MsgSeqNum {told.ref_seq_num}: {told.text}"),)
            return (RequestRejected(found[0].root_id, receipt, found[1].cl_ord_id, told.text),)
        case Unreadable():
            return (ReportQuarantined(receipt.session, told.why, is_suspended=True),)


def _execution(book: Book, receipt: Receipt, told: ExecutionReport) -> tuple[BookEvent, ...]:
    session = receipt.session
    chain = book.reported(session, told)
    held = book.told(session, told)
    if held or (chain is not None and _is_booked(chain, told)):
        if not held or Told.of(chain.root_id if chain else "", told) in held:
            return ()  # The venue resent an execution that we already hold.
        return (_quarantined(session, chain, told, f"ExecID {told.exec_id} came again with other content"),)
    if chain is None and told.says_unknown():
        return ()  # It does not know it, and we do not either.
    why = _why_not(session, chain, told)
    if chain is None or why:
        return (_quarantined(session, chain, told, why),)
    return (ExecutionReported(chain.root_id, receipt, told), *_consequences(chain, session, told))


def _is_booked(chain: Chain, told: ExecutionReport) -> bool:
    """Whether a trade that says another day, or none, is one that we have: a new one would raise CumQty(14)."""
    if told.exec_type is not ExecType.TRADE or told.cum_qty is None or told.cum_qty > chain.cum_qty:
        return False
    known = chain.execution(told.exec_id)
    return known is not None and (known.last_qty, known.value) == (told.last_qty, (told.last_px or 0) * known.last_qty)


def _why_not(session: str, chain: Chain | None, told: ExecutionReport) -> str:
    """Why the report cannot be about an order of ours as it says; empty if it can."""
    if chain is None:
        return f"ExecutionReport for unknown ClOrdID {told.cl_ord_id}"
    if chain.session != session:
        return f"ExecutionReport for {chain.root_id}, which is an order of {chain.session}"
    if told.account and told.account != chain.terms.account:
        return f"ExecutionReport for {chain.root_id} says account {told.account}, and the order is of {chain.terms.account}"
    if told.exec_type in REFERS and chain.execution(told.exec_ref_id) is None:
        return f"ExecType {told.exec_type.code} refers to {told.exec_ref_id}, which is no standing execution of {chain.root_id}"
    return ""


def _quarantined(session: str, chain: Chain | None, told: ExecutionReport, why: str) -> ReportQuarantined:
    is_ours = chain is not None and chain.session == session
    return ReportQuarantined(session, why, chain.root_id if chain and is_ours else "", told, told.exec_type in TRADES)


def _consequences(chain: Chain, session: str, told: ExecutionReport) -> tuple[BookEvent, ...]:
    """What a person must hear of, or the venue be asked about."""
    if told.ord_rej_reason is OrdRejReason.DUPLICATE_ORDER and told.exec_type is ExecType.REJECTED:
        return _had_it(chain, told)
    after = reported(chain, told)
    differs = _differs(after, session, told)
    overfill_qty = after.overfill_qty
    if differs is None and not overfill_qty:
        return ()
    found: list[BookEvent] = [differs] if differs else []
    if overfill_qty > chain.overfill_qty:
        found.append(OrderOverfilled(chain.root_id, session, told.exec_id, overfill_qty))
    return tuple(found)


def _had_it(chain: Chain, told: ExecutionReport) -> tuple[BookEvent, ...]:
    """Sent again, and the venue says that it has that ClOrdID: ask what became of it, never guess."""
    request = chain.request(told.cl_ord_id)
    if chain.accepted or request is None or request.state not in OPEN:
        return ()
    return (RequestDoubted(chain.root_id, told.cl_ord_id, "the venue says that it has this ClOrdID already"),)


def _differs(after: Chain, session: str, told: ExecutionReport) -> ReportDiffered | None:
    """Whether CumQty(14), LeavesQty(151) or OrdStatus(39) are others than ours now."""
    if told.says_unknown() or told.exec_type is ExecType.REJECTED or _is_late_ack(after, told):
        return None
    leaves_qty, ord_status = after.leaves_qty, after.ord_status
    is_other_cum = told.cum_qty is not None and told.cum_qty != after.cum_qty
    is_other_leaves = told.leaves_qty is not None and told.leaves_qty != leaves_qty
    is_other_status = told.ord_status is not ord_status and not _is_only_a_name(told.ord_status, after)
    if not (is_other_cum or is_other_leaves or is_other_status):
        return None
    return ReportDiffered(
        after.root_id,
        session,
        told.exec_id,
        told.cum_qty if told.cum_qty is not None else after.cum_qty,
        after.cum_qty,
        told.leaves_qty if is_other_leaves else None,
        leaves_qty if is_other_leaves else None,
        told.ord_status if is_other_status else None,
        ord_status if is_other_status else None,
    )


def _is_late_ack(after: Chain, told: ExecutionReport) -> bool:
    """Written before the first fill and sent after it."""
    return told.exec_type in _ACKS and told.cum_qty == ZERO < after.cum_qty


def _is_only_a_name(told: OrdStatus, after: Chain) -> bool:
    """A late ack says New while a cancel is pending (B.1.d), and some venues call Expired what is Canceled (R17)."""
    own = after.own_status
    return told is own or (told is OrdStatus.EXPIRED and own is OrdStatus.CANCELED)


def _cancel_reject(book: Book, receipt: Receipt, told: CancelReject) -> CancelRejected | ReportQuarantined:
    session = receipt.session
    chain = book.by_cl_ord_id(told.cl_ord_id)
    if chain is None:
        return ReportQuarantined(session, f"OrderCancelReject for unknown ClOrdID {told.cl_ord_id}")
    if chain.session != session:
        return ReportQuarantined(session, f"OrderCancelReject for {chain.root_id}, which is an order of {chain.session}")
    if told.cl_ord_id == chain.root_id:
        return ReportQuarantined(session, f"OrderCancelReject for {chain.root_id}, which asked for no cancel or replace")
    return CancelRejected(chain.root_id, receipt, told)
