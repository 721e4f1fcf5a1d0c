"""What one engine is told when it starts: its sessions, accounts, instruments and limits. One engine is one cell."""

from collections.abc import Mapping

import msgspec

from oms.domain.fields import Choice, plain_members
from risk.limits import Policy


@plain_members
class SessionKind(Choice):
    """What a FIX session is for."""

    ORDERS = "orders"
    MARKET_DATA = "market_data"


class SessionPlan(msgspec.Struct, frozen=True):
    """A FIX session as the engine sees it; how to reach the peer is the worker's business."""

    name: str
    kind: SessionKind
    begin_string: str = "FIX.4.4"
    symbols: tuple[str, ...] = ()
    """What to ask top of book for, on a market data session."""
    mass_status: bool = False
    """Whether the counterparty takes OrderMassStatusRequest(35=AF)."""
    adopts: bool = False
    """Whether an order that the counterparty has on one of our accounts and we do not is taken as ours, or set aside."""


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
