"""How a command ends: one exit code for each kind of failure, and the words for it."""

import json
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import IO, TYPE_CHECKING, Any, ParamSpec

import click

if TYPE_CHECKING:
    from ops.toml_file import Complaint

P = ParamSpec("P")

ENGINE_DRAINED, ENGINE_DRAINED_LEFT = 20, 21
"""How an engine process ends that was drained: with nothing left, or with something. It must not be started again by itself."""

CLIENT_ORDER_ID = "client_order_id"
"""Where the context of a verb that asks for something keeps the id under which it can be asked again."""
UNANSWERED = "unanswered"
"""Whether it still waits for the answer."""


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
    LEFT = 10


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
  10  orders are still live after cancel --all, a kill, a drill, or a drain
"""

_BY_REFUSAL = {
    "INVALID_FIELD": Exit.USAGE,
    "NOT_AUTHENTICATED": Exit.NOT_AUTHENTICATED,
    "NOT_PERMITTED": Exit.NOT_PERMITTED,
    "NOT_ENTITLED": Exit.NOT_PERMITTED,
    "UNKNOWN_ACCOUNT": Exit.UNKNOWN,
    "UNKNOWN_SYMBOL": Exit.UNKNOWN,
    "UNKNOWN_ORDER": Exit.UNKNOWN,
    "UNKNOWN_REPORT": Exit.UNKNOWN,
    "UNKNOWN_PARENT": Exit.UNKNOWN,
    "UNKNOWN_SESSION": Exit.UNKNOWN,
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
        context = click.get_current_context(silent=True)
        meta = {} if context is None else context.meta
        own_id = {key: meta[key] for key in (CLIENT_ORDER_ID,) if key in meta}
        self._answer = {"exit": code.name, "message": message, **own_id, **numbers}
        self._is_json = bool(meta.get("json"))

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
            code = by_refusal(refused.refusal)
            numbers = {"refusal": refused.refusal, "field": refused.field, "retry_can_help": refused.retry_can_help}
            raise Failure(code, f"refused: {refused}{_hint(refused.retry_can_help, code)}", **numbers) from refused
        except CertificateProblem as problem:
            raise Failure(Exit.NOT_AUTHENTICATED, f"certificate: {problem}") from problem
        except Unreachable as unreachable:
            raise Failure(Exit.UNREACHABLE, f"server unreachable: {unreachable}") from unreachable
        except Unanswered as unanswered:
            raise Failure(Exit.TRY_AGAIN, f"no answer: {unanswered}") from unanswered
        except KeyboardInterrupt as interrupt:
            if click.get_current_context().meta.get(UNANSWERED):
                raise Failure(Exit.TRY_AGAIN, "interrupted: the request may have been taken") from interrupt
            raise click.exceptions.Exit(Exit.OK) from None  # Somebody has seen enough.

    return called


def _hint(retry_can_help: bool, code: Exit) -> str:
    """A new id is for a journalled refusal alone: of what may have been taken it would make a second order."""
    if not retry_can_help:
        return ""
    same_or_new = "the same --id" if code is Exit.TRY_AGAIN else "a new --id"
    return f" (a later try, under {same_or_new}, may succeed)"


def reads_files(command: Callable[P, None]) -> Callable[P, None]:
    """A wrong configuration as a failure."""

    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        from ops.settings import ConfigError

        try:
            command(*args, **kwargs)
        except ConfigError as error:
            raise Failure(Exit.CONFIG, str(error), complaints=[_as_json(one) for one in error.complaints]) from error

    return called


def _as_json(complaint: "Complaint | str") -> dict[str, object]:
    if isinstance(complaint, str):
        return {"reason": complaint}
    return {"file": str(complaint.file), "line": complaint.line, "key": complaint.key, "reason": complaint.reason}
