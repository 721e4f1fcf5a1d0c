"""The verbs that look: orders, watch, sessions."""

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.exits import calls_the_server
from ops.commands.options import wants_json
from ops.commands.ordering import SIDES
from ops.commands.showing import (
    ORDER_COLUMNS,
    REQUEST_COLUMNS,
    SESSION_COLUMNS,
    event_line,
    order_row,
    request_row,
    say,
    session_row,
    table,
)

if TYPE_CHECKING:
    from gateway.api.v1.order_pb2 import Order
    from gateway.api.v1.order_service_pb2 import GetRequest, OrderServiceListRequest

ROWS = 50
STATUSES = (
    "new", "partially-filled", "filled", "done-for-day", "canceled", "pending-cancel", "stopped", "rejected", "suspended",
    "pending-new", "calculated", "expired", "pending-replace",
)  # fmt: skip


@click.command()
@click.argument("root_id", required=False, default="")
@click.option("--account", default="", help="Only of this account.")
@click.option("--symbol", default="", help="Only of this instrument.")
@click.option("--live", is_flag=True, help="Only those of which something may still trade.")
@click.option("--id", "any_id", default="", help="Only those that anybody calls so: client's id, ClOrdID, OrderID, ExecID.")
@click.option("--tag", type=options.Tag(), help="Only those that carried this custom field: 9000=abc, or 9000 for any value.")
@click.option("--status", "ord_status", type=click.Choice(STATUSES), help="Only those that stand so.")
@click.option("--side", type=click.Choice(SIDES), help="Only of this side.")
@click.option("--session", default="", help="Only those that trade through this FIX session.")
@click.option("--parent", "parent_root_id", default="", help="Only this order's children.")
@click.option("--rows", type=click.IntRange(min=1), default=ROWS, show_default=True, help="At most so many.")
@options.connection
@calls_the_server
def orders(root_id: str, rows: int, **asked: Any) -> None:
    """Show orders, newest first; or one order, by its ROOT_ID, with every request about it."""
    with options.connected() as client:
        if root_id:
            _one(client.get(_named(root_id)))
            return
        found = list(islice(client.orders(_wanted(asked)), rows))
    table(ORDER_COLUMNS, map(order_row, found), found)


@click.command()
@click.option("--after", "after_seq", type=click.IntRange(min=0), help="Begin after this seq, and not now.")
@click.option("--account", "accounts", multiple=True, help="Only of this account; can be given again.")
@click.option("--order", "root_id", default="", help="Only this order.")
@options.connection
@calls_the_server
def watch(after_seq: int | None, accounts: tuple[str, ...], root_id: str) -> None:
    """Show what happens to orders, as it happens. Ctrl-C ends it, and prints where to go on."""
    seq = 0
    with options.connected() as client:
        try:
            for response in client.watch(after_seq, accounts, root_id):
                for event in response.events:
                    say(event_line(event), event)
                sys.stdout.flush()
                seq = response.seq
        finally:
            if seq:
                click.echo(f"go on with: fixgate watch --after {seq}", err=True)


@click.command()
@click.option("--watch", "is_watching", is_flag=True, help="Go on, with every change. Ctrl-C ends it.")
@options.connection
@calls_the_server
def sessions(is_watching: bool) -> None:
    """Show the FIX sessions."""
    with options.connected() as client:
        if not is_watching:
            found = client.sessions()
            table(SESSION_COLUMNS, map(session_row, found), found)
            return
        for changed in client.watch_sessions():
            for session in changed.sessions:
                say("  ".join(session_row(session)), session)
            sys.stdout.flush()


def _named(root_id: str) -> "GetRequest":
    from gateway.api.v1.order_service_pb2 import GetRequest

    return GetRequest(root_id=root_id)


def _wanted(asked: dict[str, Any]) -> "OrderServiceListRequest":
    from gateway.api.v1.order_service_pb2 import OrderServiceListRequest

    words = {key: asked[key] for key in ("account", "symbol", "any_id", "session", "parent_root_id")}
    wanted = OrderServiceListRequest(
        only_live=asked["live"],
        ord_status=options.named("ORD_STATUS", asked["ord_status"]),
        side=options.named("SIDE", asked["side"]),
        **words,
    )
    if asked["tag"]:
        wanted.custom_tag.tag, wanted.custom_tag.value = asked["tag"]
    return wanted


def _one(order: "Order") -> None:
    """The order, and under it every request; JSON has both in one object."""
    table(ORDER_COLUMNS, [order_row(order)], [order])
    if not wants_json():
        table(REQUEST_COLUMNS, map(request_row, order.requests), order.requests)
