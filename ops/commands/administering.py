"""The verbs about FIX sessions: session list, show, watch, and what a person does with one; alarms."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ops.commands import options
from ops.commands.asking import noted_id
from ops.commands.exits import UNANSWERED, Exit, Failure, calls_the_server
from ops.commands.sessions_showing import ALARM_COLUMNS, alarm_row, detail, state_line
from ops.commands.showing import SESSION_COLUMNS, say, session_row, table

if TYPE_CHECKING:
    from gateway.api.v1.session_pb2 import Session

F = TypeVar("F", bound=Callable[..., Any])
MSG_SEQ_NUM = click.IntRange(min=1)
_name = click.argument("session")
_reason = click.option("--reason", required=True, help="Why. It is kept for ever, with your name.")
_own_id = click.option("--id", "client_order_id", help="Your own id of this act, for repeating it; else a new one.")
_yes = click.option("--yes", is_flag=True, help="Do not ask whether it is meant: for scripts.")


def _act(command: F) -> F:
    """What every act has."""
    for option in (options.connection, _own_id, _reason, _name):
        command = option(command)
    return command


@click.group()
def session() -> None:
    """Look at FIX sessions, and administer them. Acts are for operators: --as operator/NAME."""


@session.command(name="list")
@options.connection
@calls_the_server
def list_sessions() -> None:
    """Show all sessions."""
    with options.connected() as client:
        found = client.sessions()
    table(SESSION_COLUMNS, map(session_row, found), found)


@session.command()
@_name
@options.connection
@calls_the_server
def show(session: str) -> None:
    """Show everything that is known of SESSION."""
    with options.connected() as client:
        found = client.session(session)
    say(detail(found), found)


@session.command(name="watch")
@click.option("--after", "after_seq", type=click.IntRange(min=0), help="Begin with what changed after this seq.")
@options.connection
@calls_the_server
def watch_sessions(after_seq: int | None) -> None:
    """Show how sessions stand, and every change. Ctrl-C ends it, and prints where to go on."""
    seq = 0
    with options.connected() as client:
        try:
            for response in client.watch_sessions(after_seq):
                for changed in response.sessions:
                    say(state_line(changed), changed)
                sys.stdout.flush()
                seq = response.seq
        finally:
            if seq:
                click.echo(f"go on with: fixgate session watch --after {seq}", err=True)


@session.command(name="log-on")
@_act
@calls_the_server
def log_on(**asked: Any) -> None:
    """Log SESSION on, now and whenever its schedule opens."""
    _carry_out("LogOn", "is to be logged on", asked)


@session.command(name="log-out")
@_act
@calls_the_server
def log_out(**asked: Any) -> None:
    """Log SESSION out, until log-on or the next opening of its schedule."""
    _carry_out("LogOut", "is to be logged out", asked)


@session.command()
@_act
@calls_the_server
def enable(**asked: Any) -> None:
    """Let SESSION log on again after it was disabled."""
    _carry_out("Enable", "is enabled", asked)


@session.command()
@_act
@calls_the_server
def disable(**asked: Any) -> None:
    """Log SESSION out and keep it so, over every restart, until it is enabled."""
    _carry_out("Disable", "is disabled", asked)


@session.command(name="set-numbers")
@click.option("--next-sender", type=MSG_SEQ_NUM, help="MsgSeqNum(34) of our next message.")
@click.option("--next-target", type=MSG_SEQ_NUM, help="MsgSeqNum(34) to expect of the peer next.")
@_act
@_yes
@calls_the_server
def set_numbers(**asked: Any) -> None:
    """Go on with other sequence numbers. SESSION has to be logged out; what has no answer is in doubt afterwards."""
    numbers = {key: asked.pop(key) for key in ("next_sender", "next_target")}
    given = {key: number for key, number in numbers.items() if number is not None}
    if not given:
        raise Failure(Exit.USAGE, "there is no number to set: say --next-sender, --next-target, or both")
    _carry_out("SetNumbers", "has other numbers", asked, **given)


@session.command()
@_act
@_yes
@calls_the_server
def reset(**asked: Any) -> None:
    """Begin the numbers of both sides anew, at 1. SESSION has to be logged out; what has no answer is in doubt afterwards."""
    _carry_out("Reset", "begins anew at 1", asked)


@session.command()
@click.option(
    "--take-numbers",
    "takes_numbers",
    is_flag=True,
    help="The peer's sequence numbers are right; else the session tries again with the journal's.",
)
@_act
@_yes
@calls_the_server
def release(**asked: Any) -> None:
    """Let SESSION, which is halted or held, go on. First compare the venue's orders with ours, and agree with it on the numbers.

    The halt of a venue's session takes two people: after the first it logs on, after the second it takes orders.
    """
    _carry_out("ReleaseHalt", "is released", asked)


@click.command()
@options.connection
@calls_the_server
def alarms() -> None:
    """Show what is amiss with FIX sessions."""
    with options.connected() as client:
        found = [alarm for one in client.sessions() for alarm in one.alarms]
    if not found and not options.wants_json():
        click.echo("no alarms")
        return
    table(ALARM_COLUMNS, map(alarm_row, found), found)


def _carry_out(verb: str, done: str, asked: dict[str, Any], **numbers: int) -> None:
    """One act: asked twice where the contract says that it is dangerous."""
    from gateway.api.v1 import session_service_pb2
    from gateway.control.client import as_dict, is_dangerous

    name, is_sure = asked["session"], asked.pop("yes", False)
    if is_dangerous("SessionService", verb) and not is_sure:
        _confirm(verb, name)
    own_id = noted_id(asked["client_order_id"])
    request = getattr(session_service_pb2, f"{verb}Request")(**asked | {"client_order_id": own_id}, **numbers)
    with options.connected() as client:
        answer = client.session_act(verb, request)
    click.get_current_context().meta[UNANSWERED] = False
    if getattr(answer, "is_still_held", False):
        done = "may log on, and takes no order before a second person has released it"
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    say(f"{name} {done}  id {own_id}{again}\n{_next(answer.session)}", {**as_dict(answer), "client_order_id": own_id})


def _confirm(verb: str, name: str) -> None:
    """What this does to open orders nobody can take back."""
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, f"nobody is here to be asked; say --yes to do this to session {name}")
    if not click.confirm(f"{verb} of session {name} puts what has no answer in doubt, and cannot be undone. Do it?", err=True):
        raise Failure(Exit.REFUSED, "not confirmed; nothing was asked for")


def _next(session: "Session") -> str:
    return f"{state_line(session)}\nsee it change with: fixgate session watch"
