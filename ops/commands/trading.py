"""The verbs that ask for a change: cancel, replace."""

from typing import Any

import click

from ops.commands import options
from ops.commands.asking import Duration, expire_in, follow, noted_id, own_id, say_taken, set_deadline, wait
from ops.commands.exits import Exit, Failure, calls_the_server

SIDES = ("buy", "sell", "sell-short", "sell-short-exempt")
_which = click.argument("root_id", required=False, default="")
_by_client_id = click.option(
    "--order-id", "orig_client_order_id", default="", help="Your own id of the order, in place of ROOT_ID."
)


@click.command()
@_which
@_by_client_id
@click.option("--all", "is_all", is_flag=True, help="Every live order, but for what these leave out:")
@click.option("--account", default="", help="With --all: only of this account.")
@click.option("--symbol", default="", help="With --all: only of this instrument.")
@click.option("--side", type=click.Choice(SIDES), help="With --all: only of this side.")
@click.option("--session", default="", help="With --all: only of this FIX session.")
@click.option("--yes", is_flag=True, help="With --all: do not ask whether it is meant.")
@click.option("--within", type=Duration(), default="10s", show_default=True, help="With --all: wait so long for their ends.")
@own_id
@wait
@options.connection
@calls_the_server
def cancel(**asked: Any) -> None:
    """Ask the venue to cancel an order, or with --all every order that matches; with a parent, every child that still lives."""
    from gateway.api.v1.order_service_pb2 import CancelRequest
    from ops.commands.mass_cancel import FILTERS, cancel_all

    root_id, orig_client_order_id = asked["root_id"], asked["orig_client_order_id"]
    if (asked["is_all"] and (root_id or orig_client_order_id)) or (not asked["is_all"] and any(asked[name] for name in FILTERS)):
        raise Failure(Exit.USAGE, "say either which order, or --all and what it leaves out")
    if asked["is_all"]:
        cancel_all(asked)
        return
    own_id = noted_id(asked["client_order_id"])
    with options.connected() as client:
        request = CancelRequest(client_order_id=own_id, root_id=root_id, orig_client_order_id=orig_client_order_id)
        answer = client.cancel(request)
        say_taken("cancel requested", answer, own_id, "")
        if asked["wait"]:
            follow(client, answer.root_id, answer.seq)


@click.command()
@_which
@_by_client_id
@click.option("--qty", "order_qty", required=True, help="The new total quantity, the filled part included.")
@click.option("--limit", "price", default="", help="The new price; without it the price stays.")
@click.option("--stop", "stop_px", default="", help="The new stop price; without it the stop price stays.")
@expire_in
@own_id
@wait
@options.connection
@calls_the_server
def replace(**asked: Any) -> None:
    """Ask the venue to change quantity and price of an order."""
    from gateway.api.v1.order_service_pb2 import ReplaceRequest

    request = ReplaceRequest(
        client_order_id=noted_id(asked["client_order_id"]),
        root_id=asked["root_id"],
        orig_client_order_id=asked["orig_client_order_id"],
        order_qty=asked["order_qty"],
        price=asked["price"],
        stop_px=asked["stop_px"],
    )
    set_deadline(request, asked["expire_in"])
    with options.connected() as client:
        answer = client.replace(request)
        say_taken("replace requested", answer, request.client_order_id, f"{request.order_qty} {request.price}".rstrip())
        if asked["wait"]:
            follow(client, answer.root_id, answer.seq)
