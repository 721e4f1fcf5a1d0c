"""Sessions that are held or halted until a person has looked: why they come to be, and what that means for requests.

A hold that only keeps orders back leaves the session logged on: cancels pass, and questions. One that says `is_down` logs it off
and keeps it so. A halt of a venue's session takes two people: after the first the session logs on and is held, so that the venue
can be asked what it has; after the second orders pass. How both are released: gateway.administering.
"""

import msgspec

from gateway import guards, link
from gateway.alarm import LogonFailed
from gateway.breakers import NS_PER_S, counted_on, pause_ns, tripped
from gateway.cell import SessionKind
from gateway.hold import Hold
from gateway.sessions import LogonsPaused, LogonsResumed, Session, SessionHalted, SessionHeld
from gateway.state import State
from oms import deciding
from oms.domain.events import Event, ReportQuarantined
from oms.domain.refusal import Refusal


class HoldSession(msgspec.Struct, frozen=True, gc=False):
    """A breaker of the session has tripped."""

    session: str
    reason: str
    is_down: bool


class PauseLogons(msgspec.Struct, frozen=True, gc=False):
    """Too many logons of the session failed."""

    session: str


class ResumeLogons(msgspec.Struct, frozen=True, gc=False):
    """The session has waited long enough after too many failed logons."""

    session: str


def why_held(session: Session | None) -> tuple[Refusal, str] | None:
    """Why the session takes no new order and no replace; None where it does, and for a parent order, which is at no session."""
    if session is None or not (session.halted or session.hold):
        return None
    reason = session.halted or (session.hold.reason if session.hold else "")
    return Refusal.SESSION_HELD, f"session={session.name} {reason}"


def hold(state: State, command: HoldSession, _at_ns: int) -> tuple[SessionHeld, ...]:
    session = state.sessions[command.session]
    is_new = not session.halted and Hold(command.reason, is_down=command.is_down).is_above(session.hold)
    return (SessionHeld(session.name, command.reason, command.is_down),) if is_new else ()


def pause(state: State, command: PauseLogons, at_ns: int) -> tuple[LogonsPaused, ...]:
    session, breakers = state.sessions[command.session], state.plans[command.session].breakers
    wait_ns = pause_ns(state.counts[session.name], breakers)
    if not wait_ns or not session.is_open:
        return ()
    reason = f"{breakers.logons} logons within {breakers.logons_s} s failed: no other is tried for {wait_ns // NS_PER_S} s"
    return (LogonsPaused(session.name, reason, at_ns + wait_ns),)


def counted(state: State, event: Event) -> tuple[HoldSession | PauseLogons, ...]:
    """What a fact sets off that its session's breakers have counted."""
    name = counted_on(event)
    counts = state.counts.get(name)
    if counts is None:
        return ()
    breakers = state.plans[name].breakers
    found = tripped(counts, breakers, event)
    if found is not None:
        return (HoldSession(name, *found),)
    is_ours = isinstance(event, LogonFailed) and state.plans[name].kind is SessionKind.ORDERS  # A client comes when it likes.
    return (PauseLogons(name),) if is_ours and pause_ns(counts, breakers) else ()


def resume(state: State, command: ResumeLogons, at_ns: int) -> tuple[LogonsResumed, ...]:
    session = state.sessions[command.session]
    return (LogonsResumed(session.name),) if 0 < session.paused_until_ns <= at_ns else ()


def against(state: State, session: Session, raw: bytes) -> tuple[Event, ...]:
    """What a Logon(A), ResendRequest(2) or Logout(5) causes beside its number: the peer knows numbers that we do not."""
    if state.plans[session.name].kind is SessionKind.MARKET_DATA:
        return ()  # Its numbers begin anew at each logon.
    return _told_too_low(state, session, raw) or _asked_ahead(state, session, raw)


def knows_more(state: State, session: Session, caused: tuple[Event, ...]) -> tuple[Event, ...]:
    """What a report causes beside being set aside: it is about a ClOrdID(11) of ours that this journal never gave out.

    A database restored behind the venue looks like this where our numbers go on above the ones that were used: to the venue
    that is a gap, and no number is too low. We would give out the ClOrdID a second time.
    """
    event = caused[0] if caused else None
    if not isinstance(event, ReportQuarantined) or event.report is None:
        return ()
    number = state.book.number_of(event.report.cl_ord_id)
    if number <= state.book.cl_ord_ids_minted:
        return ()
    last = f"{state.book.prefix}{state.book.cl_ord_ids_minted:08d}"
    reason = f"the peer reports on our ClOrdID {event.report.cl_ord_id}, and the last one that we gave out is {last}"
    return _halted(state, session, reason, 0, number)


def is_too_low(state: State, session: Session, sent: link.Sent) -> tuple[Event, ...]:
    """Our FIX layer logs out over a number of a counterparty's that was used before, without PossDupFlag(43): it began anew, or
    was set back. It would only do so again at each logon."""
    told = guards.too_low(sent.raw)
    if told is None:
        return ()
    reason = f"the peer's MsgSeqNum is too low: we expect {told.expected or session.next_target}, and it was {told.received}"
    if session.halted or not Hold(reason, is_down=True).is_above(session.hold):
        return ()
    return *_doubts(state, session, reason), SessionHeld(session.name, reason, is_down=True)


def _told_too_low(state: State, session: Session, raw: bytes) -> tuple[Event, ...]:
    """The peer says in a Logout(5) that our number was used before: it knows more of us than we do."""
    told = guards.too_low(raw, session.last_sender)
    if told is None:
        return ()
    reason = f"the peer says that our MsgSeqNum is too low: it expects {told.expected or 'another'}, and ours was"
    return _halted(state, session, f"{reason} {told.received or session.last_sender} ({told.text!r})", told.expected)


def _asked_ahead(state: State, session: Session, raw: bytes) -> tuple[Event, ...]:
    """The peer asks for a number that we never used: it knows more of us than we do."""
    asked = guards.asks_ahead(raw, session.last_sender)
    if not asked:
        return ()
    return _halted(
        state, session, f"the peer asks for our MsgSeqNum {asked}, and the last one that we sent is {session.last_sender}", asked
    )


def _halted(state: State, session: Session, reason: str, peer_expects: int, cl_ord_ids: int = 0) -> tuple[Event, ...]:
    if session.halted:
        return ()
    halted = SessionHalted(session.name, reason, grant=session.grant, peer_expects=peer_expects, cl_ord_ids=cl_ord_ids)
    return *_doubts(state, session, reason), halted


def _doubts(state: State, session: Session, reason: str) -> tuple[Event, ...]:
    """Nobody knows what the peer has made of what we sent: every unanswered request is asked about when it logs on again."""
    doubts = [deciding.doubt(chain, request, reason) for chain, request in state.book.open_requests(session.name)]
    return tuple(doubt for doubt in doubts if doubt is not None)
