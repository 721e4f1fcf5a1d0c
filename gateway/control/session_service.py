"""SessionService: the FIX sessions, as the engine knows them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from gateway.api.v1 import session_pb2
from gateway.api.v1.session_service_pb2 import (
    SessionServiceListRequest,
    SessionServiceListResponse,
    SessionServiceReleaseRequest,
    SessionServiceReleaseResponse,
    SessionServiceWatchRequest,
    SessionServiceWatchResponse,
)
from gateway.cell import SessionPlan
from gateway.control import acts
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.codes import SESSION_KINDS, SESSION_PHASES
from gateway.control.handlers import Write
from gateway.control.status import EdgeRefusal, Refused
from gateway.facts import Fact
from gateway.sessions import (
    EngineStarted,
    LogonsPaused,
    LogonsResumed,
    Session,
    SessionGranted,
    SessionHalted,
    SessionHeld,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
)
from gateway.state import State
from oms.domain.acts import SessionReleased

T = TypeVar("T")


class InDoubt(msgspec.Struct, frozen=True):
    """What nobody knows of a session's requests and orders."""

    unknown_requests: int = 0
    oldest_unknown_ms: int | None = None
    unknown_ms: int = 0
    unconfirmed_orders: int = 0


Known = tuple[SessionPlan, Session, InDoubt]
_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000

_CHANGES = (
    EngineStarted,
    SessionGranted,
    SessionLoggedOn,
    SessionReady,
    SessionLoggedOut,
    SessionHalted,
    SessionHeld,
    SessionReleased,
    LogonsPaused,
    LogonsResumed,
)
"""The facts that change a session's phase, grant or hold. Numbers change with every message, and are told along with these."""


class Engine(Asks, Protocol):
    """What the service needs of the engine."""

    async def look(self, view: Callable[[State], T]) -> T: ...
    def subscribe(self, sink: Callable[[Sequence[Fact]], None]) -> Callable[[], None]: ...


class SessionService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._wakes: set[asyncio.Event] = set()
        self._is_closing = False
        self._unsubscribe = engine.subscribe(self._hear)

    async def List(self, request: SessionServiceListRequest) -> SessionServiceListResponse:
        return SessionServiceListResponse(sessions=map(_shown, await self._engine.look(_view)))

    async def Release(self, request: SessionServiceReleaseRequest) -> SessionServiceReleaseResponse:
        answer, seq, is_repetition = await ask(self._engine, acts.release(request, caller()))
        assert isinstance(answer, SessionReleased)
        return SessionServiceReleaseResponse(seq=seq, is_repetition=is_repetition, is_still_held=answer.is_still_held)

    async def Watch(self, request: SessionServiceWatchRequest, write: Write) -> None:
        wake = asyncio.Event()
        self._wakes.add(wake)
        told: dict[str, Known] = {}
        try:
            while not self._is_closing:
                wake.clear()
                known = await self._engine.look(_view)
                changed = [pair for pair in known if _differs(told.get(pair[0].name), pair)]
                if changed:
                    await write(SessionServiceWatchResponse(sessions=map(_shown, changed)).SerializeToString())
                told = {pair[0].name: pair for pair in known}
                await wake.wait()
        finally:
            self._wakes.discard(wake)
        raise Refused(EdgeRefusal.SHUTTING_DOWN, "the server is going down")

    def close(self) -> None:
        """Every stream ends."""
        self._is_closing = True
        self._unsubscribe()
        for wake in self._wakes:
            wake.set()

    def _hear(self, facts: Sequence[Fact]) -> None:
        if self._wakes and any(isinstance(fact.event, _CHANGES) for fact in facts):
            for wake in self._wakes:
                wake.set()


def _view(state: State) -> tuple[Known, ...]:
    return tuple((plan, state.sessions[plan.name], _in_doubt(state, plan.name)) for plan in state.cell.sessions)


def _in_doubt(state: State, session: str) -> InDoubt:
    doubts = state.book.doubts.get(session)
    if doubts is None:
        return InDoubt()
    oldest_ns = doubts.oldest_ns()
    return InDoubt(
        unknown_requests=len(doubts.unknown),
        oldest_unknown_ms=None if oldest_ns is None else (max(time.time_ns(), oldest_ns) - oldest_ns) // _NS_PER_MS,
        unknown_ms=doubts.unknown_ns // _NS_PER_MS,
        unconfirmed_orders=len(doubts.unconfirmed),
    )


def _differs(before: Known | None, now: Known) -> bool:
    return before is None or _shows(before[1]) != _shows(now[1])


def _shows(session: Session) -> tuple[object, ...]:
    return session.phase, session.grant, session.hold, session.paused_until_ns


def _shown(known: Known) -> session_pb2.Session:
    plan, session, in_doubt = known
    hold = session.hold
    shown = session_pb2.Session(
        name=plan.name,
        kind=SESSION_KINDS[plan.kind],
        phase=SESSION_PHASES[session.phase],
        begin_string=plan.version.begin_string,
        session_epoch=session.session_epoch,
        next_target=session.next_target,
        last_sender=session.last_sender,
        reserved_to=session.reserved_to,
        grant=session.grant,
        held=hold.reason if hold else "",
        is_held_down=hold is not None and hold.is_down,
        released_by=hold.released_by if hold else "",
        **msgspec.structs.asdict(in_doubt),
    )
    if session.paused_until_ns:
        shown.paused_until.seconds, shown.paused_until.nanos = divmod(session.paused_until_ns, _NS_PER_S)
    return shown
