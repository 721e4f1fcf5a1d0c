"""What each command causes, over the whole state: the order book's rules, risk's verdict, and the sessions' own rules.

Pure: `decide(state, command, at_ns)` returns facts and changes nothing; `react(state, event)` returns the commands that a fact
sets off, which go through the same inbox as everybody's.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway import acting, administering, alarms, hours, link, taking
from gateway.administering import SESSION_COMMANDS, SessionCommand
from gateway.alarms import KeepWatch
from gateway.client import worker_words
from gateway.codec.version import lacks
from gateway.frames import FRAMES, session_down
from gateway.hours import KeepHours
from gateway.sessions import (
    GapFilled,
    MessageDropped,
    SessionReady,
)
from gateway.state import State
from oms import deciding, family, ladder
from oms.domain.acts import MassCancelRejected, MassCancelReported, MassCancelRequested, RequestResolved
from oms.domain.chain import RequestState
from oms.domain.commands import (
    AskStatus,
    AskVenue,
    AttributeReport,
    CancelChild,
    CancelOrder,
    ClientCommand,
    DecideAgain,
    DismissReport,
    LookAfter,
    MassCancel,
    PlaceOrder,
    ReplaceOrder,
    ResolveRequest,
)
from oms.domain.events import (
    CancelRequested,
    Event,
    ExecutionReported,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
)
from oms.domain.fields import ExecType, MsgType
from oms.domain.fitness import why_unfit
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision
from risk.review import Verdict, review


class FromLink(msgspec.Struct, frozen=True, gc=False):
    """A frame of a session's worker, with the grant that its link holds (0 before the first)."""

    session: str
    grant: int
    frame: link.FromWorker


class LinkLost(msgspec.Struct, frozen=True, gc=False):
    """The worker's socket closed: the worker is dead, or ends at once."""

    session: str
    grant: int


_PRICE_TO_COME = frozenset({Refusal.NO_REFERENCE_PX, Refusal.STALE_REFERENCE_PX})
_ORDER_STATUS = ExecType.ORDER_STATUS

Command = (
    ClientCommand
    | DecideAgain
    | AskStatus
    | LookAfter
    | CancelChild
    | FromLink
    | LinkLost
    | KeepHours
    | SessionCommand
    | KeepWatch
)


def decide(state: State, command: Command, at_ns: int) -> tuple[Event, ...]:
    """What `command` causes. A refusal is an event like any other."""
    return DECISIONS[type(command)](state, command, at_ns)


def react(state: State, event: Event) -> tuple[Command, ...]:
    """The commands that a fact sets off. Most facts set off none."""
    reaction = _REACTIONS.get(type(event))
    return () if reaction is None else reaction(state, event)


def _place(state: State, command: PlaceOrder, at_ns: int) -> tuple[OrderPlaced | OrderRefused]:
    terms = command.terms
    session = state.cell.account_sessions.get(terms.account)
    if session is None:
        return (deciding.refuse(command, Refusal.UNKNOWN_ACCOUNT, f"account={terms.account}"),)
    if command.is_parent:
        return (_hold(state, command, at_ns),)
    event = deciding.place(state.book, command, session, state.grant_if_ready(session), at_ns)
    if isinstance(event, OrderRefused):
        return (event,)
    wrong = why_unfit(terms)
    if wrong is not None:
        return (deciding.refuse(command, Refusal.UNFIT_TERMS, " ".join(wrong)),)
    unfit = family.why_not_placed(state.book, command) if command.parent_id else None
    if unfit is not None:
        return (deciding.refuse(command, *unfit),)
    not_taken = taking.why_not(state.plans[session].takes, terms) or lacks(state.plans[session].version, terms)
    if not_taken:
        return (deciding.refuse(command, Refusal.NOT_TAKEN, f"{not_taken} session={session}"),)
    verdict, decision = review(terms, state.cell.policy, state.quotes, at_ns)
    if verdict is None:
        return (replace(event, decision=decision),)
    return (replace(deciding.refuse(command, *verdict), decision=decision),)


def _hold(state: State, command: PlaceOrder, at_ns: int) -> OrderPlaced | OrderRefused:
    """A parent order is no exposure: risk judges each of its children."""
    event = deciding.place(state.book, command, "", family.NEVER_SENT, at_ns)
    if isinstance(event, OrderPlaced) and event.terms.symbol not in state.cell.policy.instruments:
        return deciding.refuse(command, Refusal.UNKNOWN_SYMBOL, f"symbol={event.terms.symbol}")
    return event


