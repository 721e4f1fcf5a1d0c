"""What a person may do with a FIX session: log it on and out, enable and disable it, set its numbers, release it. Pure.

Each act is a fact with who asked and why. What is asked of a session and what its worker does meet in one place: whether the
session is open (gateway.standing), which the worker is told with its grant and at every change.
"""

from collections.abc import Callable
from typing import Any, cast, get_args

import msgspec

from gateway.cell import SessionKind
from gateway.frames import session_down
from gateway.session_acts import (
    HaltReleased,
    HoldReleased,
    LogOnAsked,
    LogOutAsked,
    Numbers,
    NumbersSet,
    SessionAct,
    SessionDisabled,
    SessionEnabled,
)
from gateway.sessions import Phase, SequencesReset, Session
from gateway.state import State
from oms import deciding
from oms.book import Book
from oms.domain.acts import ActRefused
from oms.domain.event import Event
from oms.domain.refusal import Refusal
from oms.told import Answered

MSG_SEQ_NUM_MAX = 900_000_000
"""A session may be told to go on from so high a number and no higher: a FIX engine counts in 31 bits, and needs room."""
CL_ORD_IDS_AHEAD = 10_000
"""So many ClOrdIDs(11) are left out above one that a peer knows and we never gave out: it may know more of them."""
Why = tuple[Refusal, str]


class AskedOfSession(msgspec.Struct, frozen=True, gc=False):
    """What every act says."""

    principal: str
    client_order_id: str
    """The person's own id of this request, for repeating it."""
    session: str
    reason: str


class LogOnSession(AskedOfSession, frozen=True, gc=False):
    """Let it log on, now and whenever its schedule opens."""


class LogOutSession(AskedOfSession, frozen=True, gc=False):
    """Log it out, until a LogOnSession or the next opening of its schedule."""


class EnableSession(AskedOfSession, frozen=True, gc=False):
    """Let it log on again after it was disabled."""


class DisableSession(AskedOfSession, frozen=True, gc=False):
    """Log it out and keep it so, over every restart and opening."""


class SetNumbers(AskedOfSession, frozen=True, gc=False):
    """Go on with other sequence numbers. None leaves a side as it is."""

    next_sender: int | None = None
    next_target: int | None = None


class ResetNumbers(AskedOfSession, frozen=True, gc=False):
    """Begin both sides' sequence numbers anew, at 1."""


class ReleaseHalt(AskedOfSession, frozen=True, gc=False):
    """A person has looked at a session that is halted or held: it may go on."""

    takes_numbers: bool = False
    """Whether the peer's sequence numbers are taken for right."""


SessionCommand = LogOnSession | LogOutSession | EnableSession | DisableSession | SetNumbers | ResetNumbers | ReleaseHalt
SESSION_COMMANDS: frozenset[type] = frozenset(get_args(SessionCommand))


def first_answer(book: Book, command: SessionCommand) -> Answered | None:
    """The answer that this very request has had before; None if it is new, or was another one under the same id."""
    known = book.answer(command.principal, command.client_order_id)
    answer = None if known is None else cast(Event, known.answer)
    is_same = isinstance(answer, (SessionAct, ActRefused)) and answer.asked == _asked(command)
    return known if is_same else None


def act(state: State, command: SessionCommand, _at_ns: int) -> tuple[Event, ...]:
    """The person's word as a fact, after what it puts in doubt; or why not."""
    if state.book.answer(command.principal, command.client_order_id) is not None:
        return _refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    session = state.sessions.get(command.session)
    if session is None:
        return _refused(command, Refusal.UNKNOWN_SESSION, f"session={command.session}; there are {', '.join(state.plans)}")
    return _ACTS[type(command)](state, session, command)


def _log_on(_state: State, session: Session, command: LogOnSession) -> tuple[Event, ...]:
    """What stands in its way is said now: nobody waits for a logon that cannot come."""
    if session.is_disabled:
        return _refused(command, Refusal.SESSION_DISABLED, f"session={session.name} is disabled; enable it first")
    if session.halted:
        return _refused(command, Refusal.SESSION_HALTED, f"session={session.name} is halted; release it first: {session.halted}")
    if session.hold is not None and session.hold.is_down:
        text = f"session={session.name} is held; release it first: {session.hold.reason}"
        return _refused(command, Refusal.SESSION_HELD, text)
    if not session.is_within_hours:
        text = f"session={session.name} is closed by its schedule, and logs on by itself when that opens"
        return _refused(command, Refusal.SESSION_CLOSED, text)
    return (_done(LogOnAsked, session, command),)


def _log_out(_state: State, session: Session, command: LogOutSession) -> tuple[Event, ...]:
    return (_done(LogOutAsked, session, command),)


def _enable(_state: State, session: Session, command: EnableSession) -> tuple[Event, ...]:
    return (_done(SessionEnabled, session, command),)


def _disable(_state: State, session: Session, command: DisableSession) -> tuple[Event, ...]:
    return (_done(SessionDisabled, session, command),)


