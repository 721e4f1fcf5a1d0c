"""Everything the engine knows: the fold over the journal, and the market prices beside it."""

from typing import cast

from msgspec.structs import replace

from gateway.cell import Cell, SessionKind
from gateway.sessions import HEARD, EngineStarted, Heard, Phase, Session, SessionEvent, evolve, heard
from oms.book import Book
from oms.domain.chain import Chain
from oms.domain.events import Event, MessageSent
from risk.limits import Quote


class State:
    """Changed only by `apply`, with facts that are in the journal or on their way there. `quotes` alone is not journalled."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.book = Book(cell.name)
        self.sessions = {plan.name: Session(plan.name) for plan in cell.sessions}
        self.plans = {plan.name: plan for plan in cell.sessions}
        self.adopting = {plan.name: _accounts(cell, plan.name) for plan in cell.sessions if plan.adopts}
        """By session, the accounts on which an order that we never sent is taken as ours."""
        self.quotes: dict[str, Quote] = {}
        self.seq = 0
        self.at_ns = 0

    def apply(self, event: Event, seq: int, at_ns: int) -> Chain | None:
        """Take in one fact; returns the order that it changed, as it is now."""
        assert seq == self.seq + 1, f"record {seq} after {self.seq}"
        assert at_ns >= self.at_ns, f"record {seq} is older than the one before it"
        self.seq, self.at_ns = seq, at_ns
        if type(event) in HEARD:
            receipt = cast(Heard, event).receipt
            self.sessions[receipt.session] = heard(self._session(receipt.session), receipt)
        elif isinstance(event, (MessageSent, SessionEvent)):
            before = self._session(event.session)
            after = self.sessions[event.session] = evolve(before, event, seq)
            if before.phase is not after.phase:
                self._turned(before, after, at_ns)
        elif isinstance(event, EngineStarted):
            for name, session in self.sessions.items():
                self.sessions[name] = _down(session)
                self._turned(session, self.sessions[name], at_ns)
        return self.book.apply(event, seq, at_ns)

    def _session(self, name: str) -> Session:
        """Also one that the journal knows and the configuration does not name any more."""
        return self.sessions.get(name) or Session(name)

    def _turned(self, before: Session, after: Session, at_ns: int) -> None:
        """What it means for the session's orders that its phase has changed."""
        if before.phase is Phase.READY:
            self.book.lose(before.name, at_ns)
        if after.phase is Phase.READY:
            self.book.regain(after.name)

    def grant_if_ready(self, session: str) -> int:
        """The grant under which the session may send business now; 0 if it may not."""
        state = self.sessions.get(session)
        is_orders = session in self.plans and self.plans[session].kind is SessionKind.ORDERS
        return state.grant if state is not None and is_orders and state.phase is Phase.READY else 0


def _accounts(cell: Cell, session: str) -> frozenset[str]:
    return frozenset(account for account, its in cell.account_sessions.items() if its == session)


def _down(session: Session) -> Session:
    return replace(session, phase=Phase.DOWN, test_req_id="")
