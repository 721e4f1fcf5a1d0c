"""Everything the engine knows: the fold over the journal, and the market prices beside it."""

from collections.abc import Callable
from typing import Any, ClassVar

from msgspec.structs import replace

from gateway import metering, standing
from gateway.breakers import COUNTED, Counts, counted_on, note
from gateway.cell import Cell, SessionKind
from gateway.checkpoints import SnapshotTaken
from gateway.client.outbox import Outbox
from gateway.days import Day, DayBegan, DayEnded
from gateway.exposures import MOVES, Exposures
from gateway.rate import Meter
from gateway.session_acts import HaltReleased
from gateway.sessions import EVOLUTIONS, HEARD, EngineStarted, Heard, Phase, Session, SessionEvent, evolve, heard
from gateway.vitals import Vitals
from oms.book import Book
from oms.domain.acts import DrainRequested, DrainStopped, MassCancelRequested
from oms.domain.chain import Chain
from oms.domain.dead_man import DEAD_MAN_EVENTS
from oms.domain.events import Event, MessageSent, OrderEvent, OrderPlaced, OrderRefused, RequestRefused
from oms.domain.latches import LATCH_EVENTS
from oms.domain.reference import ReferenceSet
from oms.domain.resting import OrdersForgotten
from oms.family import as_it_stands, keep_live
from risk.dead_men import DeadMen
from risk.limits import Quote

_READY = Phase.READY
DAY_NS = 86_400 * 1_000_000_000


