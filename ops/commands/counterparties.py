"""The verbs about a counterparty's file: counterparty check, counterparty describe."""

from pathlib import Path

import click

from ops.commands import options
from ops.commands.exits import reads_files
from ops.commands.showing import say

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def counterparty() -> None:
    """A broker or venue as its file says it."""


@counterparty.command()
@_FILE
@options.json_output
@reads_files
def check(file: Path) -> None:
    """Say everything that is wrong with FILE, each with line, key and reason; exit code 8 if anything is."""
    from ops.counterparty.file import check as read

    found = read(file)
    plans = [plan.name for plan in found.plans]
    say(f"{file}: {found.name} is fine; sessions {', '.join(plans)}", {"file": str(file), "name": found.name, "sessions": plans})


@counterparty.command()
@_FILE
@options.json_output
@reads_files
def describe(file: Path) -> None:
    """Print what FILE means: the rules of engagement. With --json, every key with its value, said or not."""
    import msgspec

    from ops.counterparty import describing
    from ops.counterparty.file import read

    found = read(file)
    say(describing.describe(found), msgspec.to_builtins(found))
