"""One row of a sheet of limits: what may be, where, and who answers for it."""

from decimal import Decimal

import msgspec

from risk.control import Control
from risk.scope import Scope

FOR_EVER_NS = 1 << 63


class Limit(msgspec.Struct, frozen=True, gc=False):
    """The value of one control at one scope."""

    scope: Scope
    control: Control
    value: Decimal
    window_ms: int = 0
    """Over which time, for a control that counts; 0 for the others."""
    age_ms_max: int = 0
    """How old the reference data may be that it is judged by; 0 for a control that reads none."""
    fallback: Decimal | None = None
    """What holds where that data is missing or stale, in quantity; None where nothing passes then."""
    owner: str = ""
    rationale: str = ""
    approver: str = ""
    effective_from_ns: int = 0
    expires_at_ns: int = FOR_EVER_NS
    """From then on it does not hold, as if it had never been made: what is let through for a while ends by itself."""

    def holds_at(self, at_ns: int) -> bool:
        return self.effective_from_ns <= at_ns < self.expires_at_ns
