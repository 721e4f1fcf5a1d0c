"""What goes out to the FIX workers because of a fact: the frame, and the grant under which it may be sent."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway import link, stopping
from gateway.cell import SessionKind, SessionPlan
from gateway.client.outbox import Letter
from gateway.codec import writing
from gateway.codec.dialect import said
from gateway.codec.text import framed
from gateway.codec.version import Version
from gateway.facts import Fact
from gateway.session_acts import HoldReleased, LogOnAsked, LogOutAsked, NumbersSet, SessionDisabled, SessionEnabled
from gateway.session_event import SessionEvent
from gateway.sessions import (
    GapFilled,
    LogonsPaused,
    LogonsResumed,
    SenderReserved,
    SequencesReset,
    Session,
    SessionClosed,
    SessionGranted,
    SessionHalted,
    SessionHeld,
    SessionLoggedOn,
    SessionOpened,
)
from gateway.state import State
from oms.domain.acts import MassCancelRequested, RequestReleased, VenueAsked
from oms.domain.events import (
    CancelRequested,
    Event,
    MassStatusRequested,
    OrderPlaced,
    ReplaceRequested,
    ReportDismissed,
    RequestReissued,
    StatusRequested,
)
from oms.domain.fields import MsgType
from oms.domain.latches import Latched

TOLD_CHARS_MAX = 200
"""Of Text(58) in a Logout(5) of ours."""
_NEW_ORDER_SINGLE, _CANCEL_REQUEST = MsgType.NEW_ORDER_SINGLE, MsgType.ORDER_CANCEL_REQUEST


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """A frame for one session's worker; dropped unless the worker's link holds this very grant."""

    session: str
    grant: int
    frame: link.FromEngine


def effects(state: State, fact: Fact) -> Iterable[Outgoing]:
    """The frames that a durable fact releases. Most facts release none."""
    make = _EFFECTS.get(type(fact.event))
    made = () if make is None else make(state, fact, fact.event)
    if state.dialects:
        made = [_said(state, outgoing) for outgoing in made]
    return (*made, *_letters(state, fact)) if state.outboxes else made


def _said(state: State, outgoing: Outgoing) -> Outgoing:
    """In the words of the session's peer."""
    dialect, frame = state.dialects.get(outgoing.session), outgoing.frame
    if dialect is None or not isinstance(frame, link.Send):
        return outgoing
    return replace(outgoing, frame=replace(frame, text=said(dialect, frame.text)))


def _letters(state: State, fact: Fact) -> Iterable[Outgoing]:
    """What clients over FIX are told because of the fact.

    A report goes out under the grant that was there before its fact; a later grant finds it waiting, and lets it go itself.
    """
    event = fact.event
    for name, outbox in state.outboxes.items():
        grant = state.sessions[name].grant
        if isinstance(event, SessionGranted) and event.session == name:
            due = outbox.due_before(fact.seq)
            grant = fact.seq
        elif isinstance(event, (GapFilled, SequencesReset)) and event.session == name:
            due = outbox.due_again(fact.seq)
        else:
            due = outbox.due(fact.seq)
        if grant <= fact.seq:
            yield from (_letter(outbox.plan, grant, letter) for letter in due)


def _letter(plan: SessionPlan, grant: int, letter: Letter) -> Outgoing:
    poss_resend = "97=Y\x01" if letter.is_again else ""
    text = framed(plan.version.begin_string, letter.msg_type, poss_resend + letter.body)
    return Outgoing(plan.name, grant, link.Send(letter.seq, "", "", letter.msg_type, 0, text))


def _request(state: State, fact: Fact, event: OrderPlaced | CancelRequested | ReplaceRequested) -> Iterable[Outgoing]:
    if event.session and event.grant:  # A parent order is never sent, and a cancel that waits is sent when it is released.
        yield _send(state, fact, event.cl_ord_id, event.grant, poss_resend=False)


def _again(state: State, fact: Fact, event: RequestReissued) -> Iterable[Outgoing]:
    yield _send(state, fact, event.cl_ord_id, event.grant, poss_resend=True)


def _released(state: State, fact: Fact, event: RequestReleased) -> Iterable[Outgoing]:
    yield _send(state, fact, event.cl_ord_id, event.grant, poss_resend=False)


def _status(state: State, fact: Fact, event: StatusRequested | VenueAsked) -> Iterable[Outgoing]:
    assert fact.chain is not None
    cl_ord_id = event.cl_ord_id if isinstance(event, StatusRequested) else event.asked
    text = writing.order_status_request(_version(state, event.session), cl_ord_id, fact.chain.terms)
    send = link.Send(fact.seq, cl_ord_id, event.root_id, MsgType.ORDER_STATUS_REQUEST.code, 0, text)
    yield Outgoing(event.session, event.grant, send)


def _mass_cancel(state: State, fact: Fact, event: MassCancelRequested) -> Iterable[Outgoing]:
    for session, grant in event.native:
        version = _version(state, session)
        text = writing.order_mass_cancel_request(version, event.cl_ord_id, fact.at_ns, symbol=event.symbol, side=event.side)
        yield Outgoing(session, grant, link.Send(fact.seq, event.cl_ord_id, "", writing.ORDER_MASS_CANCEL_REQUEST, 0, text))


def _mass_status(state: State, fact: Fact, event: MassStatusRequested) -> Iterable[Outgoing]:
    """It has no ClOrdID(11), and the frame names none: what does is a mass cancel."""
    text = writing.order_mass_status_request(_version(state, event.session), event.mass_status_req_id)
    yield Outgoing(event.session, event.grant, link.Send(fact.seq, "", "", writing.ORDER_MASS_STATUS_REQUEST, 0, text))


