"""That a snapshot was taken, as a fact: which record it goes up to, and the hash without which its bytes are not believed."""

from typing import TYPE_CHECKING

import msgspec

from oms.domain.events import Event
from risk.proof import digest

if TYPE_CHECKING:
    from gateway.state import State


class SnapshotTaken(Event, frozen=True, gc=False):
    """The state as of a record was written down beside the journal, and is what this engine had itself there."""

    upto_seq: int
    """The last record that is in it."""
    state_hash: str
    """sha256 of the state, in hex."""
    chain: str
    """Of the journal, after the batch that ends with that record; in hex."""
    size: int
    """In bytes."""
    shape: str
    """With which release and configuration it is of use."""

    @property
    def key(self) -> str:
        return "engine"


EVENTS: tuple[type[Event], ...] = (SnapshotTaken,)


class TakeNote(msgspec.Struct, frozen=True, gc=False):
    """A snapshot was written, and compared: make it a fact."""

    taken: SnapshotTaken


class Outline(msgspec.Struct, frozen=True):
    """A state in a few numbers, which cost the engine nothing to say."""

    seq: int
    at_ns: int
    orders: int
    orders_at_rest: int
    live_orders: int
    cl_ord_ids_minted: int
    suspended: int
    resolved: int
    sessions: tuple[tuple[str, int, int, int, int], ...]
    """Of each its name, epoch, grant, next number in and last number out."""
    letters: tuple[tuple[str, int], ...]
    """How many reports wait for each client over FIX."""
    risk: str
    """A hash over what every limit's scope has used, and over every latch: so many numbers as there are limits."""


class Marked(msgspec.Struct, frozen=True):
    """Where the journal stood at the end of a batch, and the state that the engine had there."""

    chain: bytes
    outline: Outline


class SnapshotDiffers(Exception):
    """What was folded beside the engine is not what the engine has: one of them is wrong, and it must not be believed."""


def outline(state: "State") -> Outline:
    """What the engine says of its state, to be compared with what somebody else has folded."""
    book = state.book
    return Outline(
        seq=state.seq,
        at_ns=state.at_ns,
        orders=len(book.chains),
        orders_at_rest=book.rest.orders_at_rest,
        live_orders=len(book.live),
        cl_ord_ids_minted=book.cl_ord_ids_minted,
        suspended=len(book.suspense),
        resolved=len(book.resolved),
        sessions=tuple((s.name, s.session_epoch, s.grant, s.next_target, s.last_sender) for s in state.sessions.values()),
        letters=tuple((name, len(outbox.waiting)) for name, outbox in state.outboxes.items()),
        risk=digest(state.exposures.ledger, state.exposures.latches),
    )


def assert_same(engines: Marked, others: Marked) -> None:
    """Raises SnapshotDiffers, with the first thing that is not the same."""
    if engines.chain != others.chain:
        raise SnapshotDiffers(f"the journal's chain after record {engines.outline.seq} is another one")
    for name in Outline.__struct_fields__:
        ours, theirs = getattr(engines.outline, name), getattr(others.outline, name)
        if ours != theirs:
            raise SnapshotDiffers(f"{name} is {ours!r} in the engine and {theirs!r} in the snapshot")


def take_note(_state: "State", command: TakeNote, _at_ns: int) -> tuple[SnapshotTaken]:
    return (command.taken,)
