"""The verbs that ask for something: order, cancel, replace."""

import time
import uuid
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.exits import CLIENT_ORDER_ID, UNANSWERED, Exit, Failure, calls_the_server
from ops.commands.showing import event_line, say

if TYPE_CHECKING:
    from gateway.api.v1.order_event_pb2 import OrderEvent
    from gateway.control.client import Client

TIMES_IN_FORCE = {
    "day": "TIME_IN_FORCE_DAY",
    "gtc": "TIME_IN_FORCE_GOOD_TILL_CANCEL",
    "ioc": "TIME_IN_FORCE_IMMEDIATE_OR_CANCEL",
    "fok": "TIME_IN_FORCE_FILL_OR_KILL",
}
SIDES = ("buy", "sell", "sell-short", "sell-short-exempt")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0}
_NS_PER_S = 1_000_000_000


class Duration(click.ParamType[int]):
    """5s, 250ms, 2m, 1h; as nanoseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        for unit in sorted(_UNITS_S, key=len, reverse=True):
            number = str(value).removesuffix(unit)
            if number != str(value) and number.replace(".", "", 1).isdecimal():
                return round(float(number) * _UNITS_S[unit] * _NS_PER_S)
        return self.fail(f"{value!r} is no duration like 5s, 250ms or 2m", param, ctx)


_own_id = click.option("--id", "client_order_id", help="Your own id of this request, for repeating it; else a new one.")
_expire_in = click.option("--expire-in", type=Duration(), help="Not to be sent after this long: 5s, 250ms, 2m.")
_wait = click.option("--wait", is_flag=True, help="Follow the order until it ends.")
_which = click.argument("root_id", required=False, default="")
_by_client_id = click.option(
    "--order-id", "orig_client_order_id", default="", help="Your own id of the order, in place of ROOT_ID."
)


@click.command()
@click.argument("side", type=click.Choice(["buy", "sell"]))
@click.argument("order_qty")
@click.argument("symbol")
@click.option("--account", required=True, envvar="FIXGATE_ACCOUNT", show_envvar=True)
@click.option("--limit", "price", default="", help="The limit price; without it a market order.")
@click.option("--tif", type=click.Choice(list(TIMES_IN_FORCE)), default="day", show_default=True, help="Time in force.")
@_expire_in
@_own_id
@_wait
@options.connection
@calls_the_server
def order(**asked: Any) -> None:
    """Send an order: fixgate order buy 100 EURUSD --limit 1.3850 --account DESK1"""
    from gateway.api.v1.order_service_pb2 import SubmitRequest

    request = SubmitRequest(
        client_order_id=noted_id(asked["client_order_id"]),
        account=asked["account"],
        symbol=asked["symbol"],
        side=f"SIDE_{asked['side'].upper()}",
        ord_type="ORD_TYPE_LIMIT" if asked["price"] else "ORD_TYPE_MARKET",
        order_qty=asked["order_qty"],
        price=asked["price"],
        time_in_force=TIMES_IN_FORCE[asked["tif"]],
    )
    _set_deadline(request, asked["expire_in"])
    with options.connected() as client:
        answer = client.submit(request)
        what = f"{asked['side']} {request.order_qty} {request.symbol} {request.price or 'market'}"
        _say_taken("placed", answer, request.client_order_id, what)
        if asked["wait"]:
            _follow(client, answer.root_id, answer.seq)


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
@_own_id
@_wait
@options.connection
@calls_the_server
def cancel(**asked: Any) -> None:
    """Ask the venue to cancel an order, or with --all every order that matches."""
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
        _say_taken("cancel requested", answer, own_id, "")
        if asked["wait"]:
            _follow(client, answer.root_id, answer.seq)


@click.command()
@_which
@_by_client_id
@click.option("--qty", "order_qty", required=True, help="The new total quantity, the filled part included.")
@click.option("--limit", "price", default="", help="The new price; without it the price stays.")
@_expire_in
@_own_id
@_wait
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
    )
    _set_deadline(request, asked["expire_in"])
    with options.connected() as client:
        answer = client.replace(request)
        _say_taken("replace requested", answer, request.client_order_id, f"{request.order_qty} {request.price}".rstrip())
        if asked["wait"]:
            _follow(client, answer.root_id, answer.seq)


def noted_id(given: str | None) -> str:
    """The request's own id, known to whoever asks before anything is sent: without an answer only it can ask again."""
    own_id = given or f"cli-{uuid.uuid4().hex[:16]}"
    context = click.get_current_context()
    context.meta.update({CLIENT_ORDER_ID: own_id, UNANSWERED: True})
    if given is None and not options.wants_json():
        click.echo(f"fixgate: --id {own_id}", err=True)
    return own_id


def _set_deadline(request: Any, expire_in_ns: int | None) -> None:
    if expire_in_ns is not None:
        request.expire_at.FromNanoseconds(time.time_ns() + expire_in_ns)


def _say_taken(done: str, answer: Any, client_order_id: str, what: str) -> None:
    """The server's answer, with the id under which it can be asked for again."""
    from gateway.control.client import as_dict

    click.get_current_context().meta[UNANSWERED] = False
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    parts = (answer.root_id, done, what, f"id {client_order_id}")
    say("  ".join(part for part in parts if part) + again, {**as_dict(answer), "client_order_id": client_order_id})


def _follow(client: "Client", root_id: str, after_seq: int) -> None:
    """Every event of the order until nothing more can trade. Raises Failure where the venue would not have it."""
    for response in client.watch(after_seq, root_id=root_id):
        for event in response.events:
            say(event_line(event), event)
            if event.leaves_qty == "0":
                _judge(event)
                return


def _judge(event: "OrderEvent") -> None:
    from gateway.api.v1 import fix_pb2

    if event.ord_status == fix_pb2.ORD_STATUS_REJECTED:
        raise Failure(Exit.REFUSED, f"the order was rejected: {event.text}", root_id=event.root_id)
