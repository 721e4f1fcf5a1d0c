"""Snapshots are folded beside the engine, by another process, and believed only if the engine has the same (ADR 17).

The other process folds the last snapshot and what came after it, and proves the journal on the way; the engine only says a few
numbers.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence

import msgspec

from gateway import image
from gateway.cell import Cell
from gateway.checkpoints import Marked, SnapshotDiffers, SnapshotTaken, assert_same, outline
from gateway.engine import Engine
from gateway.starting import begin, event_of, fact_of, fold, nothing_collected
from oms.domain import numbers
from oms.journal import snapshots
from oms.journal.failures import Unreachable
from oms.journal.snapshots import Snapshot

KEEP = 3
"""So many snapshots are kept: one may be damaged, and one too young to serve every resume token."""
TAKING_S_MAX = 1_800
PAUSE_S = 600.0
"""After one was taken, or could not be, the next that nobody asks for is not tried for so long."""
LOOK_S = 5.0
_log = logging.getLogger(__name__)


class Made(msgspec.Struct, frozen=True):
    """What the other process says when it has written a snapshot."""

    snapshot: Snapshot
    marked: Marked


class SnapshotFailed(Exception):
    """No snapshot was taken, and why. Nothing is lost: the journal has everything."""


async def make(cell: Cell, dsn: str, upto_seq: int) -> Made:
    """Fold the state up to the batch that ends with this record, and write it down.

    Raises what `verified` raises, and Unfoldable.
    """
    numbers.install()
    with nothing_collected():
        begun = await begin(cell, dsn, upto_seq)
        chain = await fold(begun, dsn, upto_seq)
    state = begun.state
    assert state.seq == upto_seq, f"no batch ends with record {upto_seq}"
    pieces = list(image.pieces(state))
    size = sum(map(len, pieces))
    snapshot = Snapshot(upto_seq, image.digest(pieces), chain, size, len(pieces), image.shape(cell))
    await snapshots.write(dsn, snapshot, pieces)
    return Made(snapshot, Marked(chain, outline(state)))


class Snapshots:
    """Has snapshots taken for one engine, one at a time."""

    def __init__(self, engine: Engine, dsn: str, records: int, program: Sequence[str]) -> None:
        """records: take one when the journal has grown by so many. program: what folds, up to a record that is its last word."""
        self._engine = engine
        self._dsn = dsn
        self._records = records
        self._program = tuple(program)
        self._taking = asyncio.Lock()
        self._tried_s = 0.0

    async def run(self) -> None:
        """Take one whenever it is time, until cancelled. What goes wrong is said, and tried again later."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._is_due():
                try:
                    await self.take()
                except SnapshotFailed as reason:
                    _log.error("no snapshot was taken, the next start folds more: %s", reason)

    async def take(self) -> SnapshotTaken:
        """A snapshot of the state as it is durable now. Raises SnapshotFailed."""
        async with self._taking:
            try:
                return await self._take()
            finally:
                self._tried_s = asyncio.get_running_loop().time()

    def _is_due(self) -> bool:
        state, now_s = self._engine.state, asyncio.get_running_loop().time()
        has_rested = not self._tried_s or now_s - self._tried_s >= PAUSE_S
        is_old = state.seq - state.snapshot_seq >= self._records
        is_wanted = bool(self._records) and (is_old or state.snapshot_seq < state.day_ended_seq)
        return is_wanted and has_rested and not self._taking.locked()

    async def _take(self) -> SnapshotTaken:
        marked = await self._engine.mark()
        made = await self._fold(marked.outline.seq)
        if why := self._why_not(marked, made):
            await self._drop(made.snapshot.seq, why)
            raise SnapshotFailed(why)
        taken = fact_of(made.snapshot)
        await self._engine.take_note(taken)
        try:
            await snapshots.keep(self._dsn, await self._newest(taken))
        except Unreachable as reason:
            raise SnapshotFailed(f"it was taken, but those that are too old could not be removed: {reason}") from reason
        _log.info("a snapshot was taken at record %d: %d bytes", taken.upto_seq, taken.size)
        return taken

    def _why_not(self, marked: Marked, made: Made) -> str:
        """Why what was written is not to be believed; empty if it is."""
        if made.snapshot.shape != image.shape(self._engine.state.cell):
            return "it was made for other sessions: the configuration has changed since the engine started"
        try:
            assert_same(marked, made.marked)
        except SnapshotDiffers as reason:
            return f"{reason}; a person has to find out which of them is wrong"
        return ""

    async def _drop(self, seq: int, why: str) -> None:
        """What is refused is not kept: the next one may be refused, too, and each is as large as the state."""
        try:
            await snapshots.drop(self._dsn, seq)
        except Unreachable as reason:
            raise SnapshotFailed(f"{why}; it could not be removed: {reason}") from reason

    async def _newest(self, taken: SnapshotTaken) -> list[int]:
        """Of which records those are that are kept: the newest that the journal vouches for."""
        held = await snapshots.held(self._dsn)
        facts = await snapshots.facts_of(self._dsn, SnapshotTaken.__name__, min(snapshot.seq for snapshot in held))
        vouched = [taken, *map(event_of, facts)]
        return [snapshot.seq for snapshot in held if fact_of(snapshot) in vouched][:KEEP]

    async def _fold(self, upto_seq: int) -> Made:
        """In a process of its own, which ends with us."""
        process = await asyncio.create_subprocess_exec(
            *self._program, str(upto_seq), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=sys.stderr
        )
        try:
            async with asyncio.timeout(TAKING_S_MAX):
                assert process.stdout is not None
                said = await process.stdout.read()
                code = await process.wait()
        except TimeoutError as reason:
            raise SnapshotFailed(f"the fold took longer than {TAKING_S_MAX} s and was ended") from reason
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code:
            raise SnapshotFailed(f"the fold beside the engine ended with code {code}; the log says why")
        return msgspec.json.decode(said, type=Made)
