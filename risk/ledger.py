"""What is reserved and what has traded, within every scope that has a limit: a fold over the facts about orders.

Each order has one reservation: its exposure. It moves with every fact about the order and is freed by proof alone. Each set of
facets has one tally of what traded. The usage of a scope is the sum over what is within it, kept up to date by differences;
`recomputed` adds it all up again, and the two must be the same. Money is in the instruments' own currencies: nothing is converted
when it is booked.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from oms.domain.chain import Chain
from oms.domain.fields import Side
from oms.domain.numbers import ZERO
from risk.exposure import Exposure, exposure
from risk.scope import Dimension, Facets, Scope

_BUY = Side.BUY


class Reservation(msgspec.Struct, frozen=True, gc=False):
    """What one order may still do, and where it counts."""

    facets: Facets
    exposure: Exposure


class Tally(msgspec.Struct, frozen=True, gc=False):
    """What traded under one set of facets."""

    pos_qty: Decimal = ZERO
    """Bought less sold, over all days."""
    day_bought_value: Decimal = ZERO
    day_sold_value: Decimal = ZERO
    """Of today; a bust does not lower them within the day."""
    day_net_value: Decimal = ZERO
    """Bought less sold today, busts and corrections included."""
    day_qty: Decimal = ZERO
    """Bought and sold today; a bust does not lower it within the day."""


class Usage(msgspec.Struct):
    """What one scope has used, in one currency. Quantities count where the scope names a symbol: added up over several they say
    nothing."""

    open_buy_value: Decimal = ZERO
    open_sell_value: Decimal = ZERO
    open_buy_qty: Decimal = ZERO
    open_sell_qty: Decimal = ZERO
    open_orders: int = 0
    unpriced_orders: int = 0
    """Orders whose value is only a lower bound: whoever limits value here lets nothing pass."""
    pos_qty: Decimal = ZERO
    day_bought_value: Decimal = ZERO
    day_sold_value: Decimal = ZERO
    day_net_value: Decimal = ZERO
    day_qty: Decimal = ZERO

    def add(self, held: Exposure, *, has_symbol: bool) -> None:
        """Take a reservation in."""
        if held.is_buy:
            self.open_buy_value += held.value
            if has_symbol:
                self.open_buy_qty += held.leaves_qty
        else:
            self.open_sell_value += held.value
            if has_symbol:
                self.open_sell_qty += held.leaves_qty
        self.open_orders += 1
        if held.is_unpriced:
            self.unpriced_orders += 1

    def free(self, held: Exposure, *, has_symbol: bool) -> None:
        """Take a reservation out."""
        if held.is_buy:
            self.open_buy_value -= held.value
            if has_symbol:
                self.open_buy_qty -= held.leaves_qty
        else:
            self.open_sell_value -= held.value
            if has_symbol:
                self.open_sell_qty -= held.leaves_qty
        self.open_orders -= 1
        if held.is_unpriced:
            self.unpriced_orders -= 1

    def tell(self, more: Tally, *, has_symbol: bool) -> None:
        """Take in by how much a tally has become more, or less."""
        self.day_bought_value += more.day_bought_value
        self.day_sold_value += more.day_sold_value
        self.day_net_value += more.day_net_value
        if has_symbol:
            self.pos_qty += more.pos_qty
            self.day_qty += more.day_qty


Usages = dict[Scope, dict[str, Usage]]
"""By scope and currency."""


class Ledger:
    """All reservations and tallies of one cell."""

    def __init__(self) -> None:
        self.reservations: dict[str, Reservation] = {}
        """By root_id: orders that may still trade."""
        self.tallies: dict[Facets, Tally] = {}
        self.usages: Usages = {}
        self._positions: dict[tuple[str, str], Usage] = {}
        """By account and symbol, whoever watches."""
        self._scopes: tuple[Scope, ...] = ()
        self._beside: tuple[Scope, ...] = ()
        self._within: dict[Facets, tuple[tuple[Usage, bool], ...]] = {}
        """What an order with these facets counts in, and whether its quantity does."""

    def watch(self, scopes: Iterable[Scope]) -> None:
        """Keep the usage of exactly these scopes from now on, and of those beside."""
        self._scopes = tuple(dict.fromkeys((*scopes, *self._beside)))
        self._within.clear()
        self.usages = recomputed(self._scopes, self.reservations, self.tallies)

    def watch_beside(self, scopes: Iterable[Scope]) -> None:
        """Keep the usage of these as well, whatever sheet is in force: for whoever asks about limits that never were."""
        self._beside = tuple(scopes)
        self.watch(self._scopes)

    def position(self, account: str, symbol: str) -> Usage:
        """What the account holds of one instrument, and what is open in it."""
        return self._positions.get((account, symbol)) or Usage()

    def usage(self, scope: Scope) -> Mapping[str, Usage]:
        """Of a watched scope, by currency; nothing where nothing was ever used."""
        return self.usages[scope]

    def changed(self, facets: Facets, multiplier: Decimal, before: Chain | None, after: Chain) -> None:
        """A fact has made `after` of the order."""
        if before is not None and (before.cum_qty != after.cum_qty or before.cum_value != after.cum_value):
            self._tell(facets, _traded(multiplier, before, after))
        held, worst = self.reservations.get(after.root_id), exposure(after, multiplier)
        if worst is None and held is None:
            return
        if held is not None:
            if held.exposure == worst:
                return
            for usage, has_symbol in self._usages_of(held.facets):
                usage.free(held.exposure, has_symbol=has_symbol)
        if worst is None:
            del self.reservations[after.root_id]
            return
        self.reservations[after.root_id] = Reservation(facets, worst)
        for usage, has_symbol in self._usages_of(facets):
            usage.add(worst, has_symbol=has_symbol)

    def tell(self, facets: Facets, tally: Tally) -> None:
        """What traded under these facets, all told: after a snapshot, before anything else is known of them."""
        assert facets not in self.tallies, f"{facets} told twice"
        self._tell(facets, tally)

    def end_day(self, session: str) -> None:
        """The trading day of a session is over: what is counted by the day begins anew."""
        for facets in [facets for facets in self.tallies if facets.session == session]:
            held = self.tallies[facets]
            self._tell(facets, Tally(ZERO, -held.day_bought_value, -held.day_sold_value, -held.day_net_value, -held.day_qty))

    def _tell(self, facets: Facets, more: Tally) -> None:
        held = self.tallies.get(facets)
        self.tallies[facets] = more if held is None else _plus(held, more)
        for usage, has_symbol in self._usages_of(facets):
            usage.tell(more, has_symbol=has_symbol)

    def _usages_of(self, facets: Facets) -> tuple[tuple[Usage, bool], ...]:
        found = self._within.get(facets)
        if found is None:
            position = self._positions.setdefault((facets.account, facets.symbol), Usage())
            watched = (
                (self.usages[scope].setdefault(facets.currency, Usage()), scope.names(Dimension.SYMBOL))
                for scope in self._scopes
                if scope.holds(facets)
            )
            found = self._within[facets] = ((position, True), *watched)
        return found


def _plus(held: Tally, more: Tally) -> Tally:
    return Tally(
        held.pos_qty + more.pos_qty,
        held.day_bought_value + more.day_bought_value,
        held.day_sold_value + more.day_sold_value,
        held.day_net_value + more.day_net_value,
        held.day_qty + more.day_qty,
    )


def _traded(multiplier: Decimal, before: Chain, after: Chain) -> Tally:
    """What a fact has changed of what stands: a bust takes back, and a split changes the quantity and no money."""
    qty, value = after.cum_qty - before.cum_qty, (after.cum_value - before.cum_value) * multiplier
    traded = max(value, ZERO)
    if after.terms.side is _BUY:
        return Tally(qty, traded, ZERO, value, max(qty, ZERO))
    return Tally(-qty, ZERO, traded, -value, max(qty, ZERO))


def recomputed(scopes: Iterable[Scope], reservations: Mapping[str, Reservation], tallies: Mapping[Facets, Tally]) -> Usages:
    """The usage of each scope, added up from nothing."""
    found: Usages = {scope: {} for scope in scopes}
    for scope, usages in found.items():
        has_symbol = scope.names(Dimension.SYMBOL)
        for reservation in reservations.values():
            if scope.holds(reservation.facets):
                usage = usages.setdefault(reservation.facets.currency, Usage())
                usage.add(reservation.exposure, has_symbol=has_symbol)
        for facets, tally in tallies.items():
            if scope.holds(facets):
                usages.setdefault(facets.currency, Usage()).tell(tally, has_symbol=has_symbol)
    return found
