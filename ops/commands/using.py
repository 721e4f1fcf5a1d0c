"""The verbs that show how much of each limit is used: risk usage, risk watch."""

import sys
from typing import TYPE_CHECKING

import click

from ops.commands import options
from ops.commands.asking import Duration
from ops.commands.exits import calls_the_server
from ops.commands.showing import say, table

if TYPE_CHECKING:
    from gateway.api.v1.usage_pb2 import Usage

COLUMNS = ("scope", "limit", "value", "used", "%", "")
_NS_PER_MS = 1_000_000
_scope = click.option("--scope", default="", help="Only within this: 'account=DESK1 symbol=EURUSD'.")


@click.command()
@_scope
@click.option("--above", type=click.FloatRange(min=0), help="Only where at least so many percent are used.")
@options.connection
@calls_the_server
def usage(scope: str, above: float | None) -> None:
    """Show how much of each limit is used, from the firm downwards."""
    with options.connected() as client:
        found = [one for one in client.usages(scope) if above is None or _is_above(one, above)]
    table(COLUMNS, map(_row, found), found)


@click.command()
@_scope
@click.option("--every", type=Duration(), default="1s", show_default=True, help="Show changes no more often: 100ms to 60s.")
@options.connection
@calls_the_server
def watch(scope: str, every: int) -> None:
    """Show how much of each limit is used, and every change. Ctrl-C ends it."""
    with options.connected() as client:
        for changed in client.watch_usages(scope, every // _NS_PER_MS):
            for one in changed.usages:
                say("  ".join(part for part in _row(one) if part), one)
            sys.stdout.flush()


def _is_above(one: "Usage", percent: float) -> bool:
    """What is used of a limit of zero is above all of them."""
    return float(one.used_percent) >= percent if one.used_percent else one.is_exceeded


def _row(one: "Usage") -> tuple[str, ...]:
    """One line of COLUMNS."""
    percent = f"{float(one.used_percent):.1f}%" if one.used_percent else "-"
    marks = ("EXCEEDED", one.is_exceeded), (f"{one.unpriced_orders} without a price", one.unpriced_orders), ("over", one.is_over)
    return one.scope, one.control, one.limit, one.used, percent, ", ".join(mark for mark, holds in marks if holds)
