"""The rates of the counterparties, kept: what the rules say where one is reached, and what each fact means for it.

Whatever is about business counts: D, F, G, H, AF, q and Q. What the sessions say to one another does not: Logon, Heartbeat,
TestRequest, gap-fills. Where there is no room, new orders, replaces, a client's questions and DontKnowTrades are refused; our own
questions and what is sent again are decided again later; cancels wait. A cancel that waits is a CancelRequested of no grant, and
leaves by its RequestReleased: the queue is in the journal, and a new start goes on with it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.link import SESSION_MESSAGES
from gateway.rate import (
    Meter,
    cancel_at_ns,
    has_room_for_cancel,
    has_room_for_order,
    order_at_ns,
    room,
    used,
)
from gateway.sessions import AdminSent, MessageDropped, SessionGranted
from oms.domain.acts import MassCancelRequested, RequestReleased, VenueAsked
from oms.domain.chain import Chain, Request, RequestState
from oms.domain.commands import CancelOrder
from oms.domain.events import (
    CancelRequested,
    Event,
    MassStatusRequested,
    MessageSent,
    OrderPlaced,
    ReplaceRequested,
    ReportDismissed,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
    StatusRequested,
)
from oms.domain.fields import MsgType
from oms.domain.refusal import Refusal
from oms.family import OURSELVES
from oms.mass_cancel import is_of_many

RELEASED_MAX = 100
"""So many cancels are let go in one decision; the next ones in another."""
_NS_PER_MS = 1_000_000
_CANCEL, _QUESTION = MsgType.ORDER_CANCEL_REQUEST, MsgType.ORDER_STATUS_REQUEST.code
_WITHDRAWN = "withdrawn: a cancel of the order leaves before it"
Meters = Mapping[str, Meter]


class ReleaseCancels(msgspec.Struct, frozen=True, gc=False):
    """Let go of the session's waiting cancels, as many as its rate allows."""

    session: str


def why_no_order(meters: Meters, session: str, at_ns: int) -> str:
    """Why a new order, a replace or a question has to be refused, with the numbers; empty where there is room."""
    meter = meters.get(session)
    if meter is None or has_room_for_order(meter, at_ns):
        return ""
    return _numbers(session, meter, at_ns, meter.rate.orders_max, order_at_ns(meter, at_ns))


def why_no_cancel(meters: Meters, session: str, at_ns: int) -> str:
    """The same of what may use the room for cancels, and cannot wait."""
    meter = meters.get(session)
    if meter is None or (has_room_for_cancel(meter, at_ns) and not meter.waiting):
        return ""
    return _numbers(session, meter, at_ns, meter.rate.messages_max, cancel_at_ns(meter, at_ns))


def queued(
    meters: Meters, command: CancelOrder, event: CancelRequested, chain: Chain, at_ns: int
) -> CancelRequested | RequestRefused:
    """The cancel that the book allows: let go, waiting, or refused where too many wait.

    Those of a mass cancel or a parent were promised in one word, and wait beyond the bound; no live order has more than one. One
    that something of its own order is still to be sent ahead of waits, and withdraws that when it leaves.
    """
    meter = meters.get(event.session)
    if meter is None:
        return event
    has_room = not meter.waiting and has_room_for_cancel(meter, at_ns)
    if has_room and not _unsent(chain, event.grant):
        return event
    is_promised = is_of_many(command.client_order_id) or command.principal == OURSELVES
    if len(meter.waiting) < meter.rate.waiting_max or is_promised:
        return replace(event, grant=0)
    numbers = _numbers(event.session, meter, at_ns, meter.rate.messages_max, cancel_at_ns(meter, at_ns))
    return RequestRefused(
        root_id=chain.root_id,
        client_order_id=command.client_order_id,
        principal=command.principal,
        msg_type=_CANCEL,
        orig_client_order_id=command.orig_client_order_id,
        refusal=Refusal.RATE_EXCEEDED,
        text=f"{numbers} waiting_cancels_max={meter.rate.waiting_max}",
    )


