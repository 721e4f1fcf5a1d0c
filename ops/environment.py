"""One installation, as its file says it: accounts and limits, instruments, who may connect. Unknown keys are refused."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from gateway.control.identity import NotAPrincipal, principals
from gateway.fix.archive import Plan
from ops.door_words import DoorWords
from ops.limit_words import LimitWords
from risk.limits import Instrument, Limits

_CELL_NAME = re.compile(r"[A-Za-z0-9]{1,8}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DIGITS_MAX, _FRACTION_DIGITS_MAX = 18, 12
"""Of every number, as of those that clients send: their products must fit into the arithmetic of oms.domain.numbers."""
_SINGULAR = {"instruments": "instrument", "accounts": "account", "principals": "principal", "limits": "limit"}
"""TOML writes [[account]] for each of the accounts."""


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


class ArchiveWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[archive]: of the messages that the journal does not hold, in files of each session and day (gateway.fix.archive)."""

    days: int = 90
    """How many days are kept, today counted in."""
    mb_a_day_max: int = 64
    """How much of one session and day; what comes above it is lost, and an alarm."""

    def plan(self, data: Path, session: str) -> Plan:
        """Of one session."""
        return Plan(archive_folder(data) / session, self.days, self.mb_a_day_max << 20)


def archive_folder(data: Path) -> Path:
    """With a folder for each session, and none of it in the session's own: that one a person may have to remove."""
    return data / "archive"


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
    limits: tuple[LimitWords, ...] = ()
    """Beside those of the accounts."""
    clients: tuple[Path, ...] = ()
    """Files of the clients that trade over FIX."""
    door: DoorWords = DoorWords()
    """What the front door shows to clients, and what it lets nobody go beyond."""
    base_currency: str = ""
    """What values of several currencies are converted to before they are added up; empty where there is one currency alone."""
    reference: tuple[Path, ...] = ()
    """Files of reference data that are set at the start, each once (ops.reference_file)."""
    database_url: str = ""
    archive: ArchiveWords = ArchiveWords()
    engine_core: int = -1
    """The processor that `fixgate up` keeps for the engine alone, counted from 0; -1 where the kernel may choose."""

    snapshot_records: int = 500_000
    """A snapshot of the state is taken when the journal has grown by so many records; 0 where only a person takes any."""

    tombstone_days: int = 7
    """How many days an order that has ended, and its day with it, is kept in the engine's memory."""
    tombstones_max: int = 1_000_000
    """How many such orders are; of more the oldest are forgotten before their time."""

    def complaints(self) -> list[str]:
        """What no single key can be wrong about."""
        return [
            *([] if _CELL_NAME.fullmatch(self.cell) else [f"cell {self.cell!r} is not 1 to 8 letters and digits"]),
            *([] if self.engine_core >= -1 else [f"engine_core {self.engine_core} is neither a processor's number nor -1"]),
            *([] if self.archive.days > 0 else [f"archive.days is {self.archive.days}, and must be above zero"]),
            *([] if self.archive.mb_a_day_max > 0 else ["archive.mb_a_day_max must be above zero"]),
            *([] if self.snapshot_records >= 0 else [f"snapshot_records is {self.snapshot_records}, and must not be below 0"]),
            *([] if self.tombstone_days > 0 else [f"tombstone_days is {self.tombstone_days}, and must be above zero"]),
            *([] if self.tombstones_max >= 0 else [f"tombstones_max is {self.tombstones_max}, and must not be below 0"]),
            *duplicates("account", [a.account for a in self.accounts]),
            *duplicates("symbol", [i.symbol for i in self.instruments]),
            *duplicates("principal", [p.spiffe_id for p in self.principals]),
            *(limit.wrong for limit in self.limits if limit.wrong),
            *duplicates("limit", [f"{limit.control} of {limit.scope}" for limit in self.limits]),
            *(
                []
                if not self.base_currency or _CURRENCY.fullmatch(self.base_currency)
                else [f"base_currency {self.base_currency!r} is not three capital letters"]
            ),
            *_nobodies(self),
            *_out_of_bounds(self),
            *_unknown_accounts(self),
        ]

    @property
    def policy(self) -> tuple[Mapping[str, Limits], Mapping[str, Instrument]]:
        """The limits of each account, and the instruments by Symbol(55)."""
        return {a.account: _limits(a) for a in self.accounts}, {i.symbol: i for i in self.instruments}


def duplicates(what: str, names: list[str]) -> list[str]:
    """A complaint about each name that is there more than once."""
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


def _limits(account: Account) -> Limits:
    return Limits(
        order_qty_max=account.order_qty_max,
        order_notional_max=account.order_notional_max,
        price_collar_bps=account.price_collar_bps,
        passive_collar_bps=account.passive_collar_bps,
        reference_age_ms_max=account.reference_age_ms_max,
    )
