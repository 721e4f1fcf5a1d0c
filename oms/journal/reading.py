"""Reads the journal back, in order and in bounded pieces; as it stands, or proving on the way that it is what was written."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow, args_row

from oms.journal import merkle
from oms.journal.failures import Corrupt, NoJournal, Unreachable
from oms.journal.record import GENESIS, Batch, Record, leaf, link

Connection = AsyncConnection[TupleRow]

Source = str | Connection
"""A database, or an open connection to one."""

PIECE_RECORDS = 20_000
"""How many records are held at a time; more only when a single batch is larger."""

PAGE_BATCHES = 2_000

# Short statements from a position, and no cursor held open: a long snapshot would keep every old version of the
# head's row alive, and the writer would pay for them at each append.
_BATCHES = b"""
SELECT first_seq, last_seq, epoch, root, chain FROM journal_batch
WHERE last_seq > %b AND last_seq <= %b ORDER BY last_seq LIMIT %b
"""
_RECORDS = b"""
SELECT seq, epoch, at_ns, kind, version, key, payload FROM journal_record
WHERE seq > %b AND seq <= %b ORDER BY seq
"""
_END = """
SELECT seq, epoch, chain,
    coalesce((SELECT max(seq) FROM journal_record), 0), coalesce((SELECT max(last_seq) FROM journal_batch), 0)
