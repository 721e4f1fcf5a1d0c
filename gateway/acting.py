"""What the acts beside single orders cause over the whole state: a mass cancel is carried out, whatever comes between.

An order that a mass cancel means waits in the book until its venue was asked to cancel it, or it has ended. It is asked for at
once where its session is ready and takes no message for many; when such a message was refused, dropped or maybe missed; when its
cancel was dropped; and whenever the session becomes ready. To cancel an order twice does no harm.
"""

from gateway import metering
from gateway.codec.writing import DONT_KNOW_TRADE, ORDER_MASS_CANCEL_REQUEST
from gateway.link import SESSION_DOWN
from gateway.sessions import GapFilled, MessageDropped, SessionReady
from gateway.sizes import too_long_text
from gateway.state import State
from oms import acts, asking, resolving
from oms.domain.acts import ActRefused, MassCancelRejected, MassCancelReported, MassCancelRequested, RequestResolved, VenueAsked
from oms.domain.commands import AskVenue, AttributeReport, CancelOrder, DismissReport, MassCancel, ResolveRequest
from oms.domain.events import Event, ReportDismissed, RequestNotSent
from oms.domain.fields import MsgType
from oms.domain.refusal import Refusal
from oms.family import OURSELVES
from oms.mass_cancel import request, single

NEVER_ASKED_AGAIN = frozenset({ORDER_MASS_CANCEL_REQUEST, DONT_KNOW_TRADE})
"""MsgType(35) about no one order, of which nobody would hear that it was dropped."""


def mass_cancel(state: State, command: MassCancel, at_ns: int) -> tuple[MassCancelRequested | ActRefused]:
    takers = [plan.name for plan in state.cell.sessions if plan.takes_mass_cancel and command.session in ("", plan.name)]
    native = {session: grant for session in takers if (grant := state.grant_if_ready(session))}
    if state.meters:  # Where there is no room for one message now, its orders are canceled one by one, as there is.
        native = {name: grant for name, grant in native.items() if not metering.why_no_cancel(state.meters, name, at_ns)}
    return (request(state.book, command, native),)


def ask_venue(state: State, command: AskVenue, at_ns: int) -> tuple[VenueAsked | ActRefused]:
    chain = state.book.order(command.root_id)
    plan = state.plans.get(chain.session) if chain is not None else None  # A parent is at no venue.
    grant = state.grant_if_ready(plan.name) if plan is not None else 0
    asked = asking.ask(state.book, command, grant, is_taken=plan is None or plan.takes.order_status)
    if state.meters and isinstance(asked, VenueAsked):
        too_many = metering.why_no_order(state.meters, asked.session, at_ns)
        return (acts.refused(command, Refusal.RATE_EXCEEDED, too_many) if too_many else asked,)
    return (asked,)


def attribute(state: State, command: AttributeReport, _at_ns: int) -> tuple[Event, ...]:
    return resolving.attribute(state.book, command)


def dismiss(state: State, command: DismissReport, at_ns: int) -> tuple[ReportDismissed | ActRefused]:
    entry = state.book.suspense.get(command.seq)
    event = resolving.dismiss(state.book, command, state.grant_if_ready(entry.session) if entry else 0)
    if not isinstance(event, ReportDismissed) or event.dk_reason is None:
        return (event,)
    sizes = state.plans[event.session].sizes
    if sizes is not None and (too_long := too_long_text(sizes, "reason", event.reason)):
        return (acts.refused(command, Refusal.NOT_TAKEN, f"{too_long} session={event.session}"),)
    if state.meters:
        too_many = metering.why_no_cancel(state.meters, event.session, at_ns)
        return (acts.refused(command, Refusal.RATE_EXCEEDED, too_many) if too_many else event,)
    return (event,)


def resolve(state: State, command: ResolveRequest, _at_ns: int) -> tuple[RequestResolved | ActRefused]:
    return (resolving.resolve(state.book, command),)


def after_loss(state: State, event: SessionReady) -> tuple[MassCancel, ...]:
    """Where the counterparty's file says so, all that was open when the session was lost is canceled, first of all."""
    its = [chain for chain in map(state.book.chains.__getitem__, state.book.live) if chain.session == event.session]
    if event.session not in state.lost or not its:
        return ()
    accounts = frozenset(chain.terms.account for chain in its)
    return (MassCancel(OURSELVES, f"lost-{event.session}-{state.seq}", accounts, session=event.session),)


def why_held(state: State, session: str) -> str:
    """Why a new order has to wait although the session is ready: it was lost, and not all is told of what was open."""
    if session not in state.lost:
        return ""
    doubts = state.book.doubts.get(session)
    untold = len(doubts.unconfirmed.keys() | {doubt.root_id for doubt in doubts.unknown.values()}) if doubts else 0
    to_cancel = len(state.book.to_cancel.get(session, ()))
    if not untold and not to_cancel:
        return ""
    return f"session={session} was lost: orders_untold={untold} orders_to_cancel={to_cancel}"


def one_by_one(state: State, event: MassCancelRequested) -> tuple[CancelOrder, ...]:
    """Orders of sessions that were not asked by one message for all."""
    native = dict(event.native)
    return tuple(c for session in state.book.to_cancel if session not in native for c in waiting(state, session, event.cl_ord_id))


def unless_done(state: State, event: MassCancelReported) -> tuple[CancelOrder, ...]:
    """What the venue says it did is not waiting any more."""
    return waiting(state, event.receipt.session, event.cl_ord_id)


def instead(state: State, event: MassCancelRejected) -> tuple[CancelOrder, ...]:
    return waiting(state, event.receipt.session, event.cl_ord_id)


def came_back(state: State, event: RequestNotSent | RequestResolved) -> tuple[CancelOrder, ...]:
    """The cancel of one order, dropped by the worker or resolved by a person: asked for again, at once or at the next READY.

    A worker that says SESSION_DOWN says so before we hear of the logout: there READY is still to come.
    """
    chain = state.book.known(event.root_id)
    request = chain.request(event.cl_ord_id)
    asked = state.book.to_cancel.get(chain.session, {}).get(chain.root_id)
    is_cancel = request is not None and request.msg_type is MsgType.ORDER_CANCEL_REQUEST
    if asked is None or not is_cancel or event.reason == SESSION_DOWN or not state.grant_if_ready(chain.session):
        return ()
    return (single(asked, chain),)


def never_left(state: State, event: MessageDropped) -> tuple[CancelOrder, ...]:
    return waiting(state, event.session, event.cl_ord_id)


def maybe_missed(state: State, event: GapFilled) -> tuple[CancelOrder, ...]:
    """The peer asked for the number of a mass cancel, and will not get it."""
    asked = state.sessions[event.session].asked_in(range(event.begin_seq_no, event.new_seq_no))
    return tuple(c for cl_ord_id in asked for c in waiting(state, event.session, cl_ord_id))


def waiting(state: State, session: str, cl_ord_id: str = "") -> tuple[CancelOrder, ...]:
    """The cancels of a session's orders that a mass cancel means, of this one or of any; none before the session is ready."""
    if not state.grant_if_ready(session):
        return ()
    meant = state.book.to_cancel.get(session, {}).items()
    return tuple(single(asked, state.book.chains[root_id]) for root_id, asked in meant if cl_ord_id in ("", asked.cl_ord_id))
