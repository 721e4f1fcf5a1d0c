"""The verbs about FIX messages of the past: fix log."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from ops.commands import options
from ops.commands.asking import Duration
from ops.commands.checking import database, progress_bar
from ops.commands.exits import Exit, Failure, reads_files

if TYPE_CHECKING:
    from gateway.reader.history import Kept, Newest, Order
    from gateway.reader.selection import Selection
    from oms.journal.reading import Connection
    from ops.settings import Settings

T = TypeVar("T")
LIMIT = 100
LIMIT_MAX = 100_000
_AROUND_NS = 86_400_000_000_000
"""So long before and after an order's messages in the journal its messages in files are looked for."""


class Moment(click.ParamType[int]):
    """2026-01-02T03:04:05, in UTC unless it says otherwise, or 15m: so long ago. As nanoseconds since 1970."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return time.time_ns() - Duration().convert(value, param, ctx)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000) * 1_000


class Span(click.ParamType[tuple[int, int]]):
    """17, 17-20, 17- or -20."""

    name = "number or range"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        first, dash, last = str(value).partition("-")
        if not (first or last) or not all(
            part.isascii() and part.isdecimal() and len(part) < 19 for part in (first, last) if part
        ):
            self.fail(f"{value!r} is no number or range like 17, 17-20, 17- or -20", param, ctx)
        return int(first or 1), int(last or 2**63 - 1) if dash else int(first)


@click.group()
def fix() -> None:
    """FIX messages of the past."""


@fix.command()
@click.option("--order", "any_id", help="All about one order, both sides, by any id: ours, ClOrdID, OrderID, ExecID.")
@click.option("--session", "sessions", multiple=True, help="Only of this session; can be given again.")
@click.option("--since", type=Moment(), help="Only from then on: 2026-01-02T03:04:05 (UTC), or 15m for so long ago.")
@click.option("--until", type=Moment(), help="Only before then.")
@click.option("--seq", type=Span(), help="Only these records of the journal: 17, 17-20, 17-.")
@click.option("--msg-seq-num", "numbers", type=Span(), help="Only with this MsgSeqNum(34), or of this range.")
@click.option("--msg-type", "msg_types", multiple=True, help="Only of this MsgType(35); can be given again.")
@click.option("--direction", type=click.Choice(("in", "out")), help="Only those that came in, or that left.")
@click.option("--grep", multiple=True, help="Only with this field, as 55=EURUSD, or with this text in it; all where several.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True, help="The newest so many.")
@click.option("--source", type=click.Choice(("all", "journal", "files")), default="all", show_default=True, help="Where to look.")
@click.option("--raw", "is_raw", is_flag=True, help="Each message on one line, as it was, | for the delimiter.")
@options.config
@options.json_output
@reads_files
def log(config: Path, any_id: str | None, limit: int, source: str, is_raw: bool, **asked: Any) -> None:
    """Show what was said over FIX, the newest last: from the journal, and from the files of what the journal does not hold.

    Reads the database and the files themselves: nothing need run.
    """
    from gateway.reader import history
    from ops import settings as files
    from ops.commands.fix_showing import show

    settings, wanted = files.load(config), _selection(asked)
    order, newest, kept = None, None, None
    if source != "files":
        with database(settings) as dsn, progress_bar() as progress:
            if any_id is not None:
                order = _searched(dsn, lambda connection: history.order(connection, any_id, progress))
            else:
                newest = _searched(dsn, lambda connection: history.newest(connection, wanted, limit))
    if source != "journal" and wanted.seqs is None:
        kept = _kept(settings, wanted, order, any_id, limit)
    of_order = [message for message in order.messages if wanted.fits(message)] if order is not None else []
    found = history.merged(newest.messages if newest is not None else of_order, kept.messages if kept is not None else ())
    if not found and any_id is not None:
        raise Failure(Exit.UNKNOWN, f"no message is about {any_id!r}, and no order is called so")
    show(found[-limit:], is_raw=is_raw)
    for remark in _remarks(len(found) > limit, limit, order, newest, kept):
        click.echo(f"fixgate: {remark}", err=True)


def _selection(asked: dict[str, Any]) -> "Selection":
    from gateway.reader.selection import Selection

    given = {key: asked[key] for key in ("direction", "numbers") if asked[key] is not None}
    given |= {f"{key}_ns": asked[key] for key in ("since", "until") if asked[key] is not None}
    return Selection(
        sessions=frozenset(asked["sessions"]),
        seqs=asked["seq"],
        msg_types=frozenset(asked["msg_types"]),
        grep=asked["grep"],
        **given,
    )


def _searched(dsn: str, search: "Callable[[Connection], Coroutine[Any, Any, T]]") -> T:
    """What a search of the journal finds. Raises Failure."""
    from oms.journal import failures
    from oms.journal.catalogue import Undecodable, UnknownKind, UnknownVersion
    from oms.journal.reading import connected

    async def searched() -> T:
        async with connected(dsn) as connection:
            return await search(connection)

    try:
        return asyncio.run(searched())
    except failures.Unreachable as error:
        raise Failure(Exit.UNREACHABLE, f"{error}; --source files does without it") from error
    except (failures.NoJournal, UnknownKind, UnknownVersion) as error:
        raise Failure(Exit.CONFIG, str(error)) from error
    except Undecodable as error:
        raise Failure(Exit.CORRUPT, str(error)) from error


def _kept(settings: "Settings", wanted: "Selection", order: "Order | None", any_id: str | None, limit: int) -> "Kept":
    """Of the files of this installation, those of sessions that are gone from its settings included."""
    from gateway.reader import history
    from gateway.reader.chain import Names
    from ops.environment import archive_folder

    folder = archive_folder(settings.data)
    sessions = wanted.sessions or {path.name for path in folder.glob("*") if path.is_dir()}
    if order is not None and order.messages:
        around = order.messages[0].at_ns - _AROUND_NS, order.messages[-1].at_ns + _AROUND_NS
        wanted = msgspec.structs.replace(
            wanted, since_ns=max(wanted.since_ns, around[0]), until_ns=min(wanted.until_ns, around[1])
        )
    names = None if any_id is None else Names(frozenset()) if order is None else order.names
    return history.kept(folder, sessions, wanted, names, any_id or "", limit)


def _remarks(is_cut: bool, limit: int, order: "Order | None", newest: "Newest | None", kept: "Kept | None") -> Iterator[str]:
    """What was not shown, and what to do about it."""
    if is_cut or (newest is not None and newest.is_cut and len(newest.messages) == limit):
        yield f"there are older ones: the newest {limit} are shown; --limit, --since and --until say otherwise"
    elif newest is not None and newest.is_cut:
        yield f"looked back to seq {newest.looked_back_to}: --since TIME, or --seq 1- for all, looks further"
    elif kept is not None and kept.is_cut:
        yield "the files have older ones: --limit shows more"
    if order is not None and order.is_cut:
        yield f"the id means more than {len(order.root_ids)} orders: those of the newest are shown"
    if kept is not None:
        yield from (f"{one.file}: line {one.line} is not what was written, and is skipped" for one in kept.damaged)
        more = kept.damaged_lines - len(kept.damaged)
        if more:
            yield f"{more} more lines are not what was written"
