"""[[limit]]: one number that may not be exceeded within a scope, beside those that every account has."""

from decimal import Decimal

import msgspec

from risk.control import ALWAYS_LIMITED, READS_REFERENCE, Control
from risk.limit import Limit
from risk.scope import Dimension, NoScope, parse

AGE_MS_MAX = 31 * 86_400_000
_OF_A_POSITION = frozenset({Control.LONG_QTY_MAX, Control.SHORT_QTY_MAX, Control.DAY_ADV_BPS_MAX})
_VALUES = {
    Control.PERMISSION: (1,),
    Control.RESTRICTED_LIST: (1,),
    Control.MARKET_STATE: (0, 1),
    Control.SHORT_MARKING: (1,),
    Control.LOCATE: (1,),
    Control.SHORT_CIRCUIT_BREAKER: (1,),
}
"""Of controls whose value is no number: 0 must not look as if it switched one off."""
_WITH_FALLBACK = frozenset({Control.ORDER_ADV_BPS_MAX, Control.DAY_ADV_BPS_MAX})
CONTROLS = tuple(control for control in Control if control not in ALWAYS_LIMITED)
"""The others are keys of every account."""


class LimitWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row."""

    scope: str
    control: str
    value: Decimal
    age_ms_max: int = 0
    """How old the reference data may be that it is judged by."""
    fallback: Decimal | None = None
    """What quantity is let through where that data is missing or stale; left out, none."""

    @property
    def wrong(self) -> str:
        """What is wrong with it, naming it; empty where it makes sense."""
        named = f"limit {self.control} of {self.scope}"
        if self.control not in {control.value for control in CONTROLS}:
            return f"{named}: the control is none of {', '.join(control.value for control in CONTROLS)}"
        if not self.value.is_finite() or self.value < 0:
            return f"{named} is {self.value}, and must be a number, zero or above"
        try:
            scope = parse(self.scope)
        except NoScope as problem:
            return f"{named}: {problem}"
        if Control(self.control) in _OF_A_POSITION and not scope.names(Dimension.SYMBOL):
            return f"{named}: quantities of different instruments are no sum; name a symbol"
        return self._wrong_with_data(named)

    def _wrong_with_data(self, named: str) -> str:
        """Only a control that reads reference data has an age for it, and has to."""
        reads = Control(self.control) in READS_REFERENCE
        if reads and not 0 < self.age_ms_max <= AGE_MS_MAX:
            return f"{named}: age_ms_max is {self.age_ms_max}, and must be 1 to {AGE_MS_MAX}"
        values = _VALUES.get(Control(self.control))
        if values is not None and self.value not in values:
            return f"{named} is {self.value}, and must be {' or '.join(map(str, values))}; to switch it off leave the limit out"
        if self.age_ms_max and not reads:
            return f"{named}: it reads no reference data, and has no age_ms_max"
        if self.fallback is not None and Control(self.control) not in _WITH_FALLBACK:
            return f"{named}: it has no fallback"
        if self.fallback is not None and not (self.fallback.is_finite() and self.fallback >= 0):
            return f"{named}: fallback is {self.fallback}, and must be a number, zero or above"
        return ""

    @property
    def meaning(self) -> Limit:
        return Limit(parse(self.scope), Control(self.control), self.value, age_ms_max=self.age_ms_max, fallback=self.fallback)
