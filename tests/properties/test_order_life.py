"""Whatever a venue does with an order: quantities add up, OrdStatus is the highest of what is true, no break is seen where there
is none, what is said again changes nothing, and the journal gives the same order to the last bit.
"""

from decimal import Decimal

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.facts import CATALOGUE
from oms import deciding, hearing
from oms.book import Book
from oms.domain.chain import Chain
from oms.domain.events import CancelRequested, Event, ExecutionReported
from oms.domain.fields import OrdStatus, TimeInForce
from oms.domain.report import ExecutionReport
from tests.support.model_order import ORDER, VenueOrder
from tests.support.orders import GRANT, D, cancel, placed, receipt, terms

quantities = st.sampled_from([D(100), D(300), D("0.5"), D(700), D(1_000)])
prices = st.sampled_from([D("1.3850"), D("1.4"), D("0.1")])
flags = st.sampled_from([OrdStatus.DONE_FOR_DAY, OrdStatus.CALCULATED, OrdStatus.STOPPED, OrdStatus.SUSPENDED])


class OrderLife(RuleBasedStateMachine):
    """One order, good till it is canceled, at a venue that does as the rules say and tells of each thing."""

    def __init__(self) -> None:
        super().__init__()
        self.venue = VenueOrder(D(1_000))
        self.book = Book("FG")
        self.journal: list[tuple[int, str, int, bytes]] = []
        self.told: list[ExecutionReport] = []
        self.asked = 0

    @initialize()
    def place(self) -> None:
        self._apply(placed(ORDER, terms(1_000, time_in_force=TimeInForce.GOOD_TILL_CANCEL)))

    @precondition(lambda self: not self.venue.is_accepted)
    @rule()
    def accepts(self) -> None:
        self._hear(self.venue.accept())

    @rule(qty=quantities, px=prices)
    def trades(self, qty: Decimal, px: Decimal) -> None:
        """Also before the ack, beyond the quantity, and after the end (R22)."""
        self._hear(self.venue.trade(qty, px))

    @precondition(lambda self: self.venue.standing())
    @rule(data=st.data(), qty=quantities, px=prices)
    def corrects(self, data: st.DataObject, qty: Decimal, px: Decimal) -> None:
        self._hear(self.venue.correct(self._one(data), qty, px))

    @precondition(lambda self: self.venue.standing())
    @rule(data=st.data())
    def busts(self, data: st.DataObject) -> None:
        self._hear(self.venue.bust(self._one(data)))

    @precondition(lambda self: self.venue.is_accepted and not self.venue.is_canceled)
    @rule(flag=flags)
    def puts(self, flag: OrdStatus) -> None:
        self._hear(self.venue.put(flag))

    @precondition(lambda self: self.venue.is_accepted and not self.venue.is_canceled)
    @rule()
    def renews(self) -> None:
        self._hear(self.venue.renew())

    @precondition(lambda self: self.venue.is_accepted and not self.venue.is_canceled and not self.venue.flags)
    @rule(order_qty=quantities)
    def resizes(self, order_qty: Decimal) -> None:
        self._hear(self.venue.resize(order_qty))

    @precondition(lambda self: self.venue.is_accepted and self._chain().is_live and not self.venue.cancel_id)
    @rule()
    def client_cancels(self) -> None:
        self.asked += 1
        event = deciding.cancel(self.book, cancel(f"x{self.asked}"), self._chain(), GRANT)
        assert isinstance(event, CancelRequested)
        self._apply(event)
        self._hear(self.venue.take_cancel(event.cl_ord_id))

    @precondition(lambda self: self.venue.is_accepted and not self.venue.is_canceled)
    @rule()
    def cancels(self) -> None:
        """As asked, or of its own accord."""
        self._hear(self.venue.cancel())

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def says_it_again(self, data: st.DataObject) -> None:
        """Any suffix of what it said, word for word."""
        before = self._chain()
        for told in self.told[data.draw(st.integers(0, len(self.told) - 1)) :]:
            for event in hearing.report(self.book, receipt(), told):
                self._apply(event)
        assert self._chain() == before

    @precondition(lambda self: self.told)
    @rule()
    def everything_is_folded_anew(self) -> None:
        """The journal's bytes give the same book, bit for bit."""
        book = Book("FG")
        for seq, (at_ns, kind, version, payload) in enumerate(self.journal, 1):
            event = CATALOGUE.decode(kind, version, payload)
            assert isinstance(event, Event)
            book.apply(event, seq, at_ns)
        assert vars(book) == vars(self.book)
        assert msgspec.json.encode(book.chains) == msgspec.json.encode(self.book.chains)

    @invariant()
    def everything_adds_up(self) -> None:
        if not self.told:
            return
        chain, venue = self._chain(), self.venue
        assert (chain.cum_qty, chain.cum_value, chain.day_cum_qty) == (venue.cum_qty(), venue.cum_value(), venue.day_cum_qty())
        assert chain.cum_qty == sum((execution.last_qty for execution in chain.executions), D(0))
        assert chain.terms.order_qty == venue.order_qty
        assert chain.overfill_qty == max(venue.cum_qty() - venue.order_qty, D(0))
        assert chain.day_order_qty == venue.order_qty - venue.cum_qty() + venue.day_cum_qty()
        assert (chain.ord_status, chain.leaves_qty, chain.unheard_qty) == (venue.ord_status(), venue.leaves_qty(), D(0))
        if chain.leaves_qty:
            assert chain.cum_qty + chain.leaves_qty == chain.terms.order_qty

    def _hear(self, told: ExecutionReport) -> None:
        """No difference is seen: the venue and we hold the same."""
        self.told.append(told)
        events = hearing.report(self.book, receipt(), told)
        assert events[0] == ExecutionReported(ORDER, receipt(), told)
        for event in events:
            self._apply(event)
        assert [type(event).__name__ for event in events[1:]] in ([], ["OrderOverfilled"])

    def _apply(self, event: Event) -> None:
        seq = len(self.journal) + 1
        self.journal.append((seq, *CATALOGUE.encode(event)))
        self.book.apply(event, seq, seq)

    def _chain(self) -> Chain:
        return self.book.chains[ORDER]

    def _one(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.venue.standing()) - 1))


TestOrderLife = OrderLife.TestCase
TestOrderLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
