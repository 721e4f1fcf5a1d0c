"""fixgate cancel --all: many orders at once, watched until nothing is left of them, or until time is up."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.asking import noted_id
from ops.commands.exits import UNANSWERED, Exit, Failure
from ops.commands.showing import ORDER_COLUMNS, event_line, order_row, say, table

if TYPE_CHECKING:
    from gateway.api.v1.order_pb2 import Order
    from gateway.api.v1.order_service_pb2 import MassCancelResponse
    from gateway.control.client import Client

FILTERS = ("account", "symbol", "side", "session")
_NS_PER_S = 1_000_000_000


def cancel_all(asked: Mapping[str, Any]) -> None:
    """Cancel every live order that matches. Raises Failure where some are still live when time is up."""
    from gateway.api.v1.order_service_pb2 import MassCancelRequest

    wanted = {name: asked[name] for name in FILTERS if asked[name]}
    _confirm(wanted, is_sure=asked["yes"])
    side = f"SIDE_{wanted['side'].upper().replace('-', '_')}" if "side" in wanted else None
    request = MassCancelRequest(client_order_id=noted_id(asked["client_order_id"]), **wanted | {"side": side})
    with options.connected() as client:
        answer = client.mass_cancel(request)
        click.get_current_context().meta[UNANSWERED] = False
        left = _live(client, answer, asked["within"] / _NS_PER_S)
    _judge(answer, left)


def _confirm(wanted: Mapping[str, str], *, is_sure: bool) -> None:
    """Nobody cancels everything by a slip of the finger, and no program without saying so."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "nobody is here to be asked; say --yes to cancel all orders that match")
    chosen = " ".join(f"{name}={value}" for name, value in wanted.items()) or "of all your accounts"
    if not click.confirm(f"Cancel every live order {chosen}?", err=True):
        raise Failure(Exit.REFUSED, "not confirmed; nothing was asked for")


def _live(client: "Client", answer: "MassCancelResponse", within_s: float) -> list["Order"]:
    """Show what happens to the orders; returns those that are live when time is up."""
    from gateway.control.client import CallRefused

    left = set(answer.root_ids)
    say(f"{answer.cl_ord_id}  asked to cancel {len(left)} orders", answer)
    try:
        for response in client.watch(answer.seq, timeout_s=within_s) if left else ():
            for event in response.events:
                if event.root_id in left:
                    say(event_line(event), event)
                    left -= {event.root_id} if _has_ended(event.ord_status) else set()
            if not left:
                return []
    except CallRefused as refused:
        if refused.refusal != "TOKEN_TOO_OLD":  # Asked long ago: what happened since is told no more.
            raise
    from gateway.api.v1.order_service_pb2 import OrderServiceListRequest

    live = client.orders(OrderServiceListRequest(only_live=True)) if left else ()
    return [order for order in live if order.root_id in left]


def _has_ended(ord_status: int) -> bool:
    """What is done for the day may trade tomorrow: whether that order is live, the server says at the end."""
    from gateway.api.v1 import fix_pb2

    ended = (fix_pb2.ORD_STATUS_FILLED, fix_pb2.ORD_STATUS_CANCELED, fix_pb2.ORD_STATUS_REJECTED, fix_pb2.ORD_STATUS_EXPIRED)
    return ord_status in ended


def _judge(answer: "MassCancelResponse", left: list["Order"]) -> None:
    asked = len(answer.root_ids)
    if not left:
        say(f"nothing is left of {asked} orders", {"asked": asked, "left": []})
        return
    table(ORDER_COLUMNS, map(order_row, left), left)
    ids = [order.root_id for order in left]
    raise Failure(Exit.LEFT, f"{len(left)} of {asked} orders are still live", asked=asked, left=ids)