FROM journal_head
"""
_FOREVER = 2**63 - 1


class End(msgspec.Struct, frozen=True):
    """Where the head says that the journal ends, and where it does."""

    seq: int
    epoch: int
    chain: bytes
    last_record_seq: int
    last_batch_seq: int


class Position(msgspec.Struct, frozen=True):
    """How far the journal has been read, and what may come next."""

    seq: int
    chain: bytes
    epoch: int = 0
    at_ns: int = 0


async def read(
    source: Source, after_seq: int = 0, upto_seq: int = _FOREVER, *, piece_records: int = PIECE_RECORDS
) -> AsyncIterator[tuple[Batch, tuple[Record, ...]]]:
    """Every batch after `after_seq` that ends by `upto_seq`, with its records, oldest first.

    Nothing is checked. Raises Unreachable, NoJournal; Corrupt where the database itself cannot read a record.
    """
    async with connected(source) as connection:
        seq = after_seq
        while batches := await _batches(connection, seq, upto_seq):
            for piece in _pieces(batches, piece_records):
                async for batch, records in _filled(connection, seq, piece):
                    yield batch, records
                seq = piece[-1].last_seq


async def verified(
    source: Source, after_seq: int = 0, chain: bytes = GENESIS, upto_seq: int | None = None, *, piece_records: int = PIECE_RECORDS
) -> AsyncIterator[tuple[Batch, tuple[Record, ...]]]:
    """The same, every root and every link of the chain made again and compared, from the point where `chain` held.

    Without `upto_seq` it goes to the head as it was at the start, and checks that the journal ends there.
    Raises Corrupt at the first batch that is wrong; Unreachable, NoJournal.
    """
    async with connected(source) as connection:
        end = await read_end(connection)
        upto = end.seq if upto_seq is None else upto_seq
        position = Position(after_seq, chain)
        async for batch, records in read(connection, after_seq, upto, piece_records=piece_records):
            position = follow(position, batch, records)
            yield batch, records
        if upto_seq is None:
            _assert_ends(position, end)


def follow(position: Position, batch: Batch, records: Sequence[Record]) -> Position:
    """The position after the batch. Raises Corrupt unless it is the one that must come next."""
    reason = _wrong(position, batch, records)
    if reason is not None:
        raise Corrupt(batch.first_seq, batch.last_seq, reason)
    return Position(batch.last_seq, batch.chain, batch.epoch, records[-1].at_ns)


async def read_end(connection: Connection) -> End:
    """The head, and the last record and batch, as of one moment. Raises NoJournal."""
    async with connection.cursor(row_factory=args_row(End)) as cursor:
        end = await (await cursor.execute(_END)).fetchone()
    if end is None:
        raise NoJournal("journal_head has lost its row: restore the database")
    return end


@asynccontextmanager
async def connected(source: Source) -> AsyncIterator[Connection]:
    """A connection for reading, closed again if it was opened here. Raises Unreachable, NoJournal."""
    try:
        if isinstance(source, str):
            async with await AsyncConnection.connect(source, autocommit=True, application_name="fixgate reader") as connection:
                yield connection
        else:
            yield source
    except psycopg.errors.UndefinedTable as error:
        raise NoJournal("the database has no journal: run `fixgate migrate`") from error
    except psycopg.OperationalError as error:
        raise Unreachable(f"the database did not answer: {error}") from error


async def _batches(connection: Connection, after_seq: int, upto_seq: int) -> list[Batch]:
    async with connection.cursor(binary=True, row_factory=args_row(Batch)) as cursor:
        await cursor.execute(_BATCHES, (after_seq, upto_seq, PAGE_BATCHES))
        return await cursor.fetchall()


def _pieces(batches: Sequence[Batch], piece_records: int) -> Iterator[list[Batch]]:
    piece: list[Batch] = []
    for batch in batches:
        if piece and batch.last_seq - piece[0].first_seq >= piece_records:
            yield piece
            piece = []
        piece.append(batch)
    yield piece


async def _filled(
    connection: Connection, after_seq: int, piece: Sequence[Batch]
) -> AsyncIterator[tuple[Batch, tuple[Record, ...]]]:
    """The batches with their records: to each, what follows on the batch before and ends by its last seq."""
    try:
        records = await _records(connection, after_seq, piece[-1].last_seq)
    except (UnicodeDecodeError, psycopg.errors.InternalError) as error:
        if len(piece) == 1:
            raise Corrupt(piece[0].first_seq, piece[0].last_seq, f"the database cannot read it: {error}") from error
        for batch in piece:  # One of them cannot be read. Find out which.
            async for filled in _filled(connection, after_seq, [batch]):
                yield filled
            after_seq = batch.last_seq
        return
    start = 0
    for batch in piece:
        stop = _stop(records, start, batch)
        yield batch, tuple(records[start:stop])
        start = stop


def _stop(records: Sequence[Record], start: int, batch: Batch) -> int:
    stop = start + batch.last_seq - batch.first_seq + 1
    if 0 < stop <= len(records) and records[stop - 1].seq == batch.last_seq:
        return stop
    stop = start  # The batch is not whole: give it what there is, so that its reader sees what is wrong.
    while stop < len(records) and records[stop].seq <= batch.last_seq:
        stop += 1
    return stop


async def _records(connection: Connection, after_seq: int, last_seq: int) -> list[Record]:
    async with connection.cursor(binary=True, row_factory=args_row(Record)) as cursor:
        await cursor.execute(_RECORDS, (after_seq, last_seq))
        return await cursor.fetchall()


def _wrong(position: Position, batch: Batch, records: Sequence[Record]) -> str | None:
    """What is wrong with the batch, the nearest cause first."""
    if batch.first_seq != position.seq + 1 or batch.last_seq < batch.first_seq:
        return f"it does not follow on record {position.seq}: a batch is missing or out of place"
    size = batch.last_seq - batch.first_seq + 1
    if len(records) != size or [r.seq for r in records] != list(range(batch.first_seq, batch.last_seq + 1)):
        return f"it has {size} records, the journal holds {len(records)} in its place"
    if batch.epoch < position.epoch or {r.epoch for r in records} != {batch.epoch}:
        return "the epoch goes back, or a record is of another epoch than its batch"
    times = [position.at_ns, *[r.at_ns for r in records]]
    if times != sorted(times):
        return "time goes back"
    if merkle.root([leaf(r) for r in records]) != batch.root:
        return "its root is not that of its records: a record was changed"
    if link(position.chain, batch.first_seq, batch.last_seq, batch.epoch, batch.root) != batch.chain:
        return "its chain does not follow from the batches before: a batch was changed"
    return None


def _assert_ends(position: Position, end: End) -> None:
    last_seq = max(end.last_record_seq, end.last_batch_seq, end.seq)
    if position.seq != end.seq:
        raise Corrupt(position.seq + 1, last_seq, f"the head is at {end.seq}, the batches up to there end at {position.seq}")
    if last_seq != end.seq:
        raise Corrupt(end.seq + 1, last_seq, f"the head is at {end.seq}, records or batches go on to {last_seq}")
    if position.chain != end.chain:
        raise Corrupt(position.seq, position.seq, "the head does not have the chain of the last batch")
    if position.epoch > end.epoch:
        raise Corrupt(position.seq, position.seq, f"the head is in epoch {end.epoch}, the last batch in {position.epoch}")
