"""Parent orders: held here, never sent, and worked by child orders that name them. One generation of each.

A parent is a chain without a session. It has no life of its own: what traded, what is left and whether it has ended are rolled up
from its children whenever somebody looks, so that no second number could disagree with theirs. Pure.
"""

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from oms.book import Book
from oms.domain.chain import OPEN, Chain, End, RequestState
from oms.domain.commands import CancelChild, PlaceOrder
from oms.domain.fields import MsgType
from oms.domain.numbers import ZERO, plain
from oms.domain.refusal import Refusal

NEVER_SENT = -1
"""The grant of a parent's requests: no worker holds it."""
OURSELVES = "fixgate"
"""The principal of cancels that we ask for because a parent was canceled. No certificate names it."""

Verdict = tuple[Refusal, str]


def is_parent(chain: Chain) -> bool:
    return not chain.session


def children(book: Book, parent: Chain) -> list[Chain]:
    """Oldest first."""
    return [book.known(root_id) for root_id in book.children.get(parent.root_id, ())]


def as_it_stands(book: Book, chain: Chain) -> Chain:
    """The order, rolled up if it is a parent."""
    return chain if chain.session else rolled_up(chain, children(book, chain))


def rolled_up(parent: Chain, family: Iterable[Chain]) -> Chain:
    """The parent with what its children traded. Its last version is in force; canceled, it ends when no child may trade."""
    family = tuple(family)
    living = [child for child in family if committed_qty(child) > child.cum_qty]
    is_ending = bool(living) and all(child.pending(MsgType.ORDER_CANCEL_REQUEST) is not None for child in living)
    cancel_state = RequestState.PENDING if is_ending else RequestState.DONE
    *_, last = [request for request in parent.requests if request.terms is not None]
    assert last.terms is not None
    return replace(
        parent,
        terms=last.terms,
        accepted=last.cl_ord_id,
        requests=tuple(replace(r, state=cancel_state if r.terms is None else RequestState.DONE) for r in parent.requests),
        cum_qty=sum((child.cum_qty for child in family), ZERO),
        cum_value=sum((child.cum_value for child in family), ZERO),
        end=End.CANCELED if is_canceled(parent) and not living else None,
    )


def committed_qty(child: Chain) -> Decimal:
    """The most that a child may have traded in the end: requests without an answer count as done."""
    asked = [request.terms.order_qty for request in child.requests if request.terms is not None and request.state in OPEN]
    return max(child.cum_qty, child.terms.order_qty if child.is_live else ZERO, *asked)


def unplaced_qty(parent: Chain, family: Iterable[Chain]) -> Decimal:
    """What can still be given to children; below zero where they traded, or may trade, too much."""
    *_, last = [request.terms for request in parent.requests if request.terms is not None]
    return last.order_qty - sum((committed_qty(child) for child in family), ZERO)


def is_canceled(parent: Chain) -> bool:
    """Whether its cancel was asked for. It is taken at once, whatever becomes of the children: there is no way back."""
    return any(request.msg_type is MsgType.ORDER_CANCEL_REQUEST for request in parent.requests)


def keep_live(book: Book, chain: Chain) -> None:
    """A parent is live as long as its roll-up is: called when it, or a child of it, has changed."""
    parent = chain if is_parent(chain) else book.order(chain.parent_id)
    if parent is None or (not is_parent(chain) and chain.root_id in book.live and parent.root_id in book.live):
        return  # As most facts about families leave it.
    if as_it_stands(book, parent).is_live:
        book.live.setdefault(parent.root_id, None)
    else:
        book.live.pop(parent.root_id, None)


def why_not_placed(book: Book, command: PlaceOrder) -> Verdict | None:
    """Why an order cannot be a child of the parent that it names."""
    terms, named = command.terms, f"parent={command.parent_id}"
    parent = book.order(command.parent_id)
    if parent is None or not is_parent(parent) or parent.terms.account not in command.accounts:
        return Refusal.UNKNOWN_PARENT, named
    if (terms.symbol, terms.side) != (parent.terms.symbol, parent.terms.side):
        theirs = f"parent_symbol={parent.terms.symbol} parent_side={parent.terms.side.name}"
        return Refusal.PARENT_DIFFERS, f"symbol={terms.symbol} side={terms.side.name} {theirs}"
    if is_canceled(parent):
        return Refusal.TOO_LATE, named
    return _exceeded(terms.order_qty, unplaced_qty(parent, children(book, parent)), named)


def why_not_replaced(book: Book, chain: Chain, order_qty: Decimal) -> Verdict | None:
    """Why a parent or a child cannot have this quantity. A child can always have less."""
    if is_parent(chain):
        committed = sum((committed_qty(child) for child in children(book, chain)), ZERO)
        if is_canceled(chain):
            return Refusal.TOO_LATE, f"order={chain.root_id}"
        return _exceeded(committed, order_qty, f"order={chain.root_id}")
    more = order_qty - committed_qty(chain)
    if not chain.parent_id or more <= ZERO:
        return None
    parent, named = book.known(chain.parent_id), f"parent={chain.parent_id}"
    if is_canceled(parent):
        return Refusal.TOO_LATE, named
    return _exceeded(more, unplaced_qty(parent, children(book, parent)), named)


def cancels_due(book: Book, parent: Chain) -> tuple[CancelChild, ...]:
    """The children of a canceled parent that may still trade and whose cancel is not on its way."""
    if not is_parent(parent) or not is_canceled(parent):
        return ()
    living = [child for child in children(book, parent) if committed_qty(child) > child.cum_qty]
    return tuple(CancelChild(c.root_id) for c in living if c.pending(MsgType.ORDER_CANCEL_REQUEST) is None)


def _exceeded(wanted: Decimal, available: Decimal, named: str) -> Verdict | None:
    if wanted <= available:
        return None
    return Refusal.PARENT_QTY_EXCEEDED, f"{named} children_qty={plain(wanted)} available_qty={plain(available)}"
