"""What a venue said and nobody could take for what it was, and what a person made of it. Facts like those of `events`."""

from typing import ClassVar

from oms.domain.event import Event, OrderEvent
from oms.domain.fields import DKReason
from oms.domain.report import ExecutionReport


class ReportQuarantined(Event, frozen=True, gc=False, omit_defaults=True):
    """What a venue said and we cannot read or attribute, or what cannot be. Its text is in the record before it, if we have it.

    If it may have been a trade it is in suspense from now on, under this record's seq, until a person says what it was.
    """

    session: str
    reason: str
    root_id: str = ""
    """The order that it names; empty where it names none of ours."""
    report: ExecutionReport | None = None
    """What it says; None where it cannot be read."""
    is_suspended: bool = False
    """Whether it may have changed what traded."""

    @property
    def key(self) -> str:
        return self.root_id or self.session


class ReportDismissed(Event, frozen=True, gc=False, omit_defaults=True):
    """A person has looked at what was in suspense: it changed nothing. The venue hears so where a DKReason(127) is given."""

    IS_ANSWER: ClassVar[bool] = True

    seq: int
    """Of the record that put it there."""
    client_order_id: str
    principal: str
    reason: str
    dk_reason: DKReason | None = None
    """Why we do not know the trade, in a DontKnowTrade(35=Q) to the venue; None where none is sent."""
    session: str = ""
    """Whom to tell, and under which grant; both only with a `dk_reason`, and so is what we do not know."""
    grant: int = 0
    report: ExecutionReport | None = None

    @property
    def key(self) -> str:
        return str(self.seq)


class ReportAttributed(OrderEvent, frozen=True, gc=False):
    """A person has looked at what was in suspense: it is a report about this order, and counts as that."""

    IS_ANSWER: ClassVar[bool] = True

    seq: int
    """Of the record that put it there."""
    client_order_id: str
    principal: str
    reason: str
    report: ExecutionReport
