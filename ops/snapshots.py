"""The process that folds a snapshot beside the engine: it gives way to everything else, and ends with the engine."""

import asyncio
import logging
import os
import sys
import threading
from pathlib import Path

import msgspec

from gateway.proving import RiskDiffers
from gateway.snapshotting import make
from gateway.starting import Unfoldable
from oms.journal.failures import Corrupt, NoJournal, Unreachable
from ops import logs
from ops import settings as configuration
from ops.settings import ConfigError, Settings

EXIT_OK, EXIT_FAILED = 0, 1
NICE = 19
_log = logging.getLogger(__name__)


def folding(file: Path) -> tuple[str, ...]:
    """The program that an engine with this environment file has its snapshots folded by."""
    return (sys.executable, "-m", "ops.cli", "fold", "--config", str(file))


def run(file: Path, upto_seq: int) -> int:
    """Fold, write the snapshot, and print what was made. Returns the exit code."""
    settings = configuration.load(file)
    dsn = settings.database_url
    if not dsn:
        raise ConfigError(f"{file}: database_url is empty: an engine starts this by itself")
    logs.configure()
    threading.Thread(target=_end_with_the_engine, daemon=True).start()
    _give_way(settings)
    try:
        made = asyncio.run(make(configuration.cell(settings), dsn, upto_seq))
    except (Corrupt, NoJournal, RiskDiffers, Unfoldable, Unreachable) as reason:
        _log.error("no snapshot: %s: %s", type(reason).__name__, reason)
        return EXIT_FAILED
    sys.stdout.buffer.write(msgspec.json.encode(made))
    sys.stdout.flush()
    return EXIT_OK


def _end_with_the_engine() -> None:
    """Our standard input ends when the engine does. What is not committed then was never there."""
    while os.read(sys.stdin.fileno(), 1 << 10):  # Not through a buffer, whose lock would outlive us.
        pass
    os._exit(EXIT_FAILED)


def _give_way(settings: Settings) -> None:
    """Off the engine's own processor, which we have inherited, and behind everybody on the others."""
    os.nice(NICE)
    core = settings.environment.engine_core
    others = set(range(os.cpu_count() or 1)) - {core}
    if core >= 0 and others:
        try:
            os.sched_setaffinity(0, others)
        except OSError as error:  # There is no other that we may use: slower for the engine, and no reason to end.
            _log.warning("the fold cannot leave processor %d: %s", core, error)
