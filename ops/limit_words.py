"""[[limit]]: one number that may not be exceeded within a scope, beside those that every account has."""

from decimal import Decimal

import msgspec

from risk.control import ALWAYS_LIMITED, Control
from risk.limit import Limit
from risk.scope import Dimension, NoScope, parse

_OF_A_POSITION = frozenset({Control.LONG_QTY_MAX, Control.SHORT_QTY_MAX})
CONTROLS = tuple(control for control in Control if control not in ALWAYS_LIMITED)
"""The others are keys of every account."""


class LimitWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row."""

    scope: str
    control: str
    value: Decimal

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
        return ""

    @property
    def meaning(self) -> Limit:
        return Limit(parse(self.scope), Control(self.control), self.value)
