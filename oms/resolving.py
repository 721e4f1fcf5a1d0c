"""What a person may decide: what became of a request of which nobody knew, and what a report in suspense was."""

from oms import acts
from oms.book import Book
from oms.domain.acts import ActRefused, RequestResolved
from oms.domain.chain import Chain, RequestState
from oms.domain.commands import Act, AttributeReport, DismissReport, ResolveRequest
from oms.domain.events import Event, OrderOverfilled, ReportAttributed, ReportDismissed
from oms.domain.executions import REFERS
from oms.domain.fields import ExecType
from oms.domain.refusal import Refusal
from oms.domain.report import ExecutionReport
from oms.domain.reported import reported
from oms.suspense import Suspended, is_visible

Why = tuple[Refusal, str]


def resolve(book: Book, command: ResolveRequest) -> RequestResolved | ActRefused:
    """Only what is UNKNOWN: of everything else the venue, or the FIX session, has said what it is."""
    chain = book.order(command.root_id)
    why = _used(book, command) or _why_no_order(chain, command) or _why_not_unknown(chain, command)
    if why:
        return acts.refused(command, *why)
    return RequestResolved(
        command.root_id, command.cl_ord_id, command.client_order_id, command.principal, command.state, command.reason
    )


def attribute(book: Book, command: AttributeReport) -> tuple[Event, ...]:
    """The report counts from now on, as if it had named the order."""
    entry, chain = book.suspense.get(command.seq), book.order(command.root_id)
    why = _used(book, command) or _why_no_report(book, command) or _why_no_order(chain, command)
    if why or entry is None or chain is None:
        return (acts.refused(command, *(why or (Refusal.UNKNOWN_REPORT, f"seq={command.seq}"))),)
    why = _why_not_of(entry, chain)
    if why or entry.report is None:
        return (acts.refused(command, *(why or (Refusal.REPORT_UNREADABLE, f"seq={command.seq}"))),)
    event = ReportAttributed(chain.root_id, entry.seq, command.client_order_id, command.principal, command.reason, entry.report)
    overfill_qty = reported(chain, entry.report).overfill_qty
    if overfill_qty <= chain.overfill_qty:
        return (event,)
    return event, OrderOverfilled(chain.root_id, chain.session, entry.report.exec_id, overfill_qty)


def dismiss(book: Book, command: DismissReport, grant: int) -> ReportDismissed | ActRefused:
    """The report does not count. With a DKReason(127) the venue hears so, under `grant`; 0 says that it cannot hear it now."""
    entry = book.suspense.get(command.seq)
    why = _used(book, command) or _why_no_report(book, command)
    if why or entry is None:
        return acts.refused(command, *(why or (Refusal.UNKNOWN_REPORT, f"seq={command.seq}")))
    if command.dk_reason is None:
        return ReportDismissed(entry.seq, command.client_order_id, command.principal, command.reason)
    why = _why_not_told(entry, grant)
    if why:
        return acts.refused(command, *why)
    return ReportDismissed(
        entry.seq,
        command.client_order_id,
        command.principal,
        command.reason,
        command.dk_reason,
        entry.session,
        grant,
        entry.report,
    )


def _used(book: Book, command: Act) -> Why | None:
    if book.answer(command.principal, command.client_order_id) is None:
        return None
    return Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}"


def _why_no_order(chain: Chain | None, command: AttributeReport | ResolveRequest) -> Why | None:
    if chain is not None and chain.terms.account in command.accounts:
        return None
    return Refusal.UNKNOWN_ORDER, f"order={command.root_id}"


def _why_not_unknown(chain: Chain | None, command: ResolveRequest) -> Why | None:
    request = None if chain is None else chain.request(command.cl_ord_id)
    if request is None:
        return Refusal.UNKNOWN_ORDER, f"order={command.root_id} has no request cl_ord_id={command.cl_ord_id}"
    if request.state is RequestState.UNKNOWN:
        return None
    return Refusal.NOT_UNKNOWN, f"cl_ord_id={command.cl_ord_id} is {request.state.name}"


def _why_no_report(book: Book, command: AttributeReport | DismissReport) -> Why | None:
    entry = book.suspense.get(command.seq)
    if entry is not None and is_visible(entry, book.chains, command.accounts):
        return None
    if entry is None and command.seq in book.resolved:
        return Refusal.REPORT_RESOLVED, f"seq={command.seq} was resolved before"
    return Refusal.UNKNOWN_REPORT, f"seq={command.seq}"


def _why_not_of(entry: Suspended, chain: Chain) -> Why | None:
    """Why the report cannot be about the order."""
    report = entry.report
    if report is None:
        return Refusal.REPORT_UNREADABLE, f"seq={entry.seq} cannot be read, so it can only be dismissed: {entry.reason}"
    if entry.session != chain.session:
        return Refusal.OTHER_SESSION, f"seq={entry.seq} came over {entry.session}, order={chain.root_id} is of {chain.session}"
    if report.exec_type in REFERS and chain.execution(report.exec_ref_id) is None:
        return Refusal.UNKNOWN_EXECUTION, f"exec_ref_id={report.exec_ref_id} is no standing execution of order={chain.root_id}"
    if report.exec_type is ExecType.TRADE and chain.execution(report.exec_id) is not None:
        return Refusal.DUPLICATE_EXECUTION, f"exec_id={report.exec_id} is an execution of order={chain.root_id} already"
    return None


def _why_not_told(entry: Suspended, grant: int) -> Why | None:
    """Why the venue cannot be told that we do not know the trade."""
    report = entry.report
    if report is None:
        return Refusal.REPORT_UNREADABLE, f"seq={entry.seq} cannot be read, so it can only be dismissed without a dk_reason"
    missing = _missing(report)
    if missing:
        return Refusal.REPORT_UNREADABLE, f"seq={entry.seq} says nothing of {', '.join(missing)}, which a dk_reason needs"
    return None if grant else (Refusal.SESSION_DOWN, f"session={entry.session}")


def _missing(report: ExecutionReport) -> list[str]:
    """What DontKnowTrade(35=Q) has to repeat, and the report does not say."""
    return [name for name in ("order_id", "exec_id", "symbol", "side") if not getattr(report, name)]
