"""The simulated broker's verbs: run it, and misbehave while it runs."""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
import msgspec

from ops.commands import options
from ops.commands.exits import Exit, Failure
from ops.commands.options import SUPERVISED

_RUN = "run"
_data = click.option(
    "--data", type=click.Path(path_type=Path), default=Path(".fixgate/simulator"), show_default=True, help="The broker's folder."
)


class _RunsByDefault(click.Group):
    """A group in which options alone, or none, mean the verb `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else [_RUN, *args])


@click.group(cls=_RunsByDefault)
def simulator() -> None:
    """A simulated broker, and its faults. Without a verb: run it (`fixgate simulator run --help` lists the options)."""


@simulator.command(_RUN)
@click.option("--port", type=int, default=9876, show_default=True, help="Where to listen, on 127.0.0.1.")
@_data
@click.option("--quotes", type=click.Path(path_type=Path, exists=True), multiple=True, help="A recorded day to replay.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random walk, when there are no quotes.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times faster than real time.")
@click.option("--begin-string", type=click.Choice(["FIX.4.2", "FIX.4.4", "FIXT.1.1"]), default="FIX.4.4", show_default=True)
@click.argument("more_quotes", type=click.Path(path_type=Path, exists=True), nargs=-1, metavar="[FILE]...")
@click.option(
    "--fault", "faults", multiple=True, metavar='"NAME [OPTION=VALUE]..."', help="A fault to start with: silent, partial …"
)
@click.option("--faults", "fault_files", type=click.Path(path_type=Path), multiple=True, help="A script of faults to play.")
@click.option("--scenario", "scenarios", type=click.Path(path_type=Path, exists=True), multiple=True, help="A file to play.")
@click.option("--case", "cases", multiple=True, metavar="ID/CASE[/COURSE]", help="What the next order without tag 9000 plays.")
def run(
    *,
    port: int,
    data: Path,
    quotes: tuple[Path, ...],
    more_quotes: tuple[Path, ...],
    seed: int,
    speed: float,
    faults: tuple[str, ...],
    fault_files: tuple[Path, ...],
    scenarios: tuple[Path, ...],
    cases: tuple[str, ...],
    begin_string: str,
) -> None:
    """Run the simulated broker: FIX 4.2, 4.4 or 5.0SP2 (FIXT.1.1), with a book of its own against real or random quotes.

    Files after the first of --quotes may follow it without a --quotes of their own.

    With --scenario it plays order state matrices instead of trading. An order says which in tag 9000, as matrix/case/course:
    B.1.b/main/1 is the case as printed, higher numbers have crossing messages in the other order. Orders without the tag play
    the --case options in turn. What the case does not expect is answered by BusinessMessageReject(j), and printed.

    With --faults it plays scripts of faults. `fixgate simulator faults` lists all faults and their options.
    """
    from gateway.simulator import broker
    from gateway.simulator.config import SimulatorConfig

    if cases and not scenarios:
        raise click.UsageError("--case needs a --scenario that holds it")
    config = SimulatorConfig(
        port=port,
        data=data,
        quotes=(*quotes, *more_quotes),
        seed=seed,
        speed=speed,
        faults=faults,
        fault_files=fault_files,
        begin_string=begin_string,
        scenarios=scenarios,
        cases=cases,
    )
    _end_with_supervisor()
    if code := broker.run(config):
        raise click.exceptions.Exit(code)


@simulator.command()
@_data
@click.argument("name")
@click.argument("words", nargs=-1, metavar="[OPTION=VALUE]...")
@options.json_output
def fault(data: Path, name: str, words: tuple[str, ...]) -> None:
    """Ask a running simulator for a fault, such as `gap`, `late-ack ms=250 for_s=10` or `cut msg_type=8 after=3`.

    Beside its own options each fault takes after, msg_type, at_s, chance and seed, which say what it strikes, and times and
    for_s, which say how long: see `fixgate simulator faults`.
    """
    from gateway.simulator import control
    from gateway.simulator.entries import Unusable, read

    try:
        entry = read(" ".join((name, *words)))
    except Unusable as failure:
        raise Failure(Exit.USAGE, str(failure)) from failure
    answer = _asked(data, control.Set(entry=msgspec.Raw(msgspec.json.encode(entry))))
    _show({"number": answer.number, "fault": str(entry)}, f"{answer.number}  {entry}")


@simulator.command()
@_data
@click.argument("name", default="")
@options.json_output
def clear(data: Path, name: str) -> None:
    """End all faults of this NAME, or, without one, all faults and the rest of the script."""
    from gateway.simulator import control

    answer = _asked(data, control.Clear(name))
    _show({"cleared": answer.cleared}, f"{answer.cleared} cleared")


@simulator.command()
@_data
@options.json_output
def faults(data: Path) -> None:
    """List what a running simulator was asked for and, where none runs too, all faults that it can be asked for."""
    from gateway.simulator import control
    from gateway.simulator.entries import Lasting, When, told
    from gateway.simulator.faults import APPLICATION, WIRE

    try:
        asked = control.ask(data, control.List()).asked
    except control.NoSimulator as failure:
        _show({"simulator": str(failure)}, str(failure))
    else:
        for one in asked:
            _show(msgspec.to_builtins(one), f"{one.number:3}  {one.state:5}  struck {one.struck:<5}  {one.entry}")
    kinds: dict[str, tuple[type[msgspec.Struct], ...]] = {
        "Faults of the broker": APPLICATION,
        "Faults of the wire": WIRE,
        "Options of every fault": (When, Lasting),
    }
    for title, those in kinds.items():
        _show({}, f"\n{title}:")
        for kind in those:
            _show(told(kind), _lines(told(kind)))


def _lines(one: dict[str, Any]) -> str:
    says = [f"      {option}: {what}" for option, what in one["options"].items()]
    return "\n".join([f"  {one['name']}: {one['what']}", *says])


def _asked(data: Path, command: Any) -> Any:
    from gateway.simulator import control
    from gateway.simulator.entries import Unusable

    try:
        return control.ask(data, command)
    except Unusable as failure:
        raise Failure(Exit.REFUSED, str(failure)) from failure
    except control.NoSimulator as failure:
        raise Failure(Exit.UNREACHABLE, str(failure)) from failure


def _show(answer: dict[str, Any], line: str) -> None:
    if not options.wants_json():
        click.echo(line)
    elif answer:
        click.echo(msgspec.json.encode(answer).decode())


def _end_with_supervisor() -> None:
    """A child of `fixgate demo` ends when the demonstration does, however that ended."""
    if not os.environ.get(SUPERVISED):
        return

    def wait() -> None:
        sys.stdin.read()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor", daemon=True).start()
