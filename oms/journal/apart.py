"""The writer of the journal in a process of its own, as the engine sees it.

An engine is one thread of Python, and the busiest of the system: hashing a batch, packing it and waiting for PostgreSQL are
done on another processor meanwhile. What is promised is what `postgres.Journal` promises, as it is one that does the work.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from typing import Self

from oms.journal.failures import AppendFailed, Fenced, Unreachable
from oms.journal.partitions import SPAN
from oms.journal.record import Batch, Mark, Record
from oms.journal.takeover import ANSWER_S_MAX
from oms.journal.telling import (
    Append,
    Appended,
    Confirm,
    Confirmed,
    Failed,
    Question,
    Taken,
    TakeOver,
    Told,
    body,
    failure,
    frame,
    told,
)

_PROGRAM = (sys.executable, "-m", "oms.journal.process")
_MARGIN_S = 5.0
"""The other process gives up on the database before we give up on the other process."""
_END_S_MAX = 2.0


class JournalApart:
    """An open journal. Appends are made one after the other, by the one task that owns it."""

    def __init__(self, process: asyncio.subprocess.Process, line: "_Line", taken: Taken) -> None:
        self.epoch, self.seq, self.chain, self.at_ns = taken.epoch, taken.seq, taken.chain, taken.at_ns
        self._process = process
        self._line = line
        self._appending = False
        self._ended: Exception | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def take_over(
        cls, dsn: str, *, lock_wait_ms: int = 2_000, span: int = SPAN, answer_s_max: float = ANSWER_S_MAX, off_core: int = -1
    ) -> Self:
        """Start the process, and have it become the writer. Raises what `Journal.take_over` raises.

        off_core: a processor that it is to stay away from, as the engine has it for itself; -1 for none.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *_PROGRAM, str(theirs.fileno()), stdin=asyncio.subprocess.DEVNULL, pass_fds=(theirs.fileno(),)
            )
        _keep_off(process.pid, off_core)
        line = await _Line.open(ours, answer_s_max + _MARGIN_S)
        try:
            patience_s = 2 * answer_s_max + 3 * lock_wait_ms / 1_000
            answer = await line.ask(TakeOver(dsn, lock_wait_ms, span, answer_s_max), patience_s + _MARGIN_S)
        except _Gone as gone:
            await _end(process, line)
            raise Unreachable(f"the journal's process {gone}") from gone
        except BaseException:
            await _end(process, line)
            raise
        if not isinstance(answer, Taken):
            await _end(process, line)
            raise _failure(answer)
        return cls(process, line, answer)

    async def append(self, records: Sequence[Record], marks: Sequence[Mark] = ()) -> Batch:
        """See `writing.Writer`."""
        if self._ended is not None:
            raise self._ended
        assert not self._appending, "one append at a time"
        self._appending = True
        span = f"records {records[0].seq} to {records[-1].seq}"
        try:
            answer = await self._line.ask(Append(records, marks))
        except _Gone as gone:
            self._ended = AppendFailed(f"no answer for {span}: the journal's process {gone}")
            raise self._ended from gone
        except BaseException:
            self._ended = AppendFailed(f"the append of {span} was cut short")
            raise
        finally:
            self._appending = False
        if not isinstance(answer, Appended):
            raise self._noted(_failure(answer))
        batch = answer.batch
        self.seq, self.chain, self.at_ns = batch.last_seq, batch.chain, records[-1].at_ns
        return batch

    async def confirm(self) -> None:
        """See `writing.Writer`."""
        try:
            answer = await self._line.ask(Confirm())
        except _Gone as gone:
            raise Unreachable(f"the journal's process {gone}") from gone
        if not isinstance(answer, Confirmed):
            raise self._noted(_failure(answer))

    async def close(self) -> None:
        """See `writing.Writer`."""
        await _end(self._process, self._line)

    def _noted(self, error: Exception) -> Exception:
        """After everything but a mark that was refused, the journal takes no more."""
        if isinstance(error, (AppendFailed, Fenced)):
            self._ended = error
        return error


class _Gone(Exception):
    """The process has ended, or does not answer."""


class _Line:
    """One question at a time, each with its answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience_s: float) -> None:
        self._reader, self._writer = reader, writer
        self._patience_s = patience_s

    @classmethod
    async def open(cls, ours: socket.socket, patience_s: float) -> Self:
        return cls(*await asyncio.open_connection(sock=ours), patience_s)

    async def ask(self, message: Question, patience_s: float | None = None) -> Told:
        """Raises _Gone."""
        seconds = self._patience_s if patience_s is None else patience_s
        self._writer.write(frame(message))
        try:
            async with asyncio.timeout(seconds):
                answer: Told = told.decode(await body(self._reader))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise _Gone("has ended") from error
        except TimeoutError as error:
            raise _Gone(f"has not answered in {seconds:g} s") from error
        return answer

    def close(self) -> None:
        self._writer.close()


def _failure(answer: Told) -> Exception:
    assert isinstance(answer, Failed), f"no answer to what was asked: {answer}"
    return failure(answer)


async def _end(process: asyncio.subprocess.Process, line: _Line) -> None:
    """It ends when its line does; one that does not is killed: nothing that it holds was ever answered."""
    line.close()
    try:
        async with asyncio.timeout(_END_S_MAX):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _keep_off(pid: int, core: int) -> None:
    """The process has inherited the engine's own processor."""
    others = set(range(os.cpu_count() or 1)) - {core}
    if core >= 0 and others:
        os.sched_setaffinity(pid, others)
