"""What risk has to know of the world beside orders and prices: typed rows, each with a source and a time, set by a fact.

A row cannot be wrong: one that says nothing sensible is none, wherever it comes from. A later row of the same kind and key takes
the place of the one before.
"""

import re
from decimal import Decimal
from typing import ClassVar, get_args

import msgspec

from oms.domain.event import Event
from oms.domain.fields import Choice, OrdType, TimeInForce, plain_members

_DIGITS_MAX, _FRACTION_DIGITS_MAX = 18, 12
_NAME = re.compile(r"[!-~]{1,64}").fullmatch
_TEXT = re.compile(r"[ -~]{0,200}").fullmatch
_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]").fullmatch
_BPS = Decimal(10_000)


@plain_members
class MarketState(Choice):
    """What a market does with an instrument now."""

    CONTINUOUS = "CONTINUOUS"
    PRE_MARKET = "PRE_MARKET"
    POST_MARKET = "POST_MARKET"
    AUCTION = "AUCTION"
    NO_CANCEL = "NO_CANCEL"
    """The end of an auction, when orders may come in and none may be changed."""
    PAUSED = "PAUSED"
    """A limit up-limit down pause, or a volatility interruption."""
    HALTED = "HALTED"
    CLOSED = "CLOSED"


@plain_members
class Restriction(Choice):
    """What an entry of a restricted list leaves open."""

    NO_TRADE = "NO_TRADE"
    BUY_ONLY = "BUY_ONLY"
    SELL_ONLY = "SELL_ONLY"
    CLOSE_ONLY = "CLOSE_ONLY"
    """Only what makes a position smaller."""
    WATCH = "WATCH"
    """Everything; a person is told."""


