"""What one engine is told when it starts: its sessions, accounts, instruments and limits. One engine is one cell."""

from collections.abc import Mapping

import msgspec

from gateway.alarm import AlarmTerms
from gateway.breakers import Breakers
from gateway.codec.dialect import Dialect
from gateway.codec.version import FIX_44, Version
from gateway.rate import Rate
from gateway.schedule import Schedule
from gateway.sizes import Sizes
from gateway.taking import Takes
from oms.domain.dead_man import Silence
from oms.domain.fields import Choice, plain_members
from risk.limits import Policy


@plain_members
class SessionKind(Choice):
    """What a FIX session is for."""

    ORDERS = "orders"
    MARKET_DATA = "market_data"
    CLIENTS = "clients"
    """A client's orders come in, and their reports go out: we are the sell side."""


class SessionPlan(msgspec.Struct, frozen=True):
    """A FIX session as the engine sees it; how to reach the peer is the worker's business."""

    name: str
    kind: SessionKind
    version: Version = FIX_44
    """The FIX that the peer speaks."""
    symbols: tuple[str, ...] = ()
    """What to ask top of book for, on a market data session."""
    takes: Takes = Takes()
    """What may be sent on an orders session."""
    adopts: bool = False
    """Whether an order that the counterparty has on one of our accounts and we do not is taken as ours, or set aside."""
    accounts: frozenset[str] = frozenset()
    """The accounts that a client may trade."""
    default_account: str = ""
    """Of a client's orders that name no account."""
    dialect: Dialect | None = None
    """What the peer says otherwise than FIX does; None for nothing."""
    schedule: Schedule | None = None
    """When the session is to be logged on; None for always."""
    rate: Rate | None = None
    """How many messages an orders session takes; None for any number."""
    sizes: Sizes | None = None
    """How long what it is told may be; None for any length."""
    trusts_resend_request: bool = False
    """Whether a counterparty that asks for a number again proves by it that it never had what was sent under it."""
    cancels_on_ready: bool = False
    """Whether all that was open when the session was lost is canceled when it is ready, and new orders wait until all is told."""
    reissue_age_ms_max: int | None = None
    """As the cell's, of this session's requests; None where it is the cell's."""
    on_loss: Silence | None = None
    """What becomes of a client's orders when its session is lost; None where they stay."""
    heart_bt_int_s: int = 30
    alarms: AlarmTerms = AlarmTerms()
    """At what its alarms sound."""
    breakers: Breakers = Breakers()
    """How much is too much on it."""

    @property
    def takes_mass_cancel(self) -> bool:
        """Whether one OrderMassCancelRequest(35=q) may stand for many cancels."""
        return self.takes.mass_cancel and self.version.has_mass_requests

    @property
    def takes_mass_status(self) -> bool:
        """Whether one OrderMassStatusRequest(35=AF) may ask for all open orders."""
        return self.takes.mass_status and self.version.has_mass_requests

    @property
    def principal(self) -> str:
        """Who asks for what comes in on a client's session, as a certificate says it of a gRPC client."""
        return f"fix:{self.name}"


class Cell(msgspec.Struct, frozen=True):
    """A closed set of accounts and sessions with one writer."""

    name: str
    """Letters and digits; every ClOrdID(11) of the cell starts with it."""
    version: str
    config_hash: str
    sessions: tuple[SessionPlan, ...]
    account_sessions: Mapping[str, str]
    """Which session an account trades through."""
    policy: Policy
    reissue_age_ms_max: int
    """A request that never reached the venue is sent again only if it is younger than this."""
    tombstone_days: int = 7
    """How long an order that was laid to rest is kept in memory."""
    tombstones_max: int = 1_000_000
    """How many are; of more those that rest longest are forgotten before their time."""
