"""One engine, one worker at a time, one venue, and what is between them: how a frame gets from one to the other."""

from gateway import link
from gateway.rules import FromLink, LinkLost
from gateway.sessions import Phase
from oms.domain.chain import Chain, Request
from risk.limits import Quote
from tests.support import orders
from tests.support.model_engine import Engine, Row, folded, receipts, shape
from tests.support.model_venue import Venue
from tests.support.model_wire import Wire
from tests.support.model_worker import Death, Disk, Worker

SESSION = orders.SESSION
QUESTIONS = frozenset({"H", "AF"})


class Parts:
    """Whoever inherits makes them, and moves them."""

    cell = orders.CELL
    journal: list[Row]
    wire: Wire
    disk: Disk
    venue: Venue
    engine: Engine
    worker: Worker
    links: list[Worker]
    """Every worker whose socket the engine has not read to its end."""
    grants: dict[Worker, int]
    waiting: list[Worker]
    holder: Worker | None

    def _quote(self) -> None:
        now = orders.QUOTE
        self.engine.state.quotes["EURUSD"] = Quote(now.bid_px, now.offer_px, self.engine.at_ns)

    def _next_is_a_question(self) -> bool:
        frame = self.worker.frames[0] if self.worker.frames else None
        return isinstance(frame, link.Send) and frame.msg_type in QUESTIONS

    def _is_ready(self) -> bool:
        return self.engine.state.sessions[SESSION].phase is Phase.READY

    def _read_one(self, *, newest_first: bool = False) -> None:
        """One frame of a link that has one, or the end of it."""
        if self.engine.hole:
            self._cut()
        for worker in reversed(self.links) if newest_first else tuple(self.links):
            grant = self.grants.get(worker, 0)
            if worker.told:
                frame = worker.told.popleft()
                if isinstance(frame, link.Hello):
                    self.waiting.append(worker)
                self.engine.take(FromLink(SESSION, grant, frame))
                return
            if not worker.is_alive:
                self.links.remove(worker)
                if self.holder is worker:
                    self.holder = None
                    self.engine.take(LinkLost(SESSION, grant))
                return

    def _take(self, death: Death | None = None) -> None:
        """One frame of the engine, by the worker that it was made for."""
        frame, grant = self.worker.frames[0], self.worker.grant
        if isinstance(frame, link.Send) and frame.msg_type in {"D", "F", "G"}:
            request = self.engine.state.book.known(frame.root_id).request(frame.cl_ord_id)
            assert request is not None
            assert grant is not None
            assert request.grant == grant.grant, "a frame reached a worker that it was not made for"
        self.worker.take(death)

    def _cut(self) -> None:
        self.engine.hole = False
        self.worker.die()

    def _hand_over(self, grant: int) -> None:
        """The link before is closed, and its worker ends."""
        if self.holder is not None:
            self.holder.die()
        self.holder = self.waiting.pop(0)
        self.grants[self.holder] = grant

    def _drain_wire(self) -> None:
        """What a dead worker's socket still held has arrived before another connection is made."""
        while self.wire.to_venue:
            self.venue.hear()
        self.wire.to_us.clear()

    def _assert_folds_to_the_same(self) -> None:
        """Every fact so far, read back from its bytes, makes the state that we have; and every number counted once."""
        assert shape(folded(self.cell, self.journal)) == shape(self.engine.state), "the fold of the journal is not the state"
        counted = [receipt.msg_seq_num for receipt in receipts(self.journal) if receipt.msg_seq_num < receipt.next_target]
        assert counted == sorted(set(counted)), f"a number counted twice: {counted}"

    def _chains(self) -> list[Chain]:
        """Of all orders, awake or at rest."""
        book = self.engine.state.book
        return list(map(book.known, (*book.chains, *book.rest.stones)))

    def _requests(self) -> list[Request]:
        return [r for c in self._chains() for r in c.requests]
