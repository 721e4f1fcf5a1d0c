"""A drain: nothing new is taken, cancels pass, what is working is waited for or canceled. Pure; what comes then is `leaving`."""

from typing import TYPE_CHECKING

import msgspec

from oms import acts
from oms.domain.acts import ActRefused, DrainRequested, DrainStopped
from oms.domain.chain import RequestState
from oms.domain.commands import Drain, MassCancel, StopDrain
from oms.domain.refusal import Refusal
from oms.family import as_it_stands

if TYPE_CHECKING:
    from gateway.state import State


class Left(msgspec.Struct, frozen=True):
    """What is not at its end yet."""

    live_orders: int
    unanswered_requests: int
    """Of these the venue, or nobody, has said what became of them."""
    unknown_requests: int
    """Those among them of which nobody knows whether the venue has them."""

    def is_nothing(self) -> bool:
        return not (self.live_orders or self.unanswered_requests)


def left(state: "State") -> Left:
    """What a drain has to wait for."""
    book = state.book
    live = sum(as_it_stands(book, book.chains[root_id]).is_live for root_id in book.live)
    waiting = [request for session in state.sessions for _, request in book.open_requests(session)]
    return Left(live, len(waiting), sum(request.state is RequestState.UNKNOWN for request in waiting))


def drain(state: "State", command: Drain, _at_ns: int) -> tuple[DrainRequested | ActRefused]:
    """The last word counts: a drain may be asked for again, with another policy."""
    if state.book.answer(command.principal, command.client_order_id):
        return (acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}"),)
    return (
        DrainRequested(
            client_order_id=command.client_order_id,
            principal=command.principal,
            reason=command.reason,
            is_canceling=command.is_canceling,
            wait_ms=command.wait_ms,
        ),
    )


def stop(state: "State", command: StopDrain, _at_ns: int) -> tuple[DrainStopped | ActRefused]:
    if state.book.answer(command.principal, command.client_order_id):
        return (acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}"),)
    if state.draining is None:
        return (acts.refused(command, Refusal.NOT_DRAINING, "orders are taken"),)
    return (DrainStopped(command.client_order_id, command.principal, command.reason),)


def cancel_all(state: "State", event: DrainRequested) -> tuple[MassCancel, ...]:
    """What is working, on whatever account, is canceled where that was asked for."""
    accounts = frozenset(state.book.chains[root_id].terms.account for root_id in state.book.live)
    if not event.is_canceling or not accounts:
        return ()
    named = f"{event.client_order_id} drain"  # Free: no client's own id holds a space.
    return (MassCancel(event.principal, named, accounts),)


def why(draining: DrainRequested) -> tuple[Refusal, str]:
    """Why nothing new is taken."""
    return Refusal.DRAINING, f"principal={draining.principal} reason={draining.reason}"
