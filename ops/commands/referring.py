"""The verbs of reference data: reference load, reference show."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops.commands import options
from ops.commands.asking import noted_id, own_id
from ops.commands.exits import UNANSWERED, calls_the_server, reads_files
from ops.commands.showing import say, table

if TYPE_CHECKING:
    from gateway.api.v1.reference_pb2 import ReferenceRow
    from gateway.api.v1.reference_service_pb2 import HeldReference

COLUMNS = ("kind", "of", "value", "left", "as of", "source")
_ABOUT = ("symbol", "locate_id", "currency", "base", "name")


@click.group()
def reference() -> None:
    """Reference data for risk: volumes, closes, states of markets, lists, locates, rates of exchange."""


@reference.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@own_id
@options.connection
@reads_files
@calls_the_server
def load(file: Path, client_order_id: str | None) -> None:
    """Set all rows of a FILE, or none where one of them is wrong."""
    from gateway.api.v1.reference_service_pb2 import SetReferenceRequest
    from gateway.control.reference_rows import shown
    from ops.reference_file import read

    words = read(file)
    request = SetReferenceRequest(source=words.source, rows=map(shown, words.rows))
    request.as_of.FromNanoseconds(words.as_of_ns)
    with options.connected() as client:
        request.client_order_id = noted_id(client_order_id)
        answer = client.set_reference(request)
    click.get_current_context().meta[UNANSWERED] = False
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    say(f"{answer.rows} rows of {words.source} set in record {answer.seq}{again}", answer)


@reference.command()
@click.option("--kind", default="", help="Only rows of this kind, such as adv, fx_rate or locate.")
@click.option("--key", default="", help="Only the row of this symbol, locate, list, or pair of currencies such as EUR/USD.")
@options.connection
@calls_the_server
def show(kind: str, key: str) -> None:
    """Show the rows that are held, each with its source and its time; of locates also what is left."""
    from gateway.api.v1.reference_service_pb2 import ListReferenceRequest

    with options.connected() as client:
        found = client.reference(ListReferenceRequest(kind=kind, key=key))
    table(COLUMNS, map(_row, found.rows), found.rows)
    if found.is_cut:
        click.echo("fixgate: there are more; ask for one kind or key", err=True)


def _row(held: "HeldReference") -> tuple[str, ...]:
    kind, about, value = _words(held.row)
    as_of = held.as_of.ToDatetime().isoformat(sep=" ", timespec="seconds")
    return kind, about, value, held.left_qty, as_of, held.source


def _words(row: "ReferenceRow") -> tuple[str, str, str]:
    from gateway.control.client import as_dict

    kind = row.WhichOneof("row") or ""
    values = as_dict(getattr(row, kind))
    about = "/".join(str(values.pop(name)) for name in _ABOUT if name in values and not (kind == "locate" and name == "symbol"))
    return kind, about, " ".join(f"{name}={_short(value)}" for name, value in values.items()) or "no"


def _short(value: object) -> str:
    return f"{len(value)}" if isinstance(value, list) else str(value)
