"""What a frame of a session's worker causes: its start, what it sent, dropped and received, and whether it is logged on."""

from collections.abc import Callable, Sequence
from typing import Any

from gateway import acting, holding, link, stopping
from gateway.alarm import LogonFailed
from gateway.cell import SessionKind
from gateway.client import worker_words
from gateway.codec import reading
from gateway.codec.message import message
from gateway.granting import filled_in_log, granted, granted_anew, left_in_log, trusts, why_halt
from gateway.inbound import Read, received, rejected
from gateway.session_acts import HaltLifted
from gateway.sessions import (
    AdminSent,
    GapFilled,
    MessageDropped,
    Phase,
    SenderReserved,
    SequencesReset,
    Session,
    SessionHalted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
)
from gateway.state import State
from oms import deciding
from oms.domain.acts import RequestMissed
from oms.domain.chain import WITH_VENUE, Chain, Request, RequestState
from oms.domain.events import (
    Event,
    MessageSent,
    ReportQuarantined,
    RequestDoubted,
    RequestNotSent,
)
from oms.domain.fields import MsgType

_MARKET_DATA = SessionKind.MARKET_DATA
_ASKED_AGAIN = "the peer asked for its number"
_REJECTS = frozenset({"3", "j"})
"""What our FIX layer sends by itself when it refuses a message: Reject(3), BusinessMessageReject(j)."""


def _hello(state: State, _session: Session, hello: link.Hello) -> tuple[Event, ...]:
    """A new start of a session's worker. Whatever its predecessor had in its hands is dropped with it."""
    used = hello.next_sender - 1 if trusts(state.sessions[hello.session], hello) else None
    return *_started(state, hello), *stopping.gone(state, hello.session, used)


def _started(state: State, hello: link.Hello) -> tuple[Event, ...]:
    """What the predecessor left unsaid, and the numbers to go on with."""
    session = state.sessions[hello.session]
    down = session_down(state, hello.session, session.grant, "worker replaced")
    if hello.halted and hello.halted == session.released:
        return (*down, HaltLifted(hello.session))
    halted = hello.halted or session.halted  # Whoever removed the file himself has told the journal nothing.
    if halted:
        return (*down, SessionHalted(hello.session, halted, hello.next_sender))
    if state.plans[hello.session].kind is SessionKind.MARKET_DATA:
        return (*down, granted_anew(session, hello))
    halt = why_halt(session, hello) or _told_by_another(state, session, hello)
    if halt:
        return (*down, SessionHalted(hello.session, halt, hello.next_sender, cl_ord_ids=_minted_by_another(state, hello)))
    outbox = state.outboxes.get(hello.session)
    if outbox is not None:
        return (*down, *worker_words.left_behind(state, session, hello), granted(session, hello, len(outbox.waiting)))
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


def _told_by_another(state: State, session: Session, hello: link.Hello) -> str:
    """Why the session must not log on: its log tells of what this journal never decided, and every intent is durable first.
    Once a person has released that halt, the log lies there until the next grant."""
    entries = hello.log.entries if hello.log is not None and not session.released else ()
    if hello.session in state.outboxes:
        unknown = next((f"what record {e.seq} says" for e in entries if e.seq > state.seq), "")
    else:
        unknown = next((f"order {e.root_id}" for e in entries if e.root_id and _is_unheard_of(state, e.root_id)), "")
    if not unknown:
        return ""
    return f"the session's sent.log tells of {unknown}, and this journal never had it: it was set back behind the peer"


def _is_unheard_of(state: State, root_id: str) -> bool:
    return state.book.order(root_id) is None and not state.book.is_forgotten(root_id)


def _minted_by_another(state: State, hello: link.Hello) -> int:
    """The highest number of a ClOrdID(11) of ours in the log that this journal never gave out; 0 where there is none such."""
    entries = hello.log.entries if hello.log is not None else ()
    highest = max((state.book.number_of(entry.cl_ord_id) for entry in entries), default=0)
    return highest if highest > state.book.cl_ord_ids_minted else 0


def _asked_again(
    state: State, session: Session, hello: link.Hello, sent: Sequence[MessageSent | AdminSent]
) -> list[RequestDoubted | RequestMissed]:
    """What the predecessor gap-filled: it may have died before it could tell, and the peer will not ask for it again."""
    ranges = [range(reading.count(message(entry.raw).msg_seq_num, 34), entry.msg_seq_num) for entry in filled_in_log(hello)]
    numbers = {
        e.cl_ord_id: e.msg_seq_num for e in sent if isinstance(e, MessageSent) and e.msg_type != MsgType.ORDER_STATUS_REQUEST.code
    }
    doubts: list[RequestDoubted | RequestMissed] = []
    for chain, request in state.book.open_requests(session.name):
        is_sent = request.state in WITH_VENUE and request.session_epoch == session.session_epoch
        number = numbers.get(request.cl_ord_id, request.msg_seq_num if is_sent else 0)
        if any(number in filled for filled in ranges):
            trusts_it = state.plans[session.name].trusts_resend_request and request.state is not RequestState.PENDING
            kind = RequestMissed if trusts_it else RequestDoubted
            doubts.append(kind(chain.root_id, request.cl_ord_id, _ASKED_AGAIN))
    return doubts


