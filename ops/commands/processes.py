"""The verbs that run something: up, engine, worker, simulator, demo."""

import os
import signal
import sys
import threading
from pathlib import Path

import click

from ops.commands import options
from ops.commands.exits import reads_files
from ops.commands.options import SUPERVISED


@click.command()
@options.config
@reads_files
def up(config: Path) -> None:
    """Run everything on this machine: database, engine and FIX workers. Ctrl-C ends them in order."""
    from ops import supervisor

    _end(supervisor.run(config))


@click.command()
@options.config
@reads_files
def engine(config: Path) -> None:
    """Run the engine with its gRPC server alone, on the database of DATABASE_URL."""
    from ops import wiring

    _end(wiring.run_engine(config))


@click.command()
@options.config
@click.option("--session", required=True, help="Whose worker, as `fixgate check-config` names it.")
@reads_files
def worker(config: Path, session: str) -> None:
    """Run the FIX worker of one session alone. It ends with its engine."""
    from ops import wiring

    _end(wiring.run_worker(config, session))


@click.command()
@options.config
@reads_files
def migrate(config: Path) -> None:
    """Bring the database of DATABASE_URL, or of the configuration, to this release's shape. `up` does it by itself."""
    from ops.migrations.run import current, upgrade
    from ops.settings import ConfigError, load

    dsn = load(config).database_url
    if not dsn:
        raise ConfigError(f"{config}: database_url is empty: the embedded server is brought up to date by `fixgate up`")
    upgrade(dsn)
    click.echo(f"the database is at step {current(dsn)}")


@click.command()
@options.config
@click.option("--check", is_flag=True, help="No terminal, no waiting: exit code 0 only if every order ended as expected.")
@reads_files
def demo(config: Path, check: bool) -> None:
    """Run everything with a simulated broker, and send a basket of orders through it."""
    from ops import demo as basket

    _end(basket.run(config, check=check))


@click.command()
@click.option("--port", type=int, default=9876, show_default=True, help="Where to listen, on 127.0.0.1.")
@click.option("--data", type=click.Path(path_type=Path), default=Path(".fixgate/simulator"), show_default=True)
@click.option("--quotes", type=click.Path(path_type=Path, exists=True), multiple=True, help="A recorded day to replay.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random walk, when there are no quotes.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times faster than real time.")
@click.option("--begin-string", type=click.Choice(["FIX.4.2", "FIX.4.4", "FIXT.1.1"]), default="FIX.4.4", show_default=True)
@click.argument("more_quotes", type=click.Path(path_type=Path, exists=True), nargs=-1, metavar="[FILE]...")
@click.option("--fault", "faults", multiple=True, help="A way to misbehave: silent, reject-new, delay-ack=250, partial …")
@click.option("--scenario", "scenarios", type=click.Path(path_type=Path, exists=True), multiple=True, help="A file to play.")
@click.option("--case", "cases", multiple=True, metavar="ID/CASE[/COURSE]", help="What the next order without tag 9000 plays.")
def simulator(
    *,
    port: int,
    data: Path,
    quotes: tuple[Path, ...],
    more_quotes: tuple[Path, ...],
    seed: int,
    speed: float,
    faults: tuple[str, ...],
    scenarios: tuple[Path, ...],
    cases: tuple[str, ...],
    begin_string: str,
) -> None:
    """Run the simulated broker: FIX 4.2, 4.4 or 5.0SP2 (FIXT.1.1), with a book of its own against real or random quotes.

    Files after the first of --quotes may follow it without a --quotes of their own.

    With --scenario it plays order state matrices instead of trading. An order says which in tag 9000, as matrix/case/course:
    B.1.b/main/1 is the case as printed, higher numbers have crossing messages in the other order. Orders without the tag play
    the --case options in turn. What the case does not expect is answered by BusinessMessageReject(j), and printed.
    """
    from gateway.simulator import broker
    from gateway.simulator.config import SimulatorConfig

    if cases and not scenarios:
        raise click.UsageError("--case needs a --scenario that holds it")
    days = (*quotes, *more_quotes)
    config = SimulatorConfig(
        port=port,
        data=data,
        quotes=days,
        seed=seed,
        speed=speed,
        faults=faults,
        begin_string=begin_string,
        scenarios=scenarios,
        cases=cases,
    )
    _end_with_supervisor()
    _end(broker.run(config))


def _end_with_supervisor() -> None:
    """A child of `fixgate demo` ends when the demonstration does, however that ended."""
    if not os.environ.get(SUPERVISED):
        return

    def wait() -> None:
        sys.stdin.read()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor", daemon=True).start()


def _end(code: int) -> None:
    if code:
        raise click.exceptions.Exit(code)
