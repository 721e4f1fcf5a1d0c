"""The verbs of whoever answers for risk: kill, stop, release, latches."""

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options, second_path
from ops.commands.asking import Duration, noted_id, own_id
from ops.commands.exits import UNANSWERED, Exit, Failure, calls_the_server
from ops.commands.showing import say, table

if TYPE_CHECKING:
    from gateway.api.v1.latch_pb2 import Latch
    from gateway.api.v1.risk_service_pb2 import DeadMan
    from gateway.control.client import Client

DIMENSIONS = ("account", "symbol", "trader", "session", "client", "desk", "strategy", "venue", "asset_class", "currency")
COLUMNS = ("latch", "scope", "mode", "cancels", "effective", "open", "since", "by", "why", "release asked by")
DEAD_MEN_COLUMNS = ("principal", "session", "silent at most", "leaves good till", "latches", "since", "state")
_LOOK_S = 0.2
_NS_PER_S = 1_000_000_000
_reason = click.option("--reason", required=True, help="Why. It is kept for ever.")
_yes = click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")


def _scope(verb: Any) -> Any:
    """An option for each dimension of a scope; without any of them, --firm has to be said."""
    verb = click.option("--firm", is_flag=True, help="Everything.")(verb)
    for dimension in reversed(DIMENSIONS):
        verb = click.option(f"--{dimension.replace('_', '-')}", help=f"Only where the order has this {dimension}.")(verb)
    return verb


@click.command()
@_scope
@_reason
@_yes
@click.option("--within", type=Duration(), default="30s", show_default=True, help="How long to wait until nothing is open.")
@click.option(
    "--answer-within", type=Duration(), default="5s", show_default=True, help="An engine that is silent for so long is stuck."
)
@click.option("--stuck", is_flag=True, help="Do not ask the engine: fence it, latch in its place, end it and its workers.")
@own_id
@options.connection
@calls_the_server
def kill(**asked: Any) -> None:
    """Stop trading within a scope at once, cancel everything open there, and wait until that is proved.

    Exit code 10 says that something is still open, or may be. It stays stopped, over every restart, until two persons release it.
    An engine that does not answer is taken for stuck, where no --server was said: on its own machine it is fenced and ended with
    its workers, the latch is written in its place, and the next engine starts halted and cancels what is open.
    """
    scope = _said(asked)
    _confirm(scope, cancels=True, is_sure=asked["yes"])
    asked |= {"yes": True, "client_order_id": noted_id(asked["client_order_id"])}
    latch = None if asked["stuck"] else _answered(asked)
    deadline_s = time.monotonic() + asked["within"] / _NS_PER_S
    if latch is None:
        latch = second_path.stop(asked, scope)
        with options.connected() as client:
            second_path.until_up(client, latch, deadline_s)
    with options.connected() as client:
        _wait(client, latch, deadline_s)


@click.command()
@_scope
@click.option("--mode", type=click.Choice(["halted", "close-only", "reduce-only"]), required=True, help="What may still be done.")
@_reason
@_yes
@own_id
@options.connection
@calls_the_server
def stop(**asked: Any) -> None:
    """Stop new orders within a scope, and leave what is open; kill cancels it as well."""
    with options.connected() as client:
        _stop(client, asked, mode=asked["mode"].upper().replace("-", "_"), cancels=False)


@click.command()
@click.argument("latch", type=click.IntRange(min=1))
@_reason
@own_id
@options.connection
@calls_the_server
def release(**asked: Any) -> None:
    """Let orders pass again where LATCH has stopped them: it takes the word of two persons."""
    from gateway.api.v1.risk_service_pb2 import ReleaseRequest

    request = ReleaseRequest(client_order_id=noted_id(asked["client_order_id"]), latch=asked["latch"], reason=asked["reason"])
    with options.connected() as client:
        answer = client.release(request)
    click.get_current_context().meta[UNANSWERED] = False
    done = "released" if answer.is_released else "noted; another person has to say the same"
    say(f"latch {asked['latch']}  {done}", answer)


@click.command()
@options.connection
@calls_the_server
def latches() -> None:
    """Show where trading is stopped, since when and by whom, and what is open there."""
    with options.connected() as client:
        held = client.latches()
    table(COLUMNS, map(_row, held), held)


