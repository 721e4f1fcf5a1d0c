"""The order book in the buy side's role: it sends what a scenario's buy side sends, and hears what the sell side says."""

from decimal import Context, Decimal

from msgspec.structs import replace

from gateway.codec.message import message
from gateway.codec.reading import report
from gateway.simulator.scenario import TO_VENUE, Expected, Step
from oms import deciding, hearing, mass_cancel
from oms.book import Book
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import OPEN, Chain
from oms.domain.events import (
    Answer,
    CancelRequested,
    Event,
    OrderAdopted,
    OrderPlaced,
    ReplaceRequested,
    ReportDiffered,
    ReportQuarantined,
    RequestRefused,
)
from oms.domain.fields import OrdType, TimeInForce
from oms.domain.numbers import PRECISION, plain
from oms.domain.refusal import Refusal
from oms.domain.terms import Terms
from tests.support import orders

PX, OTHER_PX = "1.3850", "1.3860"
OURS_THERE = "V0"
"""OrderID(37) of the order that we sent, where a scenario says none."""
GIVEN_BY_VOICE = {1: "DESK1", 55: "EURUSD", 54: "1"}
"""What a venue says of an order that has no ClOrdID(11): a scenario leaves it out."""
_TRADES = {"F", "G"}
_TEN = Context(prec=PRECISION)


class Refused(Exception):
    """The book would not send what the scenario sends."""


