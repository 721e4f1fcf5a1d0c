"""SessionService: the FIX sessions, as the engine knows them, and what a person does with them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from gateway.administering import (
    DisableSession,
    EnableSession,
    LogOnSession,
    LogOutSession,
    ResetNumbers,
    SessionCommand,
)
from gateway.api.v1 import session_service_pb2 as api
from gateway.api.v1.session_pb2 import Session
from gateway.control import acts
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.handlers import Write
from gateway.control.reading import name
from gateway.control.session_view import shown
from gateway.control.status import EdgeRefusal, Refused
from gateway.facts import Fact
from gateway.session_acts import HaltReleased, HoldReleased
from gateway.state import State
from gateway.vitals import CHANGES
from oms.domain.events import Answer
from oms.domain.refusal import Refusal

T = TypeVar("T")
_EVERYTHING = -1


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

    async def List(self, request: api.SessionServiceListRequest) -> api.SessionServiceListResponse:
        _, sessions = await self._changed(_EVERYTHING)
        return api.SessionServiceListResponse(sessions=sessions)

    async def Get(self, request: api.SessionServiceGetRequest) -> api.SessionServiceGetResponse:
        return api.SessionServiceGetResponse(session=await self._one(name("session", request.session)))

    async def Watch(self, request: api.SessionServiceWatchRequest, write: Write) -> None:
        """Each look is at all that has changed since the last: a slow reader is told less often, and never too little."""
        wake = asyncio.Event()
        self._wakes.add(wake)
        told_to = request.after_seq if request.HasField("after_seq") else _EVERYTHING
        is_first = True
        try:
            while not self._is_closing:
                wake.clear()
                seq, sessions = await self._changed(told_to)
                if told_to > seq:
                    raise Refused(EdgeRefusal.INVALID_FIELD, f"{told_to} is ahead of the journal", field="after_seq")
                if sessions or is_first:
                    await write(api.SessionServiceWatchResponse(sessions=sessions, seq=seq).SerializeToString())
                told_to, is_first = seq, False
                await wake.wait()
        finally:
            self._wakes.discard(wake)
        raise Refused(EdgeRefusal.SHUTTING_DOWN, f"the server is going down; go on from seq {told_to}")

    async def LogOn(self, request: api.LogOnRequest) -> api.LogOnResponse:
        return api.LogOnResponse(**await self._act(acts.session_act(LogOnSession, request, caller())))

    async def LogOut(self, request: api.LogOutRequest) -> api.LogOutResponse:
        return api.LogOutResponse(**await self._act(acts.session_act(LogOutSession, request, caller())))

    async def Enable(self, request: api.EnableRequest) -> api.EnableResponse:
        return api.EnableResponse(**await self._act(acts.session_act(EnableSession, request, caller())))

    async def Disable(self, request: api.DisableRequest) -> api.DisableResponse:
        return api.DisableResponse(**await self._act(acts.session_act(DisableSession, request, caller())))

    async def SetNumbers(self, request: api.SetNumbersRequest) -> api.SetNumbersResponse:
        return api.SetNumbersResponse(**await self._act(acts.set_numbers(request, caller())))

    async def Reset(self, request: api.ResetRequest) -> api.ResetResponse:
        return api.ResetResponse(**await self._act(acts.session_act(ResetNumbers, request, caller())))

    async def ReleaseHalt(self, request: api.ReleaseHaltRequest) -> api.ReleaseHaltResponse:
        answer, fields = await self._answered(acts.release_halt(request, caller()))
        released = cast(HaltReleased | HoldReleased, answer)  # Else it was refused.
        return api.ReleaseHaltResponse(**fields, is_still_held=released.is_still_held)

    def close(self) -> None:
        """Every stream ends."""
        self._is_closing = True
        self._unsubscribe()
        for wake in self._wakes:
            wake.set()

    async def _act(self, command: SessionCommand) -> dict[str, Any]:
        """The fields of every act's response. Raises Refused."""
        _, fields = await self._answered(command)
        return fields

    async def _answered(self, command: SessionCommand) -> tuple[Answer, dict[str, Any]]:
        """The fact too. Raises Refused."""
        answer, seq, is_repetition = await ask(self._engine, command)
        return answer, {"seq": seq, "is_repetition": is_repetition, "session": await self._one(command.session)}

    async def _one(self, session: str) -> Session:
        def view(state: State) -> Session | str:
            return shown(state, session, time.time_ns()) if session in state.plans else ", ".join(state.plans)

        found = await self._engine.look(view)
        if isinstance(found, str):
            raise Refused(Refusal.UNKNOWN_SESSION, f"session={session}; there are {found}")
        return found

    async def _changed(self, seq: int) -> tuple[int, list[Session]]:
        """How far the journal is, and the sessions that changed after `seq`, in the order of the configuration."""

        def view(state: State) -> tuple[int, list[Session]]:
            changed = [name for name in state.plans if state.vitals[name].changed_seq > seq]
            return state.seq, [shown(state, name, time.time_ns()) for name in changed]

        return await self._engine.look(view)

    def _hear(self, facts: Sequence[Fact]) -> None:
        if self._wakes and any(type(fact.event) in CHANGES for fact in facts):
            for wake in self._wakes:
                wake.set()
