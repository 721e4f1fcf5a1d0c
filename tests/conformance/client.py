"""Who sends a course's orders to the gateway, and what it knows of them: the same conversation by gRPC or by FIX."""

from typing import Protocol

import msgspec

from gateway.simulator.scenario import Step


class Standing(msgspec.Struct, frozen=True):
    """How an order stands for its client, in the names of the scenario."""

    accepted_clordid: str
    pending_clordids: tuple[str, ...]
    refused_clordids: tuple[str, ...]
    cum_qty: str
    leaves_qty: str
    order_qty: str
    avg_px: str
    ord_status: str
    """The code."""
    overfill_qty: str | None = None
    day_order_qty: str | None = None
    day_cum_qty: str | None = None
    """None: the client is not told."""


class Refused(Exception):
    """The gateway would not send it; `refusal` is a name of the contract's Refusal, without its prefix."""

    def __init__(self, refusal: str) -> None:
        super().__init__(f"the gateway refused: {refusal}")
        self.refusal = refusal


class AlreadyAsked(Exception):
    """The gateway had this very request before, and gave its first answer again: the venue hears of nothing."""


class CannotAsk(Exception):
    """The request cannot be made this way, or has no answer: says why."""


class Client(Protocol):
    """One of the two roles of the gateway's client. Orders of many courses at once; a course's names are its own."""

    async def ask(self, course: str, step: Step) -> str:
        """Send the message of a B>S step. Returns the ClOrdID(11) under which the venue will hear it.

        Repeated until there is an answer, whatever is killed meanwhile. Raises Refused, AlreadyAsked and CannotAsk.
        """

    async def standing(self) -> dict[tuple[str, str], Standing]:
        """Every order, once all that the gateway has said has arrived: by its course, and by the first name of its chain, or the
        name of its OrderID where the venue had it from elsewhere."""
