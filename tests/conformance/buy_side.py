"""The order book in the buy side's role: it sends what a scenario's buy side sends, and hears what the sell side says."""

from decimal import Decimal

from gateway.codec.message import message
from gateway.codec.reading import report
from gateway.simulator.scenario import TO_VENUE, Expected, Step
from oms import deciding
from oms.book import Book
from oms.domain.chain import OPEN
from oms.domain.events import Answer, CancelRequested, Event, OrderPlaced, ReplaceRequested, ReportDiffered, RequestRefused
from oms.domain.refusal import Refusal
from tests.support import orders

PX, OTHER_PX = "1.3850", "1.3860"
_TRADE = "F"


class Refused(Exception):
    """The book would not send what the scenario sends."""


class BuySide:
    """Plays the steps of one case, one after the other."""

    def __init__(self) -> None:
        self.book = Book("FG")
        self.breaks: list[ReportDiffered] = []
        self._seq = 0
        self._ids: dict[str, str] = {}
        """Our ClOrdID(11) for each of the scenario's symbols."""
        self._has_booked = False
        """Whether the last message changed what has traded."""
        self.too_late: set[str] = set()
        """What we did not ask for any more: nobody answers it."""

    def play(self, step: Step) -> None:
        """Raises Refused."""
        if step.dir == TO_VENUE:
            self._send(step)
        elif step.tags[11] not in self.too_late:
            self._hear(step)

    def assert_stands(self, alternatives: tuple[Expected, ...]) -> None:
        """The order is in one of these ways."""
        wanted = alternatives[0]
        assert wanted.order is not None
        chain = self.book.chains[self._ids[wanted.order]]
        found = Expected(
            order=wanted.order,
            accepted_clordid=self._symbol(chain.cl_ord_id),
            pending_clordids=tuple(self._symbol(r.cl_ord_id) for r in chain.requests[1:] if r.state in OPEN),
            cum_qty=str(chain.cum_qty),
            leaves_qty=str(chain.leaves_qty) if wanted.leaves_qty is not None else None,
            order_qty=str(chain.terms.order_qty) if wanted.order_qty is not None else None,
            ord_status=chain.ord_status.code,
            books_trade=self._has_booked if wanted.books_trade is not None else None,
        )
        assert found in alternatives
        assert not self.breaks

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
        named, of = f"client-{step.tags[11]}", f"client-{next(iter(self._ids), '')}"
        chain = self.book.find(orders.PRINCIPAL, "", of)
        event: Answer
        match step.msg:
            case "D":
                wanted = orders.terms(step.tags[38], PX)
                event = deciding.place(self.book, orders.place(named, wanted), orders.SESSION, orders.GRANT, 0)
            case "F":
                event = deciding.cancel(self.book, orders.cancel(named, of), chain, orders.GRANT)
            case _:
                assert step.msg == "G", f"no scenario of these groups sends {step.msg}"
                price = OTHER_PX if 44 in step.tags else None  # The scenario says only that it changes.
                event = deciding.change(self.book, orders.change(named, step.tags[38], price, of), chain, orders.GRANT, 0)
        self._apply(event)
        if isinstance(event, RequestRefused) and event.refusal is Refusal.TOO_LATE:
            self.too_late.add(step.tags[11])
            return
        if isinstance(event, RequestRefused):
            raise Refused(f"{step.msg} {step.tags}: {event.refusal}")
        assert isinstance(event, OrderPlaced | CancelRequested | ReplaceRequested)
        self._ids[step.tags[11]] = event.cl_ord_id
        if not isinstance(event, OrderPlaced):
            assert event.orig_cl_ord_id == self._ids[step.tags[41]], "OrigClOrdID(41)"

    def _hear(self, step: Step) -> None:
        told = {str(tag): self._ids.get(value, value) if tag in {11, 41} else value for tag, value in step.tags.items()}
        given = {"37": "V1", "17": f"E{self._seq}", "31": PX if told.get("150") == _TRADE else "0"}
        raw = "".join(f"{tag}={value}\x01" for tag, value in {"35": step.msg, **given, **told}.items())
        said = report(message(raw.encode()))
        assert said is not None
        before = self._cum_qty()
        for event in deciding.report(self.book, orders.receipt(msg_type=step.msg, raw=raw), said):
            self._apply(event)
        self._has_booked = self._cum_qty() != before

    def _apply(self, event: Event) -> None:
        self._seq += 1
        if isinstance(event, ReportDiffered):
            self.breaks.append(event)
        self.book.apply(event, self._seq, self._seq)

    def _cum_qty(self) -> Decimal:
        return sum((chain.cum_qty for chain in self.book.chains.values()), start=Decimal(0))

    def _symbol(self, cl_ord_id: str) -> str:
        return next(symbol for symbol, ours in self._ids.items() if ours == cl_ord_id)
