"""The judge: the broker's ledger against the client's list and the gateway's final state. Pure; it believes the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum

import msgspec

from gateway.simulator.report import Report
from oms.domain.chain import OPEN, RequestState
from oms.domain.fields import CxlRejReason, ExecType, MsgType, OrdStatus
from oms.domain.numbers import ZERO, average, plain
from tests.crash.account import Asked, Held, HeldRequest, Outage


class Kind(Enum):
    """What can be wrong, as the summary calls it."""

    LOST = "lost"
    REPEATED = "repeated"
    BOOKED_TWICE = "booked twice"
    FILLS_LOST = "fills lost"
    UNKNOWN = "unknown"
    UNSETTLED = "unsettled"
    """A request without an answer, to the client or from the venue, after all the time there was."""


class Violation(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong, and the ids under which its evidence is found."""

    kind: Kind
    ids: tuple[str, ...]
    what: str


class Verdict(msgspec.Struct, frozen=True):
    """What the judge found. Not sent and refused are outcomes, not violations."""

    violations: tuple[Violation, ...]
    orders: int
    refused: int
    not_sent: int

    def count(self, kind: Kind) -> int:
        return sum(violation.kind is kind for violation in self.violations)


class AtBroker(msgspec.Struct):
    """One order of the broker, summed up over its ledger lines."""

    order_id: str
    cl_ord_id: str
    ord_status: OrdStatus
    cum_qty: Decimal = ZERO
    gross_trade_amt: Decimal = ZERO


def judge(asked: Sequence[Asked], held: Sequence[Held], ledger: Sequence[Report], outages: Sequence[Outage]) -> Verdict:
    """Everything that is wrong. `outages` are the times at which a request may rightly have come to nothing."""
    orders = at_broker(ledger)
    violations = [
        *_of_client(asked, held),
        *_of_ledger(ledger, orders, held),
        *(violation for one in held for violation in _of_order(one, orders.get(one.root_id, ()))),
        *_not_sent_without_outage(held, outages),
    ]
    requests = [request for one in held for request in one.requests]
    return Verdict(
        violations=tuple(violations),
        orders=sum(one.is_accepted and one.msg_type is MsgType.NEW_ORDER_SINGLE for one in asked),
        refused=sum(bool(one.answers) and not one.is_accepted for one in asked),
        not_sent=sum(request.state is RequestState.NOT_SENT for request in requests),
    )


def at_broker(ledger: Iterable[Report]) -> dict[str, list[AtBroker]]:
    """The broker's orders by the ClOrdID(11) that they came under; more than one under the same is a repetition."""
    orders: dict[str, AtBroker] = {}
    for report in ledger:
        is_opening = report.exec_type in {ExecType.NEW, ExecType.REJECTED} and not report.is_duplicate_reject
        if is_opening:
            orders[report.order_id] = AtBroker(report.order_id, report.cl_ord_id, report.ord_status)
        elif report.order_id in orders:
            _note(orders[report.order_id], report)
    found: defaultdict[str, list[AtBroker]] = defaultdict(list)
    for order in orders.values():
        found[order.cl_ord_id].append(order)
    return dict(found)


def _note(order: AtBroker, report: Report) -> None:
    order.ord_status = report.ord_status
    if report.exec_type in {ExecType.TRADE, ExecType.TRADE_CANCEL}:
        assert report.last_qty is not None
        assert report.last_px is not None
        qty = report.last_qty if report.exec_type is ExecType.TRADE else -report.last_qty
        order.cum_qty += qty
        order.gross_trade_amt += qty * report.last_px


def _of_client(asked: Sequence[Asked], held: Sequence[Held]) -> Iterator[Violation]:
    """What the client was told must be what the gateway says now."""
    requests = {(r.principal, r.client_order_id): (one.root_id, r) for one in held for r in one.requests}
    for one in asked:
        found = requests.get((one.principal, one.client_order_id))
        told = {(answer.root_id, answer.cl_ord_id, answer.refusal) for answer in one.answers}
        ids = tuple(sorted({answer.cl_ord_id for answer in one.answers} - {""})) or (one.client_order_id,)
        if not told:
            yield Violation(Kind.UNSETTLED, ids, "the client never had an answer")
        elif len(told) > 1:
            yield Violation(Kind.REPEATED, ids, f"the client had two answers to {one.client_order_id}: {sorted(told)}")
        elif not one.is_accepted and found is not None:
            yield Violation(Kind.REPEATED, (found[1].cl_ord_id,), f"{one.client_order_id} was refused, and taken all the same")
        elif one.is_accepted and (found is None or (found[0], found[1].cl_ord_id, "") not in told):
            yield Violation(Kind.LOST, ids, f"{one.client_order_id} was accepted, and the gateway does not have it so")


