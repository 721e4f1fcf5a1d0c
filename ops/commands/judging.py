"""The verbs about risk: risk explain and risk replay, and those of ops/commands/using.py."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ops.commands import options
from ops.commands.checking import database, progress_bar
from ops.commands.exits import Exit, Failure, reads_files
from ops.commands.showing import say
from ops.commands.using import usage, watch

if TYPE_CHECKING:
    from gateway.reader.chain import Fact
    from gateway.reader.rejudging import Judged, Progress
    from ops.commands.judging_showing import Counts
    from ops.settings import Settings
    from risk.supposed import Supposed

T = TypeVar("T")
ROWS, ROWS_MAX = 100, 100_000
_DAY_NS = 86_400_000_000_000


class Day(click.ParamType[int]):
    """2026-12-01, in UTC. As nanoseconds since 1970."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day like 2026-12-01", param, ctx)
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000_000


@click.group()
def risk() -> None:
    """Why verdicts are as they are, how they would be by other limits, and how much of each limit is used."""


@risk.command()
@click.argument("order")
@options.config
@options.json_output
@reads_files
def explain(config: Path, order: str) -> None:
    """Show every check of each verdict about ORDER: any id of it, ours, a client's, ClOrdID(11), OrderID(37), ExecID(17).

    The journal is folded up to just before each verdict, and risk is asked the same again, with the quote that was recorded: what
    is shown are the numbers that it had. Exit code 1 says that it does not come to the same verdict, which must never be. Reads
    the database itself: nothing need run.
    """
    from ops import settings as files
    from ops.commands.judging_showing import explained

    settings = files.load(config)
    with database(settings) as dsn, progress_bar() as progress:
        facts = _answered(_about(dsn, order, progress))
        judged = _answered(_judged(settings, dsn, facts, progress))
    if not facts:
        raise Failure(Exit.UNKNOWN, f"no order is called {order!r}, and none was refused under that id")
    differing = [one.seq for one in judged if not one.not_known and not one.is_reproduced]
    explained(facts, judged)
    if differing:
        raise Failure(Exit.REFUSED, f"risk does not come to the same at records {', '.join(map(str, differing))}", seqs=differing)


@risk.command()
@click.option("--day", "day_ns", type=Day(), required=True, help="Whose verdicts, in UTC: 2026-12-01.")
@click.option(
    "--limits",
    type=click.Path(path_type=Path),
    help="What to judge by: an environment file, all limits of which are meant, or a file of [[limit]] rows, each of which stands"
    " for the row of its scope and control. Without it: the limits that were in force.",
)
@click.option("--rows", type=click.IntRange(1, ROWS_MAX), default=ROWS, show_default=True, help="Show at most so many orders.")
@options.config
@options.json_output
@reads_files
def replay(config: Path, day_ns: int, limits: Path | None, rows: int) -> None:
    """Judge every order of a day again, and show where the verdict would be another one.

    Each order is judged on what really happened before it: what an order that would have been stopped did afterwards still counts
    for the next ones. An order is indeterminate where something that the verdict turns on was not recorded. Without --limits
    every verdict must be the same to the last digit; exit code 1 says that one is not. Reads the database itself.
    """
    from ops import settings as files
    from ops import supposed_limits
    from ops.commands.judging_showing import Counts

    settings = files.load(config)
    supposed = None if limits is None else supposed_limits.read(limits)
    counts = Counts(rows)
    with database(settings) as dsn, progress_bar() as progress:
        _answered(_replayed(settings, dsn, day_ns, supposed, counts, progress))
    counts.show()
    if supposed is None and counts.differing:
        raise Failure(Exit.REFUSED, f"{counts.differing} verdicts are not what they were", differing=counts.differing)
    say(counts.summary, counts.as_dict())


risk.add_command(usage)
risk.add_command(watch)


async def _about(dsn: str, any_id: str, progress: "Progress") -> "list[Fact]":
    from gateway.reader.rejudging import about
    from oms.journal.reading import connected

    async with connected(dsn) as connection:
        return await about(connection, any_id, progress)


async def _judged(settings: "Settings", dsn: str, facts: "list[Fact]", progress: "Progress") -> "list[Judged]":
    from gateway.reader.rejudging import rejudged
    from ops.settings import cell

    seqs = frozenset(fact.record.seq for fact in facts if getattr(fact.event, "decision", None) is not None)
    if not seqs:
        return []
    return [one async for one in rejudged(cell(settings), dsn, min(seqs), max(seqs), progress, only=seqs)]


async def _replayed(
    settings: "Settings", dsn: str, day_ns: int, supposed: "Supposed | None", counts: "Counts", progress: "Progress"
) -> None:
    from gateway.reader.rejudging import rejudged
    from oms.journal import searching
    from oms.journal.reading import connected
    from ops.settings import cell

    async with connected(dsn) as connection:
        first = await searching.first_at(connection, day_ns)
        last = await searching.first_at(connection, day_ns + _DAY_NS) - 1
    async for judged in rejudged(cell(settings), dsn, first, last, progress, supposed=supposed, explains=False):
        counts.add(judged)


def _answered(asking: Coroutine[Any, Any, T]) -> T:
    """What the journal says. Raises Failure."""
    from gateway.starting import Unfoldable
    from oms.journal import failures
    from oms.journal.catalogue import Undecodable, UnknownKind, UnknownVersion

    try:
        return asyncio.run(asking)
    except failures.Unreachable as error:
        raise Failure(Exit.UNREACHABLE, str(error)) from error
    except (failures.NoJournal, UnknownKind, UnknownVersion, Unfoldable) as error:
        raise Failure(Exit.CONFIG, str(error)) from error
    except failures.Corrupt as corrupt:
        raise Failure(Exit.CORRUPT, str(corrupt), first_seq=corrupt.first_seq, last_seq=corrupt.last_seq) from corrupt
    except Undecodable as error:
        raise Failure(Exit.CORRUPT, str(error)) from error
