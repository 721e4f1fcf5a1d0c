"""A latch over the whole state: what it stops, what it cancels, and when it is effective.

From its record on risk lets nothing pass within the scope. What was let through before may still be on its way to a worker:
each is told which of it to drop, and answers with the last number that it used. When all have answered no order of the scope can
leave any more. A worker that is gone has answered: what it had in its hands is dropped with it.
"""

from collections.abc import Iterable

from gateway import link
from gateway.cell import SessionKind
from gateway.sessions import Session
from gateway.state import State
from oms.domain.acts import ActRefused, MassCancelRequested
from oms.domain.chain import Chain, RequestState
from oms.domain.commands import ReleaseLatch, StopTrading
from oms.domain.events import Event
from oms.domain.latches import HaltAnswered, Latched, LatchReleased, ReleaseAsked
from oms.mass_cancel import is_ahead
from risk import latching
from risk.latches import Latch
from risk.scope import Scope, parse


def stop(state: State, command: StopTrading, _at_ns: int) -> tuple[Event, ...]:
    """Latched before anything acts; then every live order of the scope is to be canceled, whatever happens to us."""
    sessions = [plan.name for plan in state.cell.sessions if plan.kind is SessionKind.ORDERS and state.sessions[plan.name].grant]
    latched = latching.stop(state.book, command, tuple(sessions))
    if isinstance(latched, ActRefused) or not command.cancels:
        return (latched,)
    return latched, _everything(state, command, parse(command.scope))


def release(state: State, command: ReleaseLatch, _at_ns: int) -> tuple[ReleaseAsked | LatchReleased | ActRefused]:
    return (latching.release(state.book, state.exposures.latches, command),)


def answered(state: State, session: Session, frame: link.Halted) -> tuple[HaltAnswered, ...]:
    """A worker dropped what it was told to; once for each latch."""
    latch = state.exposures.latches.by_seq.get(frame.latch)
    is_open = latch is not None and session.name in latch.unanswered
    return (HaltAnswered(session.name, frame.latch, frame.msg_seq_num or session.reserved_to),) if is_open else ()


def gone(state: State, session: str) -> tuple[HaltAnswered, ...]:
    """The session's worker is no more. What it told nobody of has a number that was reserved."""
    reserved_to = state.sessions[session].reserved_to
    waiting = (latch.seq for latch in state.exposures.latches.by_seq.values() if session in latch.unanswered)
    return tuple(HaltAnswered(session, seq, reserved_to) for seq in waiting)


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


def residue(state: State, latch: Latch) -> list[str]:
    """The orders within a latch of which anything may still trade, as far as anybody can prove: also those that are UNKNOWN."""
    return [
        root_id for root_id, reservation in state.exposures.ledger.reservations.items() if latch.scope.holds(reservation.facets)
    ]


def _everything(state: State, command: StopTrading, scope: Scope) -> MassCancelRequested:
    """All that is live in the scope; one message for a whole session where that is what it would mean."""
    book = state.book
    meant = {root_id: chain for root_id in book.live if _is_within(state, scope, chain := book.chains[root_id])}
    takers = [plan.name for plan in state.cell.sessions if plan.takes_mass_cancel]
    granted = {session: grant for session in takers if (grant := state.grant_if_ready(session))}
    return MassCancelRequested(
        cl_ord_id=book.mint(),
        client_order_id=f"{command.client_order_id} kill",  # Free: no client's own id holds a space.
        principal=command.principal,
        root_ids=tuple(meant),
        native=tuple((session, grant) for session, grant in granted.items() if _is_whole(state, meant, session, grant)),
    )


def _is_whole(state: State, meant: dict[str, Chain], session: str, grant: int) -> bool:
    its = [chain for chain in map(state.book.chains.__getitem__, state.book.live) if chain.session == session]
    return bool(its) and all(chain.root_id in meant and is_ahead(chain, grant) for chain in its)


def _is_within(state: State, scope: Scope, chain: Chain) -> bool:
    """Parents are held here: their children are at the venues."""
    return bool(chain.session) and scope.holds(state.exposures.of(chain))
