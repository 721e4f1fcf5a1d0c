"""New orders and replaces: what the book allows, what the gateway and the counterparty take now, and risk's verdict. Pure."""

from msgspec.structs import replace

from gateway import acting, draining, holding, metering, referring, taking
from gateway.codec.version import lacks
from gateway.sizes import Voice, too_long_order, too_long_replace
from gateway.state import State
from oms import deciding, family
from oms.deciding import PIPELINED_MAX
from oms.domain.chain import Chain
from oms.domain.commands import PlaceOrder, ReplaceOrder
from oms.domain.events import Event, OrderPlaced, OrderRefused, ReplaceRequested, RequestRefused
from oms.domain.fields import MsgType
from oms.domain.fitness import why_unfit
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk.case import Verdict
from risk.review import review


def place(state: State, command: PlaceOrder, at_ns: int) -> tuple[Event, ...]:
    terms = command.terms
    session = state.cell.account_sessions.get(terms.account)
    if session is None:
        return (deciding.refuse(command, Refusal.UNKNOWN_ACCOUNT, f"account={terms.account}"),)
    if command.is_parent:
        return (_hold(state, command, at_ns),)
    event = deciding.place(state.book, command, session, state.grant_if_ready(session), at_ns)
    if isinstance(event, OrderRefused):
        held = _why_down(state, session, event)
        return (deciding.refuse(command, *held) if held is not None else event,)
    wrong = _why_not_placed(state, command, event, at_ns)
    if wrong is not None:
        return (deciding.refuse(command, *wrong),)
    facets = state.exposures.facets(terms, command.principal, session)
    verdict, decision = review(state.exposures.basis, terms, facets, at_ns)
    if verdict is None:
        placed = replace(event, decision=decision)
        is_watching = state.exposures.reference.is_watching
        return (placed, *referring.watched(state, facets, event.root_id)) if is_watching else (placed,)
    return (replace(deciding.refuse(command, *verdict), decision=decision),)


def change(state: State, command: ReplaceOrder, at_ns: int) -> tuple[Event, ...]:
    """A replace says the whole desired order, and is judged like a new one."""
    event = _change(state, command, at_ns)
    if isinstance(event, RequestRefused) or not event.session or not state.exposures.reference.is_watching:
        return (event,)
    facets = state.exposures.of(state.book.known(event.root_id))
    return (event, *referring.watched(state, facets, event.root_id))


def _why_not_placed(state: State, command: PlaceOrder, event: OrderPlaced, at_ns: int) -> Verdict | None:
    """What stands against a new order before risk is asked."""
    terms, session = command.terms, event.session
    plan = state.plans[session]
    why = _why_not_now(state, session) or _unfit(terms)
    if why is None and command.parent_id:
        why = family.why_not_placed(state.book, command)
    if why is not None:
        return why
    not_taken = taking.why_not(plan.takes, terms) or lacks(plan.version, terms)
    if not not_taken and plan.sizes is not None:
        not_taken = too_long_order(plan.sizes, _voice(state, session), event.root_id, terms, at_ns)
    return _not_taken(not_taken, session) or _too_many(state, session, at_ns)


def _why_not_replaced(state: State, command: ReplaceOrder, chain: Chain, event: ReplaceRequested, at_ns: int) -> Verdict | None:
    """The same of a replace. A parent's goes to no counterparty."""
    terms, session = event.terms, event.session
    why = _why_not_now(state, session) or family.why_not_replaced(state.book, chain, command.order_qty) or _unfit(terms)
    if why is not None or family.is_parent(chain):
        return why
    plan = state.plans[session]
    not_taken = taking.why_not_replaced(plan.takes, terms) or lacks(plan.version, terms)
    if not not_taken and plan.sizes is not None:
        ids = event.cl_ord_id, event.orig_cl_ord_id
        not_taken = too_long_replace(plan.sizes, _voice(state, session), *ids, terms, at_ns)
    return _not_taken(not_taken, session) or _too_many(state, session, at_ns)


def _why_not_now(state: State, session: str) -> Verdict | None:
    """What of the gateway's own, or of the session's, lets nothing new pass for a while."""
    if state.draining is not None:
        return draining.why(state.draining)
    lost = acting.why_held(state, session) if state.lost else ""
    return (Refusal.SESSION_DOWN, lost) if lost else holding.why_held(state.sessions.get(session))


def _why_down(state: State, session: str, refused: OrderRefused | RequestRefused) -> Verdict | None:
    """Why nothing passes at a session that is down, if a person has to come for it."""
    return holding.why_held(state.sessions.get(session)) if refused.refusal is Refusal.SESSION_DOWN else None


def _unfit(terms: Terms) -> Verdict | None:
    wrong = why_unfit(terms)
    return None if wrong is None else (Refusal.UNFIT_TERMS, " ".join(wrong))


def _not_taken(what: str, session: str) -> Verdict | None:
    return (Refusal.NOT_TAKEN, f"{what} session={session}") if what else None


def _too_many(state: State, session: str, at_ns: int) -> Verdict | None:
    too_many = metering.why_no_order(state.meters, session, at_ns) if state.meters else ""
    return (Refusal.RATE_EXCEEDED, too_many) if too_many else None


def _voice(state: State, session: str) -> Voice:
    return Voice(state.plans[session].version, state.dialects.get(session))


def _hold(state: State, command: PlaceOrder, at_ns: int) -> OrderPlaced | OrderRefused:
    """A parent order is no exposure: risk judges each of its children."""
    event = deciding.place(state.book, command, "", family.NEVER_SENT, at_ns)
    if isinstance(event, OrderPlaced) and state.draining is not None:
        return deciding.refuse(command, *draining.why(state.draining))
    if isinstance(event, OrderPlaced) and event.terms.symbol not in state.cell.policy.instruments:
        return deciding.refuse(command, Refusal.UNKNOWN_SYMBOL, f"symbol={event.terms.symbol}")
    return event


def _change(state: State, command: ReplaceOrder, at_ns: int) -> ReplaceRequested | RequestRefused:
    chain = state.book.find(command.principal, command.root_id, command.orig_client_order_id)
    grant = state.grant_if_ready(chain.session) if chain else 0
    if chain is not None and family.is_parent(chain):
        chain, grant = family.as_it_stands(state.book, chain), family.NEVER_SENT
    its = state.plans.get(chain.session) if chain else None
    pending_max = its.takes.replaces_pending_max if its else PIPELINED_MAX
    event = deciding.change(state.book, command, chain, grant, at_ns, pending_max)
    if chain is None:
        return event
    if isinstance(event, RequestRefused):
        held = _why_down(state, chain.session, event)
        return replace(event, refusal=held[0], text=held[1]) if held is not None else event
    wrong = _why_not_replaced(state, command, chain, event, at_ns)
    if wrong is not None:
        return _refused(command, event, wrong, None)
    if family.is_parent(chain):
        return event
    verdict, decision = review(state.exposures.basis, event.terms, state.exposures.of(chain), at_ns, chain)
    return replace(event, decision=decision) if verdict is None else _refused(command, event, verdict, decision)


def _refused(command: ReplaceOrder, event: ReplaceRequested, verdict: Verdict, decision: Decision | None) -> RequestRefused:
    """The replace that the book would have allowed."""
    return RequestRefused(
        root_id=event.root_id,
        client_order_id=event.client_order_id,
        principal=event.principal,
        msg_type=MsgType.ORDER_CANCEL_REPLACE_REQUEST,
        orig_client_order_id=command.orig_client_order_id,
        refusal=verdict[0],
        text=verdict[1],
        terms=event.terms,
        decision=decision,
    )
