"""How long an engine takes from its process's start until it may trade, on a journal of a million events.

The journal is filled through the real one, with the facts of orders that a client sends, a venue acknowledges and fills in two
parts: the same facts in the same batches as the spine makes of them, made by the engine's own rules and only not sent anywhere.
"""

import asyncio
import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from gateway.cell import Cell, SessionKind, SessionPlan
from gateway.codec.text import SOH
from gateway.facts import CATALOGUE, Fact, recorded
from gateway.proving import wrong
from gateway.sessions import EngineStarted, SessionGranted, SessionLoggedOn, SessionReady
from gateway.snapshotting import make
from gateway.starting import fact_of, start
from gateway.state import State
from oms.domain.chain import Chain
from oms.domain.events import Event, ExecutionReported, MessageSent
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.report import ExecutionReport, Receipt
from oms.domain.terms import Decision
from oms.journal.postgres import Journal
from ops.migrations.run import upgrade
from tests.bench.method import Figure
from tests.support import orders as built
from tests.support.databases import running_server

EVENTS = 1_000_000
BATCH = 256
TAIL = 250_000
"""A start from a snapshot folds so many events more: half of what makes the engine have the next one taken."""
SESSION = built.SESSION
CELL: Cell = replace(built.CELL, sessions=(SessionPlan(SESSION, SessionKind.ORDERS),), account_sessions={"DESK1": SESSION})
RAW = "8=FIX.4.4|9=180|35=8|49=SIM|56=FIXGATE|34=%d|52=20260105-10:00:00.000|11=%s|37=V%s|17=%s|150=F|39=1|".replace("|", SOH)
FIGURES = (
    Figure("start_s_at_1000000_events", "s"),
    Figure("fold_s_at_1000000_events", "s"),
    Figure("snapshot_s_at_1000000_events", "s"),
    Figure("snapshot_mib_at_1000000_events", "MiB"),
    Figure("memory_kib_per_live_order", "KiB"),
    Figure("proof_us_per_live_order", "µs"),
)
LIVE_ORDERS = 100_000
_NS_PER_EVENT = 50_000


def history(events: int) -> Iterator[Event]:
    """So many events: a session, and orders of which each is sent, acknowledged and filled in two parts."""
    yield EngineStarted("0", "x")
    yield SessionGranted(SESSION, 1, 1, 1, 10 * events, trusted=True, pid=1)
    yield SessionLoggedOn(SESSION)
    yield SessionReady(SESSION)
    number = 0
    for order in range(1, events):
        yield from _life(order, number)
        number += 3


def _life(order: int, number: int, *, is_filled: bool = True) -> Iterator[Event]:
    """One order's five events; the second fill leaves it open where it is to live."""
    root_id = f"{CELL.name}{order:08d}"
    decision = Decision("v1", built.D("1.3850"), built.D("1.3852"), 1_790_000_000_000_000_000, built.D("1.3852"))
    yield replace(built.placed(root_id), client_order_id=f"c{order}", decision=decision, grant=2)
    yield MessageSent(root_id, root_id, SESSION, 1, order, "D", RAW % (order, root_id, root_id, order))
    yield _said(root_id, number + 1, ExecType.NEW, OrdStatus.NEW, "")
    yield _said(root_id, number + 2, ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, "400")
    last = OrdStatus.FILLED if is_filled else OrdStatus.PARTIALLY_FILLED
    yield _said(root_id, number + 3, ExecType.TRADE, last, "600" if is_filled else "500")


def _said(root_id: str, number: int, exec_type: ExecType, ord_status: OrdStatus, last_qty: str) -> ExecutionReported:
    exec_id = f"E{number}"
    told = {"last_qty": built.D(last_qty), "last_px": built.D("1.3850"), "trade_date": "20260105"} if last_qty else {}
    report: ExecutionReport = built.report(exec_type, ord_status, root_id, exec_id=exec_id, order_id=f"V{root_id}", **told)
    receipt = Receipt(SESSION, 1, number, "8", number + 1, RAW % (number, root_id, root_id, exec_id))
    return ExecutionReported(root_id, receipt, report)


