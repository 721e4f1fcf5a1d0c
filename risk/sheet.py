"""The limits in force: rows of scope and control, as governed data. A sheet is a value; who changes one is decided elsewhere."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from oms.domain.reference import LastTrade, PriorClose
from risk.checks import CHECKS, Check
from risk.control import ALWAYS_LIMITED, Control
from risk.limit import FOR_EVER_NS, Limit
from risk.limits import Limits, Policy
from risk.scope import Dimension, Facets, Scope, scope
from risk.waterfall import Waterfall

_COLLAR, _FX_RATE_AGE = Control.PRICE_COLLAR_BPS, Control.FX_RATE_AGE_MS_MAX

_STAND_INS = ((Control.LAST_TRADE_AGE_MS_MAX, LastTrade), (Control.PRIOR_CLOSE_AGE_MS_MAX, PriorClose))


class Rows(msgspec.Struct, frozen=True):
    """What holds for orders of one kind, for a while."""

    checks: tuple[tuple[Check, Limit], ...]
    """By precedence, then from the firm downwards."""
    missing: Control | None
    """The first control that has to be limited and is not."""
    collar_bps: Decimal
    """The tightest price collar: the slippage that is assumed of an order without a price. Meaningless where it is missing."""
    fx_rate_age_ms_max: Decimal | None
    """The least age that a rate of exchange may have; None where no row says."""
    waterfall: Waterfall
    """What may stand in for a quote; nothing where no row says so."""
    reference_age_ms_max: Decimal
    """The least age that a quote may have. Meaningless where it is missing."""
    until_ns: int
    """When a row begins or ends to hold."""


class Sheet:
    """All rows of one version. Of several rows at the scopes that an order is in, each must pass: the tightest wins."""

    def __init__(self, version: str, limits: Iterable[Limit]) -> None:
        self.version = version
        self.limits = tuple(limits)
        self._rows: dict[Facets, Rows] = {}

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Every scope that has a row."""
        return tuple(dict.fromkeys(limit.scope for limit in self.limits))

    def of(self, facets: Facets, at_ns: int) -> Rows:
        """What holds at `at_ns` for an order with these facets."""
        rows = self._rows.get(facets)
        if rows is None or at_ns >= rows.until_ns:
            rows = self._rows[facets] = _rows([limit for limit in self.limits if limit.scope.holds(facets)], at_ns)
        return rows


def _rows(within: list[Limit], at_ns: int) -> Rows:
    """Time goes forwards: what has ended does not come back. Raises ValueError for a limit that is no number, which lets nothing
    pass, also where the value is a switch that its check need not read."""
    for limit in within:
        if not limit.value.is_finite():
            raise ValueError(f"{limit.control.value} of {limit.scope.text} is {limit.value}")
    limits = [limit for limit in within if limit.holds_at(at_ns)]
    limits.sort(key=lambda limit: (len(limit.scope.pairs), limit.scope))
    there = {limit.control for limit in limits}
    changes = [ns for limit in within for ns in (limit.effective_from_ns, limit.expires_at_ns) if ns > at_ns]
    return Rows(
        checks=tuple((check, limit) for control, check in CHECKS for limit in limits if limit.control is control),
        missing=next((control for control in ALWAYS_LIMITED if control not in there), None),
        collar_bps=_least(limits, _COLLAR) or Decimal(0),
        fx_rate_age_ms_max=_least(limits, _FX_RATE_AGE),
        waterfall=tuple((kind, age) for control, kind in _STAND_INS if (age := _least(limits, control)) is not None),
        reference_age_ms_max=_least(limits, Control.REFERENCE_AGE_MS_MAX) or Decimal(0),
        until_ns=min(changes, default=FOR_EVER_NS),
    )


def _least(limits: list[Limit], control: Control) -> Decimal | None:
    return min((limit.value for limit in limits if limit.control is control), default=None)


def founding(policy: Policy) -> Sheet:
    """The first sheet of an installation, as its file says it: a row for each limit of each account."""
    of_accounts = [
        Limit(scope({Dimension.ACCOUNT: account}), control, value)
        for account, limits in policy.limits.items()
        for control, value in _rows_of(limits)
    ]
    return Sheet(policy.version, [*of_accounts, *policy.rows])


def _rows_of(limits: Limits) -> tuple[tuple[Control, Decimal], ...]:
    return (
        (Control.ORDER_QTY_MAX, limits.order_qty_max),
        (Control.ORDER_VALUE_MAX, limits.order_notional_max),
        (Control.PRICE_COLLAR_BPS, limits.price_collar_bps),
        (Control.PASSIVE_COLLAR_BPS, limits.passive_collar_bps),
        (Control.REFERENCE_AGE_MS_MAX, Decimal(limits.reference_age_ms_max)),
    )