def _dont_know(state: State, fact: Fact, event: ReportDismissed) -> Iterable[Outgoing]:
    if event.dk_reason is not None and event.report is not None:
        text = writing.dont_know_trade(_version(state, event.session), event.report, event.dk_reason, event.reason)
        yield Outgoing(event.session, event.grant, link.Send(fact.seq, "", "", writing.DONT_KNOW_TRADE, 0, text))


def _grant(state: State, fact: Fact, event: SessionGranted) -> Iterable[Outgoing]:
    is_open = state.sessions[event.session].is_open
    frame = link.Grant(fact.seq, event.session_epoch, event.next_sender, event.next_target, event.reserved_to, is_open)
    yield Outgoing(event.session, fact.seq, frame)


def _standing(state: State, _fact: Fact, event: SessionEvent) -> Iterable[Outgoing]:
    """Whether the session may log on by now, whatever of its hours, of what was asked or of what keeps it out has changed."""
    session = state.sessions[event.session]
    yield Outgoing(event.session, session.grant, link.LogOn() if session.is_open else _log_off(session))


def _log_off(session: Session) -> link.LogOff:
    """What the peer is told, where it has to do with it."""
    reason = session.halted or (session.hold.reason if session.hold is not None and session.hold.is_down else "")
    told = "".join(filter(str.isprintable, reason.encode("ascii", "replace").decode()))[:TOLD_CHARS_MAX]
    return link.LogOff(told) if told else link.LogOff()


def _let_go(state: State, fact: Fact, event: HoldReleased) -> Iterable[Outgoing]:
    """One that was down starts again (gateway.links)."""
    return () if event.was_down else _standing(state, fact, event)


def _stop(_state: State, _fact: Fact, event: NumbersSet) -> Iterable[Outgoing]:
    """The worker ends, and is started again by whoever looks after it: it takes numbers at its start alone."""
    yield Outgoing(event.session, event.grant, link.Stop())


def _anew(state: State, _fact: Fact, event: SequencesReset) -> Iterable[Outgoing]:
    if event.is_ours_too:
        session = state.sessions[event.session]
        yield Outgoing(event.session, session.grant, link.Anew(event.session_epoch, session.reserved_to))


def _reserve(state: State, fact: Fact, event: SenderReserved) -> Iterable[Outgoing]:
    yield Outgoing(event.session, state.sessions[event.session].grant, link.Reserve(event.reserved_to))


def _after_logon(state: State, fact: Fact, event: SessionLoggedOn) -> Iterable[Outgoing]:
    """Orders: prove that nothing is missing. Market data: ask for the prices."""
    plan, grant, seq = state.plans[event.session], state.sessions[event.session].grant, fact.seq
    if plan.kind is SessionKind.ORDERS:
        test = writing.test_request(plan.version, str(seq))
        yield Outgoing(plan.name, grant, link.Send(seq, "", "", "1", 0, test))
        return
    for symbol in plan.symbols:
        request = writing.market_data_request(plan.version, f"{seq}-{symbol}", symbol)
        yield Outgoing(plan.name, grant, link.Send(seq, "", "", "V", 0, request))


def _halt(state: State, fact: Fact, event: Latched) -> Iterable[Outgoing]:
    for session, grant, frame in stopping.halts(state, event, fact.seq):
        yield Outgoing(session, grant, frame)


_EFFECTS: dict[type[Event], Callable[[State, Fact, Any], Iterable[Outgoing]]] = {
    OrderPlaced: _request,
    CancelRequested: _request,
    ReplaceRequested: _request,
    RequestReissued: _again,
    RequestReleased: _released,
    StatusRequested: _status,
    VenueAsked: _status,
    MassCancelRequested: _mass_cancel,
    ReportDismissed: _dont_know,
    MassStatusRequested: _mass_status,
    SessionGranted: _grant,
    SenderReserved: _reserve,
    SequencesReset: _anew,
    SessionOpened: _standing,
    SessionClosed: _standing,
    LogOnAsked: _standing,
    LogOutAsked: _standing,
    SessionEnabled: _standing,
    SessionDisabled: _standing,
    SessionHeld: _standing,
    SessionHalted: _standing,
    LogonsPaused: _standing,
    LogonsResumed: _standing,
    HoldReleased: _let_go,
    NumbersSet: _stop,
    SessionLoggedOn: _after_logon,
    Latched: _halt,
}


def _version(state: State, session: str) -> Version:
    return state.plans[session].version


def _send(state: State, fact: Fact, cl_ord_id: str, grant: int, *, poss_resend: bool) -> Outgoing:
    """The request as FIX text. What it says is what the chain said when the request was made."""
    chain = fact.chain
    assert chain is not None
    request = chain.request(cl_ord_id)
    assert request is not None
    version = _version(state, chain.session)
    terms = request.terms or chain.terms
    if request.msg_type is _NEW_ORDER_SINGLE:
        text = writing.new_order_single(version, cl_ord_id, terms, fact.at_ns, poss_resend=poss_resend)
    elif request.msg_type is _CANCEL_REQUEST:
        order_id = chain.order_id if chain.is_adopted else ""
        text = writing.order_cancel_request(
            version, cl_ord_id, request.orig_cl_ord_id, terms, fact.at_ns, order_id=order_id, poss_resend=poss_resend
        )
    else:
        text = writing.order_cancel_replace_request(
            version, cl_ord_id, request.orig_cl_ord_id, terms, fact.at_ns, poss_resend=poss_resend
        )
    expire_at_ns = 0 if request.terms is None else request.terms.expire_at_ns or 0
    return Outgoing(
        chain.session, grant, link.Send(fact.seq, cl_ord_id, chain.root_id, request.msg_type.code, expire_at_ns, text)
    )
