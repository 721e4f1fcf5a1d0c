"""An order's whole conversation: every message about it, from the client's side and from the venue's. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from gateway.reader.ids import CHAIN_TAGS, ids_of, named_in
from gateway.reader.message import Message, from_event
from gateway.sessions import ReportSent
from oms.domain.acts import ReportDisputed
from oms.domain.events import Event, ExecutionReported, ReportQuarantined
from oms.domain.report import NO_ORDER_ID
from oms.journal.record import Record

ORDERS_MAX = 100
"""An id may name many orders, those of many clients or the children of one: so many are shown."""
_OVER_FIX = "fix:"
_ABOUT_THE_LAST_MESSAGE = (ReportDisputed, ReportQuarantined)


class Fact(msgspec.Struct, frozen=True):
    """A record, and what it says."""

    record: Record
    event: Event

    @property
    def message(self) -> Message | None:
        return from_event(self.record.seq, self.record.at_ns, self.event)


class Names(msgspec.Struct, frozen=True):
    """All that anybody calls some orders."""

    root_ids: frozenset[str]
    cl_ord_ids: frozenset[str] = frozenset()
    """Ours, towards the venue: root_ids among them."""
    of_session: frozenset[tuple[str, str]] = frozenset()
    """A client's ClOrdIDs and a venue's OrderIDs: each means something on its own session alone."""

    @property
    def ids(self) -> frozenset[str]:
        """All of them, to be searched for."""
        return self.root_ids | self.cl_ord_ids | {one for _, one in self.of_session}

    def mean(self, message: Message) -> bool:
        """Whether the message is about one of the orders."""
        if message.root_id in self.root_ids:
            return True
        named = named_in(message.raw, CHAIN_TAGS)
        return bool(named & (self.cl_ord_ids | self.root_ids)) or any((message.session, one) in self.of_session for one in named)


def root_ids(any_id: str, facts: Iterable[Fact]) -> list[str]:
    """The orders that the id names, or whose requests, reports or executions it does; newest last."""
    found: dict[str, None] = {}
    for fact in facts:
        root_id = _told_of(fact) if isinstance(fact.event, ReportSent) else getattr(fact.event, "root_id", "")
        if root_id and any_id in ids_of(fact.record.payload):
            found[root_id] = None
    return list(found)


def _told_of(fact: Fact) -> str:
    """The order that a client was told of: OrderID(37) towards it is our root_id, and ExecID(17) is in no other record."""
    message = fact.message
    order_id = "" if message is None else message.value(37)
    return "" if order_id == NO_ORDER_ID else order_id


def names(wanted: Iterable[str], facts: Iterable[Fact]) -> Names:
    """All names of these orders, out of the facts about them."""
    orders = frozenset(wanted)
    cl_ord_ids, of_session = set(orders), set[tuple[str, str]]()
    for fact in facts:
        event = fact.event
        if getattr(event, "root_id", "") not in orders:
            continue
        cl_ord_ids |= {str(getattr(event, name, "")) for name in ("cl_ord_id", "orig_cl_ord_id")} - {""}
        principal, client_order_id = getattr(event, "principal", ""), getattr(event, "client_order_id", "")
        if principal.startswith(_OVER_FIX) and client_order_id:
            of_session.add((principal.removeprefix(_OVER_FIX), client_order_id))
        if isinstance(event, ExecutionReported):
            of_session |= {(event.receipt.session, one) for one in (event.report.order_id,) if one not in {"", NO_ORDER_ID}}
    return Names(orders, frozenset(cl_ord_ids), frozenset(of_session))


def is_about(meant: Names, any_id: str, message: Message) -> bool:
    """Whether the message is about the orders; or bears the very id, where that names no order that we have."""
    return meant.mean(message) if meant.root_ids else any_id in named_in(message.raw)


def messages(meant: Names, any_id: str, facts: Sequence[Fact]) -> list[Message]:
    """Those about the orders, oldest first."""
    found: dict[int, Message] = {}
    last: Message | None = None
    for fact in facts:
        message = fact.message
        if message is not None:
            last = message
            is_meant = is_about(meant, any_id, message)
        else:
            is_about_last = isinstance(fact.event, _ABOUT_THE_LAST_MESSAGE)
            is_meant = is_about_last and getattr(fact.event, "root_id", "") in meant.root_ids
        if is_meant and last is not None:
            found[last.seq] = last
    return list(found.values())
