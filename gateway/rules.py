"""What each command causes, over the whole state: the order book's rules, risk's verdict, and the sessions' own rules.

Pure: `decide(state, command, at_ns)` returns facts and changes nothing; `react(state, event)` returns the commands that a fact
sets off, which go through the same inbox as everybody's.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway import link
from gateway.cell import SessionKind
from gateway.codec import reading
from gateway.codec.message import message
from gateway.inbound import received, rejected
from gateway.sessions import (
    AdminSent,
    GapFilled,
    Phase,
    SenderReserved,
    Session,
    SessionHalted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
    filled_in_log,
    granted,
    granted_anew,
    left_in_log,
    trusts,
    why_halt,
)
from gateway.state import State
from oms import deciding, ladder
from oms.domain.chain import WITH_VENUE, RequestState
from oms.domain.commands import AskStatus, CancelOrder, DecideAgain, LookAfter, PlaceOrder, ReplaceOrder
from oms.domain.events import (
    Event,
    ExecutionReported,
    MessageSent,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
)
from oms.domain.fields import ExecType, MsgType
from oms.domain.refusal import Refusal
from risk.review import review


class FromLink(msgspec.Struct, frozen=True, gc=False):
    """A frame of a session's worker, with the grant that its link holds (0 before the first)."""

    session: str
    grant: int
    frame: link.FromWorker


class LinkLost(msgspec.Struct, frozen=True, gc=False):
    """The worker's socket closed: the worker is dead, or ends at once."""

    session: str
    grant: int


_REJECTS = frozenset({"3", "j"})
"""What our FIX layer sends by itself when it refuses a message: Reject(3), BusinessMessageReject(j)."""
_STATUS_REQUEST = MsgType.ORDER_STATUS_REQUEST.code
_PRICE_TO_COME = frozenset({Refusal.NO_REFERENCE_PX, Refusal.STALE_REFERENCE_PX})

Command = PlaceOrder | CancelOrder | ReplaceOrder | DecideAgain | AskStatus | LookAfter | FromLink | LinkLost


def decide(state: State, command: Command, at_ns: int) -> tuple[Event, ...]:
    """What `command` causes. A refusal is an event like any other."""
    return DECISIONS[type(command)](state, command, at_ns)


def react(state: State, event: Event) -> tuple[Command, ...]:
    """The commands that a fact sets off. Most facts set off none."""
    reaction = _REACTIONS.get(type(event))
    return () if reaction is None else reaction(state, event)


def _place(state: State, command: PlaceOrder, at_ns: int) -> tuple[OrderPlaced | OrderRefused]:
    terms = command.terms
    session = state.cell.account_sessions.get(terms.account)
    if session is None:
        return (deciding.refuse(command, Refusal.UNKNOWN_ACCOUNT, f"account={terms.account}"),)
    event = deciding.place(state.book, command, session, state.grant_if_ready(session), at_ns)
    if isinstance(event, OrderRefused):
        return (event,)
    verdict, decision = review(terms, state.cell.policy, state.quotes, at_ns)
    if verdict is None:
        return (replace(event, decision=decision),)
    return (replace(deciding.refuse(command, *verdict), decision=decision),)


def _cancel(state: State, command: CancelOrder, _at_ns: int) -> tuple[Event, ...]:
    """A cancel never overtakes an order that is still to be sent: that order is withdrawn instead."""
    chain = state.book.find(command.principal, command.root_id, command.orig_client_order_id)
    event = deciding.cancel(state.book, command, chain, state.grant_if_ready(chain.session) if chain else 0)
    if chain is None or isinstance(event, RequestRefused) or not is_undecided(state, DecideAgain(chain.root_id, chain.root_id)):
        return (event,)
    return event, RequestNotSent(chain.root_id, chain.root_id, "withdrawn: its cancel was asked for before it was sent")


def _replace(state: State, command: ReplaceOrder, at_ns: int) -> tuple[ReplaceRequested | RequestRefused]:
    return (_change(state, command, at_ns),)


def _change(state: State, command: ReplaceOrder, at_ns: int) -> ReplaceRequested | RequestRefused:
    chain = state.book.find(command.principal, command.root_id, command.orig_client_order_id)
    grant = state.grant_if_ready(chain.session) if chain else 0
    event = deciding.change(state.book, command, chain, grant, at_ns)
    if isinstance(event, RequestRefused):
        return event
    verdict, decision = review(event.terms, state.cell.policy, state.quotes, at_ns)
    if verdict is None:
        return replace(event, decision=decision)
    return RequestRefused(
        root_id=event.root_id,
        client_order_id=event.client_order_id,
        principal=event.principal,
        msg_type=MsgType.ORDER_CANCEL_REPLACE_REQUEST,
        orig_client_order_id=command.orig_client_order_id,
        refusal=verdict[0],
        text=verdict[1],
        terms=event.terms,
        decision=decision,
    )


