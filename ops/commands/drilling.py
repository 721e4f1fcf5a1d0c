"""fixgate drill: a rehearsal of the kill switch, with a report."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from ops.commands import options
from ops.commands.asking import Duration, noted_id, own_id
from ops.commands.exits import UNANSWERED, Exit, Failure, calls_the_server
from ops.commands.showing import say

if TYPE_CHECKING:
    from ops.drill import Outcome, Wanted

SHADOW = "strategy=DRILL"
"""A scope that no order is in, as no order has such a strategy."""
_NS_PER_S = 1_000_000_000
_FORMATS = (".txt", ".json", ".html")
_ORDERS = ("symbol", "qty", "price")


@click.command()
@click.option(
    "--account", help="Rest orders on this account, of a simulator, say, and stop those; else a scope without any order."
)
@click.option("--symbol", help="Of the orders.")
@click.option("--side", type=click.Choice(["buy", "sell"]), default="buy", show_default=True, help="Of the orders.")
@click.option("--qty", help="Of each order.")
@click.option("--price", help="Of each order; it has to rest.")
@click.option("--orders", type=click.IntRange(1, 1_000), default=10, show_default=True, help="How many of them.")
@click.option("--trader", help="Who places them, as role/name: whose certificate is in the same folder.")
@click.option("--second", help="Who releases the latch together with you, as role/name; else a second person has to do it.")
@click.option("--reason", default="drill", show_default=True, help="Why. It is kept for ever.")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
@click.option("--within", type=Duration(), default="30s", show_default=True, help="How long to wait until nothing is open.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report to this file: .txt, .json or .html.")
@own_id
@options.connection
@calls_the_server
def drill(**asked: Any) -> None:
    """Rehearse a kill, and measure how long it takes until it is effective, and until nothing is open.

    Without --account the scope is one that no order is in. With it, orders are placed on that account, at its venue, and the
    latch is on the trader's orders there in that symbol, where nothing else may be open. The outcome is a fact in the journal.
    Exit code 10: it was not passed.
    """
    report = asked["report"]
    if report is not None and report.suffix not in _FORMATS:
        raise Failure(Exit.USAGE, f"--report {report}: its name has to end in one of {', '.join(_FORMATS)}")
    wanted = _wanted(asked)
    _confirm(wanted, is_sure=asked["yes"])
    named = noted_id(asked["client_order_id"])
    outcome = _drilled(asked, wanted, named)
    click.get_current_context().meta[UNANSWERED] = False
    from ops import drill as rehearsal

    told = msgspec.to_builtins(outcome) | {"is_passed": outcome.is_passed}
    if report is not None:
        _write(report, outcome, told)
    say(rehearsal.as_text(outcome), told)
    _release(asked, outcome, named)
    if not outcome.is_passed:
        raise Failure(Exit.LEFT, f"the drill was not passed: {len(outcome.left)} orders are open, or a worker has not answered")


def _wanted(asked: dict[str, Any]) -> "Wanted | None":
    from ops.drill import Wanted

    if asked["account"] is None:
        return None
    missing = [f"--{name}" for name in (*_ORDERS, "trader") if asked[name] is None]
    if missing:
        raise Failure(Exit.USAGE, f"orders of a drill need {', '.join(missing)}")
    return Wanted(asked["account"], asked["symbol"], asked["side"], asked["qty"], asked["price"], asked["orders"])


def _confirm(wanted: "Wanted | None", *, is_sure: bool) -> None:
    if is_sure or wanted is None:
        return
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "nobody is here to be asked; say --yes to place the orders of a drill")
    if not click.confirm(f"Place {wanted.count} orders on {wanted.account} at its venue, and cancel them?", err=True):
        raise Failure(Exit.REFUSED, "not confirmed; nothing was asked for")


def _drilled(asked: dict[str, Any], wanted: "Wanted | None", named: str) -> "Outcome":
    from ops import drill as rehearsal

    within_s = asked["within"] / _NS_PER_S
    with ExitStack() as clients:
        officer = clients.enter_context(options.connected())
        trader = clients.enter_context(options.connected(identity=asked["trader"])) if wanted is not None else None
        try:
            root_ids = rehearsal.rest(trader, wanted, within_s) if trader is not None and wanted is not None else ()
            scope = SHADOW if wanted is None else f"account={wanted.account} symbol={wanted.symbol} trader={_trader(asked)}"
            latch = rehearsal.stop(officer, scope, asked["reason"], named)
            outcome = rehearsal.followed(officer, trader, latch, root_ids, within_s)
            rehearsal.noted(officer, outcome, f"{named}-outcome"[-64:])
        except rehearsal.CannotDrill as why:
            raise Failure(Exit.REFUSED, str(why)) from why
    return outcome


def _trader(asked: dict[str, Any]) -> str:
    from ops.who import NotProved, spiffe_id

    folder, _ = options.identity()
    try:
        return spiffe_id(folder, asked["trader"].replace("/", "-"))
    except NotProved as problem:
        raise Failure(Exit.NOT_AUTHENTICATED, f"--trader: certificate: {problem}") from problem


def _release(asked: dict[str, Any], outcome: "Outcome", named: str) -> None:
    """The first word is ours; the second is another person's."""
    from gateway.api.v1.risk_service_pb2 import ReleaseRequest

    with options.connected() as officer:
        officer.release(ReleaseRequest(client_order_id=f"{named}-1"[-64:], latch=outcome.latch, reason="the drill is over"))
    if asked["second"] is None:
        click.echo(f"fixgate: another person has to say: fixgate release {outcome.latch} --reason 'the drill is over'", err=True)
        return
    with options.connected(identity=asked["second"]) as other:
        other.release(ReleaseRequest(client_order_id=f"{named}-2"[-64:], latch=outcome.latch, reason="the drill is over"))


def _write(report: Path, outcome: "Outcome", told: dict[str, Any]) -> None:
    from ops import drill as rehearsal

    at = datetime.now(UTC).isoformat(timespec="seconds")
    if report.suffix == ".json":
        report.write_bytes(msgspec.json.format(msgspec.json.encode(told | {"at": at})) + b"\n")
    elif report.suffix == ".html":
        report.write_text(rehearsal.as_html(outcome, at))
    else:
        report.write_text(f"{'at':<22}{at}\n{rehearsal.as_text(outcome)}\n")
