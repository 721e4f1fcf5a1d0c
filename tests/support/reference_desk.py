"""One desk before risk: of which limits it is asked, with which reference data, and what traded and is reserved there."""

from typing import Any

from msgspec.structs import replace

from oms.domain.fields import Side
from oms.domain.order import evolve
from oms.domain.reference import (
    AnyRow,
    ReferenceSet,
)
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk import review as asked
from risk.case import Verdict
from risk.control import Control
from risk.latches import Latches
from risk.ledger import Ledger, Tally
from risk.limit import Limit
from risk.limits import Instrument, Limits, Quote
from risk.reference import Reference
from risk.scope import Facets, parse
from risk.sheet import Sheet, founding
from tests.support.orders import MS, POLICY, QUOTE, D, placed, terms

NOW = 1_000_000 * MS
AGE_MS = 1_000
LOOSE = Limits(D(10) ** 9, D(10) ** 12, D(5_000), D(5_000), 10**9)
FRESH = replace(QUOTE, at_ns=NOW)
IBM = Instrument("IBM", "EUR", tick=D("0.01"), lot=D(1))


def limit(control: Control, value: int | str = 1, scope: str = "firm", **changes: Any) -> Limit:
    return Limit(parse(scope), control, D(value), **({"age_ms_max": AGE_MS} | changes))


def reference(*rows: AnyRow, at_ns: int = NOW) -> Reference:
    made = Reference()
    made.apply(ReferenceSet("test", at_ns, rows), at_ns)
    return made


class Desk:
    """What is asked, of which limits, with which data, with what traded and reserved before."""

    def __init__(self, *limits: Limit, base_currency: str = "", quote: Quote | None = FRESH) -> None:
        policy = replace(POLICY, limits={"DESK1": LOOSE}, instruments={**POLICY.instruments, "IBM": IBM})
        self.sheet = Sheet("v1", [*founding(policy).limits, *limits])
        self.ledger = Ledger()
        self.ledger.watch(self.sheet.scopes)
        self.instruments, self.base_currency = policy.instruments, base_currency
        self.quotes = {} if quote is None else {"EURUSD": quote, "IBM": quote}

    def verdict(self, wanted: Terms, known: Reference, at_ns: int = NOW) -> Verdict | None:
        return self.review(wanted, known, at_ns)[0]

    def review(self, wanted: Terms, known: Reference, at_ns: int = NOW) -> tuple[Verdict | None, Decision]:
        known.base_currency = self.base_currency
        basis = asked.Basis(self.sheet, self.instruments, self.quotes, self.ledger, Latches(), known)
        return asked.review(basis, wanted, self.facets(wanted.symbol), at_ns)

    def facets(self, symbol: str) -> Facets:
        instrument = self.instruments.get(symbol)
        return Facets("DESK1", symbol, "trader/desk1", currency=instrument.currency if instrument else "")

    def holds(self, symbol: str, pos_qty: int, **more: Any) -> None:
        self.ledger.tell(self.facets(symbol), Tally(pos_qty=D(pos_qty), **more))

    def reserves(self, symbol: str, qty: int, value: int, *, is_buy: bool) -> None:
        """An order that is open."""
        wanted = terms(qty, "1", symbol=symbol, side=Side.BUY if is_buy else Side.SELL)
        order = evolve(None, placed(wanted=wanted, decision=Decision("v1", worst_px=D(value) / D(qty))), 1)
        self.ledger.changed(self.facets(symbol), D(1), None, order)


def refusal(found: Verdict | None) -> Refusal | None:
    return None if found is None else found[0]
