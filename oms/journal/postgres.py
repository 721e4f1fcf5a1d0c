"""The one writer of the journal: takes the head over, and appends one batch in one statement."""

from collections.abc import Sequence
from struct import Struct as Layout
from typing import Self

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from oms.journal import arrays, merkle
from oms.journal.failures import AppendFailed, Fenced, MarkRefused, Unreachable
from oms.journal.partitions import SPAN, ensure_partitions
from oms.journal.record import Batch, Mark, Record, leaf, link
from oms.journal.statement import Statement
from oms.journal.takeover import ANSWER_S_MAX, Head, connect, hanging_up, take_head

FENCED = "JN001"
MARK_REFUSED = "JN002"

_APPEND = b"SELECT journal_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
_PARAMETERS = 13
_BIGINT = Layout(">q").pack


class Journal:
    """An open journal. Appends are made one after the other, by the one task that owns it.

    epoch: the number of this writer; every record it appends carries it.
    seq, chain, at_ns: of the last durable record (0, the genesis and 0 when there is none).
    """

    def __init__(
        self,
        connection: AsyncConnection[TupleRow],
        append: Statement,
        head: Head,
        partitioned_to: int,
        span: int,
        answer_s_max: float,
    ) -> None:
        self.epoch = head.epoch
        self.seq = head.seq
        self.chain = head.chain
        self.at_ns = head.at_ns
        self._partitioned_to = partitioned_to
        self._span = span
        self._answer_s_max = answer_s_max
        self._appending = False
        self._ended: Exception | None = None
        self._connection = connection
        self._append = append

    @classmethod
    async def take_over(
        cls, dsn: str, *, lock_wait_ms: int = 2_000, span: int = SPAN, answer_s_max: float = ANSWER_S_MAX
    ) -> Self:
        """Become the writer: raise the epoch, after which no earlier writer can append.

        lock_wait_ms: how long to wait for a batch of the old writer; then its backend is ended, and once more as long.
        span: records per partition.
        answer_s_max: how long the database may be silent, now and at each append.

        Raises Unreachable, NoJournal, NotDurable, HeadHeld.
        """
        connection = await connect(dsn, answer_s_max)
        try:
            with hanging_up(connection, answer_s_max + 3 * lock_wait_ms / 1_000):
                head = await take_head(connection, lock_wait_ms)
                partitioned_to = await ensure_partitions(connection, head.seq + span, span)
                append = await Statement.prepare(connection, b"append", _APPEND, _PARAMETERS)
        except psycopg.OperationalError as error:
            await connection.close()
            raise Unreachable(f"the database did not answer: {error}") from error
        except BaseException:
            await connection.close()
            raise
        return cls(connection, append, head, partitioned_to, span, answer_s_max)

    async def append(self, records: Sequence[Record], marks: Sequence[Mark] = ()) -> Batch:
        """Make the records durable as one batch, and move the marks with them; all of it or nothing.

        The records follow on `seq` without gaps, carry `epoch`, and never go back in time.

        Raises Fenced, MarkRefused (nothing was written) or AppendFailed (nobody knows). After Fenced and AppendFailed
        the journal takes no more.
        """
        if self._ended is not None:
            raise self._ended
        assert not self._appending, "one append at a time"
        _assert_in_order(self, records)
        batch = seal(self.chain, records)
        parameters = _parameters(batch, records, marks)
        self._appending = True
        try:
            with hanging_up(self._connection, self._answer_s_max):
                await self._make_room(batch.last_seq)
                await self._append.run(parameters)
        except Exception as error:
            raise self._failure(error, batch) from error
        except BaseException:
            self._ended = AppendFailed(f"the append of records {batch.first_seq} to {batch.last_seq} was cut short")
            raise
        finally:
            self._appending = False
        self.seq, self.chain, self.at_ns = batch.last_seq, batch.chain, records[-1].at_ns
        return batch

    async def confirm(self) -> None:
        """Prove that this is still the writer. Raises Fenced, or Unreachable when the database does not answer."""
        try:
            with hanging_up(self._connection, self._answer_s_max):
                cursor = await self._connection.execute("SELECT epoch FROM journal_head")
                row = await cursor.fetchone()
        except psycopg.Error as error:
            raise Unreachable(f"the database did not answer: {error}") from error
        if row != (self.epoch,):
            self._ended = Fenced(f"epoch {self.epoch} has been taken over: the head is in epoch {row and row[0]}")
            raise self._ended

    async def close(self) -> None:
        """Let go of the connection. The epoch stays taken."""
        await self._connection.close()

    async def _make_room(self, last_seq: int) -> None:
        # One partition ahead of the one being filled, so that a slow creation is never on a full partition's path.
        if last_seq + self._span >= self._partitioned_to:
            self._partitioned_to = await ensure_partitions(self._connection, last_seq + self._span, self._span)

    def _failure(self, error: Exception, batch: Batch) -> Exception:
        state = error.sqlstate if isinstance(error, psycopg.Error) else None
        if state == MARK_REFUSED:
            return MarkRefused(_message(error))
        if state == FENCED:
            self._ended = Fenced(f"epoch {self.epoch} has been taken over: {_message(error)}")
            return self._ended
        self._ended = AppendFailed(f"no answer for records {batch.first_seq} to {batch.last_seq}: {_message(error)}")
        return self._ended


def seal(previous: bytes, records: Sequence[Record]) -> Batch:
    """The batch of these records, chained to the `previous` one."""
    first, last = records[0], records[-1]
    root = merkle.root([leaf(record) for record in records])
    return Batch(first.seq, last.seq, last.epoch, root, link(previous, first.seq, last.seq, last.epoch, root))


def _assert_in_order(journal: Journal, records: Sequence[Record]) -> None:
    assert records, "an empty batch"
    assert [r.seq for r in records] == list(range(journal.seq + 1, journal.seq + 1 + len(records))), "seq has a gap"
    assert {r.epoch for r in records} == {journal.epoch}, "a record of another epoch"
    times = [journal.at_ns, *[r.at_ns for r in records]]
    assert times == sorted(times), "time goes back"


def _parameters(batch: Batch, records: Sequence[Record], marks: Sequence[Mark]) -> tuple[bytes, ...]:
    keys = [r.key for r in records]
    assert "\0" not in "".join(keys), "a key holds NUL, which no text of PostgreSQL can"
    return (
        _BIGINT(batch.first_seq - 1),
        _BIGINT(batch.epoch),
        batch.root,
        batch.chain,
        arrays.bigints([r.at_ns for r in records]),
        arrays.words([r.kind for r in records]),
        arrays.smallints([r.version for r in records]),
        arrays.texts(keys),
        arrays.byteas([r.payload for r in records]),
        arrays.words([m.session for m in marks]),
        arrays.integers([m.session_epoch for m in marks]),
        arrays.bigints([m.before for m in marks]),
        arrays.bigints([m.after for m in marks]),
    )


def _message(error: Exception) -> str:
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return error.diag.message_primary
    return str(error) or type(error).__name__
