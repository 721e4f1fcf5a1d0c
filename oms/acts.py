"""What the requests beside those of single orders have in common: a first answer for ever, and a refusal that says why."""

from typing import Any

from oms.domain.acts import ActRefused, DrainRequested, DrainStopped, MassCancelRequested, RequestResolved, VenueAsked
from oms.domain.commands import (
    Act,
    ArmDeadMan,
    AskVenue,
    AttributeReport,
    DisarmDeadMan,
    DismissReport,
    Drain,
    MassCancel,
    NoteDrill,
    ReleaseLatch,
    ResolveRequest,
    SetReference,
    StopDrain,
    StopTrading,
)
from oms.domain.dead_man import DeadManArmed, DeadManDisarmed
from oms.domain.events import Answer, ReportAttributed, ReportDismissed
from oms.domain.fields import Choice
from oms.domain.latches import DrillNoted, Latched, LatchReleased, ReleaseAsked
from oms.domain.reference import ReferenceTaken
from oms.domain.refusal import Refusal

_ASKS: dict[type[Act], tuple[type | tuple[type, ...], tuple[str, ...]]] = {
    AskVenue: (VenueAsked, ("root_id", "cl_ord_id")),
    MassCancel: (MassCancelRequested, ("account", "symbol", "side", "session")),
    AttributeReport: (ReportAttributed, ("seq", "root_id", "reason")),
    DismissReport: (ReportDismissed, ("seq", "reason", "dk_reason")),
    StopTrading: (Latched, ("scope", "mode", "reason", "cancels", "is_drill")),
    ReleaseLatch: ((ReleaseAsked, LatchReleased), ("latch", "reason")),
    NoteDrill: (DrillNoted, ("latch", "orders", "left", "effective_us", "cancels_us", "flat_us")),
    ArmDeadMan: (DeadManArmed, ("silence",)),
    DisarmDeadMan: (DeadManDisarmed, ()),
    SetReference: (ReferenceTaken, ("source", "digest")),
    Drain: (DrainRequested, ("reason", "is_canceling", "wait_ms")),
    StopDrain: (DrainStopped, ("reason",)),
    ResolveRequest: (RequestResolved, ("root_id", "cl_ord_id", "state", "reason")),
}
"""What each is answered by, and the fields that say the same in both."""


def is_repeated(known: Answer, command: Act) -> bool:
    """Whether `known` is the answer to this very request."""
    if isinstance(known, ActRefused):
        return known.asked == _asked(command)
    answer, names = _ASKS[type(command)]
    return isinstance(known, answer) and all(getattr(known, name) == getattr(command, name) for name in names)


def refused(command: Act, refusal: Refusal, text: str) -> ActRefused:
    return ActRefused(command.client_order_id, command.principal, _asked(command), refusal, text)


def _asked(command: Act) -> str:
    _, names = _ASKS[type(command)]
    return f"{type(command).__name__} " + " ".join(f"{name}={_word(getattr(command, name))}" for name in names)


def _word(value: Any) -> str:
    return value.name if isinstance(value, Choice) else str(value or "")
