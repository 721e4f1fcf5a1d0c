"""Where a limit holds: a conjunction of what orders are told apart by. The conjunction of nothing is the whole firm."""

import re
from collections.abc import Mapping

import msgspec

from oms.domain.fields import Choice, plain_members

_VALUE = re.compile(r"[!-<>-~]{1,64}", re.ASCII)


@plain_members
class Dimension(Choice):
    """What orders are told apart by. The value is the word for it in texts and files."""

    CLIENT = "client"
    DESK = "desk"
    ACCOUNT = "account"
    TRADER = "trader"
    """The principal who asked for the order."""
    STRATEGY = "strategy"
    SESSION = "session"
    """The FIX session by which it goes to its venue: one venue may have several."""
    VENUE = "venue"
    SYMBOL = "symbol"
    ASSET_CLASS = "asset_class"
    CURRENCY = "currency"


class Facets(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """One order's value in each dimension, named as the dimension is; empty where it has none."""

    account: str
    symbol: str
    trader: str = ""
    session: str = ""
    client: str = ""
    desk: str = ""
    strategy: str = ""
    venue: str = ""
    asset_class: str = ""
    currency: str = ""


class NoScope(ValueError):
    """The text says no scope."""


class Scope(msgspec.Struct, frozen=True, gc=False, order=True, cache_hash=True):
    """The values that an order must have; dimensions in the order of Dimension, each at most once."""

    pairs: tuple[tuple[str, str], ...] = ()

    def holds(self, facets: Facets) -> bool:
        """Whether an order with these facets is within."""
        return all(getattr(facets, dimension) == value for dimension, value in self.pairs)

    def names(self, dimension: Dimension) -> bool:
        return any(name == dimension.value for name, _ in self.pairs)

    @property
    def text(self) -> str:
        """As people write it: `firm`, or `account=DESK1 symbol=EURUSD`."""
        return " ".join(f"{dimension}={value}" for dimension, value in self.pairs) or "firm"


FIRM = Scope()


def scope(values: Mapping[Dimension, str]) -> Scope:
    """The conjunction of these. Raises NoScope for a value that cannot be one."""
    for dimension, value in values.items():
        if not _VALUE.fullmatch(value):
            raise NoScope(f"{dimension.value}={value[:80]!r} is not 1 to 64 printable characters without space and '='")
    return Scope(tuple((d.value, values[d]) for d in Dimension if d in values))


def parse(text: str) -> Scope:
    """The scope that `Scope.text` has written. Raises NoScope, which names the word that is wrong."""
    if text.strip() == "firm":
        return FIRM
    known = {dimension.value: dimension for dimension in Dimension}
    values: dict[Dimension, str] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            raise NoScope(f"{word!r} is none of firm, {', '.join(f'{name}=…' for name in known)}")
        if known[name] in values:
            raise NoScope(f"{name} is there twice")
        values[known[name]] = value
    if not values:
        raise NoScope("the scope is empty; the whole firm is called 'firm'")
    return scope(values)
