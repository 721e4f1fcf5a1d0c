"""The order book's rules for what a venue says. A fact is never refused; what cannot be is set aside, loudly.

A report is heard once: by counterparty, trade date and ExecID(17), over restarts, resends and sessions. Then the order is found,
the report is booked, and what we then hold is compared with what the venue says.
"""

from oms import mass_cancel
from oms.adopting import adopted
from oms.book import Book
from oms.domain.chain import OPEN, Chain
from oms.domain.events import (
    BookEvent,
    CancelRejected,
    ExecutionReported,
    MassStatusEnded,
    OrderOverfilled,
    ReportDiffered,
    ReportQuarantined,
    RequestDoubted,
    RequestEscalated,
    RequestRejected,
)
from oms.domain.executions import REFERS
from oms.domain.fields import ExecType, OrdRejReason, OrdStatus, Side
from oms.domain.numbers import ZERO
from oms.domain.order import evolve
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport, MessageReject, Receipt, Report, Unreadable
from oms.domain.reported import reported
from oms.suspense import TRADES
from oms.told import Told

_ACKS = frozenset({ExecType.PENDING_NEW, ExecType.NEW})
_TRADE, _REJECTED, _ORDER_STATUS = ExecType.TRADE, ExecType.REJECTED, ExecType.ORDER_STATUS


def report(book: Book, receipt: Receipt, told: Report, adopting: frozenset[str] = frozenset()) -> tuple[BookEvent, ...]:
    """What a venue's message causes. `adopting`: the accounts on which an order that we never sent is taken as ours."""
    match told:
        case ExecutionReport():
            caused = _execution(book, receipt, told, adopting)
            return (*caused, *_mass_status_end(book, receipt.session, told)) if told.mass_status_req_id else caused
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


def _execution(book: Book, receipt: Receipt, told: ExecutionReport, adopting: frozenset[str]) -> tuple[BookEvent, ...]:
    session = receipt.session
    chain = book.reported(session, told)
    if chain is None and _says_nothing_is_open(told):
        return ()
    held = book.told(session, told)
    if held or (chain is not None and _is_booked(chain, told)):
        if not held or Told.of(chain.root_id if chain else "", told) in held:
            return ()  # The venue resent an execution that we already hold.
        return (_quarantined(session, chain, told, f"ExecID {told.exec_id} came again with other content"),)
    if chain is None and told.says_unknown():
        return ()  # It does not know it, and we do not either.
    if chain is None and adopting and (taken := adopted(book, session, told, adopting)) is not None:
        chain = evolve(None, taken, 0)
        return taken, ExecutionReported(chain.root_id, receipt, told), *_consequences(book, chain, session, told)
    why = _why_not(book, session, chain, told)
    if chain is None or why:
        return (_quarantined(session, chain, told, why),)
    return (ExecutionReported(chain.root_id, receipt, told), *_consequences(book, chain, session, told))


def _says_nothing_is_open(told: ExecutionReport) -> bool:
    """The answer to a mass status where there is nothing to tell: it has to have an OrdStatus(39), and rejects nothing."""
    is_answer = bool(told.mass_status_req_id) and told.exec_type is _ORDER_STATUS
    return is_answer and told.ord_status is OrdStatus.REJECTED and not told.tot_num_reports


def _mass_status_end(book: Book, session: str, told: ExecutionReport) -> tuple[BookEvent, ...]:
    """The last report that answers the mass status, as it says itself or by their number."""
    doubts = book.doubts.get(session)
    asked = doubts.mass_status if doubts is not None else None
    if asked is None or asked.mass_status_req_id != told.mass_status_req_id:
        return ()
    is_last = told.is_last_status or 0 < told.tot_num_reports <= asked.reports + 1 or _says_nothing_is_open(told)
    return (MassStatusEnded(session, asked.mass_status_req_id, is_complete=True),) if is_last else ()


def _is_booked(chain: Chain, told: ExecutionReport) -> bool:
    """Whether a trade that says another day, or none, is one that we have: a new one would raise CumQty(14)."""
    if told.exec_type is not _TRADE or told.cum_qty is None or told.last_px is None:
        return False
    known = chain.execution(told.exec_id)
    if known is None or (known.last_qty, known.value) != (told.last_qty, told.last_px * known.last_qty):
        return False
    return told.cum_qty <= chain.cum_qty or told.cum_qty == known.told_cum_qty  # A bust of another may have lowered ours.


def _why_not(book: Book, session: str, chain: Chain | None, told: ExecutionReport) -> str:
    """Why the report cannot be about an order of ours as it says; empty if it can."""
    if chain is None:
        return _why_unknown(book, told)
    if chain.session != session:
        return f"ExecutionReport for {chain.root_id}, which is an order of {chain.session}"
    if told.account and told.account != chain.terms.account:
        return f"ExecutionReport for {chain.root_id} says account {told.account}, and the order is of {chain.terms.account}"
    terms = chain.terms
    if told.symbol and told.symbol != terms.symbol:
        return f"ExecutionReport for {chain.root_id} says symbol {told.symbol}, and the order is for {terms.symbol}"
    if told.side is not terms.side and told.side is not None and Side.BUY in (told.side, terms.side):
        return f"ExecutionReport for {chain.root_id} says side {told.side.name}, and the order is a {terms.side.name}"
    if told.exec_type in REFERS and chain.execution(told.exec_ref_id) is None:
        return f"ExecType {told.exec_type.code} refers to {told.exec_ref_id}, which is no standing execution of {chain.root_id}"
    return ""


def _why_unknown(book: Book, told: ExecutionReport) -> str:
    forgotten = next(filter(book.is_forgotten, (told.cl_ord_id, told.orig_cl_ord_id)), "")
    if forgotten:
        return f"ExecutionReport for {forgotten}, an order that ended so long ago that only the journal has it: see its history"
    return f"ExecutionReport for unknown ClOrdID {told.cl_ord_id}"


def _quarantined(session: str, chain: Chain | None, told: ExecutionReport, why: str) -> ReportQuarantined:
    is_ours = chain is not None and chain.session == session
    return ReportQuarantined(session, why, chain.root_id if chain and is_ours else "", told, told.exec_type in TRADES)


def _consequences(book: Book, chain: Chain, session: str, told: ExecutionReport) -> tuple[BookEvent, ...]:
    """What a person must hear of, or the venue be asked about."""
    if told.exec_type is _REJECTED and told.ord_rej_reason is OrdRejReason.DUPLICATE_ORDER:
        return _had_it(chain, told)
    if told.says_unknown():
        return _is_gone(book, chain)
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


def _is_gone(book: Book, chain: Chain) -> tuple[BookEvent, ...]:
    """The venue does not know an order that it has acknowledged: no rule can tell what became of it."""
    doubts = book.doubts.get(chain.session)
    doubt = doubts.unconfirmed.get(chain.root_id) if doubts is not None else None
    if doubt is None or doubt.is_escalated:
        return ()
    why = "the venue does not know an order that it has acknowledged"
    return (RequestEscalated(chain.root_id, chain.cl_ord_id, chain.session, why),)


def _differs(after: Chain, session: str, told: ExecutionReport) -> ReportDiffered | None:
    """Whether CumQty(14), LeavesQty(151) or OrdStatus(39) are others than ours now."""
    leaves_qty, ord_status = after.leaves_qty, after.ord_status
    if told.ord_status is ord_status and told.leaves_qty == leaves_qty and told.cum_qty == after.cum_qty:
        return None
    is_of_request = told.exec_type is _REJECTED and after.request(told.cl_ord_id) is not None
    if is_of_request or _is_late_ack(after, told):
        return None
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
