"""The order book's rules for what is asked of it. Pure; risk judges the outcome before it is applied."""

from msgspec.structs import replace

from oms import acts
from oms.book import Book
from oms.domain.chain import OPEN, WITH_VENUE, Chain, Request, RequestState
from oms.domain.commands import CancelOrder, ClientCommand, DecideAgain, PlaceOrder, ReplaceOrder
from oms.domain.events import (
    Answer,
    CancelRequested,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
)
from oms.domain.fields import MsgType, OrdType
from oms.domain.refusal import Refusal
from oms.domain.terms import PRICED, STOPPED, Terms
from oms.told import Answered

PIPELINED_MAX = 8
"""Replaces of one order that may wait for the venue's answer at once."""
_CAME_TO_NOTHING = frozenset({RequestState.REFUSED, RequestState.NOT_SENT})


def first_answer(book: Book, command: ClientCommand) -> Answered | None:
    """The answer that this very request has had before; None if it is new, or the id's payload differs."""
    known = book.answer(command.principal, command.client_order_id)
    return known if known is not None and _same_request(book, known.answer, command) else None


def place(book: Book, command: PlaceOrder, session: str, grant: int, at_ns: int) -> OrderPlaced | OrderRefused:
    """A new order for `session`; grant 0 says that the session cannot take it now."""
    terms = command.terms
    if book.answer(command.principal, command.client_order_id):
        return _refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    if terms.account not in command.accounts:
        return _refused(command, Refusal.NOT_ENTITLED, f"account={terms.account} principal={command.principal}")
    if is_expired(terms, at_ns):
        return _refused(command, Refusal.EXPIRED, f"{_passed(terms, at_ns)} at_ns={at_ns}")
    if not grant:
        return _refused(command, Refusal.SESSION_DOWN, f"session={session}")
    return OrderPlaced(
        root_id=book.mint(),
        client_order_id=command.client_order_id,
        principal=command.principal,
        session=session,
        grant=grant,
        terms=terms,
        parent_id=command.parent_id,
    )


def refuse(command: PlaceOrder, refusal: Refusal, text: str) -> OrderRefused:
    """The order never got as far as a session."""
    return _refused(command, refusal, text)


def cancel(book: Book, command: CancelOrder, chain: Chain | None, grant: int) -> CancelRequested | RequestRefused:
    """A cancel is refused only where there is nothing to cancel, or nobody to tell."""
    refusal = _request_refusal(book, command, chain, grant)
    if chain is None or refusal is not None:
        return _request_refused(command, chain, refusal or Refusal.UNKNOWN_ORDER, MsgType.ORDER_CANCEL_REQUEST, None)
    return CancelRequested(
        root_id=chain.root_id,
        cl_ord_id=book.mint(),
        orig_cl_ord_id=chain.last_version(),
        client_order_id=command.client_order_id,
        principal=command.principal,
        session=chain.session,
        grant=grant,
    )


def change(
    book: Book, command: ReplaceOrder, chain: Chain | None, grant: int, at_ns: int, pending_max: int = PIPELINED_MAX
) -> ReplaceRequested | RequestRefused:
    """A replace names the whole desired order (R9); nothing of it applies before the venue says so (R4)."""
    refusal = _request_refusal(book, command, chain, grant, pending_max)
    terms = None if chain is None else _replaced_terms(chain, command)
    if refusal is None and chain is not None:
        refusal = _price_refusal(chain.terms.ord_type, command)
    if refusal is None and terms is not None and is_expired(terms, at_ns):
        refusal = Refusal.EXPIRED
    if chain is None or terms is None or refusal is not None:
        refused = refusal or Refusal.UNKNOWN_ORDER
        return _request_refused(command, chain, refused, MsgType.ORDER_CANCEL_REPLACE_REQUEST, terms)
    return ReplaceRequested(
        root_id=chain.root_id,
        cl_ord_id=book.mint(),
        orig_cl_ord_id=chain.last_version(),
        client_order_id=command.client_order_id,
        principal=command.principal,
        session=chain.session,
        grant=grant,
        terms=terms,
    )


