"""The vocabulary of faults: every way in which the simulated broker can misbehave, as data.

Application faults are the broker's own: what it decides, and which reports it lets out when. Wire faults befall the bytes between
it and the gateway, which QuickFIX itself could not get wrong: gateway.simulator.wire does them. The orders session alone has any.

A fault *strikes* a message, once unless told otherwise; or it is a *state* that lasts until it is cleared, unless told otherwise.
"""

import re
from typing import Annotated, ClassVar, Literal, get_args

import msgspec
from msgspec import Meta

Ms = Annotated[int, Meta(ge=1, le=600_000, description="milliseconds")]
To = Annotated[Literal["gateway", "broker"], Meta(description="whom the message was for")]
Way = Literal["gateway", "broker"]
"""Whom bytes are for."""


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="name", tag=_kebab):
    """A way to misbehave; its fields are its options."""

    is_state: ClassVar[bool] = False
    only: ClassVar[str] = ""
    """The one MsgType(35) that it can befall; empty where it is any."""

    @property
    def name(self) -> str:
        return str(self.__struct_config__.tag)


# --- what the broker decides and says ----------------------------------------------------------------------------------


class AliveButSilent(Fault, frozen=True):
    """Takes requests into its ledger and lets no report out; heartbeats go on. Then everything, in order."""

    is_state = True


class RejectNew(Fault, frozen=True):
    """Rejects every new order with OrdRejReason(103)=0."""

    is_state = True


class NoStatus(Fault, frozen=True):
    """Ignores OrderStatusRequest(H) and OrderMassStatusRequest(AF)."""

    is_state = True


class Partial(Fault, frozen=True):
    """Executes each trade in two halves."""

    is_state = True


class LateAck(Fault, frozen=True):
    """Holds back each New report, and all that follows it."""

    is_state = True
    ms: Ms


class Bust(Fault, frozen=True):
    """Busts an execution some time after it was made: ExecType(150)=H, and what it had filled is open again."""

    ms: Ms = 200


class Drop(Fault, frozen=True):
    """Never says a report; no number is missing, so that nobody can ask for it again."""


class Duplicate(Fault, frozen=True):
    """Says a report again, under its ExecID(17) and the next number, with neither PossDupFlag(43) nor PossResend(97)."""

    copies: Annotated[int, Meta(ge=1, le=100, description="how often it is said again")] = 1


class Reorder(Fault, frozen=True):
    """Says a report after the one that follows it, or alone when none has followed in time."""

    ms: Ms = 1_000


class Delay(Fault, frozen=True):
    """Holds back a report, and all that follows it."""

    ms: Ms = 500


# --- what befalls the bytes ---------------------------------------------------------------------------------------------


class Gap(Fault, frozen=True):
    """A message is lost, and its number missing."""

    to: To = "gateway"


class SequenceReset(Fault, frozen=True):
    """A message is lost, and in its place comes a SequenceReset-Reset(35=4, 123=N) to the number after it."""

    to: ClassVar[Way] = "gateway"


class LogonReset(Fault, frozen=True):
    """A Logon(A) of the gateway reaches the broker with ResetSeqNumFlag(141)=Y: both sides begin at 1 again."""

    only = "A"
    to: ClassVar[Way] = "broker"


class WrongChecksum(Fault, frozen=True):
    """A message has a CheckSum(10) that is not its own."""

    to: To = "gateway"


class Garbled(Fault, frozen=True):
    """In the middle of a message bytes have become others."""

    to: To = "gateway"


class Cut(Fault, frozen=True):
    """The connection ends in the middle of a message."""

    to: To = "gateway"


class Rst(Fault, frozen=True):
    """The connection ends in the middle of a message, by RST: what had not been read by then is gone."""

    to: To = "gateway"


class HalfOpen(Fault, frozen=True):
    """The broker's side of the connection is gone, and nobody tells the gateway: no FIN, and nothing is read any more."""

    to: To = "gateway"


class Silent(Fault, frozen=True):
    """Neither heartbeats nor reports reach the gateway. Then everything, if the connection is still there."""

    is_state = True
    to: ClassVar[Way] = "gateway"


class SlowReader(Fault, frozen=True):
    """The broker reads no faster than so many bytes in a second."""

    is_state = True
    to: ClassVar[Way] = "broker"
    bytes_per_s: Annotated[int, Meta(ge=1, le=10_000_000, description="bytes in a second")] = 1_000


class Segments(Fault, frozen=True):
    """Every byte travels in a segment of its own."""

    is_state = True
    to: To = "gateway"


class Stall(Fault, frozen=True):
    """A message, and all that follows it the same way, is held up."""

    to: To = "gateway"
    ms: Ms = 5_000


ApplicationFault = AliveButSilent | RejectNew | NoStatus | Partial | LateAck | Bust | Drop | Duplicate | Reorder | Delay
WireFault = (
    Gap | SequenceReset | LogonReset | WrongChecksum | Garbled | Cut | Rst | HalfOpen | Silent | SlowReader | Segments | Stall
)
APPLICATION: tuple[type[Fault], ...] = get_args(ApplicationFault)
WIRE: tuple[type[Fault], ...] = get_args(WireFault)
KINDS: dict[str, type[Fault]] = {str(kind.__struct_config__.tag): kind for kind in APPLICATION + WIRE}