def _of_ledger(ledger: Sequence[Report], orders: dict[str, list[AtBroker]], held: Sequence[Held]) -> Iterator[Violation]:
    """What the broker has must be what the gateway knows, once."""
    requests = {r.cl_ord_id: r for one in held for r in one.requests}
    ids_by_client: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for cl_ord_id, found in orders.items():
        if len(found) > 1:
            yield Violation(Kind.REPEATED, (cl_ord_id,), f"the broker has {len(found)} orders under one ClOrdID(11)")
        if cl_ord_id not in requests:
            yield Violation(Kind.LOST, (cl_ord_id,), "the broker has an order that the gateway does not know")
            continue
        ids_by_client[requests[cl_ord_id].principal, requests[cl_ord_id].client_order_id].add(cl_ord_id)
    for (_, client_order_id), cl_ord_ids in ids_by_client.items():
        if len(cl_ord_ids) > 1:
            yield Violation(Kind.REPEATED, tuple(sorted(cl_ord_ids)), f"the broker has several orders for {client_order_id}")
    for report in ledger:
        if report.is_duplicate_reject or report.cxl_rej_reason is CxlRejReason.DUPLICATE_CL_ORD_ID:
            yield Violation(Kind.REPEATED, (report.cl_ord_id,), "sent twice, the second time without PossResend(97)=Y")


def _of_order(order: Held, found: Sequence[AtBroker]) -> Iterator[Violation]:
    """One order at the gateway against the same order at the broker."""
    ids = tuple(request.cl_ord_id for request in order.requests)
    for request in order.requests:
        if request.state is RequestState.UNKNOWN:
            yield Violation(Kind.UNKNOWN, ids, f"{request.cl_ord_id} ({request.msg_type.value}) is UNKNOWN")
        elif request.state in OPEN:
            yield Violation(Kind.UNSETTLED, ids, f"{request.cl_ord_id} ({request.msg_type.value}) is {request.state.value}")
    if not found:
        yield from _not_at_broker(order, ids)
        return
    if order.first.state is RequestState.NOT_SENT:
        yield Violation(Kind.LOST, ids, "the broker has an order that the gateway calls never sent")
    yield from _booked(order, sum((one.cum_qty for one in found), ZERO), sum((one.gross_trade_amt for one in found), ZERO), ids)
    if order.ord_status is not found[-1].ord_status:
        told = f"the gateway says {order.ord_status.name}, the broker {found[-1].ord_status.name}"
        yield Violation(Kind.LOST, ids, told)


def _not_at_broker(order: Held, ids: tuple[str, ...]) -> Iterator[Violation]:
    if order.first.state in {RequestState.DONE, RequestState.PENDING, RequestState.SENT, RequestState.INTENT}:
        yield Violation(Kind.LOST, ids, f"the gateway says {order.first.state.value}, and the broker never had the order")
    yield from _booked(order, ZERO, ZERO, ids)


def _booked(order: Held, cum_qty: Decimal, gross_trade_amt: Decimal, ids: tuple[str, ...]) -> Iterator[Violation]:
    """CumQty(14) and AvgPx(6), which with CumQty fixes the notional, against the sum of the executions."""
    avg_px = average(gross_trade_amt, cum_qty)
    numbers = f"{plain(order.cum_qty)} at {plain(order.avg_px)}, and the broker executed {plain(cum_qty)} at {plain(avg_px)}"
    if order.cum_qty < cum_qty:
        yield Violation(Kind.FILLS_LOST, ids, f"booked {numbers}")
    elif (order.cum_qty, order.avg_px) != (cum_qty, avg_px):
        yield Violation(Kind.BOOKED_TWICE, ids, f"booked {numbers}")


def _not_sent_without_outage(held: Sequence[Held], outages: Sequence[Outage]) -> Iterator[Violation]:
    """A request comes to nothing only because something was down when it was made, or went down just then."""
    for one in held:
        for request in one.requests:
            if request.state is RequestState.NOT_SENT and not _in_outage(request, outages):
                yield Violation(Kind.LOST, (request.cl_ord_id,), "not sent, and nothing was down at that time")


def _in_outage(request: HeldRequest, outages: Sequence[Outage]) -> bool:
    return any(outage.begin_ns <= request.placed_at_ns <= outage.end_ns for outage in outages)
