"""Money of several currencies under one limit: what each is worth in the currency of the limit, or why nobody can say.

A limit at a scope that names a symbol or a currency is in that currency, and nothing is converted. Every other one is in the base
currency. A haircut makes what counts against the limit larger, and what counts for the order smaller.
"""

from collections.abc import Callable
from decimal import Decimal

from oms.domain.numbers import BPS, ZERO, converted
from oms.domain.reference import FxRate, word
from oms.domain.refusal import Refusal
from risk.case import NS_PER_MS, Case, Verdict
from risk.ledger import Usage
from risk.limit import Limit
from risk.scope import Dimension

_PER_BPS = Decimal("0.0001")


def used_value(case: Case, limit: Limit, amount: Callable[[Usage], Decimal]) -> Decimal | Verdict:
    """What all currencies of a scope add up to, in the limit's."""
    total = ZERO
    for currency, usage in case.used(limit.scope):
        value = worth(case, limit, currency, amount(usage))
        if isinstance(value, tuple):
            return value
        total += value
    return total


def worth(case: Case, limit: Limit, currency: str, value: Decimal) -> Decimal | Verdict:
    """What `value` of a currency counts in the limit's. Nothing is nothing in every currency."""
    own, base = case.instrument.currency, case.reference.base_currency
    if not value or (currency == own and (base in ("", own) or is_of_one_currency(limit))):
        return value
    return value if currency == base else _converted(case, currency, value)


def rate_of(case: Case, currency: str) -> FxRate | Verdict:
    """The rate of a currency to the base, if it is there and fresh."""
    key = f"{currency}/{case.reference.base_currency or 'none'}"
    held = case.reference.of(FxRate, key)
    if held is None:
        return Refusal.MISSING_REFERENCE_DATA, f"{word(FxRate)}={key}"
    assert isinstance(held.row, FxRate)
    age_ms, age_ms_max = (case.at_ns - held.as_of_ns) // NS_PER_MS, case.fx_rate_age_ms_max
    if age_ms_max is None or not 0 <= age_ms <= age_ms_max:
        most = "none" if age_ms_max is None else f"{age_ms_max:f}"
        return Refusal.STALE_REFERENCE_DATA, f"{word(FxRate)}={key} age_ms={age_ms} fx_rate_age_ms_max={most}"
    return held.row


def is_of_one_currency(limit: Limit) -> bool:
    return limit.scope.names(Dimension.SYMBOL) or limit.scope.names(Dimension.CURRENCY)


def _converted(case: Case, currency: str, value: Decimal) -> Decimal | Verdict:
    found = rate_of(case, currency)
    if isinstance(found, tuple):
        return found
    sign = 1 if value > 0 else -1
    return converted(value, found.rate * (BPS + sign * found.haircut_bps) * _PER_BPS)
