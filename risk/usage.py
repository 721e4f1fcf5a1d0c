"""How much of each limit is used, for whoever watches: of those controls that count over orders.

The same sums as in `risk.checks`; a test compares the two.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from oms.domain.numbers import ZERO, average
from risk.control import Control
from risk.ledger import Ledger, Usage
from risk.limit import Limit
from risk.sheet import Sheet

_HUNDRED = Decimal(100)


class Used(msgspec.Struct, frozen=True):
    """One limit, and what is used of it."""

    limit: Limit
    used: Decimal
    unpriced_orders: int
    """Where there are any, a value that is used is only a lower bound."""

    @property
    def percent(self) -> Decimal | None:
        """None of a limit of zero."""
        return average(self.used * _HUNDRED, self.limit.value) if self.limit.value else None


def _open_value(usage: Usage) -> Decimal:
    return usage.open_buy_value + usage.open_sell_value


def _net_value(usages: list[Usage]) -> Decimal:
    """On the side on which it is more."""
    net = sum((usage.day_net_value for usage in usages), ZERO)
    bought, sold = sum((usage.open_buy_value for usage in usages), ZERO), sum((usage.open_sell_value for usage in usages), ZERO)
    return max(net + bought, sold - net)


def _summed(of_one: Callable[[Usage], Decimal]) -> Callable[[list[Usage]], Decimal]:
    return lambda usages: sum((of_one(usage) for usage in usages), ZERO)


COUNTED: Mapping[Control, Callable[[list[Usage]], Decimal]] = {
    Control.OPEN_ORDERS_MAX: _summed(lambda usage: Decimal(usage.open_orders)),
    Control.LONG_QTY_MAX: _summed(lambda usage: usage.pos_qty + usage.open_buy_qty),
    Control.SHORT_QTY_MAX: _summed(lambda usage: usage.open_sell_qty - usage.pos_qty),
    Control.OPEN_VALUE_MAX: _summed(_open_value),
    Control.DAY_GROSS_VALUE_MAX: _summed(lambda usage: usage.day_bought_value + usage.day_sold_value + _open_value(usage)),
    Control.DAY_NET_VALUE_MAX: _net_value,
}
"""What is used of each control that counts over orders, in one scope: the usages are those of its currencies."""


def counted(sheet: Sheet, at_ns: int) -> list[Limit]:
    """The limits of which something is used, as far as they hold at `at_ns`: from the firm downwards."""
    controls = list(Control)
    found = [limit for limit in sheet.limits if limit.control in COUNTED and limit.holds_at(at_ns)]
    return sorted(found, key=lambda limit: (len(limit.scope.pairs), limit.scope, controls.index(limit.control)))


def used(ledger: Ledger, limit: Limit) -> Used:
    """What is used of it now."""
    usages = list(ledger.usage(limit.scope).values())
    return Used(limit, COUNTED[limit.control](usages), sum(usage.unpriced_orders for usage in usages))
