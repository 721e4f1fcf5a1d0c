"""What each command causes, over the whole state: the order book's rules, risk's verdict, and the sessions' own rules.

Pure: `decide(state, command, at_ns)` returns facts and changes nothing; `react(state, event)` returns the commands that a fact
sets off, which go through the same inbox as everybody's.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway import (
    acting,
    administering,
    alarms,
    checkpoints,
    days,
    dead_man,
    draining,
    holding,
    hours,
    link,
    metering,
    placing,
    referring,
    resting,
    stopping,
)
from gateway.administering import SESSION_COMMANDS, SessionCommand
from gateway.alarm import LogonFailed
from gateway.alarms import KeepWatch
from gateway.checkpoints import TakeNote
from gateway.client import worker_words
from gateway.days import RollDay
from gateway.dead_man import FireDeadMan, WatchClient
from gateway.frames import FRAMES, session_down
from gateway.holding import HoldSession, PauseLogons, ResumeLogons
from gateway.hours import KeepHours
from gateway.inbound import Read
from gateway.metering import ReleaseCancels
from gateway.resting import ForgetOrders, LayToRest
from gateway.sessions import (
    AdminSent,
    EngineStarted,
    GapFilled,
    MessageDropped,
    MessageReceived,
    SequencesReset,
    SessionLoggedOut,
    SessionReady,
)
from gateway.state import State
from gateway.stopping import CancelLatched
from oms import deciding, family, ladder
from oms.domain.acts import (
    DrainRequested,
    MassCancelRejected,
    MassCancelReported,
    MassCancelRequested,
    RequestMissed,
    RequestResolved,
)
from oms.domain.chain import RequestState
from oms.domain.commands import (
    ArmDeadMan,
    AskStatus,
    AskVenue,
    AttributeReport,
    CancelChild,
    CancelOrder,
    ClientCommand,
    DecideAgain,
    DisarmDeadMan,
    DismissReport,
    Drain,
    LookAfter,
    MassCancel,
    NoteDrill,
    PlaceOrder,
    ReleaseLatch,
    ReplaceOrder,
    ResolveRequest,
    SetReference,
    StopDrain,
    StopTrading,
)
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    Event,
    ExecutionReported,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
    RequestRejected,
)
from oms.domain.fields import ExecType
from oms.domain.refusal import Refusal
from risk.review import review


class FromLink(msgspec.Struct, frozen=True, gc=False):
    """A frame of a session's worker, with the grant that its link holds (0 before the first)."""

    session: str
    grant: int
    frame: link.FromWorker | Read


class LinkLost(msgspec.Struct, frozen=True, gc=False):
    """The worker's socket closed: the worker is dead, or ends at once."""

    session: str
    grant: int


_PRICE_TO_COME = frozenset({Refusal.NO_REFERENCE_PX, Refusal.STALE_REFERENCE_PX})
_ORDER_STATUS, _REJECTED = ExecType.ORDER_STATUS, ExecType.REJECTED

Command = (
    ClientCommand
    | DecideAgain
    | AskStatus
    | LookAfter
    | CancelChild
    | FromLink
    | LinkLost
    | KeepHours
    | RollDay
    | TakeNote
    | ReleaseCancels
    | SessionCommand
    | KeepWatch
    | HoldSession
    | PauseLogons
    | ResumeLogons
    | LayToRest
    | ForgetOrders
    | CancelLatched
    | WatchClient
    | FireDeadMan
)


def decide(state: State, command: Command, at_ns: int) -> tuple[Event, ...]:
    """What `command` causes. A refusal is an event like any other."""
    return DECISIONS[type(command)](state, command, at_ns)


def react(state: State, event: Event) -> tuple[Command, ...]:
    """The commands that a fact sets off. Most facts set off none."""
    reaction = _REACTIONS.get(type(event))
    return () if reaction is None else reaction(state, event)


def _cancel(state: State, command: CancelOrder, at_ns: int) -> tuple[Event, ...]:
    """A cancel never overtakes an order that is still to be sent: that order is withdrawn instead."""
    chain = state.book.find(command.principal, command.root_id, command.orig_client_order_id)
    if chain is not None and family.is_parent(chain):
        return (deciding.cancel(state.book, command, family.as_it_stands(state.book, chain), family.NEVER_SENT),)
    event = deciding.cancel(state.book, command, chain, state.grant_if_ready(chain.session) if chain else 0)
    if state.meters and chain is not None and isinstance(event, CancelRequested):
        event = metering.queued(state.meters, command, event, chain, at_ns)
    if chain is None or isinstance(event, RequestRefused) or not is_undecided(state, DecideAgain(chain.root_id, chain.root_id)):
        return (event,)
    return event, RequestNotSent(chain.root_id, chain.root_id, "withdrawn: its cancel was asked for before it was sent")