def _decide_again(state: State, command: DecideAgain, at_ns: int) -> tuple[Event, ...]:
    """Re-issue only if risk passes as well, asked afresh."""
    chain = state.book.chains[command.root_id]
    grant = state.grant_if_ready(chain.session)
    if not grant:
        return ()  # The session's next READY asks again.
    event = deciding.reissue(state.book, command, grant, at_ns, state.cell.reissue_age_ms_max * 1_000_000)
    if not isinstance(event, RequestReissued):
        return (event,) if event else ()
    request = chain.request(command.cl_ord_id)
    if request is None or request.terms is None:
        return (event,)  # A cancel: risk never stands in its way.
    verdict, decision = review(request.terms, state.cell.policy, state.quotes, at_ns)
    if verdict is not None and verdict[0] in _PRICE_TO_COME:
        return ()  # Asked again until there is a price, or the request is too old.
    if verdict is not None:
        return (RequestNotSent(chain.root_id, request.cl_ord_id, f"{verdict[0].value} {verdict[1]}"),)
    return (replace(event, decision=decision),)


def is_undecided(state: State, command: DecideAgain) -> bool:
    """Whether the request could be decided now but for a market price: the orders session is often there before the prices."""
    chain = state.book.chains[command.root_id]
    request, grant = chain.request(command.cl_ord_id), state.grant_if_ready(chain.session)
    return bool(grant) and request is not None and request.state is RequestState.INTENT and request.grant != grant


def _ask_status(state: State, command: AskStatus, at_ns: int) -> tuple[Event, ...]:
    grant = state.grant_if_ready(state.book.chains[command.root_id].session)
    asked = ladder.ask(state.book, command, grant, at_ns) if grant else None
    return (asked,) if asked else ()


def _look_after(state: State, command: LookAfter, at_ns: int) -> tuple[Event, ...]:
    plan, grant = state.plans.get(command.session), state.grant_if_ready(command.session)
    takes_mass_status = plan is not None and plan.mass_status
    return ladder.look(state.book, command.session, grant, at_ns, takes_mass_status=takes_mass_status)


def _link_lost(state: State, command: LinkLost, _at_ns: int) -> tuple[Event, ...]:
    return _session_down(state, command.session, command.grant, "worker gone")


def _from_link(state: State, command: FromLink, _at_ns: int) -> tuple[Event, ...]:
    frame, session = command.frame, state.sessions[command.session]
    if command.grant != session.grant and type(frame) is not link.Hello:
        return ()  # A worker that has been replaced: its numbers are not ours any more.
    return FRAMES[type(frame)](state, session, frame)


def _hello(state: State, _session: Session, hello: link.Hello) -> tuple[Event, ...]:
    """A new start of a session's worker: what its predecessor left unsaid, and the numbers to go on with."""
    session = state.sessions[hello.session]
    down = _session_down(state, hello.session, session.grant, "worker replaced")
    if state.plans[hello.session].kind is SessionKind.MARKET_DATA:
        return (*down, granted_anew(session, hello))
    halt = why_halt(session, hello)
    if halt:
        return (*down, SessionHalted(hello.session, halt))
    grant = granted(session, hello)
    if session.grant == 0:
        return (*down, grant)
    if not trusts(session, hello):
        requests = state.book.open_requests(hello.session)
        doubts = [
            RequestDoubted(chain.root_id, request.cl_ord_id, "sent.log not trusted")
            for chain, request in requests
            if request.state in WITH_VENUE or (request.state is RequestState.INTENT and request.grant)
        ]
        return (*down, *doubts, grant)
    sent = [_told_sent(hello.session, session.session_epoch, entry) for entry in left_in_log(session, hello)]
    return (*down, *sent, *_asked_again(state, session, hello, sent), grant)


def _asked_again(state: State, session: Session, hello: link.Hello, sent: list[MessageSent | AdminSent]) -> list[RequestDoubted]:
    """What the predecessor gap-filled: it may have died before it could tell, and the peer will not ask for it again."""
    ranges = [range(reading.count(message(entry.raw).msg_seq_num, 34), entry.msg_seq_num) for entry in filled_in_log(hello)]
    numbers = {e.cl_ord_id: e.msg_seq_num for e in sent if isinstance(e, MessageSent) and e.msg_type != _STATUS_REQUEST}
    doubts: list[RequestDoubted] = []
    for chain, request in state.book.open_requests(session.name):
        is_sent = request.state in WITH_VENUE and request.session_epoch == session.session_epoch
        number = numbers.get(request.cl_ord_id, request.msg_seq_num if is_sent else 0)
        if any(number in filled for filled in ranges):
            doubts.append(RequestDoubted(chain.root_id, request.cl_ord_id, "the peer asked for its number"))
    return doubts


def _session_down(state: State, session: str, grant: int, reason: str) -> tuple[Event, ...]:
    known = state.sessions[session]
    if known.grant != grant or known.phase is Phase.DOWN:
        return ()
    return (SessionLoggedOut(session, reason),)


def _logged_on(state: State, session: Session, _frame: link.LoggedOn) -> tuple[Event, ...]:
    if state.plans[session.name].kind is SessionKind.MARKET_DATA:
        return SessionLoggedOn(session.name), SessionReady(session.name)
    return (SessionLoggedOn(session.name),)


