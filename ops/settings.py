"""What is read from files: one TOML file for each environment, one for each counterparty. Unknown keys are refused."""

import hashlib
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from gateway.cell import Cell, SessionKind, SessionPlan
from gateway.codec.version import FIX_44, VERSIONS
from gateway.control.identity import NotAPrincipal, principals
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
from ops.takes import TakesWords, UnknownWord, takes
from risk.limits import Instrument, Limits, Policy

VERSION = "0.1.0"
_CELL_NAME = re.compile(r"[A-Za-z0-9]{1,8}")
_CLIENT_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LOOPBACK = "127.0.0.1"
_DIGITS_MAX, _FRACTION_DIGITS_MAX = 18, 12
"""Of every number, as of those that clients send: their products must fit into the arithmetic of oms.domain.numbers."""
_SINGULAR = {"instruments": "instrument", "accounts": "account", "principals": "principal"}
"""TOML writes [[account]] for each of the accounts."""
_T = TypeVar("_T")


class ConfigError(Exception):
    """A file is missing, cannot be read, or says something that cannot be; the message names the file and the key."""


class OrdersSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The session that carries orders."""

    sender_comp_id: str
    target_comp_id: str


class MarketDataSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The session that carries prices; its numbers start anew at every logon."""

    sender_comp_id: str
    target_comp_id: str
    symbols: tuple[str, ...]


class Counterparty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A broker or venue, and how to reach it."""

    name: str
    host: str
    port: int
    orders: OrdersSession
    market_data: MarketDataSession | None = None
    begin_string: str = FIX_44.begin_string
    """The version of FIX that it speaks: one of VERSIONS. FIXT.1.1 stands for FIX 5.0SP2."""
    takes: TakesWords = TakesWords()
    heart_bt_int_s: int = 30
    reconnect_interval_s: int = 1
    unknown_orders: Literal["quarantine", "adopt"] = "quarantine"
    """What to do with an order that the counterparty has on one of our accounts and we do not, a telephoned one, say: set its
    reports aside for a person, or take it as ours."""

    def __post_init__(self) -> None:
        if self.begin_string not in VERSIONS:
            raise ValueError(f"begin_string {self.begin_string!r} is none of {', '.join(VERSIONS)}")


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client that trades with us over FIX: it connects to `port`, and we are the sell side."""

    name: str
    """Of its session; its orders are asked for by the principal `fix:<name>`."""
    port: int
    sender_comp_id: str
    """Ours."""
    target_comp_id: str
    """The client's."""
    accounts: tuple[str, ...]
    """The accounts that it may trade."""
    default_account: str = ""
    """Of an order that names none; empty where it has to name one."""
    host: str = _LOOPBACK
    """Where it may come from. This machine alone: QuickFIX's own socket must not be shown to a network."""
    begin_string: str = FIX_44.begin_string
    """The version of FIX that it speaks: one of VERSIONS. FIXT.1.1 stands for FIX 5.0SP2."""
    heart_bt_int_s: int = 30

    def __post_init__(self) -> None:
        if self.begin_string not in VERSIONS:
            raise ValueError(f"begin_string {self.begin_string!r} is none of {', '.join(VERSIONS)}")

    @property
    def plan(self) -> SessionPlan:
        return SessionPlan(
            name=self.name,
            kind=SessionKind.CLIENTS,
            version=VERSIONS[self.begin_string],
            accounts=frozenset(self.accounts),
            default_account=self.default_account,
        )


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account, the session it trades through, and its limits (see risk.limits.Limits)."""

    account: str
    session: str
    order_qty_max: Decimal
    order_notional_max: Decimal
    price_collar_bps: Decimal
    passive_collar_bps: Decimal
    reference_age_ms_max: int


class Principal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may connect, and for which accounts. The role is the third part of the id: spiffe://fixgate/<env>/<role>/<name>."""

    spiffe_id: str
    accounts: tuple[str, ...]


class Environment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_SINGULAR):
    """One installation."""

    environment: str
    cell: str
    data: Path
    listen: str
    counterparties: tuple[Path, ...]
    instruments: tuple[Instrument, ...]
    accounts: tuple[Account, ...]
    principals: tuple[Principal, ...]
    reissue_age_ms_max: int
    clients: tuple[Path, ...] = ()
    """Files of the clients that trade over FIX."""
    database_url: str = ""
    engine_core: int = -1
    """The processor that `fixgate up` keeps for the engine alone, counted from 0; -1 where the kernel may choose."""


