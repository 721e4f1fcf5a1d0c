"""What a message of a client over FIX causes: the very commands that a gRPC client gives, or an answer that changes no order.

All of it is in one batch with the message's number: after a crash either both are known or the client is asked again. A reused
ClOrdID is refused, whatever it asks for (R18); under PossResend(97) or PossDupFlag(43) it is answered with the order's status.
"""

from collections.abc import Callable

from gateway.client import telling
from gateway.client.disputes import DISPUTES, disputed
from gateway.client.outbox import Outbox
from gateway.codec import client_reading as reading
from gateway.codec import client_writing as writing
from gateway.codec.client_reading import Malformed, Replace
from gateway.codec.text import Fields, Garbled, fields
from gateway.sessions import ClientTold
from gateway.state import State
from oms.domain.acts import ActRefused, MassCancelRequested
from oms.domain.chain import Chain
from oms.domain.commands import CancelOrder, ClientCommand, MassCancel, PlaceOrder, ReplaceOrder
from oms.domain.events import Event
from oms.domain.fields import CxlRejReason, ExecType, MsgType, OrdRejReason, OrdStatus, Side
from oms.domain.numbers import ZERO
from oms.domain.report import NO_ORDER_ID, CancelReject, ExecutionReport, MassCancelReport
from oms.domain.terms import Terms

Decide = Callable[[State, ClientCommand, int], tuple[Event, ...]]
"""The rules of everybody's requests."""

_MISSING, _UNSUPPORTED, _OTHER = "5", "3", "0"
"""BusinessRejectReason(380)."""
_NOT_SUPPORTED, _UNKNOWN_SECURITY, _OTHER_REASON = "0", "1", "99"
"""MassCancelRejectReason(532)."""
AFFECTED_ORDERS_MAX = 250
"""How many orders an OrderMassCancelReport(35=r) names: what may be long is bounded, and each is told of by itself."""
_SESSION_MESSAGES = frozenset("012345A")
_REASONS = {1: OrdRejReason.UNKNOWN_ACCOUNT, 38: OrdRejReason.INCORRECT_QUANTITY, 152: OrdRejReason.INCORRECT_QUANTITY}
"""OrdRejReason(103) of an order with a field that cannot be read, by its tag."""