def _logged_out(state: State, session: Session, _frame: link.LoggedOut) -> tuple[Event, ...]:
    return _session_down(state, session.name, session.grant, "logged out")


def _want_numbers(_state: State, session: Session, _frame: link.WantNumbers) -> tuple[Event, ...]:
    return (SenderReserved(session.name, session.reserved_to + link.BLOCK),)


def _sent(state: State, session: Session, frame: link.Sent) -> tuple[Event, ...]:
    """Handed over under this number. A gap-fill of ours puts every unanswered request in its range in doubt.

    The worker tells of messages in the order of their numbers, so whatever the gap-fill covers has been told before it.
    """
    name, epoch = session.name, session.session_epoch
    if state.plans[name].kind is SessionKind.MARKET_DATA:
        return ()
    told = _told_sent(name, epoch, frame)
    if isinstance(told, MessageSent):
        return (told,)
    if frame.msg_type in _REJECTS:
        return (told, *rejected(state, session, frame))
    if frame.msg_type != link.SEQUENCE_RESET:
        return (told,)
    filled = GapFilled(name, frame.msg_seq_num, reading.count(message(frame.raw).new_seq_no, 36))
    doubts = [
        deciding.doubt(chain, request, "the peer asked for its number")
        for chain, request in state.book.open_requests(name)
        if request.session_epoch == epoch and filled.begin_seq_no <= request.msg_seq_num < filled.new_seq_no
    ]
    again = (SessionLoggedOn(name),) if session.phase is Phase.LOGGED_ON else ()
    return (told, filled, *(d for d in doubts if d is not None), *again)  # Our TestRequest may have been in that range.


def _told_sent(session: str, session_epoch: int, told: link.Sent | link.Logged) -> MessageSent | AdminSent:
    """A message about no order, such as a question for all of them, is a fact of the session."""
    raw = told.raw.decode("latin-1")
    if not told.root_id:
        return AdminSent(session, session_epoch, told.msg_seq_num, told.msg_type, raw)
    return MessageSent(told.root_id, told.cl_ord_id, session, session_epoch, told.msg_seq_num, told.msg_type, raw)


def _not_sent(state: State, _session: Session, frame: link.NotSent) -> tuple[Event, ...]:
    """The worker dropped it for good: it says so before the client has to ask. A dropped question is asked again."""
    chain = state.book.chains.get(frame.root_id)
    request = chain.request(frame.cl_ord_id) if chain else None
    if request is None or request.state is not RequestState.INTENT or frame.msg_type == _STATUS_REQUEST:
        return ()
    return (RequestNotSent(frame.root_id, frame.cl_ord_id, frame.reason),)


def _resolve_all(state: State, event: SessionReady) -> tuple[Command, ...]:
    """At READY, every request without an answer is either on its way, decided again, or asked about."""
    grant = state.sessions[event.session].grant
    commands: list[Command] = []
    for chain, request in state.book.open_requests(event.session):
        if request.state is RequestState.INTENT and request.grant != grant:
            commands.append(DecideAgain(chain.root_id, request.cl_ord_id))
        elif request.state is RequestState.UNKNOWN:
            commands.append(AskStatus(chain.root_id, request.cl_ord_id))
    doubts = state.book.doubts.get(event.session)
    return *commands, *((LookAfter(event.session),) if doubts is not None and doubts.unconfirmed else ())


def _ask(_state: State, event: RequestDoubted) -> tuple[Command, ...]:
    return (AskStatus(event.root_id, event.cl_ord_id),)


def _unsent_after_status(state: State, event: ExecutionReported) -> tuple[Command, ...]:
    """A status report showed that a request never arrived."""
    if event.report.exec_type is not ExecType.ORDER_STATUS:
        return ()
    chain = state.book.chains[event.root_id]
    return tuple(
        DecideAgain(chain.root_id, r.cl_ord_id) for r in chain.requests if r.state is RequestState.INTENT and not r.grant
    )


DECISIONS: dict[type[Command], Callable[[State, Any, int], tuple[Event, ...]]] = {
    FromLink: _from_link,
    PlaceOrder: _place,
    CancelOrder: _cancel,
    ReplaceOrder: _replace,
    DecideAgain: _decide_again,
    AskStatus: _ask_status,
    LookAfter: _look_after,
    LinkLost: _link_lost,
}

FRAMES: dict[type[link.FromWorker], Callable[[State, Session, Any], tuple[Event, ...]]] = {
    link.Hello: _hello,
    link.Received: received,
    link.Sent: _sent,
    link.LoggedOn: _logged_on,
    link.LoggedOut: _logged_out,
    link.NotSent: _not_sent,
    link.WantNumbers: _want_numbers,
}

_REACTIONS: dict[type[Event], Callable[[State, Any], tuple[Command, ...]]] = {
    SessionReady: _resolve_all,
    RequestDoubted: _ask,
    ExecutionReported: _unsent_after_status,
}