class Settings(msgspec.Struct, frozen=True):
    """An environment with its counterparties, checked as a whole."""

    file: Path
    environment: Environment
    counterparties: tuple[Counterparty, ...]
    config_hash: str
    """sha256 over the files, in hex; journalled at every start."""
    clients: tuple[Client, ...] = ()

    @property
    def data(self) -> Path:
        return self.environment.data

    @property
    def certificates(self) -> Path:
        return self.data / "tls"

    @property
    def link_path(self) -> Path:
        return self.data / "run" / "link.sock"

    @property
    def database_url(self) -> str:
        """Empty where the embedded server is to be used."""
        return os.environ.get("DATABASE_URL") or self.environment.database_url

    @property
    def sessions(self) -> tuple[str, ...]:
        return tuple(plan.name for plan in self.plans)

    @property
    def plans(self) -> tuple[SessionPlan, ...]:
        """Of all sessions: those towards counterparties, then those of clients."""
        towards = tuple(plan for counterparty in self.counterparties for plan in _plans(counterparty))
        return (*towards, *(client.plan for client in self.clients))


def load(file: Path) -> Settings:
    """Read and check an environment and its counterparties. Raises ConfigError."""
    environment = _read(file, Environment)
    counterparties = tuple(_counterparty(path) for path in environment.counterparties)
    digest = hashlib.sha256()
    clients = tuple(_read(path, Client) for path in environment.clients)
    for path in (file, *environment.counterparties, *environment.clients):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    settings = Settings(file, environment, counterparties, digest.hexdigest(), clients)
    _check(settings)
    return settings


def cell(settings: Settings) -> Cell:
    """The engine's part of the settings."""
    environment = settings.environment
    policy = Policy(
        version=settings.config_hash[:12],
        limits={a.account: _limits(a) for a in environment.accounts},
        instruments={i.symbol: i for i in environment.instruments},
    )
    return Cell(
        name=environment.cell,
        version=VERSION,
        config_hash=settings.config_hash,
        sessions=settings.plans,
        account_sessions={a.account: a.session for a in environment.accounts},
        policy=policy,
        reissue_age_ms_max=environment.reissue_age_ms_max,
    )


def worker(settings: Settings, session: str) -> WorkerConfig:
    """One worker's part of the settings. Raises ConfigError for a session that no file names."""
    for counterparty in settings.counterparties:
        for plan in _plans(counterparty):
            if plan.name == session:
                return _worker(settings, counterparty, plan)
    for client in settings.clients:
        if client.name == session:
            return _client_worker(settings, client)
    raise ConfigError(f"{settings.file}: no session is called {session!r}; there are {', '.join(settings.sessions)}")


def _worker(settings: Settings, counterparty: Counterparty, plan: SessionPlan) -> WorkerConfig:
    is_market_data = plan.kind is SessionKind.MARKET_DATA
    ids = counterparty.market_data if is_market_data else counterparty.orders
    assert ids is not None
    return WorkerConfig(
        session=SessionConfig(
            name=plan.name,
            sender_comp_id=ids.sender_comp_id,
            target_comp_id=ids.target_comp_id,
            version=plan.version,
            heart_bt_int_s=counterparty.heart_bt_int_s,
            reset_on_logon=is_market_data,
        ),
        endpoint=Endpoint(counterparty.host, counterparty.port, counterparty.reconnect_interval_s),
        folder=settings.data / "fix" / plan.name,
        link_path=settings.link_path,
        is_market_data=is_market_data,
    )


def _client_worker(settings: Settings, client: Client) -> WorkerConfig:
    """Its reports are kept and resent word for word, and what it sends is judged as FIX says."""
    return WorkerConfig(
        session=SessionConfig(
            name=client.name,
            sender_comp_id=client.sender_comp_id,
            target_comp_id=client.target_comp_id,
            version=VERSIONS[client.begin_string],
            heart_bt_int_s=client.heart_bt_int_s,
            persist_messages=True,
            is_judged=True,
        ),
        endpoint=Endpoint(client.host, client.port),
        folder=settings.data / "fix" / client.name,
        link_path=settings.link_path,
        is_client=True,
    )


def _plans(counterparty: Counterparty) -> tuple[SessionPlan, ...]:
    version, adopts = VERSIONS[counterparty.begin_string], counterparty.unknown_orders == "adopt"
    orders = SessionPlan(counterparty.name, SessionKind.ORDERS, version, takes=takes(counterparty.takes), adopts=adopts)
    if counterparty.market_data is None:
        return (orders,)
    symbols = counterparty.market_data.symbols
    market_data = SessionPlan(f"{counterparty.name}-MD", SessionKind.MARKET_DATA, version, symbols)
    return orders, market_data


def _limits(account: Account) -> Limits:
    return Limits(
        order_qty_max=account.order_qty_max,
        order_notional_max=account.order_notional_max,
        price_collar_bps=account.price_collar_bps,
        passive_collar_bps=account.passive_collar_bps,
        reference_age_ms_max=account.reference_age_ms_max,
    )


