"""Proves that the journal is what was written, and says how much of it was looked at."""

from collections.abc import Callable

import msgspec

from oms.journal.failures import Corrupt, NoRecord
from oms.journal.reading import Connection, Source, connected, read_end, verified
from oms.journal.record import GENESIS

Progress = Callable[[int, int], None]
"""Told now and then: records checked so far, and how many there are to check."""

PROGRESS_RECORDS = 10_000

_HOLDING = "SELECT first_seq, last_seq FROM journal_batch WHERE last_seq >= %s ORDER BY last_seq LIMIT 1"


class Verified(msgspec.Struct, frozen=True):
    """What was checked and found right, and the head of the journal at that time.

    first_seq, last_seq: of the batches checked; 1 and 0 when there were none.
    """

    records: int
    batches: int
    first_seq: int
    last_seq: int
    head_seq: int
    head_epoch: int
    head_chain: bytes


async def verify(source: Source, first: int | None = None, last: int | None = None, progress: Progress | None = None) -> Verified:
    """Check the batches that hold records `first` to `last`: everything, up to and with the head, unless told otherwise.

    A part is checked against the chain that stands in the batch before it; only the whole proves everything.
    Raises Corrupt at the first batch that is wrong; NoRecord, Unreachable, NoJournal.
    """
    async with connected(source) as connection:
        return await _verify(connection, first, last, progress or _say_nothing)


async def _verify(connection: Connection, first: int | None, last: int | None, progress: Progress) -> Verified:
    end = await read_end(connection)
    after_seq, chain = (0, GENESIS) if first is None else await _before(connection, first)
    upto_seq = None if last is None else (await _holding(connection, last))[1]
    total = (end.seq if upto_seq is None else upto_seq) - after_seq
    batches, seq, told_seq = 0, after_seq, after_seq
    async for batch, _ in verified(connection, after_seq, chain, upto_seq):
        batches, seq = batches + 1, batch.last_seq
        if seq - told_seq >= PROGRESS_RECORDS:
            progress(seq - after_seq, total)
            told_seq = seq
    progress(seq - after_seq, total)
    return Verified(seq - after_seq, batches, after_seq + 1, seq, end.seq, end.epoch, end.chain)


async def _before(connection: Connection, seq: int) -> tuple[int, bytes]:
    """Where the batch that holds record `seq` begins, and the chain there."""
    first_seq, _ = await _holding(connection, seq)
    if first_seq == 1:
        return 0, GENESIS
    row = await (await connection.execute("SELECT chain FROM journal_batch WHERE last_seq = %s", (first_seq - 1,))).fetchone()
    if row is None:
        raise Corrupt(first_seq, first_seq, "the batch before it is missing")
    return first_seq - 1, row[0]


async def _holding(connection: Connection, seq: int) -> tuple[int, int]:
    """First and last seq of the batch that holds record `seq`."""
    cursor = await connection.execute(_HOLDING, (seq,))
    row = await cursor.fetchone()
    if row is None:
        raise NoRecord(f"the journal ends before record {seq}")
    return row[0], row[1]


def _say_nothing(_records: int, _total: int) -> None:
    pass
