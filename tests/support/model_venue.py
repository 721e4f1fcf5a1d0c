"""A venue in a few lines: it keeps every order it ever got, answers when it is told to, and asks for what it missed."""

from enum import Enum

from oms.domain.fields import CxlRejReason, ExecType, OrdStatus
from tests.support.model_wire import Body, Message, Wire, gap_fill, resend_request

PX = "1.385"
ENDED = frozenset({OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.REJECTED, OrdStatus.EXPIRED})


class Verdict(Enum):
    """What the venue may do with an order when its turn comes."""

    YES = "yes"
    NO = "no"
    FILL = "fill"
    CANCEL = "cancel"
    EXPIRE = "expire"


class VenueOrder:
    """An order as the venue has it."""

    def __init__(self, cl_ord_id: str, order_qty: int) -> None:
        self.root_id = self.cl_ord_id = cl_ord_id
        self.order_qty = order_qty
        self.cum_qty = 0
        self.ord_status = OrdStatus.PENDING_NEW
        self.asked: Message | None = None
        """The cancel or replace that waits for its answer."""

    @property
    def reported(self) -> OrdStatus:
        if self.asked is None:
            return self.ord_status
        return OrdStatus.PENDING_CANCEL if self.asked.msg_type == "F" else OrdStatus.PENDING_REPLACE