def is_held(meters: Meters, chain: Chain, cl_ord_id: str, at_ns: int) -> bool:
    """Whether a request that would be sent again has to be decided again later, when there is room."""
    meter, request = meters.get(chain.session), chain.request(cl_ord_id)
    if meter is None or request is None:
        return False
    if request.msg_type is _CANCEL:
        return bool(meter.waiting) or not has_room_for_cancel(meter, at_ns)
    return not has_room_for_order(meter, at_ns)


def is_waiting(meters: Meters, session: str, cl_ord_id: str) -> bool:
    """Whether it is a cancel that waits for its turn: nobody else decides about it."""
    meter = meters.get(session)
    return meter is not None and cl_ord_id in meter.waiting


def asked_within(meters: Meters, session: str, events: tuple[Event, ...], at_ns: int) -> tuple[Event, ...]:
    """Of what the ladder says, no more questions than there is room for: the others are asked at its next look."""
    meter = meters.get(session)
    if meter is None:
        return events
    left = room(meter, at_ns) - meter.rate.reserved if has_room_for_order(meter, at_ns) else 0
    said: list[Event] = []
    for event in events:
        if not isinstance(event, (StatusRequested, MassStatusRequested)):
            said.append(event)
        elif left > 0:
            left -= 1
            said.append(event)
    return tuple(said)


def release(meters: Meters, chains: Mapping[str, Chain], session: str, grant: int, at_ns: int) -> tuple[Event, ...]:
    """The waiting cancels that may leave now, the oldest first. What has ended by itself needs no cancel any more.

    What is still to be sent of the same order is withdrawn: behind its cancel it would come too late, or be what that names.
    """
    meter = meters[session]
    left = min(room(meter, at_ns), RELEASED_MAX) if grant else 0
    events: list[Event] = []
    for cl_ord_id, root_id in meter.waiting.items():
        if left <= 0:
            break
        chain = chains[root_id]
        verdict = "" if chain.is_live else "the order has ended"
        if verdict:
            events.append(RequestNotSent(root_id, cl_ord_id, verdict))
            continue
        events += [RequestNotSent(root_id, request.cl_ord_id, _WITHDRAWN) for request in _unsent(chain, grant)]
        events.append(RequestReleased(root_id, cl_ord_id, session, grant))
        left -= 1
    return tuple(events)


def due_ns(meter: Meter, at_ns: int) -> int | None:
    """When the next waiting cancel may leave; None where none waits."""
    return cancel_at_ns(meter, at_ns) if meter.waiting else None


def count(meters: Meters, event: Event, chain: Chain | None, at_ns: int) -> None:
    """What a fact means for the meters; `chain` is the order that it changed, as it is now."""
    take = _COUNTED.get(type(event))
    if take is not None:
        take(meters, event, chain, at_ns)
    if chain is not None and (meter := meters.get(chain.session)) is not None and meter.waiting:
        for request in chain.requests:
            if request.state is not RequestState.INTENT:
                meter.waiting.pop(request.cl_ord_id, None)


def _unsent(chain: Chain, grant: int) -> list[Request]:
    """What of the order was to be sent under an older grant, and waits to be decided again; cancels apart, and the order itself,
    which its cancel withdraws at once."""
    return [
        r
        for r in chain.requests
        if r.state is RequestState.INTENT and r.grant != grant and r.terms is not None and r.cl_ord_id != chain.root_id
    ]


