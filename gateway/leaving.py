"""Ends an engine once a drain was asked for: waits, logs the sessions out, has a snapshot taken, says what is left."""

import asyncio
import logging

import msgspec

from gateway.draining import Left, left
from gateway.engine import Engine
from gateway.snapshotting import SnapshotFailed, Snapshots
from gateway.state import State
from oms.domain.acts import DrainRequested

LOOK_S = 0.2
_log = logging.getLogger(__name__)
_Seen = tuple[DrainRequested | None, Left]


class Progress(msgspec.Struct, frozen=True):
    """How a drain stands."""

    draining: DrainRequested | None = None
    left: Left = Left(0, 0, 0)
    is_over: bool = False
    """Whether the sessions are logged out, and nothing changes any more."""
    snapshot_seq: int = 0
    """Up to which record the snapshot goes that was taken at the end; 0 without one."""


class Leaving:
    """Looks after the drain of one engine."""

    def __init__(self, engine: Engine, snapshots: Snapshots) -> None:
        self.progress = Progress()
        self.is_leaving = False
        """Whether the sessions are being logged out: there is no way back."""
        self._engine = engine
        self._snapshots = snapshots
        self._changed = asyncio.Event()

    async def run(self) -> Left:
        """Until a drain was asked for and carried out; returns what is left."""
        await self._until_over()
        self.is_leaving = True
        _log.warning("drained: the sessions are logged out")
        await self._engine.stop()
        draining, stands = await self._engine.look(_seen)
        snapshot_seq = await self._snapshot()
        self._tell(Progress(draining, stands, is_over=True, snapshot_seq=snapshot_seq))
        _log.warning("drained: %s", stands)
        return stands

    async def next(self, known: Progress | None) -> Progress:
        """How the drain stands, as soon as that is not what is known."""
        while self.progress == known:
            await self._changed.wait()
        return self.progress

    async def _until_over(self) -> None:
        known: DrainRequested | None = None
        deadline_s = 0.0
        while True:
            if self._engine.state.draining is not None or known is not None:  # An engine that is not draining is not asked.
                draining, stands = await self._engine.look(_seen)
                now_s = asyncio.get_running_loop().time()
                if draining is not None and draining is not known:
                    deadline_s = now_s + draining.wait_ms / 1_000
                known = draining
                self._tell(Progress(draining, stands))
                if draining is not None and (stands.is_nothing() or now_s >= deadline_s):
                    return
            await asyncio.sleep(LOOK_S)

    async def _snapshot(self) -> int:
        try:
            return (await self._snapshots.take()).upto_seq
        except SnapshotFailed as reason:
            _log.error("no snapshot was taken at the end, the next start folds more: %s", reason)
            return 0

    def _tell(self, progress: Progress) -> None:
        if progress != self.progress:
            self.progress = progress
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()


def _seen(state: State) -> _Seen:
    return state.draining, left(state)
