"""A broker or venue, as its file says it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from gateway.breakers import Breakers
from gateway.cell import SessionKind, SessionPlan
from gateway.codec.dialect import Dialect
from gateway.codec.version import FIX_44, VERSIONS, Version
from gateway.door.config import LOOPBACK
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
from gateway.fix.reaching import Address, Reach
from gateway.fix.token import Token
from ops.counterparty.alarms import AlarmWords
from ops.counterparty.dialect import RuleWords, wrong_symbols
from ops.counterparty.dictionary import DictionaryWords
from ops.counterparty.hours import ScheduleWords
from ops.counterparty.limits import LimitsWords
from ops.counterparty.logon import LogonWords
from ops.counterparty.rate import RateWords
from ops.counterparty.takes import TakesWords
from ops.counterparty.tls import PORT_MAX, TlsWords, in_the_clear_wrong
from ops.toml_file import Key, TomlFile

COMP_ID_CHARACTERS_MAX = 64
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


class OrdersSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The session that carries orders."""

    sender_comp_id: str
    target_comp_id: str


class MarketDataSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The session that carries prices; its numbers start anew at every logon."""

    sender_comp_id: str
    target_comp_id: str
    symbols: tuple[str, ...]
    archive_prices: bool = False
    """Whether prices (35=W, X) are archived, too: there may be very many (gateway.fix.archive)."""


class AfterWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`cancels_on_disconnect = { after_s = 30 }`."""

    after_s: int


