"""Dead man and disconnect policies: who is watched, and what is canceled when it is silent for too long. Pure."""

import msgspec

from gateway.sessions import EngineStarted, Phase, SequencesReset, SessionLoggedOut, SessionReady
from gateway.state import State
from gateway.stopping import in_hands
from gateway.sweeping import sweep
from oms import acts
from oms.domain.acts import ActRefused
from oms.domain.chain import GOOD_TILL, Chain
from oms.domain.commands import ArmDeadMan, DisarmDeadMan
from oms.domain.dead_man import DeadManArmed, DeadManDisarmed, DeadManFired, GraceBegan, GraceEnded, Silence
from oms.domain.event import Event
from oms.domain.latches import Latched, Mode
from oms.domain.refusal import Refusal
from oms.family import OURSELVES
from risk.scope import Dimension, scope


class WatchClient(msgspec.Struct, frozen=True, gc=False):
    """A client's session was lost, or has come back: see whether its grace begins or ends."""

    session: str


class FireDeadMan(msgspec.Struct, frozen=True, gc=False):
    """Somebody was silent for too long."""

    principal: str
    silent_ms: int


def arm(state: State, command: ArmDeadMan, _at_ns: int) -> tuple[DeadManArmed | ActRefused]:
    """The last word counts: it may be armed again, with other terms."""
    if state.book.answer(command.principal, command.client_order_id):
        return (acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}"),)
    return (DeadManArmed(command.client_order_id, command.principal, command.silence),)


def disarm(state: State, command: DisarmDeadMan, _at_ns: int) -> tuple[DeadManDisarmed | ActRefused]:
    if state.book.answer(command.principal, command.client_order_id):
        return (acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}"),)
    if command.principal not in state.dead_men.by_principal:
        return (acts.refused(command, Refusal.NOT_ARMED, f"principal={command.principal}"),)
    return (DeadManDisarmed(command.client_order_id, command.principal),)


def watch(state: State, command: WatchClient, _at_ns: int) -> tuple[GraceBegan | GraceEnded, ...]:
    plan = state.plans[command.session]
    is_watched = plan.principal in state.dead_men.by_principal
    is_away = state.sessions[plan.name].phase is not Phase.READY
    if is_away is is_watched:
        return ()
    if not is_away:
        return (GraceEnded(plan.name, plan.principal),)
    return (GraceBegan(plan.name, plan.principal, plan.on_loss),) if plan.on_loss is not None else ()


def fire(state: State, command: FireDeadMan, at_ns: int) -> tuple[Event, ...]:
    """Back, or armed anew, at the last moment, it is left alone."""
    watched = state.dead_men.by_principal.get(command.principal)
    if watched is None or watched.is_over or at_ns - watched.since_ns < watched.silence.timeout_ms * 1_000_000:
        return ()
    fired = DeadManFired(watched.principal, watched.session, command.silent_ms)
    named = f"silent-{state.seq}"
    latched = (_latched(state, named, fired, watched.silence),) if watched.silence.latches else ()
    swept = sweep(state, OURSELVES, f"{named} cancel", lambda chain: _is_canceled(chain, watched.principal, watched.silence))
    return (fired, *latched, *((swept,) if swept.root_ids else ()))


def turned(state: State, event: SessionLoggedOut | SequencesReset | SessionReady) -> tuple[WatchClient, ...]:
    """A client's session is lost, or back."""
    is_client = event.session in state.outboxes
    is_meant = is_client and (state.plans[event.session].on_loss is not None or isinstance(event, SessionReady))
    return (WatchClient(event.session),) if is_meant else ()


def started(state: State, _event: EngineStarted) -> tuple[WatchClient, ...]:
    """No client is there yet. Those that had something open, or were away before, have their whole time from now on."""
    with_open = {state.book.chains[root_id].requests[0].principal for root_id in state.book.live}
    its = [state.plans[name] for name in state.outboxes]
    return tuple(WatchClient(plan.name) for plan in its if plan.on_loss is not None and plan.principal in with_open)


def _latched(state: State, named: str, fired: DeadManFired, silence: Silence) -> Latched:
    return Latched(
        client_order_id=f"{named} latch",
        principal=OURSELVES,
        scope=scope({Dimension.TRADER: fired.principal}).text,
        mode=Mode.HALTED,
        reason=f"dead man: silent for {fired.silent_ms} ms",
        cancels=not silence.leaves_good_till,
        sessions=in_hands(state),
    )


def _is_canceled(chain: Chain, principal: str, silence: Silence) -> bool:
    is_left = silence.leaves_good_till and chain.terms.time_in_force in GOOD_TILL
    return chain.requests[0].principal == principal and not is_left
