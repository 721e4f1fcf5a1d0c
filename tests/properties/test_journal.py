"""Any run of batches, marks, overtakings and kills leaves in the journal exactly what a list would hold."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from oms.journal.failures import AppendFailed, Fenced, MarkRefused, Unreachable
from oms.journal.postgres import Journal
from oms.journal.record import Mark, Record
from oms.journal.verify import verify
from ops.migrations.run import upgrade
from tests.support.journals import held, rows, until_blocked

T = TypeVar("T")

SESSIONS = ("DATA", "VENUE")
SPAN = 7

Part = tuple[str, int, str, bytes, int]
"""kind, version, key, payload, nanoseconds after the record before"""

parts = st.tuples(
    st.sampled_from(["OrderPlaced", "OrderFilled"]),
    st.integers(1, 3),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    st.binary(max_size=30),
    st.integers(0, 5),
)
batches = st.lists(parts, min_size=1, max_size=12)


class JournalAgainstList(RuleBasedStateMachine):
    """`writer` is the one that took over last; `overtaken` is the one before it."""

    dsn: str

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self.expected: list[Record] = []
        self.marks: dict[str, int] = {}
        self.epoch = 0
        self.overtaken: Journal | None = None
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        upgrade(self.dsn)
        self.writer = self._take_over()

    @rule(batch=batches, moved=st.sets(st.sampled_from(SESSIONS)))
    def append(self, batch: list[Part], moved: set[str]) -> None:
        records = self._records(self.writer, batch)
        self._run(self.writer.append(records, self._marks(moved)))
        self._expect(records, moved)

    @rule(batch=batches, session=st.sampled_from(SESSIONS), off=st.sampled_from([-1, 1]))
    def append_with_a_wrong_mark(self, batch: list[Part], session: str, off: int) -> None:
        wrong = Mark(session, 1, self.marks.get(session, 0) + off, 99)
        with pytest.raises(MarkRefused):
            self._run(self.writer.append(self._records(self.writer, batch), [wrong]))

    @rule()
    def take_over(self) -> None:
        if self.overtaken is not None:
            self._run(self.overtaken.close())
        self.overtaken = self.writer
        self.writer = self._take_over()

    @precondition(lambda self: self.overtaken is not None)
    @rule(batch=batches)
    def append_by_the_overtaken(self, batch: list[Part]) -> None:
        assert self.overtaken is not None
        with pytest.raises(Fenced):
            self._run(self.overtaken.append(self._records(self.overtaken, batch)))

    @rule(batch=batches, moved=st.sets(st.sampled_from(SESSIONS)))
    def end_the_backend_while_it_appends(self, batch: list[Part], moved: set[str]) -> None:
        """Nobody knows beforehand which of the two is first; afterwards it is all there, or nothing is."""
        records = self._records(self.writer, batch)
        before = self.writer.seq
        self._run(self._append_and_end(records, self._marks(moved)))
        self._start_again()
        if self.writer.seq != before:
            self._expect(records, moved)

    @rule(batch=batches)
    def end_the_backend_while_it_waits(self, batch: list[Part]) -> None:
        self._run(self._append_blocked_and_end(self._records(self.writer, batch)))
        self._start_again()

    @invariant()
    def the_journal_holds_the_list(self) -> None:
        assert self._run(held(self.dsn)) == self.expected
        assert dict(rows(self.dsn, "SELECT session, next_target FROM journal_watermark")) == self.marks  # type: ignore[arg-type]

    def teardown(self) -> None:
        found = self._run(verify(self.dsn))
        assert (found.records, found.head_epoch) == (len(self.expected), self.epoch)
        for journal in filter(None, (self.writer, self.overtaken)):
            self._run(journal.close())
        self._runner.close()

    def _take_over(self) -> Journal:
        journal = self._run(Journal.take_over(self.dsn, span=SPAN))
        self.epoch += 1
        assert journal.epoch == self.epoch
        return journal

    def _start_again(self) -> None:
        self._run(self.writer.close())
        self.writer = self._take_over()

    def _records(self, journal: Journal, batch: list[Part]) -> list[Record]:
        at_ns, records = journal.at_ns, []
        for seq, (kind, version, key, payload, after_ns) in enumerate(batch, journal.seq + 1):
            at_ns += after_ns
            records.append(Record(seq, journal.epoch, at_ns, kind, version, key, payload))
        return records

    def _marks(self, moved: set[str]) -> list[Mark]:
        return [Mark(session, 1, self.marks.get(session), self.marks.get(session, 0) + 1) for session in sorted(moved)]

    def _expect(self, records: list[Record], moved: set[str]) -> None:
        self.expected += records
        self.marks |= {session: self.marks.get(session, 0) + 1 for session in moved}

    async def _append_and_end(self, records: list[Record], marks: list[Mark]) -> None:
        append = asyncio.create_task(self.writer.append(records, marks))
        await asyncio.gather(append, asyncio.to_thread(_end, self.dsn, self.writer), return_exceptions=True)
        if append.exception() is not None:
            assert isinstance(append.exception(), AppendFailed)

    async def _append_blocked_and_end(self, records: list[Record]) -> None:
        async with await psycopg.AsyncConnection.connect(self.dsn) as holder:
            await holder.execute("SELECT FROM journal_head FOR UPDATE")
            append = asyncio.create_task(self.writer.append(records))
            await until_blocked(self.dsn)
            _end(self.dsn, self.writer)
            with pytest.raises(AppendFailed):
                await append
        with pytest.raises(Unreachable):
            await self.writer.confirm()

    def _run(self, waiting: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(waiting)


def test_the_journal_holds_what_a_list_would(database_url: str) -> None:
    class OnThisDatabase(JournalAgainstList):
        dsn = database_url

    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def _end(dsn: str, journal: Journal) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (journal._connection.info.backend_pid,))
