"""What is read from files: one TOML file for each environment, one for each counterparty and client. Unknown keys are refused."""

import hashlib
import os
from pathlib import Path

import msgspec

from gateway.cell import Cell, SessionPlan
from gateway.fix.config import WorkerConfig
from ops import client as client_file
from ops import door
from ops.client import Client
from ops.counterparty import file as counterparty_file
from ops.counterparty.file import Counterparty
from ops.environment import Environment, duplicates
from ops.secrets import NoSecret
from ops.toml_file import ConfigError, TomlFile
from risk.limits import Policy

__all__ = ["VERSION", "ConfigError", "Settings", "cell", "check_door", "load", "worker"]

VERSION = "0.1.0"


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
        towards = tuple(plan for counterparty in self.counterparties for plan in counterparty.plans)
        return (*towards, *(client.plan for client in self.clients))


def load(file: Path) -> Settings:
    """Read and check an environment and its counterparties. Raises ConfigError."""
    environment_file = TomlFile(file)
    environment = environment_file.read(Environment)
    environment_file.require(environment.door.wrong())
    counterparties = tuple(counterparty_file.read(path) for path in environment.counterparties)
    clients = tuple(client_file.read(path) for path in environment.clients)
    digest = hashlib.sha256()
    for path in (file, *environment.counterparties, *environment.clients):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    settings = Settings(file, environment, counterparties, digest.hexdigest(), clients)
    _check(settings)
    return settings


def check_door(settings: Settings) -> None:
    """The same where the front door's files must be there, too. Raises ConfigError."""
    TomlFile(settings.file).require(settings.environment.door.missing())


def cell(settings: Settings) -> Cell:
    """The engine's part of the settings."""
    environment = settings.environment
    limits, instruments = environment.policy
    return Cell(
        name=environment.cell,
        version=VERSION,
        config_hash=settings.config_hash,
        sessions=settings.plans,
        account_sessions={a.account: a.session for a in environment.accounts},
        policy=Policy(
            version=settings.config_hash[:12],
            limits=limits,
            instruments=instruments,
            rows=tuple(limit.meaning for limit in environment.limits),
            base_currency=environment.base_currency,
        ),
        reissue_age_ms_max=environment.reissue_age_ms_max,
        tombstone_days=environment.tombstone_days,
        tombstones_max=environment.tombstones_max,
    )


def worker(settings: Settings, session: str) -> WorkerConfig:
    """One worker's part of the settings. Raises ConfigError for a session that no file names."""
    plan = settings.environment.archive.plan(settings.data, session)
    return msgspec.structs.replace(_config(settings, session), archive=plan)


def _config(settings: Settings, session: str) -> WorkerConfig:
    for counterparty in settings.counterparties:
        for plan in counterparty.plans:
            if plan.name == session:
                return _worker(settings, counterparty, plan)
    for client in settings.clients:
        if client.name == session:
            token = door.token() if client.tls is not None else None
            return client.worker(settings.data, settings.link_path, token)
    raise ConfigError(f"{settings.file}: no session is called {session!r}; there are {', '.join(settings.sessions)}")


def _names_shared(environment: Environment, counterparty: Counterparty) -> list[str]:
    """Two instruments that a counterparty calls the same: a report would be about either."""
    names = [counterparty.symbols.get(i.symbol, i.symbol) for i in environment.instruments]
    return duplicates(f"counterparty {counterparty.name}: symbol", names) if counterparty.symbols else []


def _ids_unfit(environment: Environment, counterparty: Counterparty) -> list[str]:
    """Our ids are made of the cell's name: the counterparty may not take such."""
    unfit = counterparty.limits.unfit(environment.cell) if counterparty.limits else ()
    return [f"counterparty {counterparty.name}: {why}" for why in unfit]


def _worker(settings: Settings, counterparty: Counterparty, plan: SessionPlan) -> WorkerConfig:
    token = door.token() if counterparty.tls is not None else None
    try:
        return counterparty.worker(plan, settings.data, settings.link_path, token)
    except NoSecret as missing:
        raise ConfigError(f"{settings.file}: counterparty {counterparty.name}: missing secret: {missing}") from missing


def _check(settings: Settings) -> None:
    """What no single file can be wrong about."""
    environment, names = settings.environment, settings.sessions
    orders, accounts = {c.name for c in settings.counterparties}, {a.account for a in environment.accounts}
    complaints = [
        *environment.complaints(),
        *([] if len(set(names)) == len(names) else [f"two sessions have one name: {', '.join(names)}"]),
        *(f"account {a.account}: no session {a.session!r} for orders" for a in environment.accounts if a.session not in orders),
        *(complaint for client in settings.clients for complaint in client.complaints(accounts)),
        *(complaint for counterparty in settings.counterparties for complaint in _names_shared(environment, counterparty)),
        *(complaint for counterparty in settings.counterparties for complaint in _ids_unfit(environment, counterparty)),
        *door.complaints(settings),
    ]
    if complaints:
        raise ConfigError(*(f"{settings.file}: {complaint}" for complaint in complaints))