class Row(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"):
    """One value. The tag is the stable name of its kind, in files, journals and on the wire."""

    IS_LIST: ClassVar[bool] = False
    """Whether it says who may do what: not for a feed of data to set."""

    @property
    def key(self) -> str:
        """What it is about, within its kind."""
        raise NotImplementedError(type(self).__name__)


class OfSymbol(Row, frozen=True, gc=False):
    """Something about one instrument."""

    symbol: str

    @property
    def key(self) -> str:
        return self.symbol

    def __post_init__(self) -> None:
        _require_name("symbol", self.symbol)


class Adv(OfSymbol, frozen=True, gc=False, tag="adv"):
    """Average daily volume of the last 20 trading days, in quantity."""

    adv20: Decimal

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_positive("adv20", self.adv20)


class PriorClose(OfSymbol, frozen=True, gc=False, tag="prior_close"):
    """The price at which the last trading day closed."""

    px: Decimal

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_positive("px", self.px)


class LastTrade(OfSymbol, frozen=True, gc=False, tag="last_trade"):
    """The price of the market's last trade."""

    px: Decimal

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_positive("px", self.px)


class Market(OfSymbol, frozen=True, gc=False, tag="market"):
    """What the market does with the instrument."""

    state: MarketState


class ShortRestriction(OfSymbol, frozen=True, gc=False, tag="short_restriction"):
    """Whether the short sale circuit breaker is on (Regulation SHO, Rule 201)."""

    is_on: bool


class EasyToBorrow(OfSymbol, frozen=True, gc=False, tag="easy_to_borrow"):
    """Whether the instrument is on today's easy-to-borrow list."""

    is_easy: bool


class Locate(Row, frozen=True, gc=False, tag="locate"):
    """Somebody will lend so much: LocateID(5700) of the short sales that rely on it."""

    locate_id: str
    symbol: str
    qty: Decimal
    """All that may be sold under it, sold or not; zero withdraws what is left."""
    account: str = ""
    """Who may use it; empty for every account."""

    @property
    def key(self) -> str:
        return self.locate_id

    def __post_init__(self) -> None:
        _require_name("locate_id", self.locate_id)
        _require_name("symbol", self.symbol)
        if self.account:
            _require_name("account", self.account)
        _require_positive("qty", self.qty, or_zero=True)


class FxRate(Row, frozen=True, gc=False, tag="fx_rate"):
    """What one unit of a currency is worth in the base currency, and by how much that may be wrong."""

    currency: str
    base: str
    rate: Decimal
    haircut_bps: Decimal = Decimal(0)
    """Added where the value counts against a limit, taken off where it counts for the order."""

    @property
    def key(self) -> str:
        return f"{self.currency}/{self.base}"

    def __post_init__(self) -> None:
        for name, currency in (("currency", self.currency), ("base", self.base)):
            if not _CURRENCY(currency):
                raise ValueError(f"{name} {currency[:40]!r} is not three capital letters")
        if self.currency == self.base:
            raise ValueError(f"currency {self.currency} is the base itself, and has no rate")
        _require_positive("rate", self.rate)
        _require_positive("haircut_bps", self.haircut_bps, or_zero=True)
        if self.haircut_bps >= _BPS:
            raise ValueError(f"haircut_bps {self.haircut_bps} is not below {_BPS}")


class Restricted(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of a restricted list."""

    scope: str
    """Which orders, as `risk.scope` writes it."""
    restriction: Restriction
    reason: str = ""

    def __post_init__(self) -> None:
        if not _TEXT(self.reason):
            raise ValueError(f"reason {self.reason[:40]!r} is not at most 200 printable ASCII characters")


class RestrictedList(Row, frozen=True, gc=False, tag="restricted_list"):
    """A whole restricted or watch list, of the firm, a desk or a client: it takes the place of the one of the same name."""

    IS_LIST: ClassVar[bool] = True

    name: str
    entries: tuple[Restricted, ...] = ()

    @property
    def key(self) -> str:
        return self.name

    def __post_init__(self) -> None:
        _require_name("name", self.name)


class Allowed(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of an allow-list: which orders may be sent. What is left out allows any."""

    scope: str
    ord_types: tuple[OrdType, ...] = ()
    times_in_force: tuple[TimeInForce, ...] = ()
    after: str = ""
    """From this time of the day on, HH:MM in UTC."""
    before: str = ""
    """Until this time of the day, itself not included. Before `after`, the time between them goes over midnight."""

    def __post_init__(self) -> None:
        for name, time in (("after", self.after), ("before", self.before)):
            if time and not _TIME(time):
                raise ValueError(f"{name} {time[:40]!r} is no time of the day such as 08:30")
        if bool(self.after) != bool(self.before):
            raise ValueError("after and before go together: one of them is missing")


class AllowList(Row, frozen=True, gc=False, tag="allow_list"):
    """A whole allow-list: it takes the place of the one of the same name."""

    IS_LIST: ClassVar[bool] = True

    name: str
    entries: tuple[Allowed, ...] = ()

    @property
    def key(self) -> str:
        return self.name

    def __post_init__(self) -> None:
        _require_name("name", self.name)


AnyRow = Adv | PriorClose | LastTrade | Market | ShortRestriction | EasyToBorrow | Locate | FxRate | RestrictedList | AllowList
KINDS: tuple[type[Row], ...] = get_args(AnyRow)


def word(kind: type[Row]) -> str:
    """The stable name of a kind."""
    return str(kind.__struct_config__.tag)


class ReferenceSet(Event, frozen=True, gc=False):
    """These rows hold from this record on: all of them, or the fact would not be there."""

    source: str
    as_of_ns: int
    """When it was so, by the source; never after the record itself."""
    rows: tuple[AnyRow, ...]

    @property
    def key(self) -> str:
        return self.source


class ReferenceTaken(Event, frozen=True, gc=False):
    """The answer to whoever set them. The rows are in the fact before it, so that they need not be remembered for ever."""

    IS_ANSWER: ClassVar[bool] = True

    client_order_id: str
    principal: str
    source: str
    digest: str
    """sha256 of the time and the rows that were asked for, in hex."""
    rows: int

    @property
    def key(self) -> str:
        return self.source


class OrderWatched(Event, frozen=True, gc=False):
    """An order, or a replace of one, was taken that is on a watch list: a person is told, and nobody else."""

    root_id: str
    name: str
    """Of the list."""
    scope: str
    reason: str

    @property
    def key(self) -> str:
        return self.root_id


REFERENCE_EVENTS: tuple[type[Event], ...] = (ReferenceSet, ReferenceTaken, OrderWatched)


def _require_name(field: str, text: str) -> None:
    if not _NAME(text):
        raise ValueError(f"{field} {text[:40]!r} is not 1 to 64 printable ASCII characters without spaces")


def _require_positive(field: str, number: Decimal, *, or_zero: bool = False) -> None:
    """A number that is none, or has too many digits, is no row: what is made of it must fit into our arithmetic."""
    exponent = number.as_tuple().exponent
    if not number.is_finite() or not isinstance(exponent, int) or number.is_signed() or not (number or or_zero):
        raise ValueError(f"{field} is {number}, and must be a number {'from zero on' if or_zero else 'above zero'}")
    if number.adjusted() >= _DIGITS_MAX or exponent < -_FRACTION_DIGITS_MAX:
        raise ValueError(f"{field} {number} has more than {_DIGITS_MAX} digits before or {_FRACTION_DIGITS_MAX} after the point")
