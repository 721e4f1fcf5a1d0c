"""A file of limits to suppose: an environment file, of which all limits are meant, or a file of [[limit]] rows alone."""

from pathlib import Path

import msgspec

from ops import settings as configuration
from ops.environment import duplicates
from ops.limit_words import LimitWords
from ops.toml_file import TomlFile
from risk.sheet import founding
from risk.supposed import Supposed


class _Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"limits": "limit"}):
    """A file that has nothing but rows."""

    limits: tuple[LimitWords, ...]


def read(path: Path) -> Supposed:
    """What the file supposes. Raises ConfigError."""
    file = TomlFile(path)
    if not file.has_only("limit"):
        sheet = founding(configuration.cell(configuration.load(path)).policy)
        return Supposed(sheet.version, sheet.limits, is_whole=True)
    rows = file.read(_Rows, _wrong).limits
    return Supposed(path.stem, tuple(row.meaning for row in rows), is_whole=False)


def _wrong(rows: _Rows) -> list[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = [(("limit", n), row.wrong) for n, row in enumerate(rows.limits) if row.wrong]
    twice = duplicates("limit", [f"{row.control} of {row.scope}" for row in rows.limits])
    return [*found, *((("limit",), complaint) for complaint in twice)]