def session_down(state: State, session: str, grant: int, reason: str) -> tuple[Event, ...]:
    known = state.sessions[session]
    if known.grant != grant or known.phase is Phase.DOWN:
        return ()
    return (SessionLoggedOut(session, reason),)


def _logged_on(state: State, session: Session, _frame: link.LoggedOn) -> tuple[Event, ...]:
    if state.plans[session.name].kind is not SessionKind.ORDERS:  # What a client is to be told waits for nothing.
        return SessionLoggedOn(session.name), SessionReady(session.name)
    return (SessionLoggedOn(session.name),)


def _logged_out(state: State, session: Session, frame: link.LoggedOut) -> tuple[Event, ...]:
    if session.phase is Phase.DOWN:  # It got as far as a Logon(A). Shut by us meanwhile, that is no failure.
        return (LogonFailed(session.name, frame.text),) if session.is_open else ()
    return session_down(state, session.name, session.grant, f"logged out: {frame.text}" if frame.text else "logged out")


def _peer_reset(state: State, session: Session, _frame: link.PeerReset) -> tuple[Event, ...]:
    """Whatever was sent in the old epoch and not answered may have been forgotten with it."""
    doubts = [
        deciding.doubt(chain, request, "the peer reset the sequence numbers")
        for chain, request in state.book.open_requests(session.name)
    ]
    is_client = state.plans[session.name].kind is SessionKind.CLIENTS
    reason = "the peer's Logon had ResetSeqNumFlag(141)=Y"
    reset = SequencesReset(session.name, session.session_epoch + 1, reason, is_ours_too=is_client)
    if is_client and state.outboxes[session.name].has_forgotten_unheard:
        what = "the client reset the numbers and has not heard of reports that are not remembered: tell it of them"
        return reset, ReportQuarantined(session.name, what)
    return (*(d for d in doubts if d is not None), reset)


def _want_numbers(_state: State, session: Session, _frame: link.WantNumbers) -> tuple[Event, ...]:
    return (SenderReserved(session.name, session.reserved_to + link.BLOCK),)


def _sent(state: State, session: Session, frame: link.Sent) -> tuple[Event, ...]:
    """Handed over under this number. A gap-fill of ours puts every unanswered request in its range in doubt.

    The worker tells of messages in the order of their numbers, so whatever the gap-fill covers has been told before it.
    """
    name, epoch = session.name, session.session_epoch
    if state.plans[name].kind is _MARKET_DATA:
        return ()
    told = _told_sent(name, epoch, frame)
    if isinstance(told, MessageSent):
        return (told,)
    if frame.msg_type in _REJECTS:
        return (told, *rejected(state, session, frame))
    if frame.msg_type != link.SEQUENCE_RESET:
        return (told, *holding.is_too_low(state, session, frame))
    filled = GapFilled(name, frame.msg_seq_num, reading.count(message(frame.raw).new_seq_no, 36))
    doubts = [
        _doubt_of(state, chain, request)
        for chain, request in state.book.open_requests(name)
        if request.session_epoch == epoch and filled.begin_seq_no <= request.msg_seq_num < filled.new_seq_no
    ]
    again = (SessionLoggedOn(name),) if session.phase is Phase.LOGGED_ON else ()
    return (told, filled, *(d for d in doubts if d is not None), *again)  # Our TestRequest may have been in that range.


def _doubt_of(state: State, chain: Chain, request: Request) -> RequestDoubted | RequestMissed | None:
    """What it means for a request that the peer asked for its number again and will not get it."""
    if state.plans[chain.session].trusts_resend_request and request.state is RequestState.SENT:
        return RequestMissed(chain.root_id, request.cl_ord_id, _ASKED_AGAIN)
    return deciding.doubt(chain, request, _ASKED_AGAIN)


def _told_sent(session: str, session_epoch: int, told: link.Sent | link.Logged) -> MessageSent | AdminSent:
    """What is about no one order is no message of an order's, whether the worker tells of it or its log."""
    raw = told.raw.decode("latin-1")
    if not told.root_id:
        return AdminSent(session, session_epoch, told.msg_seq_num, told.msg_type, raw, told.cl_ord_id)
    return MessageSent(told.root_id, told.cl_ord_id, session, session_epoch, told.msg_seq_num, told.msg_type, raw)


def _not_sent(state: State, session: Session, frame: link.NotSent) -> tuple[Event, ...]:
    """The worker dropped it for good: it says so before the client has to ask. A dropped question is asked again at READY."""
    if frame.msg_type in acting.NEVER_ASKED_AGAIN:
        return (MessageDropped(session.name, frame.msg_type, frame.cl_ord_id, frame.reason),)
    chain = state.book.order(frame.root_id)
    request = chain.request(frame.cl_ord_id) if chain else None
    if request is None or request.state is not RequestState.INTENT or frame.msg_type == MsgType.ORDER_STATUS_REQUEST.code:
        return ()
    return (RequestNotSent(frame.root_id, frame.cl_ord_id, frame.reason),)


FRAMES: dict[type[link.FromWorker | Read], Callable[[State, Session, Any], tuple[Event, ...]]] = {
    link.Hello: _hello,
    link.Received: received,
    Read: received,
    link.Sent: _sent,
    link.LoggedOn: _logged_on,
    link.LoggedOut: _logged_out,
    link.NotSent: _not_sent,
    link.WantNumbers: _want_numbers,
    link.PeerReset: _peer_reset,
    link.Halted: stopping.answered,
}
