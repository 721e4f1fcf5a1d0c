"""The verbs of a person who knows more than the gateway: suspense, resolve."""

from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.asking import noted_id
from ops.commands.exits import UNANSWERED, calls_the_server
from ops.commands.showing import say, table, word

if TYPE_CHECKING:
    from gateway.api.v1.suspense_pb2 import SuspendedReport, WorstCase

STATES = ("done", "refused", "not-sent")
DK_REASONS = (
    "unknown-symbol",
    "wrong-side",
    "quantity-exceeds-order",
    "no-matching-order",
    "price-exceeds-limit",
    "calculation-difference",
    "other",
)
REPORT_COLUMNS = ("seq", "session", "order", "says", "ExecID", "ref", "ClOrdID", "side", "qty", "px", "symbol", "why")
WORST_COLUMNS = ("session", "symbol", "may have bought", "may have sold")
_own_id = click.option("--id", "client_order_id", help="Your own id of this statement, for repeating it; else a new one.")
_reason = click.option("--reason", required=True, help="How you know. It is kept for ever.")
_seq = click.argument("seq", type=click.IntRange(min=1))


@click.group()
def suspense() -> None:
    """Reports that nobody could attribute or read; they count at their worst until a person says what they were."""


@suspense.command(name="list")
@options.connection
@calls_the_server
def list_suspense() -> None:
    """Show what waits, and what all of it may mean at its worst."""
    with options.connected() as client:
        reports, worst = client.suspense()
    table(REPORT_COLUMNS, map(_report_row, reports), reports)
    if worst:
        table(WORST_COLUMNS, map(_worst_row, worst), worst)


@suspense.command()
@_seq
@click.argument("root_id")
@_reason
@_own_id
@options.connection
@calls_the_server
def attribute(**asked: Any) -> None:
    """Say that report SEQ is about order ROOT_ID: it counts from then on."""
    from gateway.api.v1.suspense_service_pb2 import AttributeRequest

    request = AttributeRequest(
        client_order_id=noted_id(asked["client_order_id"]), seq=asked["seq"], root_id=asked["root_id"], reason=asked["reason"]
    )
    with options.connected() as client:
        _say_done(f"{request.seq}  attributed to {request.root_id}", client.attribute(request), request.client_order_id)


@suspense.command()
@_seq
@_reason
@click.option("--dk", "dk_reason", type=click.Choice(DK_REASONS), help="Tell the venue that we do not know the trade, and why.")
@_own_id
@options.connection
@calls_the_server
def dismiss(**asked: Any) -> None:
    """Say that report SEQ changed nothing."""
    from gateway.api.v1.suspense_service_pb2 import DismissRequest

    dk_reason = f"DK_REASON_{_enum(asked['dk_reason'])}" if asked["dk_reason"] else None
    own_id = noted_id(asked["client_order_id"])
    request = DismissRequest(client_order_id=own_id, seq=asked["seq"], reason=asked["reason"], dk_reason=dk_reason)
    with options.connected() as client:
        _say_done(f"{request.seq}  dismissed", client.dismiss(request), own_id)


@click.command()
@click.argument("root_id")
@_own_id
@options.connection
@calls_the_server
def ask(root_id: str, client_order_id: str | None) -> None:
    """Ask the venue how order ROOT_ID stands there; what it says is seen with `fixgate watch` and `fixgate orders`."""
    from gateway.api.v1.order_service_pb2 import AskVenueRequest

    request = AskVenueRequest(client_order_id=noted_id(client_order_id), root_id=root_id)
    with options.connected() as client:
        _say_done(f"{root_id}  the venue is asked", client.ask_venue(request), request.client_order_id)


@click.command()
@click.argument("root_id")
@click.argument("cl_ord_id")
@click.option("--state", type=click.Choice(STATES), required=True, help="What became of the request.")
@_reason
@_own_id
@options.connection
@calls_the_server
def resolve(**asked: Any) -> None:
    """Say what became of request CL_ORD_ID of order ROOT_ID, which is UNKNOWN."""
    from gateway.api.v1.order_service_pb2 import ResolveRequest

    request = ResolveRequest(
        client_order_id=noted_id(asked["client_order_id"]),
        root_id=asked["root_id"],
        cl_ord_id=asked["cl_ord_id"],
        state=f"REQUEST_STATE_{_enum(asked['state'])}",
        reason=asked["reason"],
    )
    with options.connected() as client:
        what = f"{request.root_id}  {request.cl_ord_id} is {asked['state']}"
        _say_done(what, client.resolve(request), request.client_order_id)


def _enum(choice: str) -> str:
    return choice.upper().replace("-", "_")


def _say_done(what: str, answer: Any, own_id: str) -> None:
    from gateway.control.client import as_dict

    click.get_current_context().meta[UNANSWERED] = False
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    say(f"{what}  id {own_id}{again}", {**as_dict(answer), "client_order_id": own_id})


def _report_row(entry: "SuspendedReport") -> tuple[str, ...]:
    from gateway.api.v1 import fix_pb2

    report = entry.report
    return (
        str(entry.seq),
        entry.session,
        entry.root_id,
        word(fix_pb2.ExecType.Name(report.exec_type), "EXEC_TYPE") if entry.HasField("report") else "unreadable",
        report.exec_id,
        report.exec_ref_id,
        report.cl_ord_id,
        word(fix_pb2.Side.Name(report.side), "SIDE") if report.side else "",
        report.last_qty,
        report.last_px,
        report.symbol,
        entry.reason,
    )


def _worst_row(worst: "WorstCase") -> tuple[str, ...]:
    more = "" if worst.is_bounded else " or more"
    return worst.session, worst.symbol or "any", worst.buy_qty + more, worst.sell_qty + more