def reissue(book: Book, command: DecideAgain, grant: int, at_ns: int, age_ns_max: int) -> RequestReissued | RequestNotSent | None:
    """A request that never reached the venue: sent again while it still makes sense, else given up."""
    chain = book.known(command.root_id)
    request = chain.request(command.cl_ord_id)
    if request is None or request.state is not RequestState.INTENT or request.grant == grant:
        return None  # Answered in the meantime, or already on its way.
    reason = _why_not_again(chain, request, at_ns, age_ns_max)
    if reason:
        return RequestNotSent(chain.root_id, request.cl_ord_id, reason)
    return RequestReissued(chain.root_id, request.cl_ord_id, chain.session, grant)


def doubt(chain: Chain, request: Request, reason: str) -> RequestDoubted | None:
    """Evidence that the venue may not have a request that it has not answered."""
    if request.state not in WITH_VENUE:
        return None
    return RequestDoubted(chain.root_id, request.cl_ord_id, reason)


def is_expired(terms: Terms, at_ns: int) -> bool:
    """Its own deadline for being sent, or ExpireTime(126), until when the venue would keep it."""
    ours, theirs = terms.expire_at_ns, terms.instructions.expire_time_ns
    return (ours is not None and at_ns >= ours) or (theirs is not None and at_ns >= theirs)


def _same_request(book: Book, known: Answer, command: ClientCommand) -> bool:
    """Whether `command` is the request that `known` answered, word for word."""
    match command:
        case PlaceOrder():
            return isinstance(known, (OrderPlaced, OrderRefused)) and _same_order(known, command)
        case CancelOrder():
            return _is_about(book, known, MsgType.ORDER_CANCEL_REQUEST, command)
        case ReplaceOrder():
            if not _is_about(book, known, MsgType.ORDER_CANCEL_REPLACE_REQUEST, command):
                return False
            terms = known.terms if isinstance(known, (ReplaceRequested, RequestRefused)) else None
            return terms is None or _wants(terms, command)
        case _:
            return acts.is_repeated(known, command)


def _same_order(known: OrderPlaced | OrderRefused, command: PlaceOrder) -> bool:
    is_parent = known.is_parent if isinstance(known, OrderRefused) else not known.session
    return (known.terms, known.parent_id, is_parent) == (command.terms, command.parent_id, command.is_parent)


def _is_about(book: Book, known: Answer, msg_type: MsgType, command: CancelOrder | ReplaceOrder) -> bool:
    match known:
        case CancelRequested():
            kind = MsgType.ORDER_CANCEL_REQUEST
        case ReplaceRequested():
            kind = MsgType.ORDER_CANCEL_REPLACE_REQUEST
        case RequestRefused():
            kind = known.msg_type
        case _:
            return False
    chain = book.find(command.principal, command.root_id, command.orig_client_order_id)
    if isinstance(known, RequestRefused) and not known.root_id:
        return kind is msg_type and known.text == _named(command)  # There was no order, only the name of one.
    return kind is msg_type and chain is not None and known.root_id == chain.root_id


def _wants(terms: Terms, command: ReplaceOrder) -> bool:
    is_same = command.price in (None, terms.price) and command.stop_px in (None, terms.stop_px)
    is_same &= command.custom in ((), terms.instructions.custom)
    return is_same and (terms.order_qty, terms.expire_at_ns) == (command.order_qty, command.expire_at_ns)


def _request_refusal(
    book: Book, command: CancelOrder | ReplaceOrder, chain: Chain | None, grant: int, pending_max: int = PIPELINED_MAX
) -> Refusal | None:
    """Why a cancel or replace cannot be sent; None if it can."""
    if book.answer(command.principal, command.client_order_id):
        return Refusal.DUPLICATE_CLIENT_ORDER_ID
    if chain is None or chain.terms.account not in command.accounts:
        return Refusal.UNKNOWN_ORDER
    if not chain.is_live and not _reopens(chain, command):
        return Refusal.TOO_LATE
    if chain.pending(MsgType.ORDER_CANCEL_REQUEST) is not None:
        return Refusal.REQUEST_PENDING
    if isinstance(command, ReplaceOrder) and not _may_follow(chain, pending_max):  # A cancel is never held up by a replace.
        return Refusal.REQUEST_PENDING
    return None if grant else Refusal.SESSION_DOWN