def _cancel(state: State, command: CancelOrder, _at_ns: int) -> tuple[Event, ...]:
    """A cancel never overtakes an order that is still to be sent: that order is withdrawn instead."""
    chain = state.book.find(command.principal, command.root_id, command.orig_client_order_id)
    if chain is not None and family.is_parent(chain):
        return (deciding.cancel(state.book, command, family.as_it_stands(state.book, chain), family.NEVER_SENT),)
    event = deciding.cancel(state.book, command, chain, state.grant_if_ready(chain.session) if chain else 0)
    if chain is None or isinstance(event, RequestRefused) or not is_undecided(state, DecideAgain(chain.root_id, chain.root_id)):
        return (event,)
    return event, RequestNotSent(chain.root_id, chain.root_id, "withdrawn: its cancel was asked for before it was sent")


def _cancel_child(state: State, command: CancelChild, at_ns: int) -> tuple[Event, ...]:
    """Asked for in our own name. What cannot be asked for now is asked for when the session is ready."""
    chain = state.book.chains[command.root_id]
    asked = CancelOrder(family.OURSELVES, state.book.mint(), frozenset({chain.terms.account}), chain.root_id)
    events = _cancel(state, asked, at_ns)
    return () if isinstance(events[0], RequestRefused) else events


def _replace(state: State, command: ReplaceOrder, at_ns: int) -> tuple[ReplaceRequested | RequestRefused]:
    return (_change(state, command, at_ns),)


def _change(state: State, command: ReplaceOrder, at_ns: int) -> ReplaceRequested | RequestRefused:
    chain = state.book.find(command.principal, command.root_id, command.orig_client_order_id)
    grant = state.grant_if_ready(chain.session) if chain else 0
    if chain is not None and family.is_parent(chain):
        chain, grant = family.as_it_stands(state.book, chain), family.NEVER_SENT
    event = deciding.change(state.book, command, chain, grant, at_ns)
    if chain is None or isinstance(event, RequestRefused):
        return event
    unfit = family.why_not_replaced(state.book, chain, command.order_qty)
    if unfit is not None:
        return _refused(command, event, unfit, None)
    wrong = why_unfit(event.terms)
    if wrong is not None:
        return _refused(command, event, (Refusal.UNFIT_TERMS, " ".join(wrong)), None)
    if family.is_parent(chain):
        return event
    plan = state.plans[event.session]
    not_taken = taking.why_not_replaced(plan.takes, event.terms) or lacks(plan.version, event.terms)
    if not_taken:
        return _refused(command, event, (Refusal.NOT_TAKEN, f"{not_taken} session={event.session}"), None)
    verdict, decision = review(event.terms, state.cell.policy, state.quotes, at_ns)
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


def _decide_again(state: State, command: DecideAgain, at_ns: int) -> tuple[Event, ...]:
    """Re-issue only if risk passes as well, asked afresh."""
    chain = state.book.chains[command.root_id]
    grant = state.grant_if_ready(chain.session)
    if not grant:
        return ()  # The session's next READY asks again.
    event = deciding.reissue(state.book, command, grant, at_ns, state.cell.reissue_age_ms_max * 1_000_000)
    if not isinstance(event, RequestReissued):
        return (event,) if event else ()
    request = chain.request(command.cl_ord_id)
    if request is None or request.terms is None:
        return (event,)  # A cancel: risk never stands in its way.
    if hours.is_of_another_day(state, chain.session, request.placed_at_ns, at_ns):
        return (RequestNotSent(chain.root_id, request.cl_ord_id, "the trading day has ended"),)
    verdict, decision = review(request.terms, state.cell.policy, state.quotes, at_ns)
    if verdict is not None and verdict[0] in _PRICE_TO_COME:
        return ()  # Asked again until there is a price, or the request is too old.
    if verdict is not None:
        return (RequestNotSent(chain.root_id, request.cl_ord_id, f"{verdict[0].value} {verdict[1]}"),)
    return (replace(event, decision=decision),)


def is_undecided(state: State, command: DecideAgain) -> bool:
    """Whether the request could be decided now but for a market price: the orders session is often there before the prices."""
    chain = state.book.chains[command.root_id]
    request, grant = chain.request(command.cl_ord_id), state.grant_if_ready(chain.session)
    return bool(grant) and request is not None and request.state is RequestState.INTENT and request.grant != grant


