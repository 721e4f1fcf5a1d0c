"""What risk holds, worked out again from the orders and from what traded, and compared number by number.

The ledger is kept by differences, fact by fact; here everything is added up from nothing, apart from it, and only what an order
may do at its worst is defined in one place. The work is one look at each order, and one at each scope for each set of facets.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from msgspec.structs import astuple, fields

from oms.domain.chain import Chain
from oms.domain.fields import Side
from oms.domain.numbers import ZERO
from risk.exposure import Exposure, exposure
from risk.latches import Latches
from risk.ledger import Ledger, Tally, Usage
from risk.scope import Dimension, Facets, Scope

Order = tuple[Facets, Decimal, Chain]
"""One that is at a venue: its facets, its instrument's multiplier, and how it stands."""
Held = Mapping[str, tuple[Facets, Exposure]]
"""What each order may still do, by root_id."""
_NUMBERS = tuple(field.name for field in fields(Usage))
_QUANTITIES = frozenset({"open_buy_qty", "open_sell_qty", "pos_qty", "day_qty"})
_TRADED = tuple(field.name for field in fields(Tally))


def wrong(ledger: Ledger, scopes: Iterable[Scope], orders: Iterable[Order]) -> str:
    """The first number of the ledger that is not what the orders say, and where; empty where all are."""
    held: dict[str, tuple[Facets, Exposure]] = {}
    positions: dict[Facets, Decimal] = {}
    for facets, multiplier, chain in orders:
        worst = exposure(chain, multiplier)
        if worst is not None:
            held[chain.root_id] = facets, worst
        if chain.cum_qty:
            bought = chain.cum_qty if chain.terms.side is Side.BUY else -chain.cum_qty
            positions[facets] = positions.get(facets, ZERO) + bought
    found = (*_unreserved(ledger, held), *_untold(ledger, positions), *_misused(ledger, scopes, held))
    return next(iter(found), "")


def usages(scopes: Iterable[Scope], held: Held, tallies: Mapping[Facets, Tally]) -> dict[tuple[Scope, str], Usage]:
    """What each scope has used in each currency, added up from nothing; those that have used nothing are left out."""
    of_facets: dict[Facets, Usage] = {}
    for facets, worst in held.values():
        of_facets.setdefault(facets, Usage()).add(worst, has_symbol=True)
    for facets, tally in tallies.items():
        of_facets.setdefault(facets, Usage()).tell(tally, has_symbol=True)
    found: dict[tuple[Scope, str], Usage] = {}
    for scope in scopes:
        names = [n for n in _NUMBERS if n not in _QUANTITIES or scope.names(Dimension.SYMBOL)]
        for facets, used in of_facets.items():
            if scope.holds(facets):
                sums = found.setdefault((scope, facets.currency), Usage())
                for name in names:
                    setattr(sums, name, getattr(sums, name) + getattr(used, name))
    return {where: sums for where, sums in found.items() if sums != Usage()}


def digest(ledger: Ledger, latches: Latches) -> str:
    """sha256 over what every watched scope has used, and over every latch: two that hold the same have the same. In hex."""
    said = [
        *(f"{scope.text} {currency} {_words(used)}" for (scope, currency), used in _used(ledger).items()),
        *(f"latch {seq} {latch.scope.text} {latch.mode.name} {latch.release_asked_by}" for seq, latch in latches.by_seq.items()),
    ]
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()


def _unreserved(ledger: Ledger, held: Held) -> Iterator[str]:
    """Orders whose reservation is not their worst, or is none, or is one too many."""
    for root_id in held.keys() | ledger.reservations.keys():
        reservation, worst = ledger.reservations.get(root_id), held.get(root_id)
        reserved = (reservation.facets, reservation.exposure) if reservation is not None else None
        if reserved != worst:
            yield f"order {root_id}: {reserved} is reserved, and {worst} would be right"


def _untold(ledger: Ledger, positions: Mapping[Facets, Decimal]) -> Iterator[str]:
    for facets in positions.keys() | ledger.tallies.keys():
        tally = ledger.tallies.get(facets, Tally())
        if tally.pos_qty != positions.get(facets, ZERO):
            yield f"{facets}: pos_qty is {tally.pos_qty}, and by its orders {positions.get(facets, ZERO)}"


def _misused(ledger: Ledger, scopes: Iterable[Scope], held: Held) -> Iterator[str]:
    """Scopes of which a number is not the sum over what is within them."""
    right, kept = usages(scopes, held, ledger.tallies), _used(ledger)
    for where in sorted(right.keys() | kept.keys()):
        scope, currency = where
        ours, theirs = kept.get(where, Usage()), right.get(where, Usage())
        for name in _NUMBERS:
            if getattr(ours, name) != getattr(theirs, name):
                yield f"scope {scope.text} {currency}: {name} is {getattr(ours, name)}, and adds up to {getattr(theirs, name)}"


def _used(ledger: Ledger) -> dict[tuple[Scope, str], Usage]:
    nothing = Usage()
    return {(s, currency): used for s, by in ledger.usages.items() for currency, used in by.items() if used != nothing}


def _words(used: Usage) -> str:
    """Each number as it is and not as it came about: 1.50 is 1.5."""
    return " ".join(f"{number.normalize():f}" for number in map(Decimal, astuple(used)))


class Witness:
    """Adds up what trades fact by fact, apart from the ledger, from a point where the ledger was right."""

    def __init__(self, tallies: Mapping[Facets, Tally]) -> None:
        self._numbers = {facets: dict(zip(_TRADED, astuple(tally), strict=True)) for facets, tally in tallies.items()}

    def saw(self, facets: Facets, multiplier: Decimal, before: Chain | None, after: Chain) -> None:
        """A fact has made `after` of an order."""
        if before is None or (before.cum_qty, before.cum_value) == (after.cum_qty, after.cum_value):
            return
        is_buy = after.terms.side is Side.BUY
        value, qty = (after.cum_value - before.cum_value) * multiplier, after.cum_qty - before.cum_qty
        numbers = self._numbers.setdefault(facets, dict.fromkeys(_TRADED, ZERO))
        numbers["pos_qty"] += qty if is_buy else -qty
        numbers["day_net_value"] += value if is_buy else -value
        numbers["day_qty"] += max(qty, ZERO)
        if value > 0:
            numbers["day_bought_value" if is_buy else "day_sold_value"] += value

    def ended_day(self, sessions: frozenset[str]) -> None:
        """A day is over: of these sessions only positions go on."""
        for facets, numbers in self._numbers.items():
            if facets.session in sessions:
                numbers.update(dict.fromkeys(_TRADED, ZERO) | {"pos_qty": numbers["pos_qty"]})

    def wrong(self, ledger: Ledger) -> str:
        """The first number that the ledger has otherwise; empty where none is."""
        for facets in self._numbers.keys() | ledger.tallies.keys():
            ours = ledger.tallies.get(facets, Tally())
            theirs = self._numbers.get(facets) or dict.fromkeys(_TRADED, ZERO)
            for name in _TRADED:
                if getattr(ours, name) != theirs[name]:
                    return f"{facets}: {name} is {getattr(ours, name)}, and by what traded {theirs[name]}"
        return ""