@click.command("dead-men")
@options.connection
@calls_the_server
def dead_men() -> None:
    """Show whose orders are canceled when they fall silent: who has armed it over gRPC, and clients whose FIX session is lost."""
    with options.connected() as client:
        held = client.dead_men()
    table(DEAD_MEN_COLUMNS, map(_dead_man_row, held), held)


def _dead_man_row(held: "DeadMan") -> tuple[str, ...]:
    since = held.since.ToDatetime().isoformat(sep=" ", timespec="seconds")
    left, latches = ("yes" if is_so else "no" for is_so in (held.leaves_good_till, held.latches))
    state = "canceled" if held.is_over else "away" if held.session else "armed"
    return held.principal, held.session, f"{held.timeout_ms} ms", left, latches, since, state


def _answered(asked: dict[str, Any]) -> int | None:
    """The latch, by the engine's own word; None where it does not answer, and we are on its machine."""
    from gateway.control.client import Unanswered, Unreachable

    try:
        with options.connected(asked["answer_within"] / _NS_PER_S) as client:
            return _stop(client, asked, mode="HALTED", cancels=True)
    except (Unanswered, Unreachable) as silent:
        if not second_path.is_here():
            raise Failure(
                Exit.TRY_AGAIN, f"no answer: {silent}; on the engine's own machine say: fixgate kill --stuck"
            ) from silent
        click.echo(f"fixgate: no answer: {silent}; the engine is fenced and ended", err=True)
    return None


def _stop(client: "Client", asked: dict[str, Any], *, mode: str, cancels: bool) -> int:
    from gateway.api.v1.risk_service_pb2 import StopRequest

    scope = _said(asked)
    _confirm(scope, cancels=cancels, is_sure=asked["yes"])
    request = StopRequest(
        client_order_id=noted_id(asked["client_order_id"]),
        scope=scope,
        mode=f"LATCH_MODE_{mode}",
        cancels=cancels,
        reason=asked["reason"],
    )
    answer = client.stop(request)
    click.get_current_context().meta[UNANSWERED] = False
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    say(f"latch {answer.latch}  {mode} {scope}{again}", answer)
    return answer.latch


def _said(asked: dict[str, Any]) -> str:
    words = [f"{dimension}={asked[dimension]}" for dimension in DIMENSIONS if asked[dimension]]
    if bool(words) == asked["firm"]:
        raise Failure(Exit.USAGE, "say where: --firm for everything, or --account, --symbol … for a part of it")
    return " ".join(words) or "firm"


def _confirm(scope: str, *, cancels: bool, is_sure: bool) -> None:
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "nobody is here to be asked; say --yes to stop trading")
    what = "Stop trading and cancel everything" if cancels else "Stop trading"
    if not click.confirm(f"{what} within {scope}?", err=True):
        raise Failure(Exit.REFUSED, "not confirmed; nothing was asked for")


def _wait(client: "Client", latch: int, deadline_s: float) -> None:
    """Until every worker has answered and nothing is open, as far as that can be proved. Raises Failure when time is up."""
    while True:
        held = next((one for one in client.latches() if one.latch == latch), None)
        if held is None:
            say(f"latch {latch}  was released meanwhile", {"latch": latch, "is_released": True})
            return
        if not held.unanswered and not held.live_root_ids:
            say(f"latch {latch}  effective, nothing is open  {_barriers(held)}", held)
            return
        if time.monotonic() > deadline_s:
            break
        time.sleep(_LOOK_S)
    left = list(held.live_root_ids)
    who = f"; not answered: {', '.join(held.unanswered)}" if held.unanswered else ""
    raise Failure(
        Exit.LEFT, f"latch {latch}: {len(left)} orders are open, or may be{who}", left=left, unanswered=list(held.unanswered)
    )


def _barriers(held: "Latch") -> str:
    return " ".join(f"{barrier.session}≤{barrier.msg_seq_num}" for barrier in held.barriers)


def _row(held: "Latch") -> tuple[str, ...]:
    from gateway.api.v1.latch_pb2 import LatchMode

    return (
        str(held.latch),
        held.scope,
        LatchMode.Name(held.mode).removeprefix("LATCH_MODE_"),
        "yes" if held.cancels else "no",
        "no: " + ",".join(held.unanswered) if held.unanswered else "yes",
        str(len(held.live_root_ids)),
        held.at.ToDatetime().isoformat(sep=" ", timespec="seconds"),
        held.principal.rsplit("/", 1)[-1],
        held.reason,
        held.release_asked_by.rsplit("/", 1)[-1],
    )
