"""How an engine begins: take the journal over, prove it, and fold it into the state before anything else happens.

The fold begins with a snapshot where there is one that the journal vouches for, and with the first record where there is none.
"""

import gc
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import msgspec

from gateway import image
from gateway.cell import Cell
from gateway.checkpoints import SnapshotTaken
from gateway.engine import MEMORY_FACTS, Engine
from gateway.facts import CATALOGUE, Fact
from gateway.state import State
from oms.domain import numbers
from oms.domain.events import Event
from oms.journal import snapshots
from oms.journal.catalogue import Undecodable, UnknownKind, UnknownVersion
from oms.journal.postgres import Journal
from oms.journal.reading import verified
from oms.journal.record import GENESIS, Record
from oms.journal.snapshots import Snapshot
from oms.journal.writing import Writer

_log = logging.getLogger(__name__)
Remember = Callable[[Fact], None]


class Unfoldable(Exception):
    """The journal is as it was written, but a record of it says nothing to this release."""

    def __init__(self, seq: int, reason: Exception) -> None:
        super().__init__(f"record {seq}: {reason}")
        self.seq = seq


TakeOver = Callable[[str], Awaitable[Writer]]
"""Becomes the writer of the journal at a DSN."""


class Begun(msgspec.Struct, frozen=True):
    """A state to fold on from, and the journal's chain there."""

    state: State
    chain: bytes


async def start(cell: Cell, dsn: str, wall_ns: Callable[[], int], take_over: TakeOver = Journal.take_over) -> Engine:
    """An engine that knows all that the journal knows, ready to `run`.

    Raises what `take_over` and `verified` raise: no journal, no order. Corrupt names the first bad batch, Unfoldable
    the first record that this release does not understand.
    """
    numbers.install()
    journal = await take_over(dsn)
    try:
        with nothing_collected():
            begun = await begin(cell, dsn, journal.seq, tail=MEMORY_FACTS)
            engine = Engine(begun.state, journal, wall_ns)
            await fold(begun, dsn, None, engine.remember)
    except BaseException:
        await journal.close()
        raise
    assert begun.state.seq == journal.seq, f"the journal ends at {journal.seq}, the fold at {begun.state.seq}"
    return engine


async def begin(cell: Cell, dsn: str, upto_seq: int, *, tail: int = 0) -> Begun:
    """The state of the best snapshot up to that record, or an empty one; says which, and why.

    The best is the newest that leaves `tail` records to be folded, so that every resume token can be served; else the newest.
    """
    shape = image.shape(cell)
    held = [snapshot for snapshot in await snapshots.held(dsn) if snapshot.seq <= upto_seq]
    for snapshot in sorted(held, key=lambda known: (upto_seq - known.seq < tail, -known.seq)):
        wrong, state = await _state_of(cell, dsn, snapshot, shape)
        if state is not None:
            _log.info("folding from the snapshot at record %d on", snapshot.seq)
            return Begun(state, snapshot.chain)
        _log.error("the snapshot at record %d is not used: %s", snapshot.seq, wrong)
    if upto_seq:
        why = "none of the snapshots is of use" if held else "there is no snapshot"
        _log.warning("folding all %d records from the first on: %s", upto_seq, why)
    return Begun(State(cell), GENESIS)


async def fold(begun: Begun, dsn: str, upto_seq: int | None, remember: Remember | None = None) -> bytes:
    """Apply what the journal holds after the state, proved on the way; returns the chain at the end.

    To the head, or to the batch that ends with `upto_seq`. Raises what `verified` raises, and Unfoldable.
    """
    state, chain = begun.state, begun.chain
    async for batch, records in verified(dsn, state.seq, chain, upto_seq):
        for record in records:
            event = event_of(record)
            after = state.apply(event, record.seq, record.at_ns)
            if remember is not None:
                remember(Fact(record.seq, record.at_ns, event, after))
        chain = batch.chain
    return chain


def event_of(record: Record) -> Event:
    """What the record says, in today's version. Raises Unfoldable."""
    try:
        event = CATALOGUE.decode(record.kind, record.version, record.payload)
    except (Undecodable, UnknownKind, UnknownVersion) as reason:
        raise Unfoldable(record.seq, reason) from reason
    assert isinstance(event, Event)
    return event


@contextmanager
def nothing_collected() -> Iterator[None]:
    """A fold only adds, and leaves no cycles: to walk over all of it again and again takes more than half as long as the fold."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


async def _state_of(cell: Cell, dsn: str, snapshot: Snapshot, shape: str) -> tuple[str, State | None]:
    """The state, or why the snapshot is not to be believed. Nothing of it is decoded before its hash is the journal's."""
    if snapshot.shape != shape:
        return f"it was made as {snapshot.shape}, and this is {shape}: another release, or other sessions", None
    taken = [event_of(record) for record in await snapshots.facts_of(dsn, SnapshotTaken.__name__, snapshot.seq)]
    if fact_of(snapshot) not in taken:
        return "the journal does not say that it was taken", None
    pieces = [piece async for piece in snapshots.read(dsn, snapshot)]
    if image.digest(pieces) != snapshot.hash:
        return "its bytes are not those that were written: it is damaged", None
    try:
        state = image.loaded(cell, pieces)
    except image.NotAnImage as reason:
        return str(reason), None
    return "", state


def fact_of(snapshot: Snapshot) -> SnapshotTaken:
    """What the journal says of the snapshot."""
    return SnapshotTaken(
        upto_seq=snapshot.seq,
        state_hash=snapshot.hash.hex(),
        chain=snapshot.chain.hex(),
        size=snapshot.size,
        shape=snapshot.shape,
    )