class Venue:
    """Its FIX session first, its business below. The ledger of what arrived is the judge of the test."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.next_target = 1
        self.asked_up_to = 0
        """The highest number that came too early since we last asked for the gap; 0 when there is none."""
        self.heard_to = 0
        """The highest number that came since ours began."""
        self.said: list[Message] = []
        self.orders: dict[str, VenueOrder] = {}
        self.by_cl_ord_id: dict[str, VenueOrder] = {}
        self.arrived: list[tuple[str, str]] = []
        """MsgType and ClOrdID of every D, F, G and q, as often as it arrived."""
        self.executed = 0
        self.takes_mass_cancels = True
        self.begins_anew = False
        """Whether it begins its numbers anew at the next logon, and says so."""
        self.is_mute = False
        """Whether it takes questions and answers none."""

    def hear(self) -> None:
        """Take one message off the wire."""
        message = self.wire.to_venue.popleft()
        number = message.msg_seq_num
        self.heard_to = self.heard_to if message.poss_dup else max(self.heard_to, number)
        if message.msg_type == "A":
            self.asked_up_to = 0
            assert number >= self.next_target, f"logon under {number}, which was used before ({self.next_target} is next)"
            self._say("A", ((141, "Y"),) if self.begins_anew else ())
            self.begins_anew = False
        if message.msg_type == "2":
            self._resend(int(message.get(7)))
        if number < self.next_target:
            assert message.poss_dup, f"{message} came under a number that was used before"
        elif number > self.next_target:
            self._ask_for_gap(number)
        else:
            self._take(message)

    def _take(self, message: Message) -> None:
        self.next_target = int(message.get(36)) if message.msg_type == "4" else self.next_target + 1
        if self.asked_up_to < self.next_target:
            self.asked_up_to = 0
        match message.msg_type:
            case "1":
                self._say("0", ((112, message.get(112)),))
            case "D" | "F" | "G":
                self.arrived.append((message.msg_type, message.get(11)))
                self._request(message)
            case "q":
                self.arrived.append(("q", message.get(11)))
                self._mass_cancel(message)
            case "H" if not self.is_mute:
                self._status(message.get(11))
            case "AF" if not self.is_mute:
                self._mass_status(message.get(584))

    def _ask_for_gap(self, number: int) -> None:
        if not self.asked_up_to:
            self._say("2", resend_request(self.next_target))
        self.asked_up_to = max(self.asked_up_to, number)

    def _say(self, msg_type: str, body: Body = ()) -> None:
        message = Message(len(self.said) + 1, msg_type, body)
        self.said.append(message)
        if self.wire.is_up:
            self.wire.to_us.append(message)

    def _resend(self, begin_seq_no: int) -> None:
        """Business again as it was; session messages as gap-fills."""
        for message in self.said[begin_seq_no - 1 :]:
            is_business = message.msg_type in {"8", "9", "r"}
            body = message.body if is_business else gap_fill(message.msg_seq_num + 1)
            self.wire.to_us.append(Message(message.msg_seq_num, message.msg_type if is_business else "4", body, poss_dup=True))

    def _request(self, message: Message) -> None:
        cl_ord_id = message.get(11)
        if message.msg_type == "D":
            order = VenueOrder(cl_ord_id, int(message.get(38)))
            self.orders[cl_ord_id] = self.by_cl_ord_id[cl_ord_id] = order
            return
        found = self.by_cl_ord_id.get(message.get(41))
        if found is None or found.ord_status in ENDED:
            self._refuse(message, found, CxlRejReason.TOO_LATE_TO_CANCEL if found else CxlRejReason.UNKNOWN_ORDER)
        elif found.asked is not None:
            self._refuse(message, found, CxlRejReason.ALREADY_PENDING)
        else:
            found.asked = message
            self.by_cl_ord_id[cl_ord_id] = found  # It knows the order by every name from now on.

    def _refuse(self, message: Message, order: VenueOrder | None, reason: CxlRejReason) -> None:
        ord_status = OrdStatus.REJECTED if order is None else order.reported
        self._say("9", ((11, message.get(11)), (41, message.get(41)), (39, ord_status.value), (102, reason.value)))

    def _mass_cancel(self, message: Message) -> None:
        for order in self.live() if self.takes_mass_cancels else ():
            self._end(order, is_expiry=False)
        response = message.get(530) if self.takes_mass_cancels else "0"
        self._say("r", ((11, message.get(11)), (37, "M"), (530, message.get(530)), (531, response)))

    def _status(self, cl_ord_id: str) -> None:
        order = self.by_cl_ord_id.get(cl_ord_id)
        if order is None:
            self._say("8", ((11, cl_ord_id), (37, "NONE"), (17, "0"), (150, "I"), (39, "8")))
        else:
            self._report(order, ExecType.ORDER_STATUS, order.cl_ord_id, exec_id="0")

    def _mass_status(self, mass_status_req_id: str) -> None:
        live = self.live()
        if not live:
            self._say("8", ((37, "NONE"), (17, "0"), (150, "I"), (39, "8"), (584, mass_status_req_id), (911, "0"), (912, "Y")))
        for order in live:
            last: Body = ((912, "Y"),) if order is live[-1] else ()
            asked: Body = ((584, mass_status_req_id), (911, str(len(live))), *last)
            self._report(order, ExecType.ORDER_STATUS, order.cl_ord_id, exec_id="0", more=asked)

    def undecided(self) -> list[VenueOrder]:
        """The orders that wait for a word of ours."""
        return [o for o in self.orders.values() if o.asked is not None or o.ord_status is OrdStatus.PENDING_NEW]

    def live(self) -> list[VenueOrder]:
        return [o for o in self.orders.values() if o.ord_status not in ENDED]

    def decide(self, order: VenueOrder, verdict: Verdict, qty: int = 0) -> None:
        """The next thing that happens to a live order."""
        if verdict is Verdict.FILL:
            self._fill(order, min(qty, order.order_qty - order.cum_qty))
        elif verdict in {Verdict.CANCEL, Verdict.EXPIRE}:
            self._end(order, verdict is Verdict.EXPIRE)
        elif order.asked is not None:
            self._answer(order, order.asked, is_yes=verdict is Verdict.YES)
        elif order.ord_status is OrdStatus.PENDING_NEW:
            order.ord_status = OrdStatus.NEW if verdict is Verdict.YES else OrdStatus.REJECTED
            self._report(order, ExecType.NEW if verdict is Verdict.YES else ExecType.REJECTED, order.cl_ord_id)

    def repeat(self, executed: int) -> None:
        """An execution told once more, as a new message; none that it does not know any more."""
        for told in [m for m in self.said if m.get(17) == f"E{executed}"][:1]:
            self._say("8", ((97, "Y"), *told.body))

    def _fill(self, order: VenueOrder, qty: int) -> None:
        order.cum_qty += qty
        order.ord_status = OrdStatus.FILLED if order.cum_qty == order.order_qty else OrdStatus.PARTIALLY_FILLED
        self._report(order, ExecType.TRADE, order.cl_ord_id, last_qty=qty)
        if order.ord_status is OrdStatus.FILLED:
            self._too_late(order)

    def _end(self, order: VenueOrder, is_expiry: bool) -> None:
        order.ord_status = OrdStatus.EXPIRED if is_expiry else OrdStatus.CANCELED
        self._report(order, ExecType.EXPIRED if is_expiry else ExecType.CANCELED, order.cl_ord_id)
        self._too_late(order)

    def _too_late(self, order: VenueOrder) -> None:
        asked, order.asked = order.asked, None
        if asked is not None:
            self._refuse(asked, order, CxlRejReason.TOO_LATE_TO_CANCEL)

    def _answer(self, order: VenueOrder, asked: Message, *, is_yes: bool) -> None:
        order.asked = None
        if not is_yes:
            self._refuse(asked, order, CxlRejReason.BROKER_OPTION)
        elif asked.msg_type == "F":
            order.ord_status = OrdStatus.CANCELED
            self._report(order, ExecType.CANCELED, asked.get(11))
        else:
            order.order_qty = max(int(asked.get(38)), order.cum_qty)
            order.cl_ord_id = asked.get(11)
            if order.ord_status is OrdStatus.PENDING_NEW:
                order.ord_status = OrdStatus.NEW
            if order.cum_qty == order.order_qty:
                order.ord_status = OrdStatus.FILLED
            self._report(order, ExecType.REPLACED, order.cl_ord_id)

    def _report(
        self, order: VenueOrder, exec_type: ExecType, cl_ord_id: str, *, last_qty: int = 0, exec_id: str = "", more: Body = ()
    ) -> None:
        if not exec_id:
            self.executed += 1
        trade: Body = ((32, str(last_qty)), (31, PX)) if last_qty else ()
        ids = ((11, cl_ord_id), (37, f"V{order.root_id}"), (17, exec_id or f"E{self.executed}"))
        self._say("8", (*ids, (150, exec_type.value), (39, order.reported.value), *trade, (14, str(order.cum_qty)), *more))