class State:
    """Changed only by `apply`, with facts that are in the journal or on their way there. `quotes` alone is not journalled."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.book = Book(cell.name)
        self.sessions = {plan.name: Session(plan.name) for plan in cell.sessions}
        self.plans = {plan.name: plan for plan in cell.sessions}
        self.vitals = {plan.name: Vitals.of(plan) for plan in cell.sessions}
        self.counts = {plan.name: Counts() for plan in cell.sessions if plan.kind is not SessionKind.MARKET_DATA}
        """What the breakers of each session have counted."""
        self._orders_sessions = frozenset(plan.name for plan in cell.sessions if plan.kind is SessionKind.ORDERS)
        self.outboxes = {plan.name: Outbox(plan, cell.name) for plan in cell.sessions if plan.kind is SessionKind.CLIENTS}
        """What each client over FIX is still to be told, by session."""
        self._outboxes_of = {outbox.plan.principal: outbox for outbox in self.outboxes.values()}
        self.adopting = {plan.name: _accounts(cell, plan.name) for plan in cell.sessions if plan.adopts}
        """By session, the accounts on which an order that we never sent is taken as ours."""
        self.dialects = {plan.name: plan.dialect for plan in cell.sessions if plan.dialect is not None}
        self.meters = {plan.name: Meter(plan.rate) for plan in cell.sessions if plan.rate is not None}
        """What has been let go to each counterparty that takes no more than so much."""
        self.cautious = frozenset(plan.name for plan in cell.sessions if plan.cancels_on_ready)
        """The sessions that take no new order after they were lost, until all is told of the old ones."""
        self.lost: set[str] = set()
        """Those of them that were, otherwise than by their schedules."""
        self.quotes: dict[str, Quote] = {}
        self.exposures = Exposures(cell, self.quotes)
        self.dead_men = DeadMen()
        """Who is watched, and since when."""
        self.snapshot_seq = 0
        """Up to which record the last snapshot goes; 0 without one."""
        self.days: dict[str, Day] = {}
        """The trading day of each session that has a schedule."""
        self.day_ended_seq = 0
        """Journal seq of the last end of a day, of any session; 0 before the first."""
        self.draining: DrainRequested | None = None
        """Why nothing new is taken, if so."""
        self.seq = 0
        self.at_ns = 0

    def apply(self, event: Event, seq: int, at_ns: int) -> Chain | None:
        """Take in one fact; returns the order that it changed, as it is now."""
        assert seq == self.seq + 1, f"record {seq} after {self.seq}"
        assert at_ns >= self.at_ns, f"record {seq} is older than the one before it"
        if at_ns // DAY_NS != self.at_ns // DAY_NS:
            self.exposures.end_utc_day()
        self.seq, self.at_ns = seq, at_ns
        tell = self._SESSIONS.get(type(event))
        if tell is not None:
            tell(self, event, seq, at_ns)
        if type(event) in COUNTED:
            self._count(event, at_ns)
        before = None
        if type(event) in MOVES and isinstance(event, OrderEvent):
            before = self.book.chains.get(event.root_id)
            if before is None and type(event) is not OrderPlaced:
                before = self.book.rest.order(event.root_id)
        after = self._told_to_clients(event, seq, at_ns) if self.outboxes else self.book.apply(event, seq, at_ns)
        if after is not None and type(event) in MOVES:
            self.exposures.changed(before, after)
        if self.meters:
            metering.count(self.meters, event, after, at_ns)
        if after is None or (after.session and not after.parent_id):
            return after
        keep_live(self.book, after)
        return after if after.session else as_it_stands(self.book, after)

    def _heard(self, event: Heard, _seq: int, at_ns: int) -> None:
        receipt = event.receipt
        vitals = self.vitals.get(receipt.session)
        if vitals is not None:
            vitals.hear(event, at_ns)
        outbox = self.outboxes.get(receipt.session)
        if outbox is not None:
            outbox.hear()
        self.sessions[receipt.session] = heard(self._session(receipt.session), receipt)

    def _evolved(self, event: MessageSent | SessionEvent, seq: int, at_ns: int) -> None:
        was = self._session(event.session)
        now = self.sessions[event.session] = evolve(was, event, seq)
        vitals = self.vitals.get(event.session)
        if vitals is not None:
            vitals.note(event, was, now, seq, at_ns)
        if was.phase is not now.phase:
            self._turned(was, now, at_ns)

    def _halt_released(self, event: HaltReleased, seq: int, at_ns: int) -> None:
        self._evolved(event, seq, at_ns)
        self.book.leave_out(event.cl_ord_ids)

    def _count(self, event: Event, at_ns: int) -> None:
        name = counted_on(event)
        counts = self.counts.get(name)
        if counts is not None:
            note(counts, self.plans[name].breakers, self.sessions[name], event, at_ns)

    def _day_began(self, event: DayBegan, _seq: int, _at_ns: int) -> None:
        self.days[event.session] = Day(event.day)

    def _day_ended(self, event: DayEnded, seq: int, at_ns: int) -> None:
        self.exposures.ledger.end_day(event.session)
        self.days[event.session], self.day_ended_seq = Day(event.next_day, at_ns, event), seq
        is_ready = self._session(event.session).phase is _READY
        self.book.doubt(event.session, event.unconfirmed, at_ns, is_ready=is_ready)

    def _drained(self, event: DrainRequested | DrainStopped, _seq: int, _at_ns: int) -> None:
        self.draining = event if isinstance(event, DrainRequested) else None

    def _started(self, _event: EngineStarted, seq: int, at_ns: int) -> None:
        self.draining = None
        self.dead_men.restarted(at_ns)
        for name, session in self.sessions.items():
            plan = self.plans.get(name)
            self.sessions[name] = _down(session, is_within_hours=plan is None or plan.schedule is None)
            if name in self.vitals:
                self.vitals[name].turned(Phase.DOWN, seq, at_ns)
            self._turned(session, self.sessions[name], at_ns)

    def _orders_forgotten(self, event: OrdersForgotten, _seq: int, _at_ns: int) -> None:
        for outbox in self.outboxes.values():
            for stone in event.root_ids:
                outbox.forget(self.book.rest.look(stone).chains)

    def _latched(self, event: Event, seq: int, at_ns: int) -> None:
        self.exposures.latches.apply(event, seq, at_ns)

    def _watched(self, event: Event, _seq: int, at_ns: int) -> None:
        self.dead_men.apply(event, at_ns)

    def _referred(self, event: ReferenceSet, _seq: int, at_ns: int) -> None:
        self.exposures.reference.apply(event, at_ns)

    def _snapshot_taken(self, event: SnapshotTaken, _seq: int, _at_ns: int) -> None:
        self.snapshot_seq = event.upto_seq

    _SESSIONS: ClassVar[dict[type[Event], Callable[["State", Any, int, int], None]]] = {
        **dict.fromkeys(HEARD, _heard),
        **dict.fromkeys(EVOLUTIONS, _evolved),
        HaltReleased: _halt_released,
        EngineStarted: _started,
        SnapshotTaken: _snapshot_taken,
        **dict.fromkeys(LATCH_EVENTS, _latched),
        **dict.fromkeys(DEAD_MAN_EVENTS, _watched),
        ReferenceSet: _referred,
        DrainRequested: _drained,
        DrainStopped: _drained,
        DayBegan: _day_began,
        DayEnded: _day_ended,
        OrdersForgotten: _orders_forgotten,
    }
    """What each kind of fact does beside the book: most of them to the session that they are about."""

    def _told_to_clients(self, event: Event, seq: int, at_ns: int) -> Chain | None:
        """The same for the book, and for what a client over FIX is to be told of it."""
        before = self.book.order(event.root_id) if isinstance(event, OrderEvent) else None
        after = self.book.apply(event, seq, at_ns)
        outbox = self._outbox(event, after)
        if outbox is not None:
            outbox.apply(self.book, event, before, seq, at_ns)
        return after

    def _outbox(self, event: Event, chain: Chain | None) -> Outbox | None:
        """The FIX client that the fact is about: its order, its request, or its session."""
        if chain is not None:
            return self._outboxes_of.get(chain.requests[0].principal)
        if isinstance(event, (OrderRefused, RequestRefused, MassCancelRequested)):
            return self._outboxes_of.get(event.principal)
        return self.outboxes.get(event.session) if isinstance(event, SessionEvent) else None

    def _session(self, name: str) -> Session:
        """Also one that the journal knows and the configuration does not name any more."""
        return self.sessions.get(name) or Session(name)

    def _turned(self, before: Session, after: Session, at_ns: int) -> None:
        """What it means for the session's orders that its phase has changed."""
        if before.phase is Phase.READY:
            if before.name in self.cautious and before.is_within_hours:
                self.lost.add(before.name)  # A hold, a halt or a person's word is a loss, too: only the schedule is none.
            elif not self.book.to_cancel.get(before.name):
                self.lost.discard(before.name)  # All that was to be canceled after an earlier loss is out.
            self.book.lose(before.name, at_ns)
        if after.phase is Phase.READY:
            self.book.regain(after.name)

    def grant_if_ready(self, session: str) -> int:
        """The grant under which the session may send business now; 0 if it may not."""
        state = self.sessions.get(session)
        if state is None or state.phase is not _READY or not state.is_open or session not in self._orders_sessions:
            return 0
        return state.grant


def _accounts(cell: Cell, session: str) -> frozenset[str]:
    return frozenset(account for account, its in cell.account_sessions.items() if its == session)


def _down(session: Session, *, is_within_hours: bool) -> Session:
    """After a start of the engine, a session with a schedule is closed until the schedule was looked at."""
    down = replace(session, phase=Phase.DOWN, test_req_id="")
    return standing.within_hours(down, is_within_hours=is_within_hours)