class Counterparty(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"fallbacks": "fallback"}):
    """A broker or venue, and how to reach it."""

    name: str
    host: str
    port: int
    orders: OrdersSession
    market_data: MarketDataSession | None = None
    begin_string: str = FIX_44.begin_string
    """The version of FIX that it speaks: one of VERSIONS. FIXT.1.1 stands for FIX 5.0SP2."""
    takes: TakesWords = TakesWords()
    rate: RateWords | None = None
    """How many messages its orders session takes; without it, any number."""
    limits: LimitsWords | None = None
    """How long what it is told may be; without it, as long as we like."""
    logon: LogonWords = LogonWords()
    dictionary: DictionaryWords = DictionaryWords()
    """What its FIX has that FIX itself has not."""
    symbols: Mapping[str, str] = {}
    """Their names of our symbols; one that is not here has the same name."""
    outgoing: tuple[RuleWords, ...] = ()
    incoming: tuple[RuleWords, ...] = ()
    """What is done to business messages on their way, in this order (gateway.codec.dialect)."""
    schedule: ScheduleWords | None = None
    """When its sessions are logged on; without it, always."""
    heart_bt_int_s: int = 30
    alarms: AlarmWords = AlarmWords()
    """At what the alarms of its sessions sound."""
    breakers: Breakers = Breakers()
    """How much is too much on its orders session."""
    fallbacks: tuple[Address, ...] = ()
    """Where to go, in this order, when `host` and `port` cannot be reached."""
    reconnect_interval_s: int = 1
    reissue_age_ms_max: int | None = None
    """A request that never reached it is sent again only if it is younger than this; 0 for never. Left out: as the environment
    says."""
    trust_resend_request: bool = False
    """Whether its ResendRequest(2) for a number proves that it never had what was sent under it: without, the request is UNKNOWN
    until it says."""
    cancels_on_disconnect: bool | AfterWords | None = None
    """Whether it cancels our orders when our session drops, at once or after a time. Left out: nobody has said."""
    on_disconnect: Literal["leave", "cancel"] = "leave"
    """What we do when the session is ready after it dropped: leave the orders, or cancel them all and take no new ones until
    all is told of."""
    tls: TlsWords | None = None
    """How the front door reaches it. Left out, its workers connect to it in the clear."""
    plain_tcp: bool = False
    """Whether a line in the clear is what is wanted, where it leaves this machine."""
    unknown_orders: Literal["quarantine", "adopt"] = "quarantine"
    """What to do with an order that the counterparty has on one of our accounts and we do not, a telephoned one, say: set its
    reports aside for a person, or take it as ours."""

    @property
    def version(self) -> Version:
        return VERSIONS[self.begin_string]

    @property
    def plans(self) -> tuple[SessionPlan, ...]:
        """Its sessions as the engine sees them."""
        adopts, schedule = self.unknown_orders == "adopt", self.schedule.meaning if self.schedule else None
        orders = SessionPlan(
            name=self.name,
            kind=SessionKind.ORDERS,
            version=self.version,
            takes=self.takes.meaning,
            adopts=adopts,
            dialect=self.dialect,
            schedule=schedule,
            rate=self.rate.meaning if self.rate else None,
            sizes=self.limits.meaning(self.orders.sender_comp_id, self.orders.target_comp_id) if self.limits else None,
            reissue_age_ms_max=self.reissue_age_ms_max,
            trusts_resend_request=self.trust_resend_request,
            cancels_on_ready=self.on_disconnect == "cancel",
            heart_bt_int_s=self.heart_bt_int_s,
            alarms=self.alarms.meaning,
            breakers=self.breakers,
        )
        if self.market_data is None:
            return (orders,)
        market_data = SessionPlan(
            name=f"{self.name}-MD",
            kind=SessionKind.MARKET_DATA,
            version=self.version,
            symbols=self.market_data.symbols,
            dialect=self.dialect,
            schedule=schedule,
            heart_bt_int_s=self.heart_bt_int_s,
            alarms=self.alarms.meaning,
        )
        return orders, market_data

    @property
    def dialect(self) -> Dialect | None:
        """What it says otherwise than FIX does; None for nothing."""
        outgoing, incoming = (
            tuple(rule for words in rules for rule in words.meaning) for rules in (self.outgoing, self.incoming)
        )
        return Dialect(self.symbols, outgoing, incoming) if self.symbols or outgoing or incoming else None

    @property
    def reach(self) -> Reach:
        """Where it is."""
        return Reach((Address(self.host, self.port), *self.fallbacks), self.reconnect_interval_s)

    @property
    def endpoint(self) -> Endpoint:
        """Where its workers connect to: it, or the front door."""
        if self.tls is not None:
            return Endpoint(LOOPBACK, self.tls.loopback_port, self.reconnect_interval_s)
        return Endpoint(self.host, self.port, self.reconnect_interval_s, self.fallbacks)

    def worker(self, plan: SessionPlan, data: Path, link_path: Path, token: Token | None = None) -> WorkerConfig:
        """What the worker of one of `plans` is told, secrets and all. Raises NoSecret."""
        is_market_data = plan.kind is SessionKind.MARKET_DATA
        ids = self.market_data if is_market_data else self.orders
        assert ids is not None
        return WorkerConfig(
            session=SessionConfig(
                name=plan.name,
                sender_comp_id=ids.sender_comp_id,
                target_comp_id=ids.target_comp_id,
                version=plan.version,
                heart_bt_int_s=self.heart_bt_int_s,
                reset_on_logon=is_market_data,
                logon=self.logon.meaning,
                overlay=self.dictionary.meaning(plan.version),
                token=token,
            ),
            endpoint=self.endpoint,
            folder=data / "fix" / plan.name,
            link_path=link_path,
            is_market_data=is_market_data,
            keeps_prices=self.market_data is not None and self.market_data.archive_prices,
        )


def read(path: Path) -> Counterparty:
    """The counterparty of one file. Raises ConfigError with everything that is wrong with it: file, line, key, reason."""
    return TomlFile(path).read(Counterparty, _wrong)


def check(path: Path) -> Counterparty:
    """The same where its secrets must be there, too: its workers could start here. Raises ConfigError."""
    return TomlFile(path).read(Counterparty, _wrong_or_missing)


def _wrong_or_missing(counterparty: Counterparty) -> Iterator[tuple[Key, str]]:
    yield from _wrong(counterparty)
    if not any(counterparty.logon.wrong()):  # A reference that is none leads nowhere.
        yield from counterparty.logon.missing()
    if counterparty.tls is not None:
        yield from counterparty.tls.missing()