class BuySide:
    """Plays the steps of one case, one after the other."""

    def __init__(self) -> None:
        self.book = Book("FG")
        self.breaks: list[ReportDiffered] = []
        self.set_aside: list[ReportQuarantined] = []
        """What of the last message could not be attributed, or cannot be."""
        self.adopted: list[OrderAdopted] = []
        """What of the last message began an order that we never sent."""
        self._seq = 0
        self._ids: dict[str, str] = {}
        """Our ClOrdID(11) for each of the scenario's symbols."""
        self._has_booked = False
        """Whether the last message changed what has traded."""
        self.too_late: set[str] = set()
        """What we did not ask for any more: nobody answers it."""

    def play(self, step: Step) -> None:
        """Raises Refused."""
        self.breaks.clear()
        self.adopted.clear()
        self._last = step
        if step.dir == TO_VENUE:
            self._send(step)
        elif step.tags.get(11) not in self.too_late:
            self._hear(step)

    def assert_stands(self, alternatives: tuple[Expected, ...]) -> None:
        """The order is in one of these ways."""
        wanted = alternatives[0]
        refers = self._last.tags.get(150) in {"G", "H"}  # What refers to nothing must not be booked; the rest may be a break.
        is_odd = bool(self.set_aside or self.adopted or (self.breaks and not refers))
        assert is_odd >= bool(wanted.quarantined or wanted.unmatched), "nobody was told"
        assert not self.set_aside or wanted.quarantined or wanted.unmatched, self.set_aside
        if wanted.order is None:
            return
        chain = self._chain(wanted.order)
        found = self._found(chain, wanted)
        assert found in alternatives
        assert bool(self.breaks) is self._is_told_otherwise(chain) or found != wanted, (self.breaks, self._last)

    def _is_told_otherwise(self, chain: Chain) -> bool:
        """Whether the venue's last report differs from what we hold: a break, which somebody must see. A late ack is none."""
        told = self._last.tags
        if self._last.msg != "8" or self.set_aside or told.get(37) == "NONE" or told.get(150) == "8":
            return False
        is_late = told.get(150) in {"0", "A"} and told.get(14) == "0"
        differs = (
            Decimal(told.get(14, chain.cum_qty)) != chain.cum_qty or Decimal(told.get(151, chain.leaves_qty)) != chain.leaves_qty
        )
        return differs and not (is_late and chain.cum_qty)

    def _found(self, chain: Chain, wanted: Expected) -> Expected:
        """How the order stands, as far as it is wanted."""
        stands = {
            "accepted_clordid": self._symbol(chain.cl_ord_id),
            "pending_clordids": tuple(self._symbol(r.cl_ord_id) for r in chain.requests[1:] if r.state in OPEN),
            "cum_qty": plain(chain.cum_qty),
            "leaves_qty": plain(chain.leaves_qty),
            "order_qty": plain(chain.terms.order_qty),
            "ord_status": chain.ord_status.code,
            "books_trade": self._has_booked,
            "avg_px": plain(_TEN.quantize(chain.avg_px, Decimal("1e-10"))),
            "day_order_qty": plain(chain.day_order_qty),
            "day_cum_qty": plain(chain.day_cum_qty),
            "overfill_qty": plain(chain.overfill_qty),
        }
        return replace(wanted, **{name: value for name, value in stands.items() if getattr(wanted, name) is not None})

    def _chain(self, named: str) -> Chain:
        """The order of this ClOrdID(11), or of this OrderID(37) where it has none."""
        if named in self._ids:
            return self.book.chains[self._ids[named]]
        chain = self.book.by_order_id(orders.SESSION, named)
        assert chain is not None, f"no order is called {named}"
        return chain

    def stands(self) -> list[tuple[object, ...]]:
        """How every order stands, in the scenario's ids."""
        return [
            (
                self._symbol(chain.cl_ord_id),
                chain.ord_status,
                chain.cum_qty,
                chain.leaves_qty,
                chain.terms.order_qty,
                [(self._symbol(request.cl_ord_id), request.state) for request in chain.requests if request.state in OPEN],
            )
            for chain in self.book.chains.values()
        ]

    def _send(self, step: Step) -> None:
        self.set_aside.clear()
        if step.msg == "q":
            asked = mass_cancel.request(self.book, orders.mass_cancel(step.tags[11]), {orders.SESSION: orders.GRANT})
            assert isinstance(asked, MassCancelRequested)
            self._apply(asked)
            self._ids[step.tags[11]] = asked.cl_ord_id
            return
        if step.msg not in {"D", "F", "G"} or (step.msg == "D" and step.tags[11] in self._ids):
            return  # A question changes nothing here, and we never send one ClOrdID twice.
        named, of = f"client-{step.tags[11]}", f"client-{next(iter(self._ids), '')}"
        chain = self.book.find(orders.PRINCIPAL, "", of)
        event: Answer
        match step.msg:
            case "D":
                event = deciding.place(self.book, orders.place(named, wanted(step.tags)), orders.SESSION, orders.GRANT, 0)
            case "F":
                event = deciding.cancel(self.book, orders.cancel(named, of), chain, orders.GRANT)
            case _:
                price = step.tags.get(44, OTHER_PX) if 44 in step.tags else None  # Some say only that it changes.
                price = price if price is None or price[0].isdigit() else OTHER_PX
                order_qty = step.tags.get(38, "") or plain(chain.terms.order_qty if chain else Decimal(0))
                event = deciding.change(self.book, orders.change(named, order_qty, price, of), chain, orders.GRANT, 0)
        self._apply(event)
        if isinstance(event, RequestRefused) and event.refusal is Refusal.TOO_LATE:
            self.too_late.add(step.tags[11])
            return
        if isinstance(event, RequestRefused):
            raise Refused(f"{step.msg} {step.tags}: {event.refusal}")
        assert isinstance(event, OrderPlaced | CancelRequested | ReplaceRequested)
        self._ids[step.tags[11]] = event.cl_ord_id
        if not isinstance(event, OrderPlaced) and 41 in step.tags:
            assert event.orig_cl_ord_id == self._ids[step.tags[41]], "OrigClOrdID(41)"

    def _hear(self, step: Step) -> None:
        told = {tag: self._ids.get(value, value) if tag in {11, 41} else value for tag, value in step.tags.items()}
        given = {37: OURS_THERE, 17: f"E-{self._seq}", 31: PX if told.get(150) in _TRADES else "0"}
        given |= {} if 11 in told or step.msg != "8" else GIVEN_BY_VOICE
        fields = {tag: value for tag, value in {35: step.msg, **given, **told}.items() if value}
        raw = "".join(f"{tag}={value}\x01" for tag, value in fields.items())
        said = report(message(raw.encode()))
        before = self._booked()
        self.set_aside.clear()
        if said is not None:
            for event in hearing.report(self.book, orders.receipt(msg_type=step.msg, raw=raw), said, orders.ACCOUNTS):
                self._apply(event)
        self._has_booked = self._booked() != before

    def _apply(self, event: Event) -> None:
        self._seq += 1
        if isinstance(event, ReportDiffered):
            self.breaks.append(event)
        if isinstance(event, ReportQuarantined):
            self.set_aside.append(event)
        if isinstance(event, OrderAdopted):
            self.adopted.append(event)
        self.book.apply(event, self._seq, self._seq)

    def _booked(self) -> list[tuple[str, Decimal]]:
        """What has traded, and for how much: a split changes only into how many pieces."""
        return [(e.exec_id, e.value) for chain in self.book.chains.values() for e in chain.executions]

    def _symbol(self, cl_ord_id: str) -> str:
        return next((symbol for symbol, ours in self._ids.items() if ours == cl_ord_id), cl_ord_id)


def wanted(tags: dict[int, str]) -> Terms:
    """The order that a NewOrderSingle(D) of a scenario asks for."""
    cash = tags.get(152)
    return orders.terms(
        tags.get(38, "0"),
        PX if cash is None else None,
        time_in_force=TimeInForce(tags.get(59, "0")),
        ord_type=OrdType.LIMIT if cash is None else OrdType.MARKET,
        cash_order_qty=None if cash is None else Decimal(cash),
    )
