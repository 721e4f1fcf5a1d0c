"""LifecycleService: drains and snapshots, as operators ask for them."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from gateway.api.v1.lifecycle_service_pb2 import (
    DrainRequest,
    DrainResponse,
    ListDaysRequest,
    ListDaysResponse,
    StopDrainRequest,
    StopDrainResponse,
    TakeSnapshotRequest,
    TakeSnapshotResponse,
    TradingDay,
    WatchDrainRequest,
    WatchDrainResponse,
)
from gateway.checkpoints import SnapshotTaken
from gateway.control import acts
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.handlers import Write
from gateway.control.status import EdgeRefusal, Refused
from gateway.days import Day
from gateway.leaving import Progress
from gateway.snapshotting import SnapshotFailed
from gateway.state import State

T = TypeVar("T")
_NS_PER_S = 1_000_000_000


class Leaves(Protocol):
    """What ends the engine."""

    is_leaving: bool

    async def next(self, known: Progress | None) -> Progress: ...


class Takes(Protocol):
    """What has snapshots taken."""

    async def take(self) -> SnapshotTaken: ...


class Lifecycle(msgspec.Struct, frozen=True):
    """What the service needs beside the engine."""

    leaving: Leaves
    snapshots: Takes


class Engine(Asks, Protocol):
    """What the service needs of the engine."""

    async def look(self, view: Callable[[State], T]) -> T: ...


class LifecycleService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine, lifecycle: Lifecycle) -> None:
        self._engine = engine
        self._lifecycle = lifecycle

    async def Drain(self, request: DrainRequest) -> DrainResponse:
        _, seq, is_repetition = await ask(self._engine, acts.drain(request, caller()))
        return DrainResponse(seq=seq, is_repetition=is_repetition)

    async def StopDrain(self, request: StopDrainRequest) -> StopDrainResponse:
        if self._lifecycle.leaving.is_leaving:
            raise Refused(EdgeRefusal.SHUTTING_DOWN, "the sessions are being logged out: the next start takes orders again")
        _, seq, is_repetition = await ask(self._engine, acts.stop_drain(request, caller()))
        return StopDrainResponse(seq=seq, is_repetition=is_repetition)

    async def WatchDrain(self, _request: WatchDrainRequest, write: Write) -> None:
        known: Progress | None = None
        while known is None or not known.is_over:
            known = await self._lifecycle.leaving.next(known)
            await write(_shown(known).SerializeToString())

    async def TakeSnapshot(self, _request: TakeSnapshotRequest) -> TakeSnapshotResponse:
        try:
            taken = await self._lifecycle.snapshots.take()
        except SnapshotFailed as reason:
            raise Refused(EdgeRefusal.NO_SNAPSHOT, str(reason)) from reason
        return TakeSnapshotResponse(upto_seq=taken.upto_seq, state_hash=taken.state_hash, size=taken.size)

    async def ListDays(self, _request: ListDaysRequest) -> ListDaysResponse:
        known = await self._engine.look(lambda state: tuple(state.days.items()))
        return ListDaysResponse(days=(_day(session, day) for session, day in known))


def _day(session: str, known: Day) -> TradingDay:
    shown, ended = TradingDay(session=session, day=known.day), known.ended
    if ended is not None:
        shown.last.day = ended.day
        shown.last.at.seconds, shown.last.at.nanos = divmod(known.ended_at_ns, _NS_PER_S)
        shown.last.good_till_orders = ended.good_till_orders
        shown.last.unconfirmed_root_ids.extend(ended.unconfirmed)
        shown.last.unknown_requests = ended.unknown_requests
        shown.last.suspended_reports = ended.suspended_reports
    return shown


def _shown(progress: Progress) -> WatchDrainResponse:
    draining, left = progress.draining, progress.left
    return WatchDrainResponse(
        is_draining=draining is not None,
        principal="" if draining is None else draining.principal,
        reason="" if draining is None else draining.reason,
        live_orders=left.live_orders,
        unanswered_requests=left.unanswered_requests,
        unknown_requests=left.unknown_requests,
        is_over=progress.is_over,
        snapshot_seq=progress.snapshot_seq,
    )
