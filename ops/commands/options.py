"""Options that many commands have: where the server is, who we are, and how to show what comes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ops.commands.exits import Exit, Failure

if TYPE_CHECKING:
    from gateway.control.client import Client

F = TypeVar("F", bound=Callable[..., Any])

ENVIRONMENT = Path("environments/dev.toml")
SUPERVISED = "FIXGATE_SUPERVISED"
"""Set in the environment of a supervised child: its standard input then ends when its supervisor does."""
NOT_CLIENTS = frozenset({"ca", "server"})


def _note(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Kept in the context: the command's own arguments are few enough to read."""
    context.meta[str(parameter.name)] = value


def _config(**settings: Any) -> Callable[[F], F]:
    kind = click.Path(path_type=Path)
    words = "The environment file."
    settings |= {"type": kind, "default": ENVIRONMENT, "envvar": "FIXGATE_CONFIG", "help": words}
    return click.option("--config", show_default=True, show_envvar=True, **settings)


config = _config()
"""--config, as the argument `config`."""


class Grouped(click.Command):
    """A command whose help shows its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        found = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        for option in sorted(found, key=lambda option: not isinstance(option, _Under)):  # What all verbs have comes last.
            record = option.get_help_record(ctx)
            if record is not None:
                groups.setdefault(option.heading if isinstance(option, _Under) else "Options", []).append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class _Under(click.Option):
    """An option under a heading of a Grouped command."""

    def __init__(self, *arguments: Any, heading: str, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.heading = heading


def under(heading: str, *names: str, **settings: Any) -> Callable[[F], F]:
    """An option that is shown under this heading."""
    return click.option(*names, cls=_Under, heading=heading, **settings)


class Tag(click.ParamType[tuple[int, str]]):
    """9000=abc; `9000` alone is any value, where a search allows it."""

    name = "tag=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        if isinstance(value, tuple):
            return value
        tag, _, text = str(value).partition("=")
        if not (tag.isascii() and tag.isdecimal() and len(tag) < 7):
            self.fail(f"{value!r} is no custom field like 9000=abc", param, ctx)
        return int(tag), text


def named(prefix: str, word: str | None) -> Any:
    """SIDE_SELL_SHORT is sell-short; protobuf takes the name for the value."""
    return None if word is None else f"{prefix}_{word.replace('-', '_').upper()}"


def price_text(order: Any) -> str:
    """The prices of an order or a request, in a few words."""
    stop = f"stop {order.stop_px}" if order.stop_px else ""
    return " ".join(part for part in (order.price, stop) if part) or "market"


json_output = click.option(
    "--json", is_flag=True, expose_value=False, is_eager=True, callback=_note, help="Print JSON, one object on each line."
)

_CONNECTION = (
    _config(expose_value=False, callback=_note),
    click.option(
        "--server",
        envvar="FIXGATE_SERVER",
        show_envvar=True,
        expose_value=False,
        callback=_note,
        help="host:port; else what the environment file says.",
    ),
    click.option(
        "--certs",
        type=click.Path(path_type=Path),
        envvar="FIXGATE_CERTS",
        show_envvar=True,
        expose_value=False,
        callback=_note,
        help="Folder with ca.pem and clients' .pem and .key; else what the environment file says.",
    ),
    click.option(
        "--as",
        "identity",
        envvar="FIXGATE_AS",
        show_envvar=True,
        expose_value=False,
        callback=_note,
        help="Whose certificate in that folder, as role/name; else the only one, or the first trader's.",
    ),
    json_output,
)


def connection(command: F) -> F:
    """--server, --certs, --as, --config and --json; the command then asks for a client with `connected`."""
    for option in reversed(_CONNECTION):
        command = option(command)
    return command


def wants_json() -> bool:
    """Whether the command at hand was asked for JSON."""
    return bool(click.get_current_context().meta.get("json"))


def connected(deadline_s: float | None = None, *, identity: str | None = None) -> "Client":
    """A client, as the options of the command at hand say; `deadline_s` for each call, or as usual; `identity` where it is not
    theirs. Raises Failure."""
    from gateway.control.client import DEADLINE_S, CertificateProblem, Client
    from gateway.control.tls import Files

    server, folder = _from_noted()
    name = _chosen(folder, identity or click.get_current_context().meta["identity"])
    files = Files(folder / f"{name}.pem", folder / f"{name}.key", folder / "ca.pem")
    try:
        return Client(server, files, deadline_s or DEADLINE_S)
    except CertificateProblem as problem:
        raise Failure(Exit.NOT_AUTHENTICATED, f"certificate: {problem}") from problem


def identity() -> tuple[Path, str]:
    """The folder of our certificate, and its files' name without an ending. Raises Failure."""
    _, folder = _from_noted()
    return folder, _chosen(folder, click.get_current_context().meta["identity"])


def _from_noted() -> tuple[str, Path]:
    noted = click.get_current_context().meta
    return _where(noted["config"], noted["server"], noted["certs"])


def _where(config: Path, server: str | None, certs: Path | None) -> tuple[str, Path]:
    """The environment file is only read for what was not said."""
    if server is not None and certs is not None:
        return server, certs
    from ops import settings as files

    try:
        settings = files.load(config)
    except files.ConfigError as error:
        raise Failure(Exit.CONFIG, f"{error}; without an environment file say --server and --certs") from error
    return server or settings.environment.listen, certs or settings.certificates


def _chosen(folder: Path, identity: str | None) -> str:
    """The name of the certificate's files, without an ending."""
    if identity is not None:
        return identity.replace("/", "-")
    names = sorted(file.stem for file in folder.glob("*.key") if file.stem not in NOT_CLIENTS)
    if not names:
        raise Failure(Exit.NOT_AUTHENTICATED, f"certificate: no client's .pem and .key in {folder}")
    traders = [name for name in names if name.startswith("trader-")]
    if len(names) > 1 and not traders:
        raise Failure(Exit.USAGE, f"several identities in {folder}; say which: --as {' | '.join(names)}")
    return traders[0] if traders else names[0]
