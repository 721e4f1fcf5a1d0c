"""fixgate kill for an engine that does not answer: on its own machine, without it. What is done is in `ops.stuck`."""

import time
from typing import TYPE_CHECKING, Any

import click

from ops.commands import options
from ops.commands.checking import database
from ops.commands.exits import UNANSWERED, Exit, Failure
from ops.commands.showing import say

if TYPE_CHECKING:
    from gateway.control.client import Client
    from gateway.control.identity import Principal
    from oms.domain.latches import Latched
    from ops.settings import Settings
    from ops.stuck import Stopped

_LOOK_S = 0.2
_BY_HAND = "to stop everything now, end `fixgate up` or its processes; nothing leaves without them"


def is_here() -> bool:
    """Whether the engine is the one of the environment file at hand, on this machine: of another server nobody here can tell."""
    return click.get_current_context().meta.get("server") is None


def stop(asked: dict[str, Any], scope: str) -> int:
    """Fence, latch, end; returns the latch. Raises Failure."""
    from ops import settings as files

    try:
        settings = files.load(click.get_current_context().meta["config"])
    except files.ConfigError as error:
        raise Failure(Exit.CONFIG, f"{error}; --stuck needs the engine's own environment file: say --config") from error
    latched = _latched(settings, asked, scope)
    with database(settings) as dsn:
        done = _stopped(settings, dsn, latched)
    click.get_current_context().meta[UNANSWERED] = False
    ended = ", ".join(done.ended) or "no process was at work"
    say(f"latch {done.latch}  HALTED {latched.scope}  in {done.latched_ms} ms  ended: {ended} in {done.ended_ms} ms", _told(done))
    if done.left:
        raise Failure(Exit.LEFT, f"latch {done.latch} is durable, but {done.left}; end it: no commit of its can pass any more")
    return done.latch


def until_up(client: "Client", latch: int, deadline_s: float) -> None:
    """Until an engine answers again. Raises Failure where none does in time."""
    from gateway.control.client import Unanswered, Unreachable

    while True:
        try:
            client.latches()
        except (Unanswered, Unreachable) as silent:
            if time.monotonic() < deadline_s:
                time.sleep(_LOOK_S)
                continue
            again = "start one: it comes up halted, and cancels what is open; `fixgate latches` shows what is left"
            raise Failure(
                Exit.LEFT, f"latch {latch} is durable, and no engine has answered since: {again}", latch=latch
            ) from silent
        return


def _stopped(settings: "Settings", dsn: str, latched: "Latched") -> "Stopped":
    from oms.journal import failures
    from ops.at_work import CannotEnd
    from ops.stuck import NotLatched, stop

    try:
        return stop(settings, dsn, latched)
    except NotLatched as problem:
        raise Failure(Exit.TRY_AGAIN, f"{problem}; nothing was ended: say it again, or {_BY_HAND}") from problem
    except (failures.HeadHeld, failures.Unreachable) as problem:
        raise Failure(Exit.UNREACHABLE, f"{problem}; nothing was latched, nothing ended: {_BY_HAND}") from problem
    except (failures.NoJournal, failures.NotDurable) as problem:
        raise Failure(Exit.CONFIG, f"{problem}; nothing was latched, nothing ended: {_BY_HAND}") from problem
    except CannotEnd as problem:
        raise Failure(Exit.UNREACHABLE, f"{problem}; nothing was latched: {_BY_HAND}") from problem


def _officer(settings: "Settings") -> "Principal":
    """Who we are, by the certificate's own key; only one who answers for risk may do this. Raises Failure."""
    from gateway.control.identity import Role, principals
    from ops.who import NotProved, spiffe_id

    try:
        ours = spiffe_id(*options.identity())
    except NotProved as problem:
        raise Failure(Exit.NOT_AUTHENTICATED, f"certificate: {problem}; say --as risk/NAME") from problem
    known = principals({p.spiffe_id: p.accounts for p in settings.environment.principals}).get(ours)
    if known is None:
        raise Failure(Exit.NOT_AUTHENTICATED, f"{ours} is not configured in {settings.file}; say --as risk/NAME")
    if known.role is not Role.RISK:
        raise Failure(Exit.NOT_PERMITTED, f"role {known.role.value} may not stop trading: it is for risk; say --as risk/NAME")
    return known


def _latched(settings: "Settings", asked: dict[str, Any], scope: str) -> "Latched":
    """What the engine would have written, judged as it would have judged it. Raises Failure."""
    from gateway.api.v1.risk_service_pb2 import StopRequest
    from gateway.control import risk_acts
    from gateway.control.status import Refused
    from oms.domain.latches import Latched
    from ops.stuck import orders_sessions

    mode, cancels = "LATCH_MODE_HALTED", True
    request = StopRequest(
        client_order_id=asked["client_order_id"], scope=scope, mode=mode, cancels=cancels, reason=asked["reason"]
    )
    try:
        said = risk_acts.stop(request, _officer(settings))
    except Refused as refused:
        raise Failure(Exit.USAGE, f"{refused.field}: {refused}") from refused
    sessions = orders_sessions(settings)
    return Latched(
        said.client_order_id, said.principal, said.scope, said.mode, said.reason, cancels=said.cancels, sessions=sessions
    )


def _told(done: "Stopped") -> dict[str, object]:
    return {"latch": str(done.latch), "ended": list(done.ended), "latched_ms": done.latched_ms, "ended_ms": done.ended_ms}
