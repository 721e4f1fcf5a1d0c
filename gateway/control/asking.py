"""A request to the engine, waited for: its answer, or the refusal that ends the call."""

from typing import Protocol

from gateway.administering import SessionCommand
from gateway.control.status import EdgeRefusal, Refused
from gateway.inbox import Overloaded
from oms.domain.acts import ActRefused
from oms.domain.commands import ClientCommand
from oms.domain.events import Answer, OrderRefused, RequestRefused


class Asks(Protocol):
    """The part of the engine that this needs."""

    async def ask(self, command: ClientCommand | SessionCommand) -> tuple[int, Answer, bool]: ...


async def ask(engine: Asks, command: ClientCommand | SessionCommand) -> tuple[Answer, int, bool]:
    """The answer, its seq, and whether it repeats an earlier one. Raises Refused."""
    try:
        seq, answer, is_repetition = await engine.ask(command)
    except Overloaded as overloaded:
        raise Refused(EdgeRefusal.OVERLOADED, str(overloaded)) from overloaded
    if isinstance(answer, (OrderRefused, RequestRefused, ActRefused)):
        raise Refused(answer.refusal, answer.text, seq=seq)
    return answer, seq, is_repetition
