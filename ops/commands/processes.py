"""The verbs that run something: up, engine, worker, door, demo, and what an engine starts by itself."""

from pathlib import Path

import click

from ops.commands import options
from ops.commands.exits import reads_files


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


@click.command(hidden=True)
@options.config
@click.argument("upto_seq", type=click.IntRange(min=1))
@reads_files
def fold(config: Path, upto_seq: int) -> None:
    """Fold the state up to a record and write it down as a snapshot. The engine starts this by itself."""
    from ops import snapshots

    _end(snapshots.run(config, upto_seq))


@click.command()
@options.config
@reads_files
def door(config: Path) -> None:
    """Run the front door alone: TLS between the network and the FIX workers. SIGHUP reads its certificates again."""
    from ops import wiring

    _end(wiring.run_door(config))


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


def _end(code: int) -> None:
    if code:
        raise click.exceptions.Exit(code)
