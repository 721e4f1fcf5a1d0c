"""Finds messages: in the journal, by its index or backwards from its end, and in the workers' files."""

import heapq
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import msgspec

from gateway.facts import CATALOGUE
from gateway.fix import archive
from gateway.fix.archive import Damaged
from gateway.reader import chain
from gateway.reader.chain import Fact, Names
from gateway.reader.ids import ids_of
from gateway.reader.message import Message, from_entry, from_event, kinds
from gateway.reader.selection import Selection
from oms.domain.events import Event
from oms.journal import indexing, searching
from oms.journal.reading import Connection
from oms.journal.record import Record

LOOKED_AT_MAX = 1_000_000
"""So many records are looked at backwards where neither a time nor a seq says where to begin."""
DAMAGED_MAX = 100
"""So many damaged lines are named; the rest is counted."""

Progress = Callable[[int, int], None]


class Order(msgspec.Struct, frozen=True):
    """What an id means, and every message about it, oldest first."""

    root_ids: list[str]
    names: Names
    messages: list[Message]
    is_cut: bool
    """Whether the id names more orders than are shown."""


class Newest(msgspec.Struct, frozen=True):
    """The newest messages of a search, oldest first."""

    messages: list[Message]
    is_cut: bool
    """Whether there may be older ones that were not looked for, or not kept."""
    looked_back_to: int
    """Seq of the last record that was looked at."""


class Kept(msgspec.Struct, frozen=True):
    """The newest messages of the files, oldest first, and lines that cannot be trusted."""

    messages: list[Message]
    is_cut: bool
    damaged: list[Damaged]
    damaged_lines: int


async def order(connection: Connection, any_id: str, progress: Progress) -> Order:
    """Every message about what the id names."""
    found = await root_ids_of(connection, any_id, progress)
    root_ids = found[-chain.ORDERS_MAX :]
    names = chain.names(root_ids, await naming(connection, frozenset(root_ids)))
    about = await naming(connection, names.ids | {any_id})
    return Order(root_ids, names, chain.messages(names, any_id, about), len(found) > len(root_ids))


async def root_ids_of(connection: Connection, any_id: str, progress: Progress) -> list[str]:
    """The orders that the id names, newest last. The index is brought up to date before, where we may write."""
    try:
        await indexing.catch_up(connection, ids_of, progress)
    except Exception as error:
        if not indexing.is_read_only(error):
            raise
    return chain.root_ids(any_id, await naming(connection, {any_id}))


async def newest(connection: Connection, wanted: Selection, limit: int) -> Newest:
    """The last `limit` messages of the journal that fit."""
    first, last = wanted.seqs or (1, await searching.last_seq(connection))
    first = max(first, await searching.first_at(connection, wanted.since_ns))
    last = min(last, await searching.first_at(connection, wanted.until_ns) - 1)
    is_bounded = wanted.since_ns > 0 or wanted.seqs is not None
    floor = first if is_bounded else max(first, last - LOOKED_AT_MAX + 1)
    found: list[Message] = []
    looked_back_to = last + 1
    async for piece in searching.backwards(connection, kinds(), wanted.needles, floor, last):
        fitting = [message for record in piece.records if (message := _message(record)) is not None and wanted.fits(message)]
        found = fitting + found
        looked_back_to = piece.first_seq
        if len(found) > limit:
            break
    return Newest(found[-limit:], len(found) > limit or looked_back_to > first, looked_back_to)


def kept(folder: Path, sessions: Collection[str], wanted: Selection, names: Names | None, any_id: str, limit: int) -> Kept:
    """The last `limit` messages of these sessions' files that fit, and are about an order if one is named."""
    damaged: list[Damaged] = []
    found: list[tuple[int, int, Message]] = []
    count = lines = 0
    for session in sorted(sessions):
        for one in archive.read(folder / session, wanted.since_ns, wanted.until_ns):
            if isinstance(one, Damaged):
                lines += 1
                damaged = [*damaged, one][:DAMAGED_MAX]
                continue
            message = from_entry(session, one)
            if wanted.fits(message) and (names is None or chain.is_about(names, any_id, message)):
                count += 1
                push = heapq.heappush if len(found) < limit else heapq.heappushpop
                push(found, (message.at_ns, count, message))
    return Kept([message for *_, message in sorted(found)], count > limit, damaged, lines)


def merged(journal: Sequence[Message], files: Sequence[Message]) -> list[Message]:
    """Both by time. What a worker could not know to be in the journal, and is there, is not shown twice."""
    known = {(message.session, message.direction, message.raw) for message in journal}
    new = [m for m in files if m.why != "unconfirmed" or (m.session, m.direction, m.raw) not in known]
    return sorted([*journal, *new], key=lambda message: (message.at_ns, message.seq))


async def naming(connection: Connection, ids: AbstractSet[str]) -> list[Fact]:
    """The facts that name one of the ids, and the one before each: a message need not name what it caused."""
    blocks = await indexing.blocks_of(connection, ids) if ids else []
    found: list[Fact] = []
    async for records in indexing.records_in(connection, blocks):
        named = [not ids.isdisjoint(ids_of(record.payload)) for record in records]
        wanted = [here or after for here, after in zip(named, [*named[1:], False], strict=True)]
        found += [Fact(record, _event(record)) for record, is_wanted in zip(records, wanted, strict=True) if is_wanted]
    return found


def _message(record: Record) -> Message | None:
    return from_event(record.seq, record.at_ns, _event(record))


def _event(record: Record) -> Event:
    event = CATALOGUE.decode(record.kind, record.version, record.payload)
    assert isinstance(event, Event), f"{record.kind} is of the catalogue"
    return event