def _wrong(counterparty: Counterparty) -> Iterator[tuple[Key, str]]:
    """What a type cannot forbid: words that name nothing, numbers that cannot be, and keys that contradict each other."""
    if counterparty.begin_string not in VERSIONS:
        yield ("begin_string",), f"{counterparty.begin_string!r} is none of {', '.join(VERSIONS)}"
    yield from _endpoints_wrong(counterparty)
    addresses, has_tls = counterparty.reach.addresses, counterparty.tls is not None
    yield from in_the_clear_wrong(addresses, has_tls=has_tls, is_plain=counterparty.plain_tcp)
    if counterparty.tls is not None:
        yield from counterparty.tls.wrong()
    for key in ("heart_bt_int_s", "reconnect_interval_s"):
        if getattr(counterparty, key) < 1:
            yield (key,), f"{getattr(counterparty, key)} is not above zero"
    yield from counterparty.takes.wrong()
    yield from counterparty.breakers.wrong()
    if counterparty.rate is not None:
        yield from counterparty.rate.wrong()
    if counterparty.begin_string in VERSIONS:
        yield from counterparty.dictionary.wrong(counterparty.version, is_judged=False)
    if counterparty.limits is not None:
        yield from counterparty.limits.wrong()
    yield from counterparty.logon.wrong()
    yield from counterparty.alarms.wrong()
    yield from wrong_symbols(counterparty.symbols)
    for table, rules in (("outgoing", counterparty.outgoing), ("incoming", counterparty.incoming)):
        for place, rule in enumerate(rules):
            yield from rule.wrong((table, place))
    if counterparty.schedule is not None:
        yield from counterparty.schedule.wrong()
    yield from _recovery_wrong(counterparty)
    yield from _ids_wrong(counterparty)
    yield from _takes_contradicted(counterparty)


def _recovery_wrong(counterparty: Counterparty) -> Iterator[tuple[Key, str]]:
    """What we do and what it does when something is amiss."""
    age_ms, cancels = counterparty.reissue_age_ms_max, counterparty.cancels_on_disconnect
    if age_ms is not None and age_ms < 0:
        yield ("reissue_age_ms_max",), f"{age_ms} is below zero"
    if isinstance(cancels, AfterWords) and cancels.after_s < 1:
        yield ("cancels_on_disconnect",), f"after_s {cancels.after_s} is not above zero: say true for at once"
    if counterparty.on_disconnect == "cancel" and cancels:
        yield ("on_disconnect",), "it cancels them itself, as cancels_on_disconnect says: one of the two is enough"


def _endpoints_wrong(counterparty: Counterparty) -> Iterator[tuple[Key, str]]:
    taken: list[Address] = []
    for place, address in enumerate(counterparty.reach.addresses):
        at: Key = ("fallback", place - 1) if place else ()
        if not 0 < address.port <= PORT_MAX:
            yield (*at, "port"), f"{address.port} is not between 1 and {PORT_MAX}"
        if not _HOST.fullmatch(address.host):
            yield (*at, "host"), f"{address.host!r} is no name or number of a host"
        if address in taken:
            yield at, f"{address} is there twice"
        taken.append(address)


def _ids_wrong(counterparty: Counterparty) -> Iterator[tuple[Key, str]]:
    orders, market_data = counterparty.orders, counterparty.market_data
    ids: list[tuple[Key, str]] = [(("name",), counterparty.name)]
    for table, session in (("orders", orders), ("market_data", market_data)):
        if session is not None:
            ids += [((table, key), getattr(session, key)) for key in ("sender_comp_id", "target_comp_id")]
    for key, value in ids:
        if not value or len(value) > COMP_ID_CHARACTERS_MAX or not (value.isascii() and value.isprintable()) or "=" in value:
            yield key, f"{value!r} is not 1 to {COMP_ID_CHARACTERS_MAX} printable ASCII characters without ="
    if market_data is not None:
        if (market_data.sender_comp_id, market_data.target_comp_id) == (orders.sender_comp_id, orders.target_comp_id):
            yield ("market_data",), "it has both CompIDs of [orders]: a counterparty could not tell the sessions apart"
        if not market_data.symbols:
            yield ("market_data", "symbols"), "a session that asks for no prices has no use"


def _takes_contradicted(counterparty: Counterparty) -> Iterator[tuple[Key, str]]:
    """Values that the version of FIX has no words for."""
    version = VERSIONS.get(counterparty.begin_string)
    if version is None:
        return
    for key in ("mass_cancel", "mass_status"):
        if getattr(counterparty.takes, key) and not version.has_mass_requests:
            yield ("takes", key), f"{version.begin_string} has no such message"