def _ask_status(state: State, command: AskStatus, at_ns: int) -> tuple[Event, ...]:
    session = state.book.chains[command.root_id].session
    grant = state.grant_if_ready(session)
    asked = ladder.ask(state.book, command, grant, at_ns) if grant and state.plans[session].takes.order_status else None
    return (asked,) if asked else ()


def _look_after(state: State, command: LookAfter, at_ns: int) -> tuple[Event, ...]:
    """A session that is not configured any more is asked nothing."""
    plan, grant = state.plans.get(command.session), state.grant_if_ready(command.session)
    takes_status, takes_mass_status = (plan.takes.order_status, plan.takes_mass_status) if plan else (False, False)
    return ladder.look(state.book, command.session, grant, at_ns, takes_status=takes_status, takes_mass_status=takes_mass_status)


def _link_lost(state: State, command: LinkLost, _at_ns: int) -> tuple[Event, ...]:
    return session_down(state, command.session, command.grant, "worker gone")


def _from_link(state: State, command: FromLink, at_ns: int) -> tuple[Event, ...]:
    frame, session = command.frame, state.sessions[command.session]
    if command.grant != session.grant and type(frame) is not link.Hello:
        return ()  # A worker that has been replaced: its numbers are not ours any more.
    if command.session in state.outboxes:
        if isinstance(frame, link.Received):
            return worker_words.received(state, session, frame, at_ns, decide)
        if isinstance(frame, link.Sent):
            return worker_words.sent(state, session, frame)
    return FRAMES[type(frame)](state, session, frame)


def _resolve_all(state: State, event: SessionReady) -> tuple[Command, ...]:
    """At READY, every request without an answer is either on its way, decided again, or asked about."""
    grant = state.sessions[event.session].grant
    commands: list[Command] = [*acting.waiting(state, event.session)]  # First: what they withdraw is not sent at all.
    for parent_id in state.book.children:
        commands += family.cancels_due(state.book, state.book.chains[parent_id])
    for chain, request in state.book.open_requests(event.session):
        if request.state is RequestState.INTENT and request.grant != grant:
            commands.append(DecideAgain(chain.root_id, request.cl_ord_id))
        elif request.state is RequestState.UNKNOWN:
            commands.append(AskStatus(chain.root_id, request.cl_ord_id))
    doubts = state.book.doubts.get(event.session)
    return *commands, *((LookAfter(event.session),) if doubts is not None and doubts.unconfirmed else ())


def _cancel_children(state: State, event: CancelRequested) -> tuple[Command, ...]:
    return () if event.session else family.cancels_due(state.book, state.book.chains[event.root_id])


def _ask(_state: State, event: RequestDoubted) -> tuple[Command, ...]:
    return (AskStatus(event.root_id, event.cl_ord_id),)


def _unsent_after_status(state: State, event: ExecutionReported) -> tuple[Command, ...]:
    """A status report showed that a request never arrived."""
    if event.report.exec_type is not _ORDER_STATUS:
        return ()
    chain = state.book.chains[event.root_id]
    return tuple(
        DecideAgain(chain.root_id, r.cl_ord_id) for r in chain.requests if r.state is RequestState.INTENT and not r.grant
    )


DECISIONS: dict[type[Command], Callable[[State, Any, int], tuple[Event, ...]]] = {
    FromLink: _from_link,
    PlaceOrder: _place,
    CancelOrder: _cancel,
    ReplaceOrder: _replace,
    DecideAgain: _decide_again,
    AskStatus: _ask_status,
    CancelChild: _cancel_child,
    LookAfter: _look_after,
    LinkLost: _link_lost,
    KeepHours: hours.keep,
    AskVenue: acting.ask_venue,
    MassCancel: acting.mass_cancel,
    AttributeReport: acting.attribute,
    DismissReport: acting.dismiss,
    ResolveRequest: acting.resolve,
    KeepWatch: alarms.look,
    **dict.fromkeys(SESSION_COMMANDS, administering.act),
}

_REACTIONS: dict[type[Event], Callable[[State, Any], tuple[Command, ...]]] = {
    SessionReady: _resolve_all,
    RequestDoubted: _ask,
    CancelRequested: _cancel_children,
    ExecutionReported: _unsent_after_status,
    MassCancelRequested: acting.one_by_one,
    MassCancelReported: acting.unless_done,
    MassCancelRejected: acting.instead,
    MessageDropped: acting.never_left,
    RequestNotSent: acting.came_back,
    RequestResolved: acting.came_back,
    GapFilled: acting.maybe_missed,
}
