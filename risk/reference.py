"""Reference data: a fold over the facts that set it. What is not in here nobody knows, and whatever needs it refuses."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TypeVar, cast

import msgspec

from oms.domain.fields import OrdType, TimeInForce
from oms.domain.reference import (
    Allowed,
    AllowList,
    AnyRow,
    FxRate,
    Locate,
    OfSymbol,
    ReferenceSet,
    Restricted,
    RestrictedList,
    Restriction,
    Row,
    word,
)
from oms.domain.refusal import Refusal
from risk.limits import Policy
from risk.locates import Locates
from risk.scope import Dimension, Facets, NoScope, Scope, parse

ROWS_HELD_MAX = 200_000
"""More are refused. Only symbols, accounts and currencies of the installation have rows: what may grow are locates."""
LOCATES_KEPT_NS = 3 * 86_400 * 1_000_000_000
"""A locate that is older is forgotten when new rows come: it is of a trading day that is over."""
TOLD = frozenset({Dimension.ACCOUNT, Dimension.SYMBOL, Dimension.TRADER, Dimension.SESSION, Dimension.CURRENCY})
"""What orders are told apart by as yet. An entry that names something else would hold for no order, and is refused."""
_MINUTES_A_DAY, _NS_PER_MINUTE = 1_440, 60_000_000_000

R = TypeVar("R", bound=Row)
Wrong = tuple[Refusal, str]


class Held(msgspec.Struct, frozen=True, gc=False):
    """A row, and where it is from."""

    row: AnyRow
    source: str
    as_of_ns: int


class Restrictive(msgspec.Struct, frozen=True, gc=False):
    """An entry of a restricted list, ready to be asked."""

    name: str
    scope: Scope
    restriction: Restriction
    reason: str


class Allowing(msgspec.Struct, frozen=True, gc=False):
    """An entry of an allow-list, ready to be asked."""

    scope: Scope
    ord_types: tuple[OrdType, ...]
    times_in_force: tuple[TimeInForce, ...]
    after_minute: int
    before_minute: int
    """Of the day, in UTC; both 0 for the whole day."""

    def is_within(self, at_ns: int) -> bool:
        """Whether it allows anything at this time of the day."""
        minute = at_ns // _NS_PER_MINUTE % _MINUTES_A_DAY
        if self.after_minute < self.before_minute:
            return self.after_minute <= minute < self.before_minute
        return minute >= self.after_minute or minute < self.before_minute


class Reference:
    """All rows of one cell, and what is used of the locates."""

    def __init__(self, base_currency: str = "") -> None:
        self.base_currency = base_currency
        """What values of several currencies are converted to; empty where there is one alone. Configured, and no fact."""
        self.rows: dict[type[Row], dict[str, Held]] = {}
        self.locates = Locates()
        self.is_watching = False
        """Whether any list has an entry that only watches."""
        self._restricted: tuple[Restrictive, ...] = ()
        self._allowing: tuple[Allowing, ...] = ()
        self._restricted_of: dict[Facets, tuple[Restrictive, ...]] = {}
        self._allowing_of: dict[Facets, tuple[Allowing, ...]] = {}

    def of(self, kind: type[Row], key: str) -> Held | None:
        rows = self.rows.get(kind)
        return None if rows is None else rows.get(key)

    def held(self) -> Iterator[Held]:
        """Every row, kind by kind."""
        return (held for rows in self.rows.values() for held in rows.values())

    def oldest_ns(self, kind: type[Row]) -> int | None:
        """Of when the oldest row of a kind is; None where there is no row."""
        return min((held.as_of_ns for held in self.rows.get(kind, {}).values()), default=None)

    def restricted(self, facets: Facets) -> tuple[Restrictive, ...]:
        """The entries of restricted lists that hold for orders with these facets."""
        found = self._restricted_of.get(facets)
        if found is None:
            found = self._restricted_of[facets] = tuple(entry for entry in self._restricted if entry.scope.holds(facets))
        return found

    def allowing(self, facets: Facets) -> tuple[Allowing, ...]:
        """The entries of allow-lists that hold for orders with these facets."""
        found = self._allowing_of.get(facets)
        if found is None:
            found = self._allowing_of[facets] = tuple(entry for entry in self._allowing if entry.scope.holds(facets))
        return found

    def watched(self, facets: Facets) -> Restrictive | None:
        """The first watch list that an order with these facets is on."""
        return next((entry for entry in self.restricted(facets) if entry.restriction is Restriction.WATCH), None)

    def apply(self, event: ReferenceSet, at_ns: int) -> None:
        """Take in one fact."""
        for row in event.rows:
            self.put(Held(row, event.source, event.as_of_ns))
        located = self.rows.get(Locate, {})
        for key in [key for key, held in located.items() if held.as_of_ns < at_ns - LOCATES_KEPT_NS]:
            del located[key]
        if not located:
            self.rows.pop(Locate, None)
        self.settle()

    def put(self, held: Held) -> None:
        """One row; `settle` once all are there."""
        self.rows.setdefault(type(held.row), {})[held.row.key] = held

    def settle(self) -> None:
        """Make the lists ready to be asked."""
        lists = [held.row for held in self.rows.get(RestrictedList, {}).values()]
        allow_lists = [held.row for held in self.rows.get(AllowList, {}).values()]
        self._restricted = tuple(
            Restrictive(one.name, parse(entry.scope), entry.restriction, entry.reason)
            for one in cast("list[RestrictedList]", lists)
            for entry in one.entries
        )
        self._allowing = tuple(_ready(entry) for one in cast("list[AllowList]", allow_lists) for entry in one.entries)
        self.is_watching = any(entry.restriction is Restriction.WATCH for entry in self._restricted)
        self._restricted_of.clear()
        self._allowing_of.clear()


def wrong_with(rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
    """What the rows say that cannot be, by their place, from 0."""
    seen: set[tuple[type[Row], str]] = set()
    for place, row in enumerate(rows):
        if (type(row), row.key) in seen:
            yield place, f"{word(type(row))} {row.key} is there twice"
        seen.add((type(row), row.key))
        for entry in _entries(row):
            try:
                scope = parse(entry.scope)
            except NoScope as problem:
                yield place, f"{word(type(row))} {row.key}: scope {entry.scope[:80]!r}: {problem}"
            else:
                untold = [name for name, _ in scope.pairs if Dimension(name) not in TOLD]
                if untold:
                    yield place, f"{word(type(row))} {row.key}: scope {entry.scope!r}: no order has a {untold[0]} yet"


def unknown_in(rows: Iterable[Row], policy: Policy, accounts: Mapping[str, str]) -> Wrong | None:
    """The first thing named that the installation does not have: what is set for it would hold for no order.

    `accounts`: the session of each.
    """
    places: dict[str, tuple[Container[str], Refusal]] = {
        Dimension.SYMBOL.value: (policy.instruments, Refusal.UNKNOWN_SYMBOL),
        Dimension.ACCOUNT.value: (accounts, Refusal.UNKNOWN_ACCOUNT),
        Dimension.SESSION.value: (set(accounts.values()), Refusal.UNKNOWN_SESSION),
        Dimension.CURRENCY.value: ({one.currency for one in policy.instruments.values()}, Refusal.CURRENCY_DIFFERS),
    }
    for row in rows:
        if isinstance(row, FxRate) and row.base != policy.base_currency:
            return Refusal.CURRENCY_DIFFERS, f"fx_rate={row.key} base_currency={policy.base_currency or 'none'}"
        symbol = row.symbol if isinstance(row, (OfSymbol, Locate)) else ""
        if symbol and symbol not in policy.instruments:
            return Refusal.UNKNOWN_SYMBOL, f"{word(type(row))}={row.key} symbol={symbol}"
        if isinstance(row, Locate) and row.account and row.account not in accounts:
            return Refusal.UNKNOWN_ACCOUNT, f"locate={row.key} account={row.account}"
        for entry in _entries(row):
            for name, value in parse(entry.scope).pairs:
                known = places.get(name)
                if known is not None and value not in known[0]:
                    return known[1], f"{word(type(row))}={row.key} {name}={value}"
    return None


def _entries(row: Row) -> tuple[Restricted | Allowed, ...]:
    return row.entries if isinstance(row, (RestrictedList, AllowList)) else ()


def _ready(entry: Allowed) -> Allowing:
    after, before = (int(time[:2]) * 60 + int(time[3:]) if time else 0 for time in (entry.after, entry.before))
    return Allowing(parse(entry.scope), entry.ord_types, entry.times_in_force, after, before)
