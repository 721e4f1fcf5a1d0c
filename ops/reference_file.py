"""A file of reference data: one source, one time, and rows of any kinds. All of it is right, or nothing of it is set."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from oms.domain.reference import (
    Adv,
    AllowList,
    AnyRow,
    EasyToBorrow,
    FxRate,
    LastTrade,
    Locate,
    Market,
    PriorClose,
    RestrictedList,
    ShortRestriction,
)
from ops.toml_file import ConfigError, Key, TomlFile
from risk.reference import wrong_with

FILE_BYTES_MAX = 4 << 20
ROWS_MAX = 5_000
"""As many as the server takes at once."""
_US_PER_S, _NS_PER_US = 1_000_000, 1_000


class ReferenceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: a list of tables for each kind of row, named as the kind is."""

    source: str
    as_of: datetime
    """When it was so, with a time zone."""
    adv: tuple[Adv, ...] = ()
    prior_close: tuple[PriorClose, ...] = ()
    last_trade: tuple[LastTrade, ...] = ()
    market: tuple[Market, ...] = ()
    short_restriction: tuple[ShortRestriction, ...] = ()
    easy_to_borrow: tuple[EasyToBorrow, ...] = ()
    locate: tuple[Locate, ...] = ()
    fx_rate: tuple[FxRate, ...] = ()
    restricted_list: tuple[RestrictedList, ...] = ()
    allow_list: tuple[AllowList, ...] = ()

    @property
    def as_of_ns(self) -> int:
        moment = self.as_of
        return (int(moment.replace(microsecond=0).timestamp()) * _US_PER_S + moment.microsecond) * _NS_PER_US

    @property
    def rows(self) -> tuple[AnyRow, ...]:
        """All of them, kind by kind."""
        return tuple(row for _, row in self.placed())

    def placed(self) -> Iterator[tuple[Key, AnyRow]]:
        """Each row, and where it stands in the file."""
        for kind in msgspec.structs.fields(self)[2:]:
            rows: tuple[AnyRow, ...] = getattr(self, kind.name)
            yield from (((kind.name, place), row) for place, row in enumerate(rows))

    def wrong(self) -> Iterator[tuple[Key, str]]:
        """What no row by itself can be wrong about."""
        if self.as_of.tzinfo is None:
            yield ("as_of",), f"{self.as_of.isoformat()} has no time zone: write 2026-11-30T13:00:00Z"
        if not self.source or len(self.source) > 64 or not self.source.isascii() or " " in self.source:
            yield ("source",), f"{self.source[:80]!r} is not 1 to 64 printable ASCII characters without spaces"
        placed = list(self.placed())
        if not 1 <= len(placed) <= ROWS_MAX:
            yield (), f"there are {len(placed)} rows; 1 to {ROWS_MAX} are allowed in one file"
        for place, problem in wrong_with(row for _, row in placed):
            yield placed[place][0], problem


def read(path: Path) -> ReferenceWords:
    """The rows of one file. Raises ConfigError with everything that is wrong with it: file, line, key, value."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    if size > FILE_BYTES_MAX:
        raise ConfigError(f"{path}: {size} bytes are more than {FILE_BYTES_MAX}: make several files of it")
    file = TomlFile(path)
    words = file.read(ReferenceWords)
    file.require(words.wrong())
    return words