def _cancel_child(state: State, command: CancelChild, at_ns: int) -> tuple[Event, ...]:
    """Asked for in our own name. What cannot be asked for now is asked for when the session is ready."""
    chain = state.book.known(command.root_id)
    asked = CancelOrder(family.OURSELVES, state.book.mint(), frozenset({chain.terms.account}), chain.root_id)
    events = _cancel(state, asked, at_ns)
    return () if isinstance(events[0], RequestRefused) else events


def _decide_again(state: State, command: DecideAgain, at_ns: int) -> tuple[Event, ...]:
    """Re-issue only if risk passes as well, asked afresh."""
    chain = state.book.known(command.root_id)
    grant = state.grant_if_ready(chain.session)
    if not grant:
        return ()  # The session's next READY asks again.
    if state.meters and metering.is_waiting(state.meters, chain.session, command.cl_ord_id):
        return ()  # Its turn will come.
    event = deciding.reissue(state.book, command, grant, at_ns, _reissue_age_ns_max(state, chain.session))
    if not isinstance(event, RequestReissued):
        return (event,) if event else ()
    request = chain.request(command.cl_ord_id)
    if state.lost and request is not None and request.terms and chain.root_id in state.book.to_cancel.get(chain.session, ()):
        return (RequestNotSent(chain.root_id, request.cl_ord_id, "withdrawn: its session was lost, and it is to be canceled"),)
    if state.meters and metering.is_held(state.meters, chain, command.cl_ord_id, at_ns):
        return ()  # Asked again until there is room, or the request is too old.
    if request is None or request.terms is None:
        return (event,)  # A cancel: nothing ever stands in its way.
    if holding.why_held(state.sessions.get(chain.session)) is not None:
        return ()  # Asked again until a person has released the session, or the request is too old.
    if hours.is_of_another_day(state, chain.session, request.placed_at_ns, at_ns):
        return (RequestNotSent(chain.root_id, request.cl_ord_id, "the trading day has ended"),)
    verdict, decision = review(state.exposures.basis, request.terms, state.exposures.of(chain), at_ns, chain)
    if verdict is not None and verdict[0] in _PRICE_TO_COME:
        return ()  # Asked again until there is a price, or the request is too old.
    if verdict is not None:
        return (RequestNotSent(chain.root_id, request.cl_ord_id, f"{verdict[0].value} {verdict[1]}", decision),)
    return (replace(event, decision=decision),)


def _reissue_age_ns_max(state: State, session: str) -> int:
    own = state.plans[session].reissue_age_ms_max
    return (state.cell.reissue_age_ms_max if own is None else own) * 1_000_000


def is_undecided(state: State, command: DecideAgain) -> bool:
    """Whether the request could be decided now but for a market price, or the counterparty's rate: the orders session is often
    there before the prices."""
    chain = state.book.known(command.root_id)
    if state.meters and metering.is_waiting(state.meters, chain.session, command.cl_ord_id):
        return False
    request, grant = chain.request(command.cl_ord_id), state.grant_if_ready(chain.session)
    return bool(grant) and request is not None and request.state is RequestState.INTENT and request.grant != grant


def _ask_status(state: State, command: AskStatus, at_ns: int) -> tuple[Event, ...]:
    session = state.book.known(command.root_id).session
    grant = state.grant_if_ready(session)
    asked = ladder.ask(state.book, command, grant, at_ns) if grant and state.plans[session].takes.order_status else None
    return metering.asked_within(state.meters, session, (asked,), at_ns) if asked else ()


def _look_after(state: State, command: LookAfter, at_ns: int) -> tuple[Event, ...]:
    """A session that is not configured any more is asked nothing."""
    plan, grant = state.plans.get(command.session), state.grant_if_ready(command.session)
    takes_status, takes_mass_status = (plan.takes.order_status, plan.takes_mass_status) if plan else (False, False)
    said = ladder.look(state.book, command.session, grant, at_ns, takes_status=takes_status, takes_mass_status=takes_mass_status)
    return metering.asked_within(state.meters, command.session, said, at_ns)


def _release_cancels(state: State, command: ReleaseCancels, at_ns: int) -> tuple[Event, ...]:
    return metering.release(state.meters, state.book.chains, command.session, state.grant_if_ready(command.session), at_ns)


def _link_lost(state: State, command: LinkLost, _at_ns: int) -> tuple[Event, ...]:
    is_latest = command.grant == state.sessions[command.session].grant
    answers = stopping.gone(state, command.session) if is_latest else ()
    return *session_down(state, command.session, command.grant, "worker gone"), *answers


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


def _started(state: State, event: EngineStarted) -> tuple[Command, ...]:
    return *stopping.carried_on(state, event), *dead_man.started(state, event)