class Desk:
    """One client's message being dealt with: the state as it is, and the rules that everybody's requests go through."""

    def __init__(self, state: State, outbox: Outbox, number: int, at_ns: int, decide: Decide) -> None:
        self.state = state
        self.plan = outbox.plan
        self.outbox = outbox
        self.number = number
        self.at_ns = at_ns
        self._decide = decide

    def causes(self, msg_type: str, raw: bytes) -> tuple[Event, ...]:
        """The facts, beside the one that the message came in."""
        if msg_type in DISPUTES:
            return (disputed(self.state.book, self.outbox, msg_type, raw),)
        if msg_type in _SESSION_MESSAGES:
            return ()
        take = _REQUESTS.get(msg_type)
        if take is None:
            return (self._no(msg_type, "", _UNSUPPORTED, f"MsgType(35)={msg_type} is not served on this session"),)
        try:
            found = fields(raw)
        except Garbled as garbled:
            return (self.unreadable(msg_type, str(garbled)),)
        try:
            return take(self, found)
        except Malformed as malformed:
            return (self._malformed(msg_type, dict(reversed(found)), malformed),)

    def unreadable(self, msg_type: str, problem: str) -> ClientTold:
        """The refusal of a message that cannot be taken apart."""
        return self._no(msg_type, "", _OTHER, problem)

    # --- requests -----------------------------------------------------------------------------------------------------

    def new_order(self, found: Fields) -> tuple[Event, ...]:
        order = reading.new_order(found, self.plan.default_account)
        known = self._status_of_known(found, order.cl_ord_id)
        if known is not None:
            return (known,)
        command = PlaceOrder(self.plan.principal, order.cl_ord_id, order.terms, self.plan.accounts)
        return self._decide(self.state, command, self.at_ns)

    def cancel(self, found: Fields) -> tuple[Event, ...]:
        asked = reading.cancel(found)
        known = self._status_of_known(found, asked.cl_ord_id)
        if known is not None:
            return (known,)
        chain = self._find(asked.orig_cl_ord_id) or self._by_order_id(asked.order_id)
        return self._cancel_one(asked.cl_ord_id, asked.orig_cl_ord_id, chain)

    def replace(self, found: Fields) -> tuple[Event, ...]:
        given = dict(reversed(found))
        chain = self._find(given.get(41, "")) or self._by_order_id(given.get(37, ""))
        asked = reading.replace(found, self.plan.default_account if chain is None else chain.terms.account)
        known = self._status_of_known(found, asked.cl_ord_id)
        if known is not None:
            return (known,)
        fixed = "" if chain is None else _what_must_stay(chain.terms, asked)
        if fixed:
            refusal = self._cancel_reject(asked.cl_ord_id, asked.orig_cl_ord_id, chain, CxlRejReason.OTHER, fixed)
            return (self._told(writing.CANCEL_REJECT, self._rejected(refusal, MsgType.ORDER_CANCEL_REPLACE_REQUEST)),)
        command = ReplaceOrder(
            principal=self.plan.principal,
            client_order_id=asked.cl_ord_id,
            accounts=self.plan.accounts,
            order_qty=asked.terms.order_qty,
            price=asked.terms.price,
            root_id="" if chain is None else chain.root_id,
            orig_client_order_id=asked.orig_cl_ord_id,
            stop_px=asked.terms.stop_px,
            custom=asked.terms.instructions.custom,
        )
        return self._decide(self.state, command, self.at_ns)

    def status(self, found: Fields) -> tuple[Event, ...]:
        """An order that is not known has OrdStatus Rejected and OrderID NONE: it may never have come, and is not refused."""
        asked = reading.status_question(found)
        chain = self._find(asked.cl_ord_id) or self._by_order_id(asked.order_id)
        if chain is not None:
            return (self._told(*telling.status(self.plan.version, chain, self.at_ns, asked.ord_status_req_id)),)
        unknown = ExecutionReport(
            cl_ord_id=asked.cl_ord_id,
            exec_id=telling.NO_EXEC_ID,
            exec_type=ExecType.ORDER_STATUS,
            ord_status=OrdStatus.REJECTED,
            order_id=NO_ORDER_ID,
            order_qty=ZERO,  # As the status of an unknown order is printed: FIX 4.4 Volume 4, G.1.a.
            symbol=asked.symbol,
            side=asked.side,
            text="no such order",
            ord_rej_reason=OrdRejReason.UNKNOWN_ORDER,
        )
        body = writing.execution_report(self.plan.version, unknown, None, self.at_ns, ord_status_req_id=asked.ord_status_req_id)
        return (self._told(writing.EXECUTION_REPORT, body),)

    def mass_cancel(self, found: Fields) -> tuple[Event, ...]:
        """Everybody's mass cancel, of the client's own orders. Each order's end is told by itself, under this ClOrdID."""
        asked = reading.mass_cancel(found)
        principal, kind = self.plan.principal, asked.mass_cancel_request_type
        known = self.state.book.answer(principal, asked.cl_ord_id) if _may_be_known(found) else None
        if known is not None and isinstance(known.answer, MassCancelRequested):
            return (self._mass_cancel_taken(known.answer),)
        if asked.symbol and not self._is_symbol(asked.symbol):
            return (self._mass_cancel_refused(asked.cl_ord_id, kind, _UNKNOWN_SECURITY, f"symbol={asked.symbol} is unknown"),)
        command = MassCancel(
            principal, asked.cl_ord_id, self.plan.accounts, asked.account, asked.symbol, asked.side, placed_by=principal
        )
        (event,) = self._decide(self.state, command, self.at_ns)
        if isinstance(event, MassCancelRequested):
            return self._mass_cancel_taken(event), event
        assert isinstance(event, ActRefused), "a mass cancel is taken or refused"
        text = f"{event.refusal.value} {event.text}"
        return self._mass_cancel_refused(asked.cl_ord_id, kind, _OTHER_REASON, text), event

    # --- below --------------------------------------------------------------------------------------------------------

    def _cancel_one(self, cl_ord_id: str, orig_cl_ord_id: str, chain: Chain | None) -> tuple[Event, ...]:
        command = CancelOrder(
            principal=self.plan.principal,
            client_order_id=cl_ord_id,
            accounts=self.plan.accounts,
            root_id="" if chain is None else chain.root_id,
            orig_client_order_id=orig_cl_ord_id,
        )
        return self._decide(self.state, command, self.at_ns)

    def _find(self, cl_ord_id: str) -> Chain | None:
        """The client's order by its own id of any request about it. Which one it names decides nothing (R8)."""
        known = self.state.book.answer(self.plan.principal, cl_ord_id)
        return None if known is None else self.state.book.order(getattr(known.answer, "root_id", ""))

    def _by_order_id(self, order_id: str) -> Chain | None:
        chain = self.state.book.order(order_id)
        return chain if chain is not None and chain.requests[0].principal == self.plan.principal else None

    def _status_of_known(self, found: Fields, cl_ord_id: str) -> ClientTold | None:
        """The order's status, if the message may be a repetition of one that we have; None where it is to be decided."""
        chain = self._find(cl_ord_id) if _may_be_known(found) else None
        return None if chain is None else self._told(*telling.status(self.plan.version, chain, self.at_ns))

    def _malformed(self, msg_type: str, given: dict[int, str], malformed: Malformed) -> ClientTold:
        """A request with a field that cannot be read is refused in the words of an order, where it says which order it means."""
        cl_ord_id = given.get(11, "") if _is_name(given.get(11, "")) else ""
        text = str(malformed)
        match msg_type:
            case "D" if cl_ord_id and _is_name(given.get(55, "")) and _side(given) is not None:
                return self._told(writing.EXECUTION_REPORT, self._refused_order(cl_ord_id, given, malformed))
            case "F" | "G" if cl_ord_id and _is_name(given.get(41, "")):
                chain = self._find(given[41])
                refusal = self._cancel_reject(cl_ord_id, given[41], chain, CxlRejReason.OTHER, text)
                return self._told(writing.CANCEL_REJECT, self._rejected(refusal, MsgType(msg_type)))
            case "q" if cl_ord_id and _is_name(given.get(530, "")):
                reason = _NOT_SUPPORTED if malformed.tag == 530 else _OTHER_REASON
                return self._mass_cancel_refused(cl_ord_id, given[530], reason, text)
            case _:
                reason = _MISSING if malformed.is_missing else _OTHER
                return self._no(msg_type, cl_ord_id, reason, text)

    def _refused_order(self, cl_ord_id: str, given: dict[int, str], malformed: Malformed) -> str:
        refused = ExecutionReport(
            cl_ord_id=cl_ord_id,
            exec_id=self._message_id(),
            exec_type=ExecType.REJECTED,
            ord_status=OrdStatus.REJECTED,
            order_id=NO_ORDER_ID,
            ord_rej_reason=_REASONS.get(malformed.tag, OrdRejReason.UNSUPPORTED_ORDER_CHARACTERISTIC),
            symbol=given[55],
            side=_side(given),
            text=str(malformed),
        )
        return writing.execution_report(self.plan.version, refused, None, self.at_ns)

    def _cancel_reject(
        self, cl_ord_id: str, orig_cl_ord_id: str, chain: Chain | None, reason: CxlRejReason, text: str
    ) -> CancelReject:
        ord_status, order_id = (OrdStatus.REJECTED, NO_ORDER_ID) if chain is None else (chain.ord_status, chain.root_id)
        return CancelReject(cl_ord_id, orig_cl_ord_id, ord_status, reason, order_id, text)

    def _rejected(self, refusal: CancelReject, msg_type: MsgType) -> str:
        return writing.cancel_reject(self.plan.version, refusal, msg_type, self.at_ns)

    def _is_symbol(self, symbol: str) -> bool:
        """Whether there is such an instrument, or was when a live order was placed."""
        book = self.state.book
        is_traded = symbol in self.state.cell.policy.instruments
        return is_traded or any(book.chains[root_id].terms.symbol == symbol for root_id in book.live)

    def _mass_cancel_taken(self, event: MassCancelRequested) -> ClientTold:
        """Some of the orders by name, all by their number."""
        orders = filter(None, map(self.state.book.order, event.root_ids[:AFFECTED_ORDERS_MAX]))  # But for those forgotten.
        affected = [(telling.client_id(chain, chain.cl_ord_id), chain.root_id) for chain in orders]
        kind = event.mass_cancel_request_type
        told = MassCancelReport(event.client_order_id, kind, kind, total_affected_orders=len(event.root_ids))
        return self._mass_cancel_report(told, affected)

    def _mass_cancel_refused(self, cl_ord_id: str, kind: str, reason: str, text: str) -> ClientTold:
        return self._mass_cancel_report(MassCancelReport(cl_ord_id, kind, "0", reason, text=text), [])

    def _mass_cancel_report(self, told: MassCancelReport, affected: list[tuple[str, str]]) -> ClientTold:
        body = writing.mass_cancel_report(self.plan.version, told, self._message_id(), affected, self.at_ns)
        return self._told(writing.MASS_CANCEL_REPORT, body)

    def _message_id(self) -> str:
        """An id of our answer to this very message: the record before it is the message's own, and no report is made of that."""
        return self.outbox.exec_id(self.state.seq + 1)

    def _no(self, msg_type: str, ref_id: str, reason: str, text: str) -> ClientTold:
        return self._told(writing.BUSINESS_REJECT, writing.business_reject(self.number, msg_type, ref_id, reason, text))

    def _told(self, msg_type: str, body: str) -> ClientTold:
        return ClientTold(self.plan.name, msg_type, body)


