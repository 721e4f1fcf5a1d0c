"""The verbs of an operator who ends an engine, or a day, or prepares the next start: drain, day, snapshot."""

import sys
from typing import TYPE_CHECKING

import click

from ops.commands import options
from ops.commands.asking import noted_id
from ops.commands.exits import Exit, Failure, calls_the_server
from ops.commands.options import wants_json
from ops.commands.showing import say, table

if TYPE_CHECKING:
    from gateway.api.v1.lifecycle_service_pb2 import TradingDay, WatchDrainResponse
    from gateway.control.client import Client

DAY_COLUMNS = ("session", "day", "last day", "good till", "unconfirmed", "unknown", "suspense")
CANCEL_WAIT_S = 30.0
SNAPSHOT_S_MAX = 1_800.0


@click.command()
@click.option("--cancel", "is_canceling", is_flag=True, help="Cancel what is working, and wait for that.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 86_400),
    help=f"Wait so many seconds for what is working; else {CANCEL_WAIT_S:g} with --cancel, and none without.",
)
@click.option("--stop", "is_stopping", is_flag=True, help="Take orders again, while the sessions are still logged on.")
@click.option("--reason", required=True, help="Why. It is kept for ever.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--id", "client_order_id", help="Your own id of this request, for repeating it; else a new one.")
@options.connection
@calls_the_server
def drain(
    is_canceling: bool, wait_s: float | None, is_stopping: bool, reason: str, yes: bool, client_order_id: str | None
) -> None:
    """End the engine in good order: take nothing new, let what is working end, log out, take a snapshot.

    Cancels pass all the while. Ends with 0 when nothing is left, and with 10 when orders or requests have not ended: they stand
    at the venue, and the next start goes on with them. `fixgate up` ends with the same code.
    """
    from gateway.api.v1.lifecycle_service_pb2 import DrainRequest, StopDrainRequest

    if is_stopping:
        own_id = noted_id(client_order_id)
        with options.connected() as client:
            stopped = client.stop_drain(StopDrainRequest(client_order_id=own_id, reason=reason))
        say("orders are taken again", {"client_order_id": own_id, "seq": stopped.seq})
        return
    _confirm(yes)
    own_id = noted_id(client_order_id)
    seconds = wait_s if wait_s is not None else CANCEL_WAIT_S if is_canceling else 0.0
    request = DrainRequest(client_order_id=own_id, reason=reason, cancel=is_canceling, wait_ms=round(seconds * 1_000))
    with options.connected() as client:
        client.drain(request)
        last = _followed(client)
    if last.live_orders or last.unanswered_requests:
        raise Failure(Exit.LEFT, f"drained, and left as they are: {_numbers(last)}", snapshot_seq=last.snapshot_seq)
    say("drained: nothing is left", {"client_order_id": own_id, "live_orders": 0, "snapshot_seq": last.snapshot_seq})


@click.command()
@options.connection
@calls_the_server
def snapshot() -> None:
    """Take a snapshot of the state, from which the next start folds; one is taken by itself every so many records."""
    with options.connected() as client:
        taken = client.take_snapshot(SNAPSHOT_S_MAX)
    answer = {"upto_seq": taken.upto_seq, "state_hash": taken.state_hash, "size": taken.size}
    say(f"taken: the state after record {taken.upto_seq}, {taken.size} bytes, hash {taken.state_hash[:16]}…", answer)


@click.command()
@options.connection
@calls_the_server
def day() -> None:
    """Show the trading day of each session that has a schedule, and how the last one ended."""
    with options.connected() as client:
        known = client.days()
    table(DAY_COLUMNS, map(_day_row, known), known)


def _day_row(known: "TradingDay") -> tuple[str, ...]:
    last = known.last
    if not last.day:
        return known.session, known.day, "", "", "", "", ""
    counts = (last.good_till_orders, len(last.unconfirmed_root_ids), last.unknown_requests, last.suspended_reports)
    return known.session, known.day, last.day, *map(str, counts)


def _confirm(yes: bool) -> None:
    if yes:
        return
    if wants_json() or not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "a drain ends the engine; without a terminal to ask on, say --yes")
    click.confirm("No new orders will be taken, and the engine ends. Go on?", abort=True)


def _followed(client: "Client") -> "WatchDrainResponse":
    """Until the end, whose numbers are returned; what changes on the way is shown."""
    was_draining = False
    for stands in client.watch_drain():
        if stands.is_over:
            return stands
        if was_draining and not stands.is_draining:
            raise Failure(Exit.REFUSED, "the drain was stopped: orders are taken again")
        was_draining = stands.is_draining
        if was_draining and not wants_json():
            click.echo(f"draining: {_numbers(stands)}", err=True)
    raise Failure(Exit.TRY_AGAIN, "the engine ended before it said what is left: `fixgate up` says so with its exit code")


def _numbers(stands: "WatchDrainResponse") -> str:
    return (
        f"{stands.live_orders} live orders, {stands.unanswered_requests} requests without an answer, "
        f"{stands.unknown_requests} of them unknown"
    )