def _price_refusal(ord_type: OrdType, command: ReplaceOrder) -> Refusal | None:
    """A replace changes the prices that the order has; it gives it no new ones."""
    if command.price is not None and ord_type not in PRICED:
        return Refusal.PRICE_ON_MARKET_ORDER
    if command.stop_px is not None and ord_type not in STOPPED:
        return Refusal.STOP_PX_ON_PLAIN_ORDER
    return None


def _reopens(chain: Chain, command: CancelOrder | ReplaceOrder) -> bool:
    """Filled is not final: a larger quantity opens the order again (R6). What ended otherwise has ended."""
    is_filled = chain.end is None and not chain.flags and chain.is_filled
    return is_filled and isinstance(command, ReplaceOrder) and command.order_qty > chain.cum_qty


def _may_follow(chain: Chain, pending_max: int) -> bool:
    """Replaces may be pipelined, each with the whole desired order (R9); not behind one of which nobody knows."""
    unanswered = [r.state for r in chain.requests[1:] if r.state in OPEN]
    return len(unanswered) < pending_max and RequestState.UNKNOWN not in unanswered


def _request_refused(
    command: CancelOrder | ReplaceOrder, chain: Chain | None, refusal: Refusal, msg_type: MsgType, terms: Terms | None
) -> RequestRefused:
    visible = chain is not None and chain.terms.account in command.accounts
    return RequestRefused(
        root_id=chain.root_id if chain is not None and visible else "",
        client_order_id=command.client_order_id,
        principal=command.principal,
        msg_type=msg_type,
        orig_client_order_id=command.orig_client_order_id,
        refusal=refusal,
        text=_named(command),
        terms=terms if visible else None,
    )


def _named(command: CancelOrder | ReplaceOrder) -> str:
    """The order as the client named it."""
    return f"order={command.root_id or command.orig_client_order_id}"


def _replaced_terms(chain: Chain, command: ReplaceOrder) -> Terms:
    terms = chain.terms
    return replace(
        terms,
        order_qty=command.order_qty,
        price=terms.price if command.price is None else command.price,
        stop_px=terms.stop_px if command.stop_px is None else command.stop_px,
        expire_at_ns=command.expire_at_ns,
        instructions=replace(terms.instructions, custom=command.custom) if command.custom else terms.instructions,
    )


def _why_not_again(chain: Chain, request: Request, at_ns: int, age_ns_max: int) -> str:
    """Why a request must not be sent again; empty if it may. A cancel is worth sending as long as its order lives."""
    if not chain.is_live:
        return "the order has ended"
    if request.msg_type is MsgType.ORDER_CANCEL_REQUEST:
        return ""
    if _is_superseded(chain, request):
        return "a later replace was asked for"
    if request.msg_type is MsgType.NEW_ORDER_SINGLE and chain.pending(MsgType.ORDER_CANCEL_REQUEST) is not None:
        return "withdrawn: its cancel was asked for before it was sent"
    if request.terms is not None and is_expired(request.terms, at_ns):
        return "expired"
    if at_ns - request.placed_at_ns > age_ns_max:
        return "too old to be sent again"
    return ""


def _is_superseded(chain: Chain, request: Request) -> bool:
    """Each replace carries the whole desired order (R9): sent after a later one, it would undo it."""
    *_, last = [r for r in chain.requests if r.terms is not None and r.state not in _CAME_TO_NOTHING] or [request]
    return request.msg_type is MsgType.ORDER_CANCEL_REPLACE_REQUEST and last.cl_ord_id != request.cl_ord_id


def _passed(terms: Terms, at_ns: int) -> str:
    """Which deadline it was."""
    if terms.expire_at_ns is not None and at_ns >= terms.expire_at_ns:
        return f"expire_at_ns={terms.expire_at_ns}"
    return f"expire_time_ns={terms.instructions.expire_time_ns}"


def _refused(command: PlaceOrder, refusal: Refusal, text: str) -> OrderRefused:
    return OrderRefused(
        client_order_id=command.client_order_id,
        principal=command.principal,
        terms=command.terms,
        refusal=refusal,
        text=text,
        parent_id=command.parent_id,
        is_parent=command.is_parent,
    )
