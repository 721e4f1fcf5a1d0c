"""The one door in: bounded lanes, emptied in order of what must not wait.

What workers say is never dropped: when its lane is full the links of that lane stop reading, and TCP holds the peers back.
Clients over FIX have a lane of their own, so that no venue's report waits behind their orders. Everybody else is refused at the
bound and told so.
"""

from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum

import msgspec

from gateway.administering import SESSION_COMMANDS
from gateway.alarms import KeepWatch
from gateway.checkpoints import TakeNote
from gateway.days import RollDay
from gateway.dead_man import FireDeadMan, WatchClient
from gateway.holding import HoldSession, PauseLogons, ResumeLogons
from gateway.hours import KeepHours
from gateway.inbound import Read
from gateway.link import FromWorker
from gateway.metering import ReleaseCancels
from gateway.resting import ForgetOrders, LayToRest
from gateway.rules import Command, FromLink, LinkLost
from gateway.stopping import CancelLatched
from oms.domain.commands import (
    ArmDeadMan,
    AskStatus,
    AskVenue,
    AttributeReport,
    CancelChild,
    CancelOrder,
    DecideAgain,
    DisarmDeadMan,
    DismissReport,
    Drain,
    LookAfter,
    MassCancel,
    NoteDrill,
    PlaceOrder,
    ReleaseLatch,
    ReplaceOrder,
    ResolveRequest,
    SetReference,
    StopDrain,
    StopTrading,
)
from oms.domain.events import Answer

Reply = Callable[[int, Answer, bool], None]
"""Called with the answer's journal seq, the answer, and whether it is the repetition of an earlier one."""


class Overloaded(Exception):
    """The lane is full: nothing was taken, and the same request may be sent again in a moment."""

    def __init__(self, lane: str, bound: int) -> None:
        super().__init__(f"{bound} requests are waiting in lane {lane}; try again in a moment")
        self.lane = lane
        self.bound = bound


class Lane(IntEnum):
    """In order of precedence."""

    REACTIONS = 0
    """What our own facts set off."""
    REPORTS = 1
    """What venues and their workers say."""
    CANCELS = 2
    REPLACES = 3
    CLIENTS = 4
    """What clients over FIX and their workers say, in one order: a request must not pass the one before it."""
    ORDERS = 5


BOUNDS = {
    Lane.REACTIONS: 1_000_000,
    Lane.REPORTS: 20_000,
    Lane.CANCELS: 20_000,
    Lane.REPLACES: 10_000,
    Lane.CLIENTS: 10_000,
    Lane.ORDERS: 10_000,
}
"""REACTIONS are bounded by the requests that are open; the number here is only where we would rather end than go on."""

_LANES: dict[type, Lane] = {
    FromLink: Lane.REPORTS,
    LinkLost: Lane.REPORTS,
    CancelOrder: Lane.CANCELS,
    MassCancel: Lane.CANCELS,
    AttributeReport: Lane.CANCELS,
    DismissReport: Lane.CANCELS,
    ResolveRequest: Lane.CANCELS,
    AskVenue: Lane.CANCELS,
    Drain: Lane.CANCELS,
    StopTrading: Lane.CANCELS,
    SetReference: Lane.CANCELS,
    ReleaseLatch: Lane.CANCELS,
    NoteDrill: Lane.CANCELS,
    StopDrain: Lane.CANCELS,
    ReplaceOrder: Lane.REPLACES,
    PlaceOrder: Lane.ORDERS,
    DecideAgain: Lane.REACTIONS,
    AskStatus: Lane.REACTIONS,
    CancelChild: Lane.REACTIONS,
    LookAfter: Lane.REACTIONS,
    KeepHours: Lane.REACTIONS,
    RollDay: Lane.REACTIONS,
    TakeNote: Lane.REACTIONS,
    ReleaseCancels: Lane.REACTIONS,
    KeepWatch: Lane.REACTIONS,
    HoldSession: Lane.REACTIONS,
    PauseLogons: Lane.REACTIONS,
    ResumeLogons: Lane.REACTIONS,
    LayToRest: Lane.REACTIONS,
    ForgetOrders: Lane.REACTIONS,
    CancelLatched: Lane.REACTIONS,
    WatchClient: Lane.REACTIONS,
    FireDeadMan: Lane.REACTIONS,
    ArmDeadMan: Lane.CANCELS,
    DisarmDeadMan: Lane.CANCELS,
    **dict.fromkeys(SESSION_COMMANDS, Lane.CANCELS),
}


