"""How a command ends: one exit code for each kind of failure, and the words for it."""

import json
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import IO, Any, ParamSpec

import click

P = ParamSpec("P")


class Exit(IntEnum):
    """Exit codes."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_AUTHENTICATED = 4
    NOT_PERMITTED = 5
    UNKNOWN = 6
    TRY_AGAIN = 7
    CONFIG = 8
    CORRUPT = 9


EXITS = """\b
Exit codes:
  0  done
  1  refused by a rule or a limit, or by the venue
  2  a command line or a field that cannot be understood
  3  no server, or no database, answers
  4  a certificate is missing, wrong, or of nobody who is known here
  5  not allowed: role, or account of somebody else
  6  no such account, symbol, order or session
  7  no answer, overloaded, or going down: repeat it under the same --id
  8  a configuration file is missing or wrong
  9  the journal is not what was written
"""

_BY_REFUSAL = {
    "INVALID_FIELD": Exit.USAGE,
    "NOT_AUTHENTICATED": Exit.NOT_AUTHENTICATED,
    "NOT_PERMITTED": Exit.NOT_PERMITTED,
    "NOT_ENTITLED": Exit.NOT_PERMITTED,
    "UNKNOWN_ACCOUNT": Exit.UNKNOWN,
    "UNKNOWN_SYMBOL": Exit.UNKNOWN,
    "UNKNOWN_ORDER": Exit.UNKNOWN,
    "OVERLOADED": Exit.TRY_AGAIN,
    "SHUTTING_DOWN": Exit.TRY_AGAIN,
    "SLOW_CONSUMER": Exit.TRY_AGAIN,
    "TOKEN_TOO_OLD": Exit.TRY_AGAIN,
}


class Failure(click.ClickException):
    """A command's end with words, and with a code."""

    def __init__(self, code: Exit, message: str, **numbers: object) -> None:
        super().__init__(message)
        self.exit_code = code.value  # type: ignore[misc]  # click reads it from the instance, and types it for the class.
        self._answer = {"exit": code.name, "message": message, **numbers}
        context = click.get_current_context(silent=True)
        self._is_json = context is not None and bool(context.meta.get("json"))

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002  click's own signature.
        """On standard error for people; as JSON on standard output where that was asked for."""
        if self._is_json:
            click.echo(json.dumps({"error": self._answer}))
        else:
            click.echo(f"fixgate: {self.message}", err=True)


def by_refusal(refusal: str) -> Exit:
    """Whatever is in no row is a rule or a limit that says no."""
    return _BY_REFUSAL.get(refusal, Exit.REFUSED)


def calls_the_server(command: Callable[P, None]) -> Callable[P, None]:
    """The client's errors as failures."""

    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        from gateway.control.client import CallRefused, CertificateProblem, Unanswered, Unreachable

        try:
            command(*args, **kwargs)
        except CallRefused as refused:
            again = " (a later try, under a new --id, may succeed)" if refused.retry_can_help else ""
            numbers = {"refusal": refused.refusal, "field": refused.field, "retry_can_help": refused.retry_can_help}
            raise Failure(by_refusal(refused.refusal), f"refused: {refused}{again}", **numbers) from refused
        except CertificateProblem as problem:
            raise Failure(Exit.NOT_AUTHENTICATED, f"certificate: {problem}") from problem
        except Unreachable as unreachable:
            raise Failure(Exit.UNREACHABLE, f"server unreachable: {unreachable}") from unreachable
        except Unanswered as unanswered:
            raise Failure(Exit.TRY_AGAIN, f"no answer: {unanswered}") from unanswered
        except KeyboardInterrupt:
            raise click.exceptions.Exit(Exit.OK) from None  # Somebody has seen enough.

    return called


def reads_files(command: Callable[P, None]) -> Callable[P, None]:
    """A wrong configuration as a failure."""

    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        from ops.settings import ConfigError

        try:
            command(*args, **kwargs)
        except ConfigError as error:
            raise Failure(Exit.CONFIG, str(error)) from error

    return called
