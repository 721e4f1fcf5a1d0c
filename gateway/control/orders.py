"""Orders as the contract shows them, and the pages in which they are listed."""

from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from gateway.api.v1 import order_pb2
from gateway.control import instructions
from gateway.control.codes import MSG_TYPES, ORD_STATUSES, ORD_TYPES, REQUEST_STATES, SIDES, TIMES_IN_FORCE
from gateway.control.order_events import avg_px_of
from gateway.control.searching import Wanted
from gateway.state import State
from oms import family
from oms.book import Book
from oms.domain.chain import Chain, Request
from oms.domain.events import OrderPlaced, OrderRefused, ReplaceRequested, RequestRefused
from oms.domain.fields import Side
from oms.domain.numbers import ZERO, plain
from oms.domain.terms import Decision, Terms
from risk.case import NS_PER_MS, order_notional

SCAN_ORDERS = 10_000
"""A page looks at no more orders than this: the engine's loop is waiting."""
_AT_REST_WEIGHT = 10
"""An order at rest takes as long to look at as so many that are not."""
_NS_PER_S = 1_000_000_000


class Seen(msgspec.Struct, frozen=True):
    """An order as the engine has it, with what risk judged each of its requests by."""

    chain: Chain
    decisions: tuple[Decision | None, ...]
    multiplier: Decimal
    """Of the order's instrument."""
    children: tuple[Chain, ...] = ()
    is_unconfirmed: bool = False


class Page(msgspec.Struct, frozen=True):
    """Some orders, newest first, and the number of the order before which the next page begins; None after the last."""

    orders: tuple[Seen, ...]
    next_before: int | None


def seen(state: State, chain: Chain) -> Seen:
    """The order as it stands with its decisions, which stand in the answers to its requests."""
    book, instrument = state.book, state.cell.policy.instruments.get(chain.terms.symbol)
    multiplier = Decimal(1) if instrument is None else instrument.multiplier
    decisions = tuple(_decision(book, request) for request in chain.requests)
    if not family.is_parent(chain):
        return Seen(chain, decisions, multiplier, is_unconfirmed=book.is_unconfirmed(chain))
    children = tuple(family.children(book, chain))
    return Seen(family.rolled_up(chain, children), decisions, multiplier, children)


def page(state: State, wanted: Wanted, size: int, before: int | None) -> Page:
    """The `size` newest matching orders whose number is below `before`."""
    book = state.book
    found: list[Seen] = []
    looked_at, last = 0, ""
    for root_id in _newest_first(book, before, only_live=wanted.only_live):
        if len(found) == size or looked_at >= SCAN_ORDERS:
            return Page(tuple(found), book.number_of(last))
        looked_at, last = looked_at + (1 if root_id in book.chains else _AT_REST_WEIGHT), root_id
        chain = book.order(root_id)
        if chain is not None and wanted.matches(book, family.as_it_stands(book, chain)):
            found.append(seen(state, chain))
    return Page(tuple(found), None)


def order(known: Seen) -> order_pb2.Order:
    """In the contract's words."""
    chain, terms, first = known.chain, known.chain.terms, known.chain.requests[0]
    shown = order_pb2.Order(
        root_id=chain.root_id,
        client_order_id=first.client_order_id,
        principal=first.principal,
        account=terms.account,
        symbol=terms.symbol,
        side=SIDES[terms.side],
        ord_type=ORD_TYPES[terms.ord_type],
        order_qty=plain(terms.order_qty),
        price=_text(terms.price),
        time_in_force=TIMES_IN_FORCE[terms.time_in_force],
        cl_ord_id=chain.cl_ord_id,
        order_id=chain.order_id,
        session=chain.session,
        ord_status=ORD_STATUSES[chain.ord_status],
        cum_qty=plain(chain.cum_qty),
        leaves_qty=plain(chain.leaves_qty),
        avg_px=avg_px_of(chain.cum_value, chain.cum_qty),
        text=chain.text,
        day_order_qty=plain(chain.day_order_qty),
        day_cum_qty=plain(chain.day_cum_qty),
        overfill_qty=plain(chain.overfill_qty),
        unheard_qty=plain(chain.unheard_qty),
        currency=terms.currency,
        requests=[_request(*one, known.multiplier) for one in zip(chain.requests, known.decisions, strict=True)],
        stop_px=_text(terms.stop_px),
        cash_order_qty=_text(terms.cash_order_qty),
        instructions=instructions.shown(terms.instructions),
        parent_root_id=chain.parent_id,
        family=_family(known) if family.is_parent(chain) else None,
        is_unconfirmed=known.is_unconfirmed,
    )
    if terms.expire_at_ns is not None:
        shown.expire_at.seconds, shown.expire_at.nanos = divmod(terms.expire_at_ns, _NS_PER_S)
    return shown