def _ready(state: State, event: SessionReady) -> tuple[Command, ...]:
    return *dead_man.turned(state, event), *_resolve_all(state, event)


def _resolve_all(state: State, event: SessionReady) -> tuple[Command, ...]:
    """At READY, every request without an answer is either on its way, decided again, or asked about."""
    grant = state.sessions[event.session].grant
    commands: list[Command] = [*acting.after_loss(state, event)] if state.lost else []
    commands += acting.waiting(state, event.session)  # First: what they withdraw is not sent at all.
    for parent in filter(None, map(state.book.chains.get, state.book.children)):  # One at rest has nothing to cancel.
        commands += family.cancels_due(state.book, parent)
    for chain, request in state.book.open_requests(event.session):
        if request.state is RequestState.INTENT and request.grant != grant:
            commands.append(DecideAgain(chain.root_id, request.cl_ord_id))
        elif request.state is RequestState.UNKNOWN:
            commands.append(AskStatus(chain.root_id, request.cl_ord_id))
    doubts = state.book.doubts.get(event.session)
    return *commands, *((LookAfter(event.session),) if doubts is not None and doubts.unconfirmed else ())


def _cancel_children(state: State, event: CancelRequested) -> tuple[Command, ...]:
    return () if event.session else family.cancels_due(state.book, state.book.known(event.root_id))


def _ask(_state: State, event: RequestDoubted) -> tuple[Command, ...]:
    return (AskStatus(event.root_id, event.cl_ord_id),)


def _missed(_state: State, event: RequestMissed) -> tuple[Command, ...]:
    """At once where the session is ready; else its READY asks."""
    return (DecideAgain(event.root_id, event.cl_ord_id),)


def _reported(state: State, event: ExecutionReported) -> tuple[Command, ...]:
    """A status report may show that a request never arrived; a reject may be one too many."""
    if event.report.exec_type is not _ORDER_STATUS:
        return holding.counted(state, event) if event.report.exec_type is _REJECTED else ()
    chain = state.book.known(event.root_id)
    return tuple(
        DecideAgain(chain.root_id, r.cl_ord_id) for r in chain.requests if r.state is RequestState.INTENT and not r.grant
    )


DECISIONS: dict[type[Command], Callable[[State, Any, int], tuple[Event, ...]]] = {
    FromLink: _from_link,
    PlaceOrder: placing.place,
    CancelOrder: _cancel,
    ReplaceOrder: placing.change,
    DecideAgain: _decide_again,
    AskStatus: _ask_status,
    CancelChild: _cancel_child,
    LookAfter: _look_after,
    LinkLost: _link_lost,
    KeepHours: hours.keep,
    RollDay: days.roll,
    TakeNote: checkpoints.take_note,
    ReleaseCancels: _release_cancels,
    AskVenue: acting.ask_venue,
    MassCancel: acting.mass_cancel,
    AttributeReport: acting.attribute,
    DismissReport: acting.dismiss,
    ResolveRequest: acting.resolve,
    StopTrading: stopping.stop,
    SetReference: referring.set_reference,
    ReleaseLatch: stopping.release,
    NoteDrill: stopping.note,
    Drain: draining.drain,
    StopDrain: draining.stop,
    KeepWatch: alarms.look,
    HoldSession: holding.hold,
    PauseLogons: holding.pause,
    ResumeLogons: holding.resume,
    LayToRest: resting.lay,
    ForgetOrders: resting.forget,
    CancelLatched: stopping.cancel_latched,
    ArmDeadMan: dead_man.arm,
    DisarmDeadMan: dead_man.disarm,
    WatchClient: dead_man.watch,
    FireDeadMan: dead_man.fire,
    **dict.fromkeys(SESSION_COMMANDS, administering.act),
}

_REACTIONS: dict[type[Event], Callable[[State, Any], tuple[Command, ...]]] = {
    EngineStarted: _started,
    SessionReady: _ready,
    SessionLoggedOut: dead_man.turned,
    SequencesReset: dead_man.turned,
    RequestDoubted: _ask,
    RequestMissed: _missed,
    CancelRequested: _cancel_children,
    ExecutionReported: _reported,
    CancelRejected: holding.counted,
    RequestRejected: holding.counted,
    MessageReceived: holding.counted,
    AdminSent: holding.counted,
    LogonFailed: holding.counted,
    DrainRequested: draining.cancel_all,
    MassCancelRequested: acting.one_by_one,
    MassCancelReported: acting.unless_done,
    MassCancelRejected: acting.instead,
    MessageDropped: acting.never_left,
    RequestNotSent: acting.came_back,
    RequestResolved: acting.came_back,
    GapFilled: acting.maybe_missed,
}
