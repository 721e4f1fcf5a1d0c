"""The verbs that ask for a change: cancel, replace."""

from typing import Any

import click

from ops.commands import options
from ops.commands.asking import expire_in, follow, noted_id, own_id, say_taken, set_deadline, wait
from ops.commands.exits import calls_the_server

_which = click.argument("root_id", required=False, default="")
_by_client_id = click.option(
    "--order-id", "orig_client_order_id", default="", help="Your own id of the order, in place of ROOT_ID."
)


@click.command()
@_which
@_by_client_id
@own_id
@wait
@options.connection
@calls_the_server
def cancel(root_id: str, orig_client_order_id: str, client_order_id: str | None, wait: bool) -> None:
    """Ask the venue to cancel an order; with a parent, every child that still lives."""
    from gateway.api.v1.order_service_pb2 import CancelRequest

    own_id = noted_id(client_order_id)
    with options.connected() as client:
        request = CancelRequest(client_order_id=own_id, root_id=root_id, orig_client_order_id=orig_client_order_id)
        answer = client.cancel(request)
        say_taken("cancel requested", answer, own_id, "")
        if wait:
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
