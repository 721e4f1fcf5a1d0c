"""A rehearsal of the kill switch, timed: orders that rest, where any are wanted, a latch over them, and when all is flat.

All times are those of the journal's records, from the latch's own on: what is measured is the engine, its workers and the venue,
and not the line to whoever asks.
"""

import html
import time
import uuid
from collections.abc import Iterator, Sequence

import msgspec

from gateway.api.v1 import fix_pb2, order_event_pb2
from gateway.api.v1.latch_pb2 import Latch
from gateway.api.v1.order_pb2 import Order
from gateway.api.v1.order_service_pb2 import OrderServiceListRequest, SubmitRequest
from gateway.api.v1.risk_service_pb2 import NoteDrillRequest, StopRequest
from gateway.control.client import CallRefused, Client

ORDERS_MAX = 1_000
_LOOK_S = 0.02
_NS_PER_US = 1_000
_SENT, _CANCEL = order_event_pb2.ORDER_EVENT_KIND_SENT, order_event_pb2.ORDER_EVENT_KIND_CANCEL_REQUESTED


class CannotDrill(Exception):
    """Why there was no drill, or none that shows anything. Nothing of it is open, but what the message names."""


class Wanted(msgspec.Struct, frozen=True):
    """The orders of a drill: they have to rest, far from the market."""

    account: str
    symbol: str
    side: str
    qty: str
    price: str
    count: int


class Outcome(msgspec.Struct, frozen=True):
    """How it went. Times in microseconds from the latch's record on; None where it did not come so far."""

    latch: int
    scope: str
    orders: int
    barriers: dict[str, int]
    effective_us: int | None
    cancels_us: int | None
    """Until the last cancel of one order had left; None also where one message stood for all."""
    flat_us: int | None
    left: tuple[str, ...]
    """The orders that are still open."""

    @property
    def is_passed(self) -> bool:
        return self.effective_us is not None and not self.left


def rest(trader: Client, wanted: Wanted, within_s: float) -> tuple[str, ...]:
    """Place the orders, and wait until the venue has all of them; returns their root_ids. Raises CannotDrill, and what calls
    raise."""
    open_before = list(trader.orders(OrderServiceListRequest(account=wanted.account, symbol=wanted.symbol, only_live=True)))
    if open_before:
        raise CannotDrill(f"{len(open_before)} orders of {wanted.account} in {wanted.symbol} are open: a drill would cancel them")
    named = f"drill-{uuid.uuid4().hex[:12]}"
    root_ids = tuple(_placed(trader, wanted, f"{named}-{number}") for number in range(wanted.count))
    deadline_s = time.monotonic() + within_s
    while untold := [root_id for root_id, order in _orders(trader, wanted, root_ids).items() if not order.order_id]:
        if time.monotonic() > deadline_s:
            raise CannotDrill(
                f"the venue has not acknowledged {len(untold)} of {len(root_ids)} orders; they are open: cancel them"
            )
        time.sleep(_LOOK_S)
    return root_ids


def stop(officer: Client, scope: str, reason: str, own_id: str) -> int:
    """Latch the scope as a drill; returns the latch."""
    return officer.stop(
        StopRequest(
            client_order_id=own_id,
            scope=scope,
            mode="LATCH_MODE_HALTED",
            cancels=True,
            reason=reason,
            is_drill=True,
        )
    ).latch


def followed(officer: Client, trader: Client | None, latch: int, root_ids: Sequence[str], within_s: float) -> Outcome:
    """Until it is effective and nothing of it is open, or time is up."""
    deadline_s = time.monotonic() + within_s
    while True:
        held = next((one for one in officer.latches() if one.latch == latch), None)
        if held is None:
            raise CannotDrill(f"latch {latch} was released before the drill was over")
        if (not held.unanswered and not held.live_root_ids) or time.monotonic() > deadline_s:
            break
        time.sleep(_LOOK_S)
    cancels_us = flat_us = None
    if trader is not None and not held.live_root_ids:
        cancels_us, flat_us = _told(trader, held, set(root_ids))
    elif not held.live_root_ids:
        flat_us = 0
    return Outcome(
        latch=latch,
        scope=held.scope,
        orders=len(root_ids),
        barriers={barrier.session: barrier.msg_seq_num for barrier in held.barriers},
        effective_us=_us_since(held, held.effective_at.ToNanoseconds()) if held.HasField("effective_at") else None,
        cancels_us=cancels_us,
        flat_us=flat_us,
        left=tuple(held.live_root_ids),
    )


