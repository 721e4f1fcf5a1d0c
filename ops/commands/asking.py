"""What the verbs that ask for something have in common: the id to ask again by, the answer, and what becomes of the order."""

import time
import uuid
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.exits import CLIENT_ORDER_ID, UNANSWERED, Exit, Failure
from ops.commands.showing import event_line, say

if TYPE_CHECKING:
    from gateway.api.v1.order_event_pb2 import OrderEvent
    from gateway.control.client import Client

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


own_id = click.option("--id", "client_order_id", help="Your own id of this request, for repeating it; else a new one.")
expire_in = click.option("--expire-in", type=Duration(), help="Not to be sent after this long: 5s, 250ms, 2m.")
wait = click.option("--wait", is_flag=True, help="Follow the order until it ends.")


def noted_id(given: str | None) -> str:
    """The request's own id, known to whoever asks before anything is sent: without an answer only it can ask again."""
    own_id = given or f"cli-{uuid.uuid4().hex[:16]}"
    context = click.get_current_context()
    context.meta.update({CLIENT_ORDER_ID: own_id, UNANSWERED: True})
    if given is None and not options.wants_json():
        click.echo(f"fixgate: --id {own_id}", err=True)
    return own_id


def set_deadline(request: Any, expire_in_ns: int | None) -> None:
    if expire_in_ns is not None:
        request.expire_at.FromNanoseconds(time.time_ns() + expire_in_ns)


def say_taken(done: str, answer: Any, client_order_id: str, what: str) -> None:
    """The server's answer, with the id under which it can be asked for again."""
    from gateway.control.client import as_dict

    click.get_current_context().meta[UNANSWERED] = False
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    parts = (answer.root_id, done, what, f"id {client_order_id}")
    say("  ".join(part for part in parts if part) + again, {**as_dict(answer), "client_order_id": client_order_id})


def follow(client: "Client", root_id: str, after_seq: int) -> None:
    """Every event of the order, or of a parent's children, until nothing more can trade. Raises Failure where the venue would
    not have it."""
    if _has_ended_as_parent(client, root_id):
        return
    for response in client.watch(after_seq, root_id=root_id):
        for event in response.events:
            say(event_line(event), event)
            if event.leaves_qty != "0":
                continue
            if event.root_id == root_id:
                _judge(event)
                return
            if _has_ended_as_parent(client, root_id):
                return


def _has_ended_as_parent(client: "Client", root_id: str) -> bool:
    """The end of a parent is no event: it is that of its last child."""
    from gateway.api.v1.order_service_pb2 import GetRequest

    order = client.get(GetRequest(root_id=root_id))
    return order.HasField("family") and order.leaves_qty == "0"


def _judge(event: "OrderEvent") -> None:
    from gateway.api.v1 import fix_pb2

    if event.ord_status == fix_pb2.ORD_STATUS_REJECTED:
        raise Failure(Exit.REFUSED, f"the order was rejected: {event.text}", root_id=event.root_id)
