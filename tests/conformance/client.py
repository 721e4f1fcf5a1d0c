"""Who sends a course's orders to the gateway, and what it knows of them: the same conversation by gRPC or by FIX."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from gateway.simulator.scenario import Step
from oms.domain.refusal import Refusal

ACCOUNT, SYMBOL, PX, OTHER_PX = "DESK1", "EURUSD", "50", "51"
ANSWERED_S_MAX = 30.0
RETRY_S = 0.05
_ORDER: dict[int, str] = {1: ACCOUNT, 55: SYMBOL, 54: "1", 40: "2", 44: PX}
"""What an order is where its step does not say."""
_PRICED = frozenset({"2", "4"})
"""OrdType(40) of orders with a limit."""
_PASSES = frozenset({Refusal.SESSION_DOWN.value, Refusal.NO_REFERENCE_PX.value, Refusal.STALE_REFERENCE_PX.value})
"""Refusals of a moment: after a kill the first price may come a little after the session."""


class Named(msgspec.Struct, frozen=True):
    """Whose ClOrdID it is, in the scenario's words."""

    course: str
    name: str


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
    exec_type: str | None = None
    """ExecType(150) of the last report; empty after an OrderCancelReject(9). None of these four: the client is not told."""


class Refused(Exception):
    """The gateway would not send it."""

    def __init__(self, refusal: str, told: Mapping[int, str] | None = None) -> None:
        """`refusal` is a name of the contract's Refusal, without its prefix; `told`: the message that says so, by FIX."""
        super().__init__(f"the gateway refused: {refusal}")
        self.refusal = refusal
        self.told = told


class AlreadyAsked(Exception):
    """The gateway had this very request before, and gave its first answer again: the venue hears of nothing."""


class AnsweredHere(Exception):
    """The gateway answers such a question from its own books: the venue hears of nothing."""


class CannotAsk(Exception):
    """The request cannot be made this way, or has no answer: says why."""


class Client(Protocol):
    """One of the two roles of the gateway's client. Orders of many courses at once; a course's names are its own."""

    async def ask(self, course: str, step: Step) -> str:
        """Send the message of a B>S step. Returns the ClOrdID(11) under which the venue will hear it.

        Repeated until there is an answer, whatever is killed meanwhile. Raises Refused, AlreadyAsked, AnsweredHere and CannotAsk.
        """

    async def standing(self) -> dict[tuple[str, str], Standing]:
        """Every order, once all that the gateway has said has arrived: by its course, and by the first name of its chain, or the
        name of its OrderID where the venue had it from elsewhere."""

    def told_wrongly(self) -> list[tuple[str, str]]:
        """What the client must never hear: an execution a second time as if for the first, or a word of what is not its own.

        Each with its course, which is empty where nobody's is meant.
        """


async def persistent(asked: Callable[[int], Awaitable[str]]) -> str:
    """`asked` with the number of the attempt from 1, until it is not refused for a reason that passes. Raises CannotAsk."""
    async with asyncio.timeout(ANSWERED_S_MAX):
        for attempt in range(1, 1_000):
            try:
                return await asked(attempt)
            except Refused as refused:
                if refused.refusal not in _PASSES:
                    raise
            await asyncio.sleep(RETRY_S)
    raise CannotAsk(f"refused all the time for {ANSWERED_S_MAX:.0f} s")


def whole_order(step: Step) -> dict[int, str]:
    """All that the step's order says, by tag, but for what it is called and whether it may have been sent before."""
    wanted = {tag: value for tag, value in step.tags.items() if tag not in {11, 97}}
    return {tag: value for tag, value in _ORDER.items() if tag != 44 or wanted.get(40, "2") in _PRICED} | wanted
