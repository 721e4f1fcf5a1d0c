"""What the judge compares: what the client asked and heard, and what the gateway says of each order in the end."""

from decimal import Decimal

import msgspec

from oms.domain.chain import RequestState
from oms.domain.fields import MsgType, OrdStatus


class Answer(msgspec.Struct, frozen=True):
    """One answer to a request: the ids that it was accepted under, or the refusal."""

    root_id: str = ""
    cl_ord_id: str = ""
    refusal: str = ""


class Asked(msgspec.Struct):
    """One request of a client, and every answer that it had: the same one each time it asked again."""

    principal: str
    client_order_id: str
    msg_type: MsgType
    answers: list[Answer] = []

    @property
    def is_accepted(self) -> bool:
        return bool(self.answers) and not self.answers[0].refusal


class HeldRequest(msgspec.Struct, frozen=True):
    """One message to the venue, as the gateway tells of it."""

    cl_ord_id: str
    msg_type: MsgType
    state: RequestState
    principal: str
    client_order_id: str
    placed_at_ns: int = 0


class Held(msgspec.Struct, frozen=True):
    """One order, as the gateway tells of it."""

    root_id: str
    ord_status: OrdStatus
    cum_qty: Decimal
    avg_px: Decimal
    requests: tuple[HeldRequest, ...]

    @property
    def first(self) -> HeldRequest:
        """The order itself."""
        return self.requests[0]


class Outage(msgspec.Struct, frozen=True):
    """From a little before a kill until business was possible again, in nanoseconds since the Unix epoch."""

    begin_ns: int
    end_ns: int
