"""What a FIX worker and its session are told when they start. Plain values: importing this starts no QuickFIX."""

from pathlib import Path

import msgspec

from gateway.codec.version import FIX_44, Version
from gateway.fix.archive import Plan
from gateway.fix.overlay import NOTHING, Overlay
from gateway.fix.reaching import Address, Reach
from gateway.fix.token import Token


class LogonField(msgspec.Struct, frozen=True):
    """A field that our Logon(A) carries beyond what the session puts there."""

    tag: int
    value: str
    is_secret: bool = False
    """Whether its value leaves the process on the wire alone."""

    @property
    def shown(self) -> str:
        """As every copy of the message shows it."""
        return "***" if self.is_secret else self.value

    def __repr__(self) -> str:
        return f"LogonField({self.tag}, {self.shown!r})"


class SessionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One FIX session as QuickFIX must be told of it."""

    name: str
    """Our own name of the session; unique in the installation."""
    sender_comp_id: str
    target_comp_id: str
    version: Version = FIX_44
    heart_bt_int_s: int = 30
    reset_on_logon: bool = False
    persist_messages: bool = False
    """False on sessions towards venues: a ResendRequest(2) is answered with one gap-fill, never with an old order."""
    is_judged: bool = False
    """Whether the peer is a client, and is told by Reject(3) and Logout(5) where it does not speak FIX: the dictionary is FIX's
    own, and SendingTime(52) within two minutes of our clock. A venue is not: a wrong field or clock must not cost a fill."""
    takes_resets: bool = True
    """Whether a client may begin the numbers anew by ResetSeqNumFlag(141)=Y. Else its connection ends, and nothing changes."""
    logon: tuple[LogonField, ...] = ()
    overlay: Overlay = NOTHING
    """What the peer's FIX has beyond FIX's own dictionary."""
    token: Token | None = None
    """Where the front door is between us and the peer: what a Logon(A) on loopback has to show, and no copy of it ever does."""


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to connect to (initiator) or to listen (acceptor)."""

    host: str
    port: int
    reconnect_interval_s: int = 1
    fallbacks: tuple[Address, ...] = ()
    """Where to connect to when that fails, in this order."""

    @property
    def reach(self) -> Reach:
        """The same as one list, for whoever connects outwards itself. QuickFIX goes round the addresses at an even pace."""
        addresses = (Address(self.host, self.port), *self.fallbacks)
        return Reach(addresses, self.reconnect_interval_s)


class WorkerConfig(msgspec.Struct, frozen=True):
    """What one worker is told when it starts."""

    session: SessionConfig
    endpoint: Endpoint
    folder: Path
    """The session's own folder: store, sent.log and lock."""
    link_path: Path
    is_market_data: bool = False
    is_client: bool = False
    """Whether the peer is a client: it connects to us, and its reports are kept by QuickFIX and resent."""
    archive: Plan | None = None
    """Where the messages go that the journal does not hold; None for the session's own folder, and what Plan says."""
    keeps_prices: bool = False
    """Whether prices are among them."""
