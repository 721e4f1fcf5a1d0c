"""How results are shown: tables in a terminal, aligned text in a pipe, JSON where asked for."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ops.commands.options import price_text, wants_json

if TYPE_CHECKING:
    from gateway.api.v1.order_event_pb2 import OrderEvent
    from gateway.api.v1.order_pb2 import Order, OrderRequest
    from gateway.api.v1.session_pb2 import Session

ORDER_COLUMNS = (
    "order", "id", "account", "side", "qty", "symbol", "price", "tif", "status", "cum", "leaves", "avg px", "family", "why"
)  # fmt: skip
REQUEST_COLUMNS = ("ClOrdID", "id", "asks", "qty", "price", "state", "reference", "age ms", "limits")
SESSION_COLUMNS = (
    "session", "kind", "phase", "asked", "FIX", "epoch", "next in", "last out", "reserved to", "alarms", "unknown", "unconfirmed",
    "held",
)  # fmt: skip


def say(text: str, message: Any) -> None:
    """One thing that happened, in words or as JSON."""
    click.echo(json.dumps(_plain(message)) if wants_json() else text)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], messages: Iterable[Any]) -> None:
    """Many things of one kind."""
    if wants_json():
        for message in messages:
            click.echo(json.dumps(_plain(message)))
    elif sys.stdout.isatty():
        _rich(columns, rows)
    else:
        _aligned(columns, list(rows))


def order_row(order: "Order") -> tuple[str, ...]:
    """One line of ORDER_COLUMNS."""
    from gateway.api.v1 import fix_pb2

    return (
        order.root_id,
        order.client_order_id,
        order.account,
        word(fix_pb2.Side.Name(order.side), "SIDE"),
        order.order_qty or order.cash_order_qty,
        order.symbol,
        price_text(order),
        word(fix_pb2.TimeInForce.Name(order.time_in_force), "TIME_IN_FORCE"),
        word(fix_pb2.OrdStatus.Name(order.ord_status), "ORD_STATUS"),
        order.cum_qty,
        order.leaves_qty,
        order.avg_px,
        _family(order),
        order.text,
    )


def _family(order: "Order") -> str:
    """Whose child it is, or how many children it has and what is left to be given to them."""
    if order.HasField("family"):
        return f"children {len(order.family.child_root_ids)}, unplaced {order.family.unplaced_qty}"
    return f"of {order.parent_root_id}" if order.parent_root_id else ""


def request_row(request: "OrderRequest") -> tuple[str, ...]:
    """One line of REQUEST_COLUMNS."""
    from gateway.api.v1 import fix_pb2, order_pb2

    decision = request.decision
    return (
        request.cl_ord_id,
        request.client_order_id,
        word(fix_pb2.MsgType.Name(request.msg_type), "MSG_TYPE"),
        request.order_qty,
        price_text(request) if request.order_qty else "",
        word(order_pb2.RequestState.Name(request.state), "REQUEST_STATE"),
        decision.reference_px,
        str(decision.reference_age_ms) if decision.HasField("reference_age_ms") else "",
        decision.limits_version,
    )


def session_row(session: "Session") -> tuple[str, ...]:
    """One line of SESSION_COLUMNS."""
    from gateway.api.v1 import session_pb2

    numbers = (session.session_epoch, session.next_target, session.last_sender, session.reserved_to)
    age = f" for {session.oldest_unknown_ms / 1000:.0f} s" if session.HasField("oldest_unknown_ms") else ""
    return (
        session.name,
        word(session_pb2.SessionKind.Name(session.kind), "SESSION_KIND"),
        word(session_pb2.SessionPhase.Name(session.phase), "SESSION_PHASE"),
        word(session_pb2.SessionAsked.Name(session.asked), "SESSION_ASKED"),
        session.begin_string,
        *map(str, numbers),
        str(len(session.alarms)),
        f"{session.unknown_requests}{age}",
        str(session.unconfirmed_orders),
        session.halted or session.held,
    )


def event_line(event: "OrderEvent") -> str:
    """What happened, and how the order stands then."""
    from gateway.api.v1 import fix_pb2

    status = word(fix_pb2.OrdStatus.Name(event.ord_status), "ORD_STATUS") if event.ord_status else ""
    side = word(fix_pb2.Side.Name(event.side), "SIDE") if event.side else ""
    traded = f"{event.last_qty} @ {event.last_px}" if event.last_qty else ""
    standing = f"{status} cum {event.cum_qty} leaves {event.leaves_qty} avg {event.avg_px or '-'}" if status else ""
    order = f"{side} {event.order_qty} {event.symbol} {price_text(event)}" if side else ""
    parts = (_time(event.at), f"{event.root_id or '-':<12}", f"{_what(event):<18}", order, standing, traded, event.text)
    return "  ".join(part for part in parts if part)


def word(name: str, prefix: str) -> str:
    """The name of an enum's value, for people: ORD_STATUS_PENDING_NEW is pending new."""
    return name.removeprefix(f"{prefix}_").replace("_", " ").lower()


def _what(event: "OrderEvent") -> str:
    """The venue's reason for its report, our own word for the rest."""
    from gateway.api.v1 import fix_pb2, order_event_pb2, refusal_pb2

    if event.refusal:
        return refusal_pb2.Refusal.Name(event.refusal).removeprefix("REFUSAL_")
    if event.exec_type:
        return word(fix_pb2.ExecType.Name(event.exec_type), "EXEC_TYPE")
    return word(order_event_pb2.OrderEventKind.Name(event.kind), "ORDER_EVENT_KIND")


def _time(at: Any) -> str:
    if not at.seconds:
        return ""
    second = datetime.fromtimestamp(at.seconds, UTC)
    return f"{second:%H:%M:%S}.{at.nanos // 1000:06d}"


def _plain(message: Any) -> dict[str, Any]:
    from gateway.control.client import as_dict

    return message if isinstance(message, dict) else as_dict(message)


def _rich(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*columns, box=SIMPLE_HEAD)
    for row in rows:
        shown.add_row(*map(Text, row))  # Text, and not str: what a venue says is no markup.
    Console().print(shown)


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [tuple(columns), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
