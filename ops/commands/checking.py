"""The verbs that check: verify, check-config."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops.commands import options
from ops.commands.exits import Exit, Failure, reads_files
from ops.commands.showing import say

if TYPE_CHECKING:
    from oms.journal.verify import Progress, Verified
    from ops.settings import Settings


@click.command()
@options.config
@click.option("--first", type=click.IntRange(min=1), help="Begin with the batch of this record.")
@click.option("--last", type=click.IntRange(min=1), help="End with the batch of this record.")
@options.json_output
@reads_files
def verify(config: Path, first: int | None, last: int | None) -> None:
    """Prove that the journal is what was written: every record, every batch, the chain, the head."""
    from ops import settings as files

    with database(files.load(config)) as dsn, progress_bar() as progress:
        checked = _verified(dsn, first, last, progress)
    answer = {
        "records": checked.records,
        "batches": checked.batches,
        "first_seq": checked.first_seq,
        "last_seq": checked.last_seq,
        "head_seq": checked.head_seq,
        "head_epoch": checked.head_epoch,
        "head_chain": checked.head_chain.hex(),
    }
    head = f"the head is at {checked.head_seq}, epoch {checked.head_epoch}, chain {checked.head_chain.hex()[:16]}…"
    say(f"checked {checked.records} records in {checked.batches} batches: all as written; {head}", answer)


@click.command("check-config")
@options.config
@options.json_output
@reads_files
def check_config(config: Path) -> None:
    """Read the environment file and its counterparties, and say what they mean."""
    from ops import reference_file
    from ops import settings as files
    from ops.counterparty import file as counterparty_file

    settings = files.load(config)
    cell = files.cell(settings)
    for path in settings.environment.counterparties:
        counterparty_file.check(path)
    for path in settings.environment.reference:
        reference_file.read(path)
    files.check_door(settings)
    answer = {
        "file": str(config),
        "environment": settings.environment.environment,
        "listen": settings.environment.listen,
        "config_hash": settings.config_hash,
        "sessions": [plan.name for plan in cell.sessions],
        "accounts": sorted(cell.account_sessions),
        "symbols": sorted(cell.policy.instruments),
        "principals": sorted(p.spiffe_id for p in settings.environment.principals),
    }
    lines = [f"{key:<12}{', '.join(value) if isinstance(value, list) else value}" for key, value in answer.items()]
    say("\n".join([*lines, "fine"]), answer)


@contextmanager
def database(settings: "Settings") -> Iterator[str]:
    """The journal's database: the one that is configured, the embedded one that runs, or the embedded one for this long."""
    from ops.database import DatabaseInUse, EmbeddedPostgres

    folder = settings.data / "postgres"
    if settings.database_url:
        yield settings.database_url
        return
    if not folder.is_dir():
        raise Failure(Exit.CONFIG, f"there is no journal in {settings.data} yet: `fixgate up` makes one")
    server = EmbeddedPostgres(folder)
    try:
        server.start()
    except DatabaseInUse:
        yield server.dsn  # `fixgate up` looks after it.
        return
    try:
        yield server.dsn
    finally:
        server.stop()


def _verified(dsn: str, first: int | None, last: int | None, progress: "Progress") -> "Verified":
    from oms.journal import failures
    from oms.journal.verify import verify as check

    try:
        return asyncio.run(check(dsn, first, last, progress))
    except failures.Corrupt as corrupt:
        first_seq, last_seq = corrupt.first_seq, corrupt.last_seq
        raise Failure(Exit.CORRUPT, str(corrupt), first_seq=first_seq, last_seq=last_seq) from corrupt
    except failures.NoRecord as error:
        raise Failure(Exit.UNKNOWN, str(error)) from error
    except failures.Unreachable as error:
        raise Failure(Exit.UNREACHABLE, str(error)) from error
    except failures.NoJournal as error:
        raise Failure(Exit.CONFIG, str(error)) from error


@contextmanager
def progress_bar() -> "Iterator[Callable[[int, int], None]]":
    """A bar on a terminal's standard error; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _records, _total: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records")
        yield lambda records, total: bar.update(task, completed=records, total=total)