def _family(known: Seen) -> order_pb2.Family:
    return order_pb2.Family(
        child_root_ids=[child.root_id for child in known.children],
        child_leaves_qty=plain(sum((child.leaves_qty for child in known.children), ZERO)),
        unplaced_qty=plain(max(family.unplaced_qty(known.chain, known.children), ZERO)),
    )


def _newest_first(book: Book, before: int | None, *, only_live: bool) -> Iterator[str]:
    """The root_ids below that number, by theirs; with them ClOrdIDs(11) of orders at rest. Nothing at rest is live."""
    ids = list(book.chains) if only_live else [*book.chains, *book.rest.stones, *book.rest.orders]
    ids.sort()  # As they nearly are, but for those that were woken, or rest.
    ids.sort(key=len)
    end = len(ids) if before is None else bisect_left(ids, _in_order(f"{book.prefix}{before:08d}"), key=_in_order)
    return (ids[at] for at in range(end - 1, -1, -1) if book.number_of(ids[at]))  # A venue's own id is none of ours.


def _in_order(name: str) -> tuple[int, str]:
    return len(name), name


def _decision(book: Book, request: Request) -> Decision | None:
    known = book.answer(request.principal, request.client_order_id)
    answer = known.answer if known is not None else None
    return answer.decision if isinstance(answer, (OrderPlaced, OrderRefused, ReplaceRequested, RequestRefused)) else None


def _request(request: Request, decision: Decision | None, multiplier: Decimal) -> order_pb2.OrderRequest:
    shown = order_pb2.OrderRequest(
        msg_type=MSG_TYPES[request.msg_type],
        state=REQUEST_STATES[request.state],
        client_order_id=request.client_order_id,
        cl_ord_id=request.cl_ord_id,
        orig_cl_ord_id=request.orig_cl_ord_id,
        principal=request.principal,
        order_qty="" if request.terms is None else plain(request.terms.order_qty),
        price="" if request.terms is None else _text(request.terms.price),
        stop_px="" if request.terms is None else _text(request.terms.stop_px),
        msg_seq_num=request.msg_seq_num,
        decision=_numbers(decision, request.terms, request.placed_at_ns, multiplier) if decision and request.terms else None,
    )
    shown.placed_at.seconds, shown.placed_at.nanos = divmod(request.placed_at_ns, _NS_PER_S)
    return shown


def _numbers(decision: Decision, terms: Terms, placed_at_ns: int, multiplier: Decimal) -> order_pb2.Decision:
    """With what follows from them."""
    px, age_ms, notional = decision.reference_px, decision.reference_age_ms, decision.order_notional  # As old records have them.
    if decision.quote_at_ns is not None and not decision.reference_kind:
        px = decision.offer_px if terms.side is Side.BUY else decision.bid_px  # The far touch.
        age_ms = (placed_at_ns - decision.quote_at_ns) // NS_PER_MS
    if notional is None and decision.worst_px is not None:
        notional = order_notional(terms, decision.worst_px, multiplier)
    shown = order_pb2.Decision(
        limits_version=decision.limits_version,
        reference_px=_text(px),
        reference_age_ms=age_ms,
        worst_px=_text(decision.worst_px),
        order_notional=_text(notional),
        bid_px=_text(decision.bid_px),
        offer_px=_text(decision.offer_px),
    )
    if decision.quote_at_ns is not None:
        shown.quote_at.seconds, shown.quote_at.nanos = divmod(decision.quote_at_ns, _NS_PER_S)
    return shown


def _text(number: Decimal | None) -> str:
    return "" if number is None else plain(number)
