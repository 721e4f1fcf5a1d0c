"""What risk knows of the whole cell: the limits in force, what is reserved and has traded, and where trading is stopped."""

from collections.abc import Mapping
from decimal import Decimal

from gateway.cell import Cell
from oms.domain.acts import RequestResolved
from oms.domain.chain import Chain
from oms.domain.event import Event
from oms.domain.events import (
    CancelRejected,
    ExecutionReported,
    OrderAdopted,
    OrderPlaced,
    ReplaceRequested,
    ReportAttributed,
    RequestNotSent,
    RequestReissued,
    RequestRejected,
)
from oms.domain.terms import Terms
from risk.latches import Latches
from risk.ledger import Ledger
from risk.limits import Quote
from risk.reference import Reference
from risk.review import Basis
from risk.scope import Facets
from risk.sheet import founding

MOVES: frozenset[type[Event]] = frozenset(
    {
        OrderPlaced,
        OrderAdopted,
        ReplaceRequested,
        ExecutionReported,
        ReportAttributed,
        RequestNotSent,
        RequestReissued,
        RequestRejected,
        RequestResolved,
        CancelRejected,
    }
)
"""The facts that may change what an order can do at its worst, or what has traded."""
_ONE = Decimal(1)


class Exposures:
    """Changed only by facts, in the order of the journal."""

    def __init__(self, cell: Cell, quotes: Mapping[str, Quote]) -> None:
        sheet = founding(cell.policy)
        self._instruments = cell.policy.instruments
        self.ledger = Ledger()
        self.ledger.watch(sheet.scopes)
        self.latches = Latches()
        self.reference = Reference(cell.policy.base_currency)
        self.basis = Basis(sheet, self._instruments, quotes, self.ledger, self.latches, self.reference)
        """What risk judges by."""
        self.without_schedule = frozenset(plan.name for plan in cell.sessions if plan.schedule is None)
        self._facets: dict[tuple[str, str, str, str], Facets] = {}

    def facets(self, terms: Terms, principal: str, session: str) -> Facets:
        """What tells an order apart for risk."""
        key = (terms.account, terms.symbol, principal, session)
        found = self._facets.get(key)
        if found is None:
            instrument = self._instruments.get(terms.symbol)
            currency = instrument.currency if instrument is not None else ""
            found = self._facets[key] = Facets(terms.account, terms.symbol, principal, session, currency=currency)
        return found

    def of(self, chain: Chain) -> Facets:
        """Of an order that there is."""
        return self.facets(chain.terms, chain.requests[0].principal, chain.session)

    def changed(self, before: Chain | None, after: Chain) -> None:
        """What an order may do at its worst is reserved, and what traded is counted. A parent's children do, never itself."""
        if after.session:
            self.ledger.changed(self.of(after), self.multiplier(after), before, after)
            if after.terms.instructions.locate_id:
                self.reference.locates.changed(after)

    def hold(self, chain: Chain) -> None:
        """Reserve what an order may do that was counted before: after a snapshot."""
        if chain.session:
            self.ledger.changed(self.of(chain), self.multiplier(chain), None, chain)
            if chain.terms.instructions.locate_id:
                self.reference.locates.changed(chain)

    def end_utc_day(self) -> None:
        """The day is over for sessions of which no schedule says when it is."""
        for session in self.without_schedule:
            self.ledger.end_day(session)

    def multiplier(self, chain: Chain) -> Decimal:
        """Of the order's instrument."""
        instrument = self._instruments.get(chain.terms.symbol)
        return instrument.multiplier if instrument is not None else _ONE