def _numbers(session: str, meter: Meter, at_ns: int, most: int, room_ns: int) -> str:
    rate = meter.rate
    within = f"messages={used(meter, at_ns, rate.window_ns)} of {most} in window_ms={rate.window_ns // _NS_PER_MS}"
    burst = f"burst={used(meter, at_ns, rate.burst_ns)} of {rate.burst_max}"
    retry_after_ms = -(-(room_ns - at_ns) // _NS_PER_MS)
    return f"{within} {burst} waiting_cancels={len(meter.waiting)} retry_after_ms={retry_after_ms} session={session}"


def _asked(meters: Meters, event: OrderPlaced | ReplaceRequested | CancelRequested, _chain: Chain | None, at_ns: int) -> None:
    meter = meters.get(event.session)
    if meter is None:
        return
    if not event.grant:
        meter.waiting[event.cl_ord_id] = event.root_id
        return
    meter.let_go(f"{_MSG_TYPES[type(event)]} {event.cl_ord_id}", at_ns)


def _again(meters: Meters, event: RequestReissued | RequestReleased, chain: Chain | None, at_ns: int) -> None:
    meter, request = meters.get(event.session), chain.request(event.cl_ord_id) if chain is not None else None
    if meter is not None and request is not None:
        meter.waiting.pop(event.cl_ord_id, None)
        meter.let_go(_name(request), at_ns)


def _question(meters: Meters, event: StatusRequested | VenueAsked, _chain: Chain | None, at_ns: int) -> None:
    cl_ord_id = event.cl_ord_id if isinstance(event, StatusRequested) else event.asked
    _let_go(meters, event.session, f"{_QUESTION} {cl_ord_id}", at_ns)


def _mass_status(meters: Meters, event: MassStatusRequested, _chain: Chain | None, at_ns: int) -> None:
    _let_go(meters, event.session, "AF ", at_ns)


def _mass_cancel(meters: Meters, event: MassCancelRequested, _chain: Chain | None, at_ns: int) -> None:
    for session, _ in event.native:
        _let_go(meters, session, f"q {event.cl_ord_id}", at_ns)


def _dismissed(meters: Meters, event: ReportDismissed, _chain: Chain | None, at_ns: int) -> None:
    if event.dk_reason is not None:
        _let_go(meters, event.session, "Q ", at_ns)


def _let_go(meters: Meters, session: str, name: str, at_ns: int) -> None:
    meter = meters.get(session)
    if meter is not None:
        meter.let_go(name, at_ns)


def _sent(meters: Meters, event: MessageSent | AdminSent, _chain: Chain | None, at_ns: int) -> None:
    meter = meters.get(event.session)
    if meter is not None and event.msg_type not in SESSION_MESSAGES:
        meter.left(f"{event.msg_type} {event.cl_ord_id}", at_ns)


def _not_sent(meters: Meters, event: RequestNotSent, chain: Chain | None, _at_ns: int) -> None:
    request = chain.request(event.cl_ord_id) if chain is not None else None
    if chain is not None and request is not None and (meter := meters.get(chain.session)) is not None:
        meter.dropped(_name(request))


def _dropped(meters: Meters, event: MessageDropped, _chain: Chain | None, _at_ns: int) -> None:
    meter = meters.get(event.session)
    if meter is not None:
        meter.dropped(f"{event.msg_type} {event.cl_ord_id}")


def _granted(meters: Meters, event: SessionGranted, _chain: Chain | None, at_ns: int) -> None:
    meter = meters.get(event.session)
    if meter is not None:
        meter.ended(at_ns)


def _name(request: Request) -> str:
    return f"{request.msg_type.code} {request.cl_ord_id}"


_MSG_TYPES: dict[type[Event], str] = {
    OrderPlaced: MsgType.NEW_ORDER_SINGLE.code,
    ReplaceRequested: MsgType.ORDER_CANCEL_REPLACE_REQUEST.code,
    CancelRequested: _CANCEL.code,
}
_COUNTED: dict[type[Event], Callable[[Meters, Any, Chain | None, int], None]] = {
    OrderPlaced: _asked,
    ReplaceRequested: _asked,
    CancelRequested: _asked,
    RequestReissued: _again,
    RequestReleased: _again,
    StatusRequested: _question,
    VenueAsked: _question,
    MassStatusRequested: _mass_status,
    MassCancelRequested: _mass_cancel,
    ReportDismissed: _dismissed,
    MessageSent: _sent,
    AdminSent: _sent,
    RequestNotSent: _not_sent,
    MessageDropped: _dropped,
    SessionGranted: _granted,
}
