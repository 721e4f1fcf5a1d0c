"""The verb that sends an order, with everything that an order can say."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.asking import expire_in, follow, noted_id, own_id, say_taken, set_deadline, wait
from ops.commands.exits import calls_the_server
from ops.commands.options import under

if TYPE_CHECKING:
    from gateway.api.v1.instructions_pb2 import Instructions

SIDES = ("buy", "sell", "sell-short", "sell-short-exempt")
ORD_TYPES = (
    "market", "limit", "stop", "stop-limit", "market-on-close", "limit-on-close", "market-if-touched",
    "market-with-left-over-as-limit", "pegged",
)  # fmt: skip
TIMES_IN_FORCE = {
    "day": "DAY",
    "gtc": "GOOD_TILL_CANCEL",
    "opening": "AT_THE_OPENING",
    "ioc": "IMMEDIATE_OR_CANCEL",
    "fok": "FILL_OR_KILL",
    "crossing": "GOOD_TILL_CROSSING",
    "gtd": "GOOD_TILL_DATE",
    "close": "AT_THE_CLOSE",
}
HANDL_INSTS = ("automated-private", "automated-public", "manual")
POSITION_EFFECTS = ("open", "close", "fifo", "rolled")
ORDER_CAPACITIES = (
    "agency", "proprietary", "individual", "principal", "riskless-principal", "agent-for-other-member"
)  # fmt: skip
_TIME = click.DateTime(["%Y-%m-%dT%H:%M:%S"])
_CAPACITIES = ", ".join(ORDER_CAPACITIES)
_TYPES = f"{', '.join(ORD_TYPES)}; without it what the prices say."
_SAID = (
    "exec_inst", "min_qty", "max_floor", "peg_offset_value", "expire_date", "locate_id"
)  # fmt: skip
"""Instructions that are said as they are."""


@click.command(cls=options.Grouped)
@click.argument("side", type=click.Choice(SIDES))
@click.argument("order_qty")
@click.argument("symbol")
@click.option("--account", required=True, envvar="FIXGATE_ACCOUNT", show_envvar=True)
@under("Price", "--limit", "price", metavar="PRICE", default="", help="The limit price.")
@under("Price", "--stop", "stop_px", metavar="PRICE", default="", help="The price at which the order is triggered.")
@under("Price", "--type", "ord_type", metavar="TYPE", type=click.Choice(ORD_TYPES), help=_TYPES)
@under("Price", "--peg-offset", "peg_offset_value", metavar="PRICE", default="", help="How far from its peg; may be below zero.")
@under("Price", "--cash", "is_cash", is_flag=True, help="ORDER_QTY is an amount of money, and no quantity.")
@under("How long", "--tif", type=click.Choice(list(TIMES_IN_FORCE)), default="day", show_default=True, help="Time in force.")
@under(
    "How long",
    "--expire-time",
    metavar="TIME",
    type=_TIME,
    help="With gtd: 2026-12-31T17:00:00, in UTC.",
)
@under("How long", "--expire-date", metavar="DAY", default="", help="With gtd: until the end of this day at the venue, YYYYMMDD.")
@under("Instructions", "--min-qty", metavar="QTY", default="", help="Trade at least this much.")
@under("Instructions", "--max-floor", metavar="QTY", default="", help="Show at most this much at once.")
@under("Instructions", "--exec-inst", metavar="CODES", default="", help="ExecInst(18), such as '1 G'.")
@under("Instructions", "--handl-inst", type=click.Choice(HANDL_INSTS), help="HandlInst(21).")
@under("Instructions", "--position-effect", type=click.Choice(POSITION_EFFECTS), help="PositionEffect(77).")
@under(
    "Instructions",
    "--capacity",
    "order_capacity",
    metavar="WORD",
    type=click.Choice(ORDER_CAPACITIES),
    help=_CAPACITIES,
)
@under("Instructions", "--locate", is_flag=True, help="A short sale: the broker has to find the shares.")
@under("Instructions", "--locate-id", metavar="ID", default="", help="A short sale: where the shares were found.")
@under("Instructions", "--tag", "tags", type=options.Tag(), multiple=True, help="A field like 9000=abc; again for more.")
@under("Family", "--parent", "parent_root_id", metavar="ROOT_ID", default="", help="The order is a part of this one.")
@under("Family", "--as-parent", "is_parent", is_flag=True, help="Hold the order here, to be worked by its children.")
@expire_in
@own_id
@wait
@options.connection
@calls_the_server
def order(**asked: Any) -> None:
    """Send an order: fixgate order buy 100 EURUSD --limit 1.3850 --account DESK1"""
    from gateway.api.v1.order_service_pb2 import SubmitRequest

    if asked["is_parent"] and asked["wait"]:
        raise click.UsageError("--wait follows an order that is sent, and --as-parent holds one here")
    request = SubmitRequest(
        client_order_id=noted_id(asked["client_order_id"]),
        account=asked["account"],
        symbol=asked["symbol"],
        side=options.named("SIDE", asked["side"]),
        ord_type=options.named("ORD_TYPE", asked["ord_type"] or _ord_type(asked)),
        price=asked["price"],
        stop_px=asked["stop_px"],
        time_in_force=options.named("TIME_IN_FORCE", TIMES_IN_FORCE[asked["tif"]]),
        instructions=_instructions(asked),
        parent_root_id=asked["parent_root_id"],
        is_parent=asked["is_parent"],
        **{"cash_order_qty" if asked["is_cash"] else "order_qty": asked["order_qty"]},
    )
    set_deadline(request, asked["expire_in"])
    with options.connected() as client:
        answer = client.submit(request)
        what = f"{asked['side']} {asked['order_qty']} {request.symbol} {options.price_text(request)}"
        say_taken("held" if request.is_parent else "placed", answer, request.client_order_id, what)
        if asked["wait"]:
            follow(client, answer.root_id, answer.seq)


def _ord_type(asked: dict[str, Any]) -> str:
    """What the prices that were given make of it."""
    if asked["stop_px"]:
        return "stop-limit" if asked["price"] else "stop"
    return "limit" if asked["price"] else "market"


def _instructions(asked: dict[str, Any]) -> "Instructions | None":
    """None where the order says nothing but price and quantity."""
    from gateway.api.v1.instructions_pb2 import CustomTag, Instructions

    given = Instructions(
        handl_inst=options.named("HANDL_INST", asked["handl_inst"]),
        position_effect=options.named("POSITION_EFFECT", asked["position_effect"]),
        order_capacity=options.named("ORDER_CAPACITY", asked["order_capacity"]),
        custom_tags=[CustomTag(tag=tag, value=value) for tag, value in asked["tags"]],
        **{field: asked[field] for field in _SAID},
    )
    if asked["locate"]:
        given.locate_reqd = True
    until: datetime | None = asked["expire_time"]
    if until is not None:
        given.expire_time.FromDatetime(until.replace(tzinfo=UTC))
    return given if given.ByteSize() else None
