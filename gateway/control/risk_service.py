"""RiskService: stops trading within a scope, lets it go on, tells what is left open, and watches who must not fall silent."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from gateway import stopping
from gateway.api.v1 import latch_pb2
from gateway.api.v1.risk_service_pb2 import (
    ArmDeadManRequest,
    ArmDeadManResponse,
    BeatRequest,
    BeatResponse,
    DeadMan,
    DisarmDeadManRequest,
    DisarmDeadManResponse,
    ListDeadMenRequest,
    ListDeadMenResponse,
    ListLatchesRequest,
    ListLatchesResponse,
    NoteDrillRequest,
    NoteDrillResponse,
    ReleaseRequest,
    ReleaseResponse,
    StopRequest,
    StopResponse,
)
from gateway.control import risk_acts
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.codes import LATCH_MODES
from gateway.control.status import Refused
from gateway.state import State
from oms.domain.latches import LatchReleased
from oms.domain.refusal import Refusal
from risk.dead_men import Watched
from risk.latches import Latch

T = TypeVar("T")
_NS_PER_S = 1_000_000_000


class Engine(Asks, Protocol):
    """What the service needs of the engine."""

    async def look(self, view: Callable[[State], T]) -> T: ...

    def beat(self, principal: str) -> int | None: ...


class RiskService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def Stop(self, request: StopRequest) -> StopResponse:
        _, seq, is_repetition = await ask(self._engine, risk_acts.stop(request, caller()))
        return StopResponse(latch=seq, is_repetition=is_repetition)

    async def Release(self, request: ReleaseRequest) -> ReleaseResponse:
        answer, seq, is_repetition = await ask(self._engine, risk_acts.release(request, caller()))
        return ReleaseResponse(seq=seq, is_released=isinstance(answer, LatchReleased), is_repetition=is_repetition)

    async def ListLatches(self, _request: ListLatchesRequest) -> ListLatchesResponse:
        def view(state: State) -> list[tuple[Latch, list[str]]]:
            return [(latch, stopping.residue(state, latch)) for latch in state.exposures.latches.by_seq.values()]

        held = await self._engine.look(view)
        return ListLatchesResponse(latches=[_shown(latch, left) for latch, left in held])

    async def NoteDrill(self, request: NoteDrillRequest) -> NoteDrillResponse:
        _, seq, is_repetition = await ask(self._engine, risk_acts.note(request, caller()))
        return NoteDrillResponse(seq=seq, is_repetition=is_repetition)

    async def ArmDeadMan(self, request: ArmDeadManRequest) -> ArmDeadManResponse:
        _, seq, is_repetition = await ask(self._engine, risk_acts.arm(request, caller()))
        return ArmDeadManResponse(seq=seq, is_repetition=is_repetition)

    async def Beat(self, _request: BeatRequest) -> BeatResponse:
        timeout_ms = self._engine.beat(caller().spiffe_id)
        if timeout_ms is None:
            raise Refused(Refusal.NOT_ARMED, f"principal={caller().spiffe_id}; arm it again by ArmDeadMan")
        return BeatResponse(timeout_ms=timeout_ms)

    async def DisarmDeadMan(self, request: DisarmDeadManRequest) -> DisarmDeadManResponse:
        _, seq, is_repetition = await ask(self._engine, risk_acts.disarm(request, caller()))
        return DisarmDeadManResponse(seq=seq, is_repetition=is_repetition)

    async def ListDeadMen(self, _request: ListDeadMenRequest) -> ListDeadMenResponse:
        held = await self._engine.look(lambda state: sorted(state.dead_men.by_principal.items()))
        return ListDeadMenResponse(dead_men=[_dead_man(watched) for _, watched in held])


def _dead_man(watched: Watched) -> DeadMan:
    shown = DeadMan(
        principal=watched.principal,
        session=watched.session,
        timeout_ms=watched.silence.timeout_ms,
        leaves_good_till=watched.silence.leaves_good_till,
        latches=watched.silence.latches,
        is_over=watched.is_over,
    )
    shown.since.seconds, shown.since.nanos = divmod(watched.since_ns, _NS_PER_S)
    return shown


def _shown(latch: Latch, left: list[str]) -> latch_pb2.Latch:
    shown = latch_pb2.Latch(
        latch=latch.seq,
        scope=latch.scope.text,
        mode=LATCH_MODES[latch.mode],
        cancels=latch.cancels,
        principal=latch.principal,
        reason=latch.reason,
        unanswered=sorted(latch.unanswered),
        barriers=[latch_pb2.Barrier(session=name, msg_seq_num=number) for name, number in sorted(latch.barriers.items())],
        release_asked_by=latch.release_asked_by,
        live_root_ids=left,
        is_drill=latch.is_drill,
    )
    if latch.effective_at_ns:
        shown.effective_at.seconds, shown.effective_at.nanos = divmod(latch.effective_at_ns, _NS_PER_S)
    shown.at.seconds, shown.at.nanos = divmod(latch.at_ns, _NS_PER_S)
    return shown