def _what_must_stay(terms: Terms, asked: Replace) -> str:
    """What the replace would change and cannot; empty if it changes quantity, price, trigger and custom tags only."""
    how, wanted = terms.instructions, asked.terms.instructions
    same = {
        1: asked.terms.account == terms.account,
        18: wanted.exec_inst == how.exec_inst,
        21: wanted.handl_inst is how.handl_inst,
        40: asked.terms.ord_type is terms.ord_type,
        54: asked.terms.side is terms.side,
        55: asked.terms.symbol == terms.symbol,
        59: asked.terms.time_in_force is terms.time_in_force,
        77: wanted.position_effect is how.position_effect,
        110: wanted.min_qty == how.min_qty,
        111: wanted.max_floor == how.max_floor,
        114: wanted.locate_reqd == how.locate_reqd,
        126: wanted.expire_time_ns == how.expire_time_ns,
        152: asked.terms.cash_order_qty == terms.cash_order_qty,
        211: wanted.peg_offset_value == how.peg_offset_value,
        432: wanted.expire_date == how.expire_date,
        528: wanted.order_capacity is how.order_capacity,
        reading.LOCATE_ID: wanted.locate_id == how.locate_id,
    }
    changed = [str(tag) for tag, is_same in same.items() if tag in asked.tags and not is_same]
    return f"a replace cannot change tag {', '.join(changed)}" if changed else ""


def _may_be_known(found: Fields) -> bool:
    """Whether the message says that it may be a repetition."""
    given = dict(reversed(found))
    return "Y" in {given.get(43), given.get(97)}


def _is_name(text: str) -> bool:
    try:
        return bool(reading.name(text, 0))
    except Malformed:
        return False


def _side(given: dict[int, str]) -> Side | None:
    return next((side for side in Side if side.code == given.get(54)), None)


_REQUESTS: dict[str, Callable[[Desk, Fields], tuple[Event, ...]]] = {
    "D": Desk.new_order,
    "F": Desk.cancel,
    "G": Desk.replace,
    "H": Desk.status,
    "q": Desk.mass_cancel,
}