def _set_numbers(state: State, session: Session, command: SetNumbers) -> tuple[Event, ...]:
    now = session.numbers
    next_sender = now.next_sender if command.next_sender is None else command.next_sender
    next_target = now.next_target if command.next_target is None else command.next_target
    return _renumbered(state, session, command, next_sender, next_target)


def _reset(state: State, session: Session, command: ResetNumbers) -> tuple[Event, ...]:
    return _renumbered(state, session, command, 1, 1)


def _renumbered(
    state: State, session: Session, command: SetNumbers | ResetNumbers, next_sender: int, next_target: int
) -> tuple[Event, ...]:
    """Every other number begins another epoch, in which no log and no number of the old one means anything. Whatever is open and
    was sent may have been lost with the old numbers: it is asked for as after a peer's own reset."""
    why_not = _why_not_renumbered(state, session)
    if why_not is not None:
        return _refused(command, *why_not)
    doubts = [
        deciding.doubt(chain, request, "a person set the sequence numbers")
        for chain, request in state.book.open_requests(session.name)
    ]
    after = Numbers(session.session_epoch + 1, next_sender, next_target)
    numbers_set = NumbersSet(**_said(session, command, after), grant=session.grant)
    return (*(d for d in doubts if d is not None), numbers_set)


def _why_not_renumbered(state: State, session: Session) -> Why | None:
    """Only of a session that is out, and cannot log on while its numbers change under it."""
    if state.plans[session.name].kind is SessionKind.MARKET_DATA:
        return Refusal.NUMBERS_NOT_KEPT, f"session={session.name} begins its numbers anew at every logon"
    if session.phase is not Phase.DOWN or (session.is_open and not session.halted):
        text = f"session={session.name} phase={session.phase.name}; log it out, or disable it, and wait until it is down"
        return Refusal.SESSION_NOT_OUT, text
    return None


def _release(state: State, session: Session, command: ReleaseHalt) -> tuple[Event, ...]:
    """Whatever keeps it: a halt before a hold. A worker that is still at work ends by it."""
    if session.halted:
        return _halt_released(state, session, command)
    hold = session.hold
    if hold is None:
        return _refused(command, Refusal.SESSION_NOT_HALTED, f"session={session.name}")
    if hold.released_by == command.principal:
        text = f"session={session.name} principal={command.principal} has released its halt; another person has to follow"
        return _refused(command, Refusal.SAME_PERSON, text)
    reset = f"released by {command.principal}: the peer's numbers are taken"
    is_set_back = command.takes_numbers and hold.is_down
    after = Numbers(session.session_epoch + 1, session.numbers.next_sender, 1) if is_set_back else session.numbers
    is_still_held = hold.is_down and bool(hold.released_by)
    released = HoldReleased(
        **_said(session, command, after), hold=hold.reason, was_down=hold.is_down, is_still_held=is_still_held
    )
    down = session_down(state, session.name, session.grant, "released by a person") if hold.is_down else ()
    return *down, released, *((SequencesReset(session.name, after.session_epoch, reset),) if is_set_back else ())


def _halt_released(state: State, session: Session, command: ReleaseHalt) -> tuple[Event, ...]:
    """Ours go on above all that was ever used by anybody's knowledge; the peer's word of it counts where the person takes it."""
    peer_expects = session.peer_expects if command.takes_numbers else 0
    next_sender = max(session.reserved_to + 1, session.halted_at, peer_expects)
    ahead = session.cl_ord_ids_ahead
    released = HaltReleased(
        **_said(session, command, Numbers(session.session_epoch, next_sender, session.next_target)),
        halt=session.halted,
        is_still_held=state.plans[session.name].kind is SessionKind.ORDERS,
        cl_ord_ids=ahead + CL_ORD_IDS_AHEAD if ahead else 0,
    )
    return *session_down(state, session.name, session.grant, "released by a person"), released


def _done(fact: type[SessionAct], session: Session, command: SessionCommand) -> SessionAct:
    """An act that changes no number."""
    return fact(**_said(session, command, session.numbers))


def _said(session: Session, command: SessionCommand, after: Numbers) -> dict[str, Any]:
    """What every act says."""
    return {
        "session": session.name,
        "client_order_id": command.client_order_id,
        "principal": command.principal,
        "asked": _asked(command),
        "reason": command.reason,
        "before": session.numbers,
        "after": after,
    }


def _refused(command: SessionCommand, refusal: Refusal, text: str) -> tuple[ActRefused]:
    return (ActRefused(command.client_order_id, command.principal, _asked(command), refusal, text),)


def _asked(command: SessionCommand) -> str:
    """All that the request says but its id: `SetNumbers session=BROKER reason=… next_sender=7`."""
    said = msgspec.structs.asdict(command)
    del said["principal"], said["client_order_id"]
    words = [f"{name}={value}" for name, value in said.items() if value is not None and value is not False]
    return " ".join([type(command).__name__, *words])


_ACTS: dict[type[SessionCommand], Callable[[State, Session, Any], tuple[Event, ...]]] = {
    LogOnSession: _log_on,
    LogOutSession: _log_out,
    EnableSession: _enable,
    DisableSession: _disable,
    SetNumbers: _set_numbers,
    ResetNumbers: _reset,
    ReleaseHalt: _release,
}