async def fill(dsn: str, events: int, tail: int) -> int:
    """Put so many events into an empty journal, batch by batch; returns where a batch ends that leaves `tail` of them or more."""
    journal = await Journal.take_over(dsn)
    seq, snapshot_seq = 0, 0
    try:
        facts: list[Fact] = []
        for event in history(events):
            seq += 1
            facts.append(Fact(seq, seq * _NS_PER_EVENT, event, None))
            if len(facts) == BATCH or seq == events:
                await journal.append([recorded(fact, journal.epoch) for fact in facts])
                snapshot_seq = seq if seq <= events - tail else snapshot_seq
                facts = []
            if seq == events:
                break
    finally:
        await journal.close()
    return snapshot_seq


def measure(events: int = EVENTS, tail: int = TAIL, live_orders: int = LIVE_ORDERS) -> Mapping[str, float]:
    """One run: a journal of its own, folded without a snapshot and then from one that leaves `tail` events."""
    with _filled(events, tail) as (dsn, snapshot_seq):
        fold_s = asyncio.run(_timed_start(dsn))
        began_s = time.perf_counter()
        made = asyncio.run(_snapshot(dsn, snapshot_seq))
        snapshot_s = time.perf_counter() - began_s
        start_s = asyncio.run(_timed_start(dsn))
    return {
        "start_s_at_1000000_events": start_s,
        "fold_s_at_1000000_events": fold_s,
        "snapshot_s_at_1000000_events": snapshot_s,
        "snapshot_mib_at_1000000_events": made / 2**20,
        **of_live_orders(live_orders),
    }


def of_live_orders(orders: int = LIVE_ORDERS) -> Mapping[str, float]:
    """What the process grows by when it takes in so many orders that stay open (one version, two fills, and their indexes), and
    what it takes to prove that risk holds what they say."""
    state = State(CELL)
    gc.collect()
    before_kib = _rss_kib()
    seq = 0
    for order in range(1, orders + 1):
        for event in _life(order, 3 * order, is_filled=False):
            seq += 1
            state.apply(_as_read(event), seq, seq)
    gc.collect()
    assert len(state.book.live) == orders
    grown_kib = _rss_kib() - before_kib
    began_s = time.perf_counter()
    where = wrong(state)
    proof_s = time.perf_counter() - began_s
    assert not where, where
    return {"memory_kib_per_live_order": grown_kib / orders, "proof_us_per_live_order": proof_s * 1_000_000 / orders}


def _as_read(event: Event) -> Event:
    """As an engine has it that read it from its journal: no text in it is shared with another event."""
    read = CATALOGUE.decode(*CATALOGUE.encode(event))
    assert isinstance(read, Event)
    return read


def _rss_kib() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])


@contextmanager
def _filled(events: int, tail: int) -> Iterator[tuple[str, int]]:
    """A journal in a database of its own, and where its snapshot is to be taken."""
    folder = Path(tempfile.mkdtemp(prefix="fixgate-bench-"))
    try:
        with running_server() as server:
            upgrade(server.dsn)
            began_s = time.perf_counter()
            snapshot_seq = asyncio.run(fill(server.dsn, events, tail))
            print(f"  {events} events written in {time.perf_counter() - began_s:.0f} s", file=sys.stderr, flush=True)
            yield server.dsn, snapshot_seq
    finally:
        shutil.rmtree(folder)


async def _snapshot(dsn: str, upto_seq: int) -> int:
    """Taken as the engine has it taken; returns its size."""
    made = await make(CELL, dsn, upto_seq)
    journal = await Journal.take_over(dsn)
    try:
        await journal.append([recorded(Fact(journal.seq + 1, journal.at_ns, fact_of(made.snapshot), None), journal.epoch)])
    finally:
        await journal.close()
    return made.snapshot.size


async def _timed_start(dsn: str) -> float:
    """Until every event is known and the next may be taken. The interpreter and its imports are there already."""
    gc.collect()
    began_s = time.perf_counter()
    engine = await start(CELL, dsn, time.time_ns)
    took_s = time.perf_counter() - began_s
    await engine.close()
    _assert_traded(engine.state)
    return took_s


def _assert_traded(state: State) -> None:
    """A fold that lost something would be a quick one."""
    filled: Chain = next(iter(state.book.chains.values()))
    assert filled.cum_qty == 1_000, f"the first order has traded {filled.cum_qty}"