def _read(file: Path, kind: type[_T]) -> _T:
    try:
        return msgspec.toml.decode(file.read_bytes(), type=kind, dec_hook=_path)
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise ConfigError(f"{file}: {error}") from error


def _counterparty(file: Path) -> Counterparty:
    counterparty = _read(file, Counterparty)
    try:
        takes(counterparty.takes)
    except UnknownWord as error:
        raise ConfigError(f"{file}: {error}") from error
    return counterparty


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"{value!r} is no {kind.__name__}")


def _check(settings: Settings) -> None:
    """What no single key can be wrong about."""
    environment, names = settings.environment, settings.sessions
    orders = {c.name for c in settings.counterparties}
    complaints = [
        *([] if _CELL_NAME.fullmatch(environment.cell) else [f"cell {environment.cell!r} is not 1 to 8 letters and digits"]),
        *(
            []
            if environment.engine_core >= -1
            else [f"engine_core {environment.engine_core} is neither a processor's number nor -1"]
        ),
        *([] if len(set(names)) == len(names) else [f"two sessions have one name: {', '.join(names)}"]),
        *(f"account {a.account}: no session {a.session!r} for orders" for a in environment.accounts if a.session not in orders),
        *_duplicates("account", [a.account for a in environment.accounts]),
        *_duplicates("symbol", [i.symbol for i in environment.instruments]),
        *_duplicates("principal", [p.spiffe_id for p in environment.principals]),
        *_nobodies(environment),
        *_out_of_bounds(environment),
        *_unknown_accounts(environment),
        *(complaint for client in settings.clients for complaint in _client_complaints(environment, client)),
        *_duplicates("client port", [str(client.port) for client in settings.clients]),
    ]
    if complaints:
        raise ConfigError("\n".join(f"{settings.file}: {complaint}" for complaint in complaints))


def _duplicates(what: str, names: list[str]) -> list[str]:
    return [f"{what} {name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]


def _nobodies(environment: Environment) -> list[str]:
    return [complaint for p in environment.principals for complaint in _nobody(p.spiffe_id)]


def _nobody(spiffe_id: str) -> list[str]:
    try:
        principals({spiffe_id: ()})
    except NotAPrincipal as error:
        return [f"spiffe_id: {error}"]
    return []


def _out_of_bounds(environment: Environment) -> list[str]:
    """A limit that is not above zero or not finite is none, and a multiplier below zero makes every order small."""
    numbers = [
        *((f"instrument {i.symbol}: {key}", getattr(i, key)) for i in environment.instruments for key in _decimals(Instrument)),
        *((f"account {a.account}: {key}", getattr(a, key)) for a in environment.accounts for key in _decimals(Account)),
    ]
    ages = [(f"account {a.account}: reference_age_ms_max", a.reference_age_ms_max) for a in environment.accounts]
    bounds = f"must be above zero, with at most {_DIGITS_MAX} digits before and {_FRACTION_DIGITS_MAX} after the point"
    return [
        *(f"{name} is {number}, and {bounds}" for name, number in numbers if not _is_within_bounds(number)),
        *(f"{name} is {age_ms}, and must be above zero" for name, age_ms in ages if age_ms <= 0),
    ]


def _decimals(kind: type[msgspec.Struct]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(kind) if field.type is Decimal]


def _is_within_bounds(number: Decimal) -> bool:
    if not number.is_finite() or number <= 0:
        return False
    exponent = number.as_tuple().exponent
    return number.adjusted() < _DIGITS_MAX and isinstance(exponent, int) and exponent >= -_FRACTION_DIGITS_MAX


def _unknown_accounts(environment: Environment) -> list[str]:
    known = {a.account for a in environment.accounts}
    return [
        f"principal {p.spiffe_id}: no account is called {account!r}"
        for p in environment.principals
        for account in p.accounts
        if account not in known
    ]


def _client_complaints(environment: Environment, client: Client) -> list[str]:
    known = {a.account for a in environment.accounts}
    default, is_named = client.default_account, _CLIENT_NAME.fullmatch(client.name)
    return [
        *([] if is_named else [f"client {client.name!r} is not 1 to 32 letters, digits, dots, dashes and underscores"]),
        *([] if client.host == _LOOPBACK else [f"client {client.name}: host {client.host!r} is not {_LOOPBACK}"]),
        *([] if client.accounts else [f"client {client.name}: it has no account"]),
        *(f"client {client.name}: no account is called {account!r}" for account in client.accounts if account not in known),
        *(
            []
            if default in {"", *client.accounts}
            else [f"client {client.name}: default_account {default!r} is none of its accounts"]
        ),
    ]
