"""What a person decided about a FIX session: who, why, and its numbers before and after. Facts like those of `sessions`."""

from typing import ClassVar

import msgspec

from gateway.session_event import SessionEvent
from oms.domain.event import Event


class Numbers(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Where a session's sequence numbers stand."""

    session_epoch: int
    next_sender: int
    """MsgSeqNum(34) of the next message that we send, as far as the journal knows."""
    next_target: int
    """MsgSeqNum(34) that is expected of the peer next."""


class SessionAct(SessionEvent, frozen=True, gc=False):
    """A person's act, which answers the request for it for ever."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    """The person's own id of the request, unique for the principal over all kinds of request."""
    principal: str
    asked: str
    """The whole request in words, so that its repetition is known."""
    reason: str
    before: Numbers
    after: Numbers


class LogOnAsked(SessionAct, frozen=True, gc=False):
    """The session is to be logged on, whenever its schedule lets it: a LogOut does not count any more."""


class LogOutAsked(SessionAct, frozen=True, gc=False):
    """The session is to be logged out, until a LogOn or the next opening of its schedule."""


class SessionEnabled(SessionAct, frozen=True, gc=False):
    """The session may log on again, by its schedule and by what was asked of it last."""


class SessionDisabled(SessionAct, frozen=True, gc=False):
    """The session is logged out and stays so, over every restart and opening, until it is enabled."""


class NumbersSet(SessionAct, frozen=True, gc=False):
    """Both sides go on with other sequence numbers, in another epoch. Its worker, if there is one, starts again with them."""

    grant: int
    """The grant that is void from here on: what its worker still says is about numbers that do not count any more."""


class HaltReleased(SessionAct, frozen=True, gc=False, omit_defaults=True):
    """A person has looked at a halted session: its next worker gets numbers above everything that was ever used."""

    halt: str
    """Why it was halted, word for word."""
    is_still_held: bool = False
    """Whether it may log on and be asked, and takes no new order before a second person has released it."""
    cl_ord_ids: int = 0
    """ClOrdIDs(11) of ours up to this number may be at the venue, and are never given out again; 0 where none beyond ours is."""


class HoldReleased(SessionAct, frozen=True, gc=False, omit_defaults=True):
    """A person has looked at a session that was held, and lets it go."""

    hold: str
    """Why it was held, word for word."""
    was_down: bool = False
    """Whether it was kept logged off: its worker starts again, and logs on with the numbers that are right now."""
    is_still_held: bool = False
    """Whether it takes no new order before a second person has released it: it had been halted before."""


class HaltLifted(SessionEvent, frozen=True, gc=False):
    """A worker came that had not heard of its release: it hears of it now."""


ACTS: tuple[type[SessionAct], ...] = (
    LogOnAsked,
    LogOutAsked,
    SessionEnabled,
    SessionDisabled,
    NumbersSet,
    HaltReleased,
    HoldReleased,
)
EVENTS: tuple[type[Event], ...] = (*ACTS, HaltLifted)
