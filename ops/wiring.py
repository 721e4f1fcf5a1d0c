"""What runs in each process, put together: the engine with its control plane, and a FIX worker."""

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from gateway.door.certificates import NoContext
from gateway.door.config import DoorConfig
from gateway.door.door import Door
from gateway.engine import Engine
from gateway.leaving import Leaving
from gateway.proving import RiskDiffers
from gateway.referring import asked
from gateway.snapshotting import Snapshots
from gateway.starting import Unfoldable, start
from oms.domain.acts import ActRefused
from oms.journal.apart import JournalApart
from oms.journal.failures import Corrupt, HeadHeld, NoJournal, NotDurable, Unreachable
from ops import door, logs, reference_file
from ops import settings as configuration
from ops.commands.exits import ENGINE_DRAINED, ENGINE_DRAINED_LEFT
from ops.commands.options import SUPERVISED
from ops.migrations.run import NotCurrent, assert_current
from ops.reference_file import ReferenceWords
from ops.settings import ConfigError, Settings
from ops.snapshots import folding

EXIT_OK, EXIT_FAILED = 0, 1
_CANNOT_START = (Corrupt, HeadHeld, NoJournal, NotCurrent, NotDurable, RiskDiffers, Unfoldable, Unreachable)
GC_THRESHOLD = (1_000, 2, 1_000_000)
"""Many short collections of what is young, each well below a millisecond. What survives two is not walked again while the process
lives: a collection of everything would hold all orders up, and cycles that grow old are rare (a hundred streams left none)."""
_OURSELVES = "fixgate:file"
"""Who sets the reference data of files at a start."""
_log = logging.getLogger(__name__)


def run_engine(file: Path) -> int:
    """The engine process, until it is told to stop or its journal refuses. Returns the exit code."""
    settings = configuration.load(file)
    reference = [reference_file.read(path) for path in settings.environment.reference]
    dsn = settings.database_url
    if not dsn:
        raise ConfigError(f"{file}: database_url is empty: `fixgate up` brings its own server, `fixgate engine` does not")
    logs.configure()
    try:
        assert_current(dsn)
        return asyncio.run(_engine(settings, dsn, reference))
    except _CANNOT_START as reason:
        _log.error("the engine cannot start: %s: %s", type(reason).__name__, reason)
        return EXIT_FAILED


def run_worker(file: Path, session: str) -> int:
    """One FIX worker process."""
    from gateway.fix import worker  # QuickFIX is loaded in workers and nowhere else.

    worker.run(configuration.worker(configuration.load(file), session))
    return EXIT_OK


def run_door(file: Path) -> int:
    """The front door process, until it is told to stop."""
    settings = configuration.load(file)
    if not door.is_wanted(settings):
        raise ConfigError(f"{file}: no client and no counterparty has [tls]: there is nothing for a door to do")
    config = door.config(settings, door.token())
    logs.configure()
    settings.link_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return asyncio.run(_door(config))
    except (NoContext, OSError) as reason:
        _log.error("the door cannot start: %s", reason)
        return EXIT_FAILED


async def _door(config: DoorConfig) -> int:
    await Door(config).run(_stop_event())
    return EXIT_OK


async def _engine(settings: Settings, dsn: str, reference: Sequence[ReferenceWords]) -> int:
    from gateway.control import tls  # gRPC is loaded in the engine and nowhere else.
    from gateway.control.lifecycle_service import Lifecycle
    from gateway.control.server import Server

    take_over = partial(JournalApart.take_over, off_core=settings.environment.engine_core)
    engine = await start(configuration.cell(settings), dsn, time.time_ns, take_over)
    snapshots = Snapshots(engine, dsn, settings.environment.snapshot_records, folding(settings.file))
    gc.collect()
    gc.freeze()  # The fold's objects stay: no collection need look at them again.
    gc.set_threshold(*GC_THRESHOLD)
    settings.link_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    await engine.links.listen(settings.link_path)
    running = asyncio.create_task(engine.run(), name="engine")
    taking = asyncio.create_task(snapshots.run(), name="snapshots")
    taking.add_done_callback(_say_why)
    folder = settings.certificates
    files = tls.Files(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    leaving = Leaving(engine, snapshots)
    server = await Server.start(
        engine, settings.environment.listen, files, _accounts(settings), lifecycle=Lifecycle(leaving, snapshots)
    )
    left = asyncio.create_task(leaving.run(), name="leaving")
    _log.info("engine up: gRPC on %s, journal at seq %d", server.address, engine.durable_seq)
    setting = asyncio.create_task(_set_reference(engine, reference), name="reference")
    setting.add_done_callback(_say_why)
    stop = _stop_event()
    try:
        await asyncio.wait([running, left, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        if left.done():
            await server.stop()  # Those who watch the drain hear its last word.
            code = ENGINE_DRAINED if left.result().is_nothing() else ENGINE_DRAINED_LEFT
            return code if await _end(engine, running) == EXIT_OK else EXIT_FAILED
        return await _end(engine, running)
    finally:
        taking.cancel()
        left.cancel()
        setting.cancel()
        await server.stop(grace_s=1)
        await asyncio.wait([taking, left, setting])


async def _set_reference(engine: Engine, files: Sequence[ReferenceWords]) -> None:
    """Each file once: one that was set at an earlier start is known by its content, and what was set since stands."""
    for words in files:
        command = asked(_OURSELVES, "", words.source, words.as_of_ns, words.rows)
        _, answer, is_repetition = await engine.ask(msgspec.structs.replace(command, client_order_id=f"file-{command.digest}"))
        if isinstance(answer, ActRefused):
            _log.error("reference data of %s is not set: %s %s", words.source, answer.refusal.value, answer.text)
        elif not is_repetition:
            _log.info("reference data of %s is set: %d rows", words.source, len(words.rows))


def _say_why(task: asyncio.Task[None]) -> None:
    """No snapshot is worth an engine: it goes on without."""
    if not task.cancelled() and task.exception() is not None:
        _log.error("%s ended, and is not started again before the engine is", task.get_name(), exc_info=task.exception())


async def _end(engine: Engine, running: asyncio.Task[None]) -> int:
    """Log the sessions out if we were asked to stop; say why if we were not."""
    if running.done():
        _log.error("the engine ended", exc_info=running.exception())
        return EXIT_FAILED
    await engine.stop()
    running.cancel()
    await asyncio.wait([running])
    await engine.close()
    return EXIT_OK


def _stop_event() -> asyncio.Event:
    """Set by SIGTERM and SIGINT, and by the end of a supervisor that we are a child of."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if os.environ.get(SUPERVISED):
        loop.add_reader(sys.stdin.fileno(), stop.set)
    return stop


def _accounts(settings: Settings) -> dict[str, frozenset[str]]:
    """Accounts by SPIFFE id."""
    return {p.spiffe_id: frozenset(p.accounts) for p in settings.environment.principals}
