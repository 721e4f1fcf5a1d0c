"""A latch over the whole state: what it stops, what it cancels, and when it is effective.

From its record on risk lets nothing pass within the scope. What was let through before may still be on its way to a worker:
each is told which of it to drop, and answers with the last number that it used. When all have answered no order of the scope can
leave any more. A worker that is gone has answered: what it had in its hands is dropped with it.
"""

from collections.abc import Iterable

import msgspec

from gateway import link
from gateway.cell import SessionKind
from gateway.sessions import EngineStarted, Session
from gateway.state import State
from gateway.sweeping import sweep
from oms.domain.acts import ActRefused, MassCancelRequested
from oms.domain.chain import Chain, RequestState
from oms.domain.commands import NoteDrill, ReleaseLatch, StopTrading
from oms.domain.events import Event
from oms.domain.fields import MsgType
from oms.domain.latches import DrillNoted, HaltAnswered, Latched, LatchReleased, ReleaseAsked
from risk import latching
from risk.latches import Latch
from risk.scope import Scope, parse


class CancelLatched(msgspec.Struct, frozen=True, gc=False):
    """Cancel what is live within a latch that cancels, and was not asked for."""

    latch: int
    """Journal seq of the latch."""


def stop(state: State, command: StopTrading, _at_ns: int) -> tuple[Event, ...]:
    """Latched before anything acts; then every live order of the scope is to be canceled, whatever happens to us."""
    latched = latching.stop(state.book, command, in_hands(state))
    if isinstance(latched, ActRefused) or not command.cancels:
        return (latched,)
    return latched, _everything(state, command.principal, f"{command.client_order_id} kill", parse(command.scope))


def in_hands(state: State) -> tuple[str, ...]:
    """The sessions whose workers may have orders in their hands."""
    return tuple(p.name for p in state.cell.sessions if p.kind is SessionKind.ORDERS and state.sessions[p.name].grant)


def release(state: State, command: ReleaseLatch, _at_ns: int) -> tuple[ReleaseAsked | LatchReleased | ActRefused]:
    return (latching.release(state.book, state.exposures.latches, command),)


def note(state: State, command: NoteDrill, _at_ns: int) -> tuple[DrillNoted | ActRefused]:
    return (latching.note(state.book, state.exposures.latches, command),)


def answered(state: State, session: Session, frame: link.Halted) -> tuple[HaltAnswered, ...]:
    """A worker dropped what it was told to; once for each latch."""
    latch = state.exposures.latches.by_seq.get(frame.latch)
    is_open = latch is not None and session.name in latch.unanswered
    return (HaltAnswered(session.name, frame.latch, frame.msg_seq_num or session.reserved_to),) if is_open else ()


def gone(state: State, session: str, last_sender: int | None = None) -> tuple[HaltAnswered, ...]:
    """The session's worker is no more. What it told nobody of has a number that was reserved, or one up to the last that is
    known to have been used."""
    barrier = state.sessions[session].reserved_to if last_sender is None else last_sender
    waiting = (latch.seq for latch in state.exposures.latches.by_seq.values() if session in latch.unanswered)
    return tuple(HaltAnswered(session, seq, barrier) for seq in waiting)


def halts(state: State, event: Latched, seq: int) -> Iterable[tuple[str, int, link.Halt]]:
    """What each worker is told: session, grant and frame."""
    scope = parse(event.scope)
    for session in event.sessions:
        unsent = [
            request.cl_ord_id
            for chain, request in state.book.open_requests(session)
            if request.terms is not None and request.state is RequestState.INTENT and _is_within(state, scope, chain)
        ]
        yield session, state.sessions[session].grant, link.Halt(seq, tuple(unsent))


def carried_on(state: State, _event: EngineStarted) -> tuple[CancelLatched, ...]:
    """At a start: a kill that was latched while no engine answered has canceled nothing yet, and no kill is ever over."""
    return tuple(CancelLatched(latch.seq) for latch in state.exposures.latches.by_seq.values() if latch.cancels)


def cancel_latched(state: State, command: CancelLatched, _at_ns: int) -> tuple[MassCancelRequested, ...]:
    """What is live within the scope, and neither waits for its cancel nor for the answer to one."""
    latch = state.exposures.latches.by_seq.get(command.latch)
    if latch is None:
        return ()
    swept = sweep(state, latch.principal, f"kill-{latch.seq} {state.seq}", lambda chain: _is_left(state, latch.scope, chain))
    return (swept,) if swept.root_ids else ()


def residue(state: State, latch: Latch) -> list[str]:
    """The orders within a latch of which anything may still trade, as far as anybody can prove: also those that are UNKNOWN."""
    return [
        root_id for root_id, reservation in state.exposures.ledger.reservations.items() if latch.scope.holds(reservation.facets)
    ]


def _everything(state: State, principal: str, named: str, scope: Scope) -> MassCancelRequested:
    return sweep(state, principal, named, lambda chain: _is_within(state, scope, chain))


def _is_left(state: State, scope: Scope, chain: Chain) -> bool:
    is_asked_for = chain.root_id in state.book.to_cancel.get(chain.session, ())
    return not is_asked_for and chain.pending(MsgType.ORDER_CANCEL_REQUEST) is None and _is_within(state, scope, chain)


def _is_within(state: State, scope: Scope, chain: Chain) -> bool:
    """Parents are held here: their children are at the venues."""
    return bool(chain.session) and scope.holds(state.exposures.of(chain))