class Item(msgspec.Struct, frozen=True, gc=False):
    """A command, and who wants to hear of it."""

    command: Command
    reply: Reply | None = None


class Inbox:
    """Bounded lanes of commands. `wake` is called when there is something to do."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lanes: tuple[deque[Item], ...] = tuple(deque() for _ in Lane)
        self._orders: dict[tuple[str, str], int] = {}
        """How often each client's order waits here, by principal and client_order_id."""

    def put(self, command: Command, reply: Reply | None = None) -> None:
        """Take a command in. Raises Overloaded at the lane's bound, except for reports, whose sender is held back instead."""
        lane = _LANES[type(command)]
        waiting = self._lanes[Lane.ORDERS if self._orders and self._follows_an_order(command) else lane]
        if len(waiting) >= BOUNDS[lane] and lane is not Lane.REPORTS:
            raise Overloaded(lane.name, BOUNDS[lane])
        if type(command) is PlaceOrder:
            named = (command.principal, command.client_order_id)
            self._orders[named] = self._orders.get(named, 0) + 1
        waiting.append(Item(command, reply))
        self._wake()

    def react(self, command: Command) -> None:
        """Take in what a fact of ours set off, ahead of everybody else's."""
        waiting = self._lanes[Lane.REACTIONS]
        assert len(waiting) < BOUNDS[Lane.REACTIONS], "more reactions wait than there can be open requests"
        waiting.append(Item(command))
        self._wake()

    def hear(self, session: str, grant: int, frames: Iterable[FromWorker | Read], lane: Lane = Lane.REPORTS) -> None:
        """Take in what a worker said, however much: it is the link that must stop reading when we are pressed."""
        self._lanes[lane].extend([Item(FromLink(session, grant, frame)) for frame in frames])
        self._wake()

    def lose(self, session: str, grant: int, lane: Lane = Lane.REPORTS) -> None:
        """A worker is gone: said after all that it said."""
        self._lanes[lane].append(Item(LinkLost(session, grant)))
        self._wake()

    def take(self) -> Item | None:
        """The next command by precedence; None when all lanes are empty."""
        for lane in self._lanes:
            if lane:
                item = lane.popleft()
                if type(item.command) is PlaceOrder:
                    self._forget(item.command)
                return item
        return None

    def _follows_an_order(self, command: Command) -> bool:
        """A cancel or replace of an order that still waits here must not go before it: it would find no such order. A mass
        cancel means whatever was asked for before it.
        """
        if isinstance(command, MassCancel):
            return True
        if not isinstance(command, (CancelOrder, ReplaceOrder)):
            return False
        return (command.principal, command.orig_client_order_id) in self._orders

    def _forget(self, command: PlaceOrder) -> None:
        named = (command.principal, command.client_order_id)
        self._orders[named] -= 1
        if not self._orders[named]:
            del self._orders[named]

    def is_pressed(self, lane: Lane = Lane.REPORTS) -> bool:
        """Whether the workers' links of that lane must stop reading."""
        return len(self._lanes[lane]) >= BOUNDS[lane]

    def is_relieved(self, lane: Lane = Lane.REPORTS) -> bool:
        """Whether the workers' links of that lane may read again."""
        return len(self._lanes[lane]) < BOUNDS[lane] // 2
