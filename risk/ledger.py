"""What is reserved and what has traded, within every scope that has a limit: a fold over the facts about orders.

Each order has one reservation: its exposure. It moves with every fact about the order and is freed by proof alone. Each set of
facets has one tally of what traded. The usage of a scope is the sum over what is within it, kept up to date by differences;
`recomputed` adds it all up again, and the two must be the same. Money is in the instruments' own currencies: nothing is converted
when it is booked.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec
from msgspec.structs import replace

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


_NOTHING = Tally()


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

    def add(self, held: Exposure, sign: int, *, has_symbol: bool) -> None:
        """Take a reservation in (`sign` 1) or out (-1)."""
        qty = sign * held.leaves_qty if has_symbol else ZERO
        if held.is_buy:
            self.open_buy_value += sign * held.value
            self.open_buy_qty += qty
        else:
            self.open_sell_value += sign * held.value
            self.open_sell_qty += qty
        self.open_orders += sign
        self.unpriced_orders += sign * held.is_unpriced

    def tell(self, tally: Tally, sign: int, *, has_symbol: bool) -> None:
        """Take a tally in (`sign` 1) or out (-1)."""
        self.day_bought_value += sign * tally.day_bought_value
        self.day_sold_value += sign * tally.day_sold_value
        self.day_net_value += sign * tally.day_net_value
        if has_symbol:
            self.pos_qty += sign * tally.pos_qty
            self.day_qty += sign * tally.day_qty


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
        self._within: dict[Facets, tuple[tuple[Usage, bool], ...]] = {}
        """What an order with these facets counts in, and whether its quantity does."""

    def watch(self, scopes: Iterable[Scope]) -> None:
        """Keep the usage of exactly these scopes from now on."""
        self._scopes = tuple(dict.fromkeys(scopes))
        self._within.clear()
        self.usages = recomputed(self._scopes, self.reservations, self.tallies)

    def position(self, account: str, symbol: str) -> Usage:
        """What the account holds of one instrument, and what is open in it."""
        return self._positions.get((account, symbol)) or Usage()

    def usage(self, scope: Scope) -> Mapping[str, Usage]:
        """Of a watched scope, by currency; nothing where nothing was ever used."""
        return self.usages[scope]

    def changed(self, facets: Facets, multiplier: Decimal, before: Chain | None, after: Chain) -> None:
        """A fact has made `after` of the order."""
        if before is not None and (before.cum_qty != after.cum_qty or before.cum_value != after.cum_value):
            self._trade(facets, multiplier, before, after)
        held, worst = self.reservations.get(after.root_id), exposure(after, multiplier)
        if (held.exposure if held else None) == worst:
            return
        if held is not None:
            self._move(held, -1)
            del self.reservations[after.root_id]
        if worst is not None:
            now = self.reservations[after.root_id] = Reservation(facets, worst)
            self._move(now, 1)

    def tell(self, facets: Facets, tally: Tally) -> None:
        """What traded under these facets, all told: after a snapshot."""
        self._retell(facets, tally)

    def end_day(self, session: str) -> None:
        """The trading day of a session is over: what is counted by the day begins anew."""
        for facets in [facets for facets in self.tallies if facets.session == session]:
            self._retell(facets, Tally(pos_qty=self.tallies[facets].pos_qty))

    def _trade(self, facets: Facets, multiplier: Decimal, before: Chain, after: Chain) -> None:
        """What the fact has changed of what stands: a bust takes back, and a split changes the quantity and no money."""
        held, value = self.tallies.get(facets, _NOTHING), (after.cum_value - before.cum_value) * multiplier
        qty, traded = after.cum_qty - before.cum_qty, max(value, ZERO)
        day_qty = held.day_qty + max(qty, ZERO)
        if after.terms.side is _BUY:
            now = replace(
                held,
                pos_qty=held.pos_qty + qty,
                day_bought_value=held.day_bought_value + traded,
                day_net_value=held.day_net_value + value,
                day_qty=day_qty,
            )
        else:
            now = replace(
                held,
                pos_qty=held.pos_qty - qty,
                day_sold_value=held.day_sold_value + traded,
                day_net_value=held.day_net_value - value,
                day_qty=day_qty,
            )
        self._retell(facets, now)

    def _retell(self, facets: Facets, now: Tally) -> None:
        held, self.tallies[facets] = self.tallies.get(facets, _NOTHING), now
        for usage, has_symbol in self._usages_of(facets):
            usage.tell(held, -1, has_symbol=has_symbol)
            usage.tell(now, 1, has_symbol=has_symbol)

    def _move(self, reservation: Reservation, sign: int) -> None:
        for usage, has_symbol in self._usages_of(reservation.facets):
            usage.add(reservation.exposure, sign, has_symbol=has_symbol)

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


def recomputed(scopes: Iterable[Scope], reservations: Mapping[str, Reservation], tallies: Mapping[Facets, Tally]) -> Usages:
    """The usage of each scope, added up from nothing."""
    found: Usages = {scope: {} for scope in scopes}
    for scope, usages in found.items():
        has_symbol = scope.names(Dimension.SYMBOL)
        for reservation in reservations.values():
            if scope.holds(reservation.facets):
                usage = usages.setdefault(reservation.facets.currency, Usage())
                usage.add(reservation.exposure, 1, has_symbol=has_symbol)
        for facets, tally in tallies.items():
            if scope.holds(facets):
                usages.setdefault(facets.currency, Usage()).tell(tally, 1, has_symbol=has_symbol)
    return found
