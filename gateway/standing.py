"""What a session's schedule, a person's word and a halt make of it: whether it may log on, and with which numbers. A fold."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from gateway.hold import Hold
from gateway.session_acts import (
    HaltLifted,
    HaltReleased,
    HoldReleased,
    LogOnAsked,
    LogOutAsked,
    NumbersSet,
    SessionDisabled,
    SessionEnabled,
)
from oms.domain.event import Event

if TYPE_CHECKING:
    from gateway.sessions import (
        LogonsPaused,
        LogonsResumed,
        Session,
        SessionClosed,
        SessionHalted,
        SessionHeld,
        SessionOpened,
    )

NOT_HALTED: dict[str, Any] = {"halted": "", "halted_at": 0, "peer_expects": 0, "cl_ord_ids_ahead": 0}


def changed(session: "Session", **changes: Any) -> "Session":
    """The session with these changes, and open only where all of them allow it."""
    now = replace(session, **changes)
    is_wanted = now.is_within_hours and not now.is_disabled and not now.is_logged_off
    is_kept_out = now.halted or now.paused_until_ns or (now.hold is not None and now.hold.is_down)
    is_open = is_wanted and not is_kept_out
    return now if now.is_open is is_open else replace(now, is_open=is_open)


def halted(session: "Session", event: "SessionHalted", _seq: int) -> "Session":
    """What was known of an earlier halt holds on: a worker that comes meanwhile knows less."""
    return changed(
        session,
        halted=event.reason,
        halted_at=max(session.halted_at, event.next_sender),
        peer_expects=max(session.peer_expects, event.peer_expects),
        cl_ord_ids_ahead=max(session.cl_ord_ids_ahead, event.cl_ord_ids),
        released="",
    )


def held(session: "Session", event: "SessionHeld", _seq: int) -> "Session":
    """Where a second person was to come, one still has to."""
    released_by = session.hold.released_by if session.hold is not None else ""
    return changed(session, hold=Hold(event.reason, is_down=event.is_down, released_by=released_by))


def paused(session: "Session", event: "LogonsPaused", _seq: int) -> "Session":
    return changed(session, paused_until_ns=event.until_ns)


def resumed(session: "Session", _event: "LogonsResumed", _seq: int) -> "Session":
    return changed(session, paused_until_ns=0)


def _released(session: "Session", event: HaltReleased, seq: int) -> "Session":
    """No log of what was before is evidence any more, and whatever the FIX store had counted is used up."""
    hold = Hold(event.halt, is_down=False, released_by=event.principal) if event.is_still_held else session.hold
    return changed(
        session,
        grant=seq,
        was_ready=True,
        released=event.halt,
        reserved_to=max(session.reserved_to, event.after.next_sender - 1),
        hold=hold,
        paused_until_ns=0,
        **NOT_HALTED,
    )


def _let_go(session: "Session", event: HoldReleased, _seq: int) -> "Session":
    """A hold that was down ends with its worker: the next one is granted its start as any other."""
    hold = Hold(event.hold, is_down=False, released_by=event.principal) if event.is_still_held else None
    return changed(session, hold=hold, paused_until_ns=0)


def _numbers_set(session: "Session", event: NumbersSet, seq: int) -> "Session":
    """No worker holds this grant: the next one begins right after what is reserved, which is nothing yet."""
    last_sender = event.after.next_sender - 1
    return replace(
        session,
        session_epoch=event.after.session_epoch,
        grant=seq,
        was_ready=True,
        next_target=event.after.next_target,
        heard_ahead=frozenset(),
        last_sender=last_sender,
        reserved_to=last_sender,
        reserved_before=max(session.reserved_before, session.reserved_to, session.halted_at - 1),
        halted_at=0,
        peer_expects=0,
        asked=(),
    )


def opened(session: "Session", event: "SessionOpened", _seq: int) -> "Session":
    """After a restart the same opening is found again; another one ends what a LogOut had asked for."""
    is_the_same = event.until_ns == session.open_until_ns
    is_logged_off = session.is_logged_off and is_the_same
    return changed(session, is_within_hours=True, open_until_ns=event.until_ns, is_logged_off=is_logged_off)


def within_hours(session: "Session", *, is_within_hours: bool) -> "Session":
    """The session where its schedule, if it has one, says so and nobody has looked what was asked for."""
    return changed(session, is_within_hours=is_within_hours)


def closed(session: "Session", _event: "SessionClosed", _seq: int) -> "Session":
    return changed(session, is_within_hours=False)


def _to_log_on(session: "Session", _event: LogOnAsked, _seq: int) -> "Session":
    """Now: we do not wait any longer after failures."""
    return changed(session, is_logged_off=False, paused_until_ns=0)


def _to_log_out(session: "Session", _event: LogOutAsked, _seq: int) -> "Session":
    return changed(session, is_logged_off=True)


def _enabled(session: "Session", _event: SessionEnabled, _seq: int) -> "Session":
    return changed(session, is_disabled=False)


def _disabled(session: "Session", _event: SessionDisabled, _seq: int) -> "Session":
    return changed(session, is_disabled=True)


def _lifted(session: "Session", _event: HaltLifted, _seq: int) -> "Session":
    return session


EVOLUTIONS: dict[type[Event], Callable[["Session", Any, int], "Session"]] = {
    LogOnAsked: _to_log_on,
    LogOutAsked: _to_log_out,
    SessionEnabled: _enabled,
    SessionDisabled: _disabled,
    NumbersSet: _numbers_set,
    HaltReleased: _released,
    HoldReleased: _let_go,
    HaltLifted: _lifted,
}
