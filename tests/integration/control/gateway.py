"""A gateway in this process: the real engine on a real journal, the real server, and a venue behind its link."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.cell import Cell, SessionKind, SessionPlan
from gateway.control.lifecycle_service import Lifecycle
from gateway.control.server import Server
from gateway.control.subscription import BUFFER_EVENTS
from gateway.control.tls import Files
from gateway.engine import Engine
from gateway.leaving import Leaving
from gateway.sessions import Phase
from gateway.snapshotting import Snapshots
from gateway.starting import start
from gateway.state import State
from gateway.taking import Instruction, Takes
from oms.domain.fields import OrdType
from ops.dev_ca import Certificates, Identity
from ops.migrations.run import upgrade
from risk.limit import Limit
from risk.limits import Instrument, Limits, Policy
from tests.integration.control.venue import MARKET_DATA, ORDERS, Venue
from tests.support.polling import eventually_async

DESK1, DESK2 = "spiffe://fixgate/test/trader/desk1", "spiffe://fixgate/test/trader/desk2"
ACCOUNTS = {
    DESK1: ("DESK1",),
    DESK2: ("DESK2",),
    "spiffe://fixgate/test/viewer/audit": ("DESK1", "DESK2"),
    "spiffe://fixgate/test/admin/ops": ("DESK1", "DESK2"),
    "spiffe://fixgate/test/operator/night": (),
}
LIMITS = Limits(
    order_qty_max=Decimal(1_000),
    order_notional_max=Decimal(10_000),
    price_collar_bps=Decimal(100),
    passive_collar_bps=Decimal(5_000),
    reference_age_ms_max=3_600_000,
)
TAKES = replace(
    Takes(),
    ord_types=frozenset({OrdType.MARKET, OrdType.LIMIT, OrdType.STOP_LIMIT}),
    instructions=frozenset({Instruction.MIN_QTY, Instruction.LOCATE, Instruction.CUSTOM_TAGS}),
)
CELL = Cell(
    name="T",
    version="test",
    config_hash="test",
    sessions=(
        SessionPlan(ORDERS, SessionKind.ORDERS, takes=TAKES),
        SessionPlan(MARKET_DATA, SessionKind.MARKET_DATA, symbols=("EURUSD",)),
    ),
    account_sessions={"DESK1": ORDERS, "DESK2": ORDERS},
    policy=Policy(
        version="limits-1",
        limits={"DESK1": LIMITS, "DESK2": LIMITS},
        instruments={"EURUSD": Instrument("EURUSD", "USD", tick=Decimal("0.00001"), lot=Decimal(1))},
    ),
    reissue_age_ms_max=10_000,
)


class Gateway(msgspec.Struct, frozen=True):
    """What a test talks to, and looks into."""

    engine: Engine
    server: Server
    certificates: Certificates

    @property
    def address(self) -> str:
        return self.server.address

    def identity(self, client: str) -> Identity:
        return self.certificates.clients[client]


@asynccontextmanager
async def gateway(
    database_url: str,
    certificates: Certificates,
    folder: Path,
    *,
    has_venue: bool = True,
    buffer_events: int = BUFFER_EVENTS,
    limits: tuple[Limit, ...] = (),
) -> AsyncIterator[Gateway]:
    """A gateway whose sessions are ready; without a venue they stay down."""
    await asyncio.to_thread(upgrade, database_url)
    engine = await start(replace(CELL, policy=replace(CELL.policy, rows=limits)), database_url, time.time_ns)
    socket = folder / "link.sock"
    await engine.links.listen(socket)
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(engine.run())]
    identity = certificates.server
    files = Files(identity.certificate, identity.key, identity.authority)
    snapshots = Snapshots(engine, database_url, 0, ("false",))
    leaving = Leaving(engine, snapshots)
    lifecycle = Lifecycle(leaving, snapshots)
    server = await Server.start(engine, "127.0.0.1:0", files, ACCOUNTS, buffer_events, lifecycle=lifecycle)
    tasks += [asyncio.create_task(leaving.run())]
    if has_venue:
        tasks += [asyncio.create_task(Venue(session).run(socket)) for session in (ORDERS, MARKET_DATA)]
        ready: Callable[[], Any] = partial(_ready, engine)
        await eventually_async(ready)
    try:
        yield Gateway(engine, server, certificates)
    finally:
        await server.stop(0)
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await engine.links.close()
        await engine.close()


@contextmanager
def in_thread(database_url: str, certificates: Certificates, folder: Path) -> Iterator[Gateway]:
    """The same with a loop and a thread of its own, for clients that block."""
    started: Future[Gateway] = Future()
    ended: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def live() -> None:
        end = asyncio.Event()
        async with gateway(database_url, certificates, folder) as running:
            ended.set_result((asyncio.get_running_loop(), end))
            started.set_result(running)
            await end.wait()

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield started.result(60)
    finally:
        if ended.done():
            loop, end = ended.result()
            loop.call_soon_threadsafe(end.set)
        thread.join()


async def _ready(engine: Engine) -> bool:
    def view(state: State) -> bool:
        return bool(state.quotes) and state.sessions[ORDERS].phase is Phase.READY

    return await engine.look(view)
