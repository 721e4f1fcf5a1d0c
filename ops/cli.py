"""The command line: `fixgate VERB`. Each verb is in ops/commands, and imports what it needs only when it runs."""

import click

from ops.commands.administering import alarms, session
from ops.commands.checking import check_config, verify
from ops.commands.counterparties import counterparty
from ops.commands.drilling import drill
from ops.commands.ending import day, drain, snapshot
from ops.commands.exits import EXITS
from ops.commands.fix import fix
from ops.commands.judging import risk
from ops.commands.looking import orders, sessions, watch
from ops.commands.ordering import order
from ops.commands.processes import demo, door, engine, fold, migrate, up, worker
from ops.commands.referring import reference
from ops.commands.resolving import ask, resolve, suspense
from ops.commands.simulating import simulator
from ops.commands.stopping import dead_men, kill, latches, release, stop
from ops.commands.trading import cancel, replace


def _say_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from ops.settings import VERSION

        click.echo(f"fixgate {VERSION}")
        context.exit()


@click.group(epilog=EXITS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_say_version, help="Show the version.")
def main() -> None:
    """Orders over gRPC, made durable, sent by FIX."""


_VERBS = (
    *(
        up,
        demo,
        order,
        cancel,
        replace,
        ask,
        resolve,
        suspense,
        orders,
        watch,
        sessions,
        session,
        alarms,
        kill,
        stop,
        release,
        latches,
    ),
    *(risk, dead_men, drill, reference),
)
_FOR_OPERATORS = (day, drain, snapshot, verify, fix, check_config, counterparty, simulator, engine, worker, door, fold, migrate)
for verb in _VERBS + _FOR_OPERATORS:
    main.add_command(verb)


if __name__ == "__main__":
    main(prog_name="fixgate")
