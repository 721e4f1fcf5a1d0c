"""What a session's schedule, a person's word and a halt make of it: whether it may log on, and with which numbers. A fold."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from gateway.session_acts import (
    HaltLifted,
    HaltReleased,
    LogOnAsked,
    LogOutAsked,
    NumbersSet,
    SessionDisabled,
    SessionEnabled,
)
from oms.domain.event import Event

if TYPE_CHECKING:
    from gateway.sessions import Session, SessionClosed, SessionHalted, SessionOpened


def _standing(session: "Session", **changes: Any) -> "Session":
    """The session with these changes, and open only where all of them allow it."""
    changed = replace(session, **changes)
    is_open = changed.is_within_hours and not changed.is_disabled and not changed.is_logged_off
    return changed if changed.is_open is is_open else replace(changed, is_open=is_open)


def halted(session: "Session", event: "SessionHalted", _seq: int) -> "Session":
    return replace(session, halted=event.reason, halted_at=event.next_sender, released="")


def _released(session: "Session", event: HaltReleased, seq: int) -> "Session":
    """No log of what was before is evidence any more, and whatever the FIX store had counted is used up."""
    reserved_to = max(session.reserved_to, session.halted_at - 1)
    return replace(session, grant=seq, was_ready=True, halted="", halted_at=0, released=event.halt, reserved_to=reserved_to)


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
        asked=(),
    )


def opened(session: "Session", event: "SessionOpened", _seq: int) -> "Session":
    """After a restart the same opening is found again; another one ends what a LogOut had asked for."""
    is_the_same = event.until_ns == session.open_until_ns
    is_logged_off = session.is_logged_off and is_the_same
    return _standing(session, is_within_hours=True, open_until_ns=event.until_ns, is_logged_off=is_logged_off)


def within_hours(session: "Session", *, is_within_hours: bool) -> "Session":
    """The session where its schedule, if it has one, says so and nobody has looked what was asked for."""
    return _standing(session, is_within_hours=is_within_hours)


def closed(session: "Session", _event: "SessionClosed", _seq: int) -> "Session":
    return _standing(session, is_within_hours=False)


def _to_log_on(session: "Session", _event: LogOnAsked, _seq: int) -> "Session":
    return _standing(session, is_logged_off=False)


def _to_log_out(session: "Session", _event: LogOutAsked, _seq: int) -> "Session":
    return _standing(session, is_logged_off=True)


def _enabled(session: "Session", _event: SessionEnabled, _seq: int) -> "Session":
    return _standing(session, is_disabled=False)


def _disabled(session: "Session", _event: SessionDisabled, _seq: int) -> "Session":
    return _standing(session, is_disabled=True)


def _lifted(session: "Session", _event: HaltLifted, _seq: int) -> "Session":
    return session


EVOLUTIONS: dict[type[Event], Callable[["Session", Any, int], "Session"]] = {
    LogOnAsked: _to_log_on,
    LogOutAsked: _to_log_out,
    SessionEnabled: _enabled,
    SessionDisabled: _disabled,
    NumbersSet: _numbers_set,
    HaltReleased: _released,
    HaltLifted: _lifted,
}