def noted(officer: Client, outcome: Outcome, own_id: str) -> int:
    """Make it a fact; returns its seq."""
    request = NoteDrillRequest(client_order_id=own_id, latch=outcome.latch, orders=outcome.orders, left=len(outcome.left))
    for field in ("effective_us", "cancels_us", "flat_us"):
        value = getattr(outcome, field)
        if value is not None:
            setattr(request, field, value)
    return officer.note_drill(request).seq


def as_text(outcome: Outcome) -> str:
    """For people."""
    return "\n".join(f"{name:<22}{value}" for name, value in _lines(outcome))


def as_html(outcome: Outcome, at: str) -> str:
    """A page of its own."""
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in _lines(outcome))
    title = f"Kill drill of {html.escape(at)}"
    return f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><table>{rows}</table>\n'


def _lines(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield "verdict", "passed" if outcome.is_passed else "NOT PASSED"
    yield "latch", str(outcome.latch)
    yield "scope", outcome.scope
    yield "orders open", str(outcome.orders)
    yield "barriers", " ".join(f"{session}≤{number}" for session, number in sorted(outcome.barriers.items())) or "none"
    yield "time to effective", _ms(outcome.effective_us)
    none = "no cancel of one order was needed" if outcome.orders == 0 else "one message stood for all"
    yield "time until cancels left", _ms(outcome.cancels_us) if outcome.cancels_us is not None else none
    yield "time to flat", _ms(outcome.flat_us)
    yield "left open", " ".join(outcome.left) or "nothing"


def _ms(us: int | None) -> str:
    return "never" if us is None else f"{us / 1_000:.3f} ms"


def _placed(trader: Client, wanted: Wanted, client_order_id: str) -> str:
    request = SubmitRequest(
        client_order_id=client_order_id,
        account=wanted.account,
        symbol=wanted.symbol,
        side=f"SIDE_{wanted.side.upper().replace('-', '_')}",
        ord_type=fix_pb2.ORD_TYPE_LIMIT,
        order_qty=wanted.qty,
        price=wanted.price,
        time_in_force=fix_pb2.TIME_IN_FORCE_DAY,
    )
    try:
        return trader.submit(request).root_id
    except CallRefused as refused:
        raise CannotDrill(f"an order of the drill was refused: {refused}; those before it are open: cancel them") from refused


def _orders(trader: Client, wanted: Wanted, root_ids: Sequence[str]) -> dict[str, Order]:
    found = trader.orders(OrderServiceListRequest(account=wanted.account, symbol=wanted.symbol))
    its = set(root_ids)
    return {order.root_id: order for order in found if order.root_id in its}


def _told(trader: Client, held: Latch, root_ids: set[str]) -> tuple[int | None, int]:
    """When the last cancel had left, and when the last order had ended, by the orders' own events."""
    left, cancels, sent_us, ended_us = set(root_ids), set[str](), None, 0
    for response in trader.watch(held.latch - 1, timeout_s=30.0) if left else ():
        for event in response.events:
            if event.root_id not in root_ids:
                continue
            if event.kind == _CANCEL:
                cancels.add(event.cl_ord_id)
            elif event.kind == _SENT and event.cl_ord_id in cancels:
                sent_us = _us_since(held, event.at.ToNanoseconds())
            if event.leaves_qty == "0" and event.root_id in left:
                left.discard(event.root_id)
                ended_us = _us_since(held, event.at.ToNanoseconds())
        if not left:
            break
    return sent_us, ended_us


def _us_since(held: Latch, at_ns: int) -> int:
    return (at_ns - held.at.ToNanoseconds()) // _NS_PER_US
