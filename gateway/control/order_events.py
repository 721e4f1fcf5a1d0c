"""Facts about orders as the contract's events, and as the bytes of a stream's message.

A fact is encoded once for everybody who listens: an encoded event is one field of the response, and a response is its fields one
after the other (protobuf encoding, "Message Structure"). This is on the path of every event: plain statements, nothing twice.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gateway.api.v1 import order_event_pb2, order_service_pb2
from gateway.api.v1.order_event_pb2 import OrderEvent
from gateway.control.codes import EXEC_TYPES, ORD_STATUSES, SIDES
from gateway.control.status import NUMBERS, Refused
from gateway.facts import Fact
from oms.domain import acts, events
from oms.domain.chain import Chain
from oms.domain.events import Answer
from oms.domain.numbers import average, plain
from oms.domain.terms import Terms

_EVENTS_TAG = b"\x0a"
"""Field 1, length-delimited: `events` of TradeResponse and of OrderServiceWatchResponse."""
_NS_PER_S = 1_000_000_000


@lru_cache(maxsize=8_192)
def avg_px_of(cum_value: Decimal, cum_qty: Decimal) -> str:
    """AvgPx(6) as text; empty until something traded."""
    return plain(average(cum_value, cum_qty)) if cum_qty else ""


def is_told(fact: Fact) -> bool:
    """Whether clients hear of it."""
    return type(fact.event) in _WRITERS


def encoded(fact: Fact) -> bytes:
    """A fact that `is_told`, and the order as it stood after it, as a field of a response."""
    chain = fact.chain
    told = OrderEvent(seq=fact.seq) if chain is None else _snapshot(fact.seq, chain)
    _WRITERS[type(fact.event)](told, fact.event, chain)
    return _framed(told.SerializeToString() + _at(fact.at_ns))


@lru_cache(maxsize=64)  # All facts of one turn of the engine have one time.
def _at(at_ns: int) -> bytes:
    """The field `at` of an event."""
    told = OrderEvent()
    told.at.seconds, told.at.nanos = divmod(at_ns, _NS_PER_S)
    return told.SerializeToString()


def repetition(seq: int, answer: Answer) -> OrderEvent:
    """The first answer to a request, told again: what became of the order since stands in other events."""
    told = OrderEvent(seq=seq, is_repetition=True)
    _WRITERS[type(answer)](told, answer, None)
    return told


def edge_refusal(refused: Refused, client_order_id: str) -> OrderEvent:
    """A refusal that was not journalled."""
    return OrderEvent(
        kind=order_event_pb2.ORDER_EVENT_KIND_REFUSED,
        client_order_id=client_order_id,
        refusal=NUMBERS[refused.refusal],
        text=refused.text,
        field=refused.field,
    )


def framed(event: OrderEvent) -> bytes:
    """One event as a field of a response; fields are put one after the other."""
    return _framed(event.SerializeToString())


def _framed(body: bytes) -> bytes:
    return _head(len(body)) + body


@lru_cache(maxsize=1_024)  # Most events are of a few lengths.
def _head(length: int) -> bytes:
    """What stands before an event of so many bytes."""
    return _EVENTS_TAG + _varint(length)


def up_to(seq: int) -> bytes:
    """The field of a response that says how far it tells: the same number in both responses."""
    return order_service_pb2.TradeResponse(seq=seq).SerializeToString()


def _varint(number: int) -> bytes:
    """Seven bits in a byte, lowest first; the top bit says that more follow."""
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _snapshot(seq: int, chain: Chain) -> OrderEvent:
    """Field by field: given to OrderEvent by name they take twice as long."""
    terms, cum_qty, told = chain.terms, chain.cum_qty, OrderEvent()
    told.seq, told.root_id, told.order_id = seq, chain.root_id, chain.order_id
    told.ord_status = ORD_STATUSES[chain.ord_status]
    told.cum_qty, told.leaves_qty = plain(cum_qty), plain(chain.leaves_qty)
    told.account, told.symbol, told.side = terms.account, terms.symbol, SIDES[terms.side]
    told.order_qty = plain(terms.order_qty)
    if cum_qty:
        told.avg_px = avg_px_of(chain.cum_value, cum_qty)
    if terms.price is not None:
        told.price = plain(terms.price)
    if terms.stop_px is not None:
        told.stop_px = plain(terms.stop_px)
    if chain.parent_id:
        told.parent_root_id = chain.parent_id
    return told


def _name_request(told: OrderEvent, chain: Chain | None, cl_ord_id: str) -> None:
    """Which request the event tells of."""
    told.cl_ord_id = cl_ord_id
    if chain is None:
        return
    first = chain.requests[0]
    request = first if first.cl_ord_id == cl_ord_id else chain.request(cl_ord_id)
    if request is not None:
        told.client_order_id = request.client_order_id


def _terms(told: OrderEvent, terms: Terms) -> None:
    """What was asked for, where there is no order."""
    told.account, told.symbol, told.side = terms.account, terms.symbol, SIDES[terms.side]
    told.order_qty = plain(terms.order_qty)
    told.price = "" if terms.price is None else plain(terms.price)
    told.stop_px = "" if terms.stop_px is None else plain(terms.stop_px)


def _placed(told: OrderEvent, event: events.OrderPlaced, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_PLACED
    told.root_id, told.client_order_id, told.cl_ord_id = event.root_id, event.client_order_id, event.root_id
    if chain is None:
        told.parent_root_id = event.parent_id
        _terms(told, event.terms)


def _act_refused(told: OrderEvent, event: acts.ActRefused | events.OrderRefused | events.RequestRefused, _: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_REFUSED
    told.client_order_id, told.text, told.refusal = event.client_order_id, event.text, NUMBERS[event.refusal]


def _refused(told: OrderEvent, event: events.OrderRefused | events.RequestRefused, chain: Chain | None) -> None:
    _act_refused(told, event, chain)
    if isinstance(event, events.RequestRefused):
        told.root_id = event.root_id
    if event.terms is not None:
        _terms(told, event.terms)


def _cancel_requested(told: OrderEvent, event: events.CancelRequested, _chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_CANCEL_REQUESTED
    told.root_id, told.client_order_id, told.cl_ord_id = event.root_id, event.client_order_id, event.cl_ord_id


def _replace_requested(told: OrderEvent, event: events.ReplaceRequested, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_REPLACE_REQUESTED
    told.root_id, told.client_order_id, told.cl_ord_id = event.root_id, event.client_order_id, event.cl_ord_id
    if chain is None:
        _terms(told, event.terms)


def _sent(told: OrderEvent, event: events.MessageSent, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_SENT
    _name_request(told, chain, event.cl_ord_id)


def _not_sent(told: OrderEvent, event: events.RequestNotSent, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_NOT_SENT, event.reason
    _name_request(told, chain, event.cl_ord_id)


def _doubted(told: OrderEvent, event: events.RequestDoubted, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_IN_DOUBT, event.reason
    _name_request(told, chain, event.cl_ord_id)


def _reissued(told: OrderEvent, event: events.RequestReissued, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_REISSUED
    _name_request(told, chain, event.cl_ord_id)


def _released(told: OrderEvent, event: acts.RequestReleased, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_RELEASED
    _name_request(told, chain, event.cl_ord_id)


def _missed(told: OrderEvent, event: acts.RequestMissed, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_MISSED, event.reason
    _name_request(told, chain, event.cl_ord_id)


def _status_requested(told: OrderEvent, event: events.StatusRequested, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_STATUS_REQUESTED
    _name_request(told, chain, event.cl_ord_id)


def _escalated(told: OrderEvent, event: events.RequestEscalated, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_ESCALATED, event.reason
    _name_request(told, chain, event.cl_ord_id)


def _adopted(told: OrderEvent, event: events.OrderAdopted, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_ADOPTED
    _name_request(told, chain, event.cl_ord_id)


def _reported(told: OrderEvent, event: events.ExecutionReported | events.ReportAttributed, chain: Chain | None) -> None:
    report = event.report
    told.kind = order_event_pb2.ORDER_EVENT_KIND_EXECUTION_REPORT
    told.exec_type, told.exec_id = EXEC_TYPES[report.exec_type], report.exec_id
    if report.last_qty:
        told.last_qty = plain(report.last_qty)
        told.last_px = "" if report.last_px is None else plain(report.last_px)
    if report.text:
        told.text = report.text
    for tag, value in report.custom:
        told.custom_tags.add(tag=tag, value=value)
    _name_request(told, chain, report.cl_ord_id)


def _differed(told: OrderEvent, event: events.ReportDiffered, chain: Chain | None) -> None:
    told.kind, told.exec_id = order_event_pb2.ORDER_EVENT_KIND_DIFFERED, event.exec_id
    differences = [
        ("cum_qty", event.told_cum_qty, event.held_cum_qty),
        ("leaves_qty", event.told_leaves_qty, event.held_leaves_qty),
    ]
    numbers = [(name, plain(told), plain(held)) for name, told, held in differences if told is not None and held is not None]
    if event.told_ord_status is not None and event.held_ord_status is not None:
        numbers.append(("ord_status", event.told_ord_status.name, event.held_ord_status.name))
    told.text = "; ".join(f"the venue says {name}={theirs}, we hold {ours}" for name, theirs, ours in numbers if theirs != ours)
    _name_request(told, chain, event.root_id)


def _overfilled(told: OrderEvent, event: events.OrderOverfilled, chain: Chain | None) -> None:
    told.kind, told.exec_id = order_event_pb2.ORDER_EVENT_KIND_OVERFILLED, event.exec_id
    told.text = f"overfill_qty={plain(event.overfill_qty)}"
    _name_request(told, chain, event.root_id)


def _attributed(told: OrderEvent, event: events.ReportAttributed, chain: Chain | None) -> None:
    _reported(told, event, chain)
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_ATTRIBUTED, f"{event.principal}: {event.reason}"


def _cancel_rejected(told: OrderEvent, event: events.CancelRejected, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_ORDER_CANCEL_REJECT, event.report.text
    _name_request(told, chain, event.report.cl_ord_id)


def _rejected(told: OrderEvent, event: events.RequestRejected, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_MESSAGE_REJECT, event.text
    _name_request(told, chain, event.cl_ord_id)


def _mass_cancel_requested(told: OrderEvent, event: acts.MassCancelRequested, _chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_MASS_CANCEL_REQUESTED
    told.client_order_id, told.cl_ord_id, told.text = event.client_order_id, event.cl_ord_id, f"orders={len(event.root_ids)}"
    told.account, told.symbol = event.account, event.symbol
    if event.side is not None:
        told.side = SIDES[event.side]


def _mass_cancel_reported(told: OrderEvent, event: acts.MassCancelReported, _chain: Chain | None) -> None:
    told.kind, told.cl_ord_id = order_event_pb2.ORDER_EVENT_KIND_MASS_CANCEL_REPORT, event.cl_ord_id
    report = event.report
    said = [("mass_cancel_response", report.mass_cancel_response), ("text", report.text)]
    told.text = " ".join(f"{name}={value}" for name, value in said if value)


def _mass_cancel_rejected(told: OrderEvent, event: acts.MassCancelRejected, _chain: Chain | None) -> None:
    told.kind, told.cl_ord_id = order_event_pb2.ORDER_EVENT_KIND_MASS_CANCEL_REJECT, event.cl_ord_id
    told.text = event.text


def _resolved(told: OrderEvent, event: acts.RequestResolved, chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_RESOLVED, f"{event.state.name} {event.principal}: {event.reason}"
    told.root_id = event.root_id
    _name_request(told, chain, event.cl_ord_id)


def _venue_asked(told: OrderEvent, event: acts.VenueAsked, chain: Chain | None) -> None:
    told.kind = order_event_pb2.ORDER_EVENT_KIND_VENUE_ASKED
    told.root_id = event.root_id
    _name_request(told, chain, event.asked)


def _disputed(told: OrderEvent, event: acts.ReportDisputed, _chain: Chain | None) -> None:
    told.kind, told.exec_id = order_event_pb2.ORDER_EVENT_KIND_DISPUTED, event.exec_id
    said = [("session", event.session), ("msg_type", event.msg_type), ("seq", str(event.reported or ""))]
    said += [("dk_reason", event.dk_reason.name if event.dk_reason else ""), ("text", event.text)]
    told.text = " ".join(f"{name}={value}" for name, value in said if value)


def _dismissed(told: OrderEvent, event: events.ReportDismissed, _chain: Chain | None) -> None:
    told.kind, told.text = order_event_pb2.ORDER_EVENT_KIND_DISMISSED, f"seq={event.seq}: {event.reason}"
    told.client_order_id = event.client_order_id


_WRITERS: dict[type, Callable[[OrderEvent, Any, Chain | None], None]] = {
    events.OrderPlaced: _placed,
    events.OrderRefused: _refused,
    events.RequestRefused: _refused,
    events.CancelRequested: _cancel_requested,
    events.ReplaceRequested: _replace_requested,
    events.MessageSent: _sent,
    events.RequestNotSent: _not_sent,
    events.RequestDoubted: _doubted,
    events.RequestReissued: _reissued,
    acts.RequestReleased: _released,
    acts.RequestMissed: _missed,
    events.StatusRequested: _status_requested,
    events.RequestEscalated: _escalated,
    events.OrderAdopted: _adopted,
    events.ExecutionReported: _reported,
    events.ReportDiffered: _differed,
    events.OrderOverfilled: _overfilled,
    events.ReportAttributed: _attributed,
    events.CancelRejected: _cancel_rejected,
    events.RequestRejected: _rejected,
    events.ReportDismissed: _dismissed,
    acts.MassCancelRequested: _mass_cancel_requested,
    acts.MassCancelReported: _mass_cancel_reported,
    acts.MassCancelRejected: _mass_cancel_rejected,
    acts.RequestResolved: _resolved,
    acts.VenueAsked: _venue_asked,
    acts.ReportDisputed: _disputed,
    acts.ActRefused: _act_refused,
}
"""What each kind of fact adds to the snapshot."""
