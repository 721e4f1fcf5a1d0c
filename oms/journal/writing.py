"""What an engine needs of a journal to write into."""

from collections.abc import Sequence
from typing import Protocol

from oms.journal.record import Batch, Mark, Record


class Writer(Protocol):
    """The one writer of a journal, in this process (`postgres.Journal`) or in one of its own (`apart.JournalApart`).

    epoch: the number of this writer; every record it appends carries it.
    seq, chain, at_ns: of the last durable record (0, the genesis and 0 when there is none).
    """

    epoch: int
    seq: int
    chain: bytes
    at_ns: int

    async def append(self, records: Sequence[Record], marks: Sequence[Mark] = ()) -> Batch:
        """Make the records durable as one batch, and move the marks with them; all of it or nothing.

        The records follow on `seq` without gaps, carry `epoch`, and never go back in time.

        Raises Fenced, MarkRefused (nothing was written) or AppendFailed (nobody knows). After Fenced and AppendFailed
        the journal takes no more.
        """
        ...

    async def confirm(self) -> None:
        """Prove that this is still the writer. Raises Fenced, or Unreachable when the database does not answer."""
        ...

    async def close(self) -> None:
        """Let go of the database. The epoch stays taken."""
        ...
