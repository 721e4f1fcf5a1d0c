"""The second path of a kill, for an engine that does not answer: fence it, latch in its place, end it and its workers.

Nothing is asked of the engine. When the head of the journal is taken over, nothing of the old engine can be committed any more,
hence nothing new be sent. Then the latch is made durable, as an engine would, and the engine and its workers are ended by their
process ids, with whatever they still held. The next engine, which whoever supervises it starts, folds the latch: no order passes
it, and at its first moment everything that is open in the scope is to be canceled.
"""

import asyncio
import time

import msgspec

from gateway.cell import SessionKind
from gateway.facts import Fact, recorded
from oms.domain.latches import Latched
from oms.journal.failures import AppendFailed, Fenced
from oms.journal.postgres import Journal
from ops.at_work import CannotEnd, at_work, end
from ops.settings import Settings

TRIES = 5
"""A supervisor may start an engine at every moment, and an engine that starts takes the head from us: then it is fenced, too."""
_PAUSE_S = 0.2


class Stopped(msgspec.Struct, frozen=True):
    """What was done."""

    latch: int
    """Journal seq of the latch."""
    ended: tuple[str, ...]
    """The processes that were ended: `engine`, or the session of a worker."""
    left: str = ""
    """Which could not be, and why; empty where all were."""
    latched_ms: int = 0
    """How long it took until the latch was durable."""
    ended_ms: int = 0
    """The same, until the last process was gone."""


class NotLatched(Exception):
    """The latch is not in the journal, or nobody knows: nothing was ended."""


def orders_sessions(settings: Settings) -> tuple[str, ...]:
    """Those whose workers may have orders in their hands. The Hello of its next worker answers for each: the old one is dead."""
    return tuple(plan.name for plan in settings.plans if plan.kind is SessionKind.ORDERS)


def stop(settings: Settings, dsn: str, latched: Latched) -> Stopped:
    """Fence, latch, end, in this order: a supervisor starts the next engine at once, and it must find the latch.

    Raises NotLatched, CannotEnd where nobody can tell which process the engine is (nothing was done), and what
    `Journal.take_over` raises.
    """
    began_s = time.monotonic()
    with at_work(settings) as processes:
        seq = latch(dsn, latched)
        latched_s = time.monotonic()
        left = ""
        try:
            end(processes)
        except CannotEnd as reason:
            left = str(reason)
    took_ms = [round((at_s - began_s) * 1_000) for at_s in (latched_s, time.monotonic())]
    return Stopped(seq, tuple(process.name for process in processes), left, *took_ms)


def latch(dsn: str, latched: Latched) -> int:
    """Take the journal over and make the latch durable; returns its seq. Nothing of the old engine is committed after it."""
    return asyncio.run(_latch(dsn, latched))


async def _latch(dsn: str, latched: Latched) -> int:
    for _ in range(TRIES):
        journal = await Journal.take_over(dsn)
        fact = Fact(journal.seq + 1, max(time.time_ns(), journal.at_ns), latched, None)
        try:
            await journal.append([recorded(fact, journal.epoch)])
        except Fenced:  # By an engine that started meanwhile: it may know nothing of the latch.
            await asyncio.sleep(_PAUSE_S)
            continue
        except AppendFailed as unknown:
            raise NotLatched(f"nobody knows whether the latch is durable: {unknown}") from unknown
        finally:
            await journal.close()
        return fact.seq
    raise NotLatched(f"engines took the journal over {TRIES} times before the latch was in it")
