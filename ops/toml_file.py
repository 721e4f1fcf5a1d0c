"""A TOML file as a value that cannot be wrong: every complaint at once, each with file, line, key and reason."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

Key = tuple[str | int, ...]
"""Where something stands: names of tables and keys, and the place in a list, counted from 0."""
_T = TypeVar("_T")
_UNKNOWN = "unknown key"


class Complaint(msgspec.Struct, frozen=True):
    """What is wrong, and where. Line 0 where no line can be named."""

    file: Path
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.key}{': ' if self.key else ''}{self.reason}"


class ConfigError(Exception):
    """A file is missing, cannot be read, or says something that cannot be; the message names the file, and the key."""

    def __init__(self, *complaints: Complaint | str) -> None:
        super().__init__("\n".join(map(str, complaints)))
        self.complaints = complaints


class TomlFile:
    """A file that is TOML. What it says may still make no sense."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError for a file that cannot be read."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
            self._table = tomllib.loads(text)
        except OSError as error:
            raise ConfigError(Complaint(path, 0, "", error.strerror or str(error))) from error
        except UnicodeDecodeError as error:
            raise ConfigError(Complaint(path, 0, "", f"not UTF-8: {error.reason}")) from error
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            raise ConfigError(Complaint(path, int(line[1]) if line else 0, "", str(error))) from error
        self._lines = _lines(text)

    def read(self, kind: type[_T], wrong: Callable[[_T], Iterable[tuple[Key, str]]] = lambda _: ()) -> _T:
        """The file as a `kind` of which nothing is `wrong`. Raises ConfigError with everything that is no such thing.

        Unknown keys hide nothing: what the rest of the file says is looked at all the same.
        """
        found = list(_wrong(kind, self._table, ()))
        unknown = [key for key, reason in found if reason.startswith(_UNKNOWN)]
        if len(unknown) < len(found):
            self.require(found)
        value = msgspec.convert(_without(self._table, unknown), kind, dec_hook=_path)
        self.require([*found, *wrong(value)])
        return value

    def has_only(self, *keys: str) -> bool:
        """Whether the file says something, and nothing but these."""
        return bool(self._table) and self._table.keys() <= set(keys)

    def require(self, wrong: Iterable[tuple[Key, str]]) -> None:
        """Raises ConfigError with these reasons, if there are any."""
        complaints = [self.complaint(key, reason) for key, reason in wrong]
        if complaints:
            raise ConfigError(*complaints)

    def complaint(self, key: Key, reason: str) -> Complaint:
        """A complaint about the line of `key`, or of the innermost table around it that has one."""
        known = next((key[:end] for end in range(len(key), 0, -1) if key[:end] in self._lines), None)
        return Complaint(self.path, self._lines[known] if known else 0, _shown(key), reason)


def _shown(key: Key) -> str:
    """`fallback[0].port`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).removeprefix(".")


def _wrong(kind: Any, value: object, at: Key) -> Iterator[tuple[Key, str]]:
    """Why `value` is no `kind`: the innermost places first, and nothing about what is around them."""
    inner = list(_inside(kind, value, at))
    yield from inner
    if inner:
        return
    try:
        msgspec.convert(value, kind, dec_hook=_path)
    except (msgspec.ValidationError, ValueError) as error:
        yield at, re.sub(r" - at `\$.*`$", "", str(error))


def _inside(kind: Any, value: object, at: Key) -> Iterator[tuple[Key, str]]:
    """What is wrong with the parts of a table or list; nothing where it has none."""
    if isinstance(kind, UnionType):  # What may be left out.
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        for name in value:
            if name not in fields:
                yield (*at, name), _unknown(name, list(fields))
        for name, field in fields.items():
            if name in value:
                yield from _wrong(field.type, value[name], (*at, name))
            elif field.required:
                yield at, f"key {name} is missing"
    elif get_origin(kind) is Mapping and isinstance(value, dict):
        for name, item in value.items():
            yield from _wrong(get_args(kind)[1], item, (*at, name))
    elif get_origin(kind) is tuple and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _wrong(get_args(kind)[0], item, (*at, place))


def _without(table: Any, keys: Iterable[Key], at: Key = ()) -> Any:
    """A copy that lacks what stands there."""
    dropped = set(keys)
    if isinstance(table, dict):
        return {name: _without(item, dropped, (*at, name)) for name, item in table.items() if (*at, name) not in dropped}
    if isinstance(table, list):
        return [_without(item, dropped, (*at, place)) for place, item in enumerate(table)]
    return table


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f"{_UNKNOWN}; did you mean {close[0]}?" if close else f"{_UNKNOWN}; there are {', '.join(known)}"


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"{value!r} is no {kind.__name__}")


_WORD = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = rf"{_WORD}(?:[ \t]*\.[ \t]*{_WORD})*"
_PART = re.compile(r"""([\w-]+)|"([^"]*)"|'([^']*)'""")
_STATEMENT = re.compile(rf"[ \t]*(?:(?P<tables>\[\[)|(?P<table>\[))?[ \t]*(?P<key>{_KEY})[ \t]*(?:\]\]?|=)")
_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]|\n|[^"\'#\[\]{}\n]+|.', re.DOTALL
)
"""Of the text after a key: a string, a comment, a bracket, the end of a line, or anything else."""


def _lines(text: str) -> dict[Key, int]:
    """The line of each key and table, from 1, of text that is known to be TOML. What an inline table holds is not looked into."""
    lines: dict[Key, int] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    at = 0
    while at < len(text):
        statement = _STATEMENT.match(text, at)
        if statement is not None:
            key = tuple(
                word[0] or word[1] or word[2] for word in re.findall(r"""([\w-]+)|"([^"]*)"|'([^']*)'""", statement["key"])
            )
            is_table = statement["table"] or statement["tables"]
            if is_table:
                table = _opened(key, counts, is_listed=bool(statement["tables"]))
            place = table if is_table else (*table, *key)
            number = text.count("\n", 0, statement.start("key")) + 1
            for end in range(1, len(place) + 1):
                lines.setdefault(place[:end], number)
            at = statement.end()
        at = _end_of_statement(text, at)
    return lines


def _opened(key: tuple[str, ...], counts: dict[Key, int], *, is_listed: bool) -> Key:
    """The table's key, with the places of the tables that were opened last in each list of tables on its way."""
    place: Key = ()
    for number, word in enumerate(key):
        place = (*place, word)
        if is_listed and number == len(key) - 1:
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = (*place, counts[place] - 1)
    return place


def _end_of_statement(text: str, at: int) -> int:
    """Where the next line begins that is not inside a value."""
    depth = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        assert piece is not None, "some piece matches anything"
        at = piece.end()
        if piece[0] in "[{":
            depth += 1
        elif piece[0] in "]}":
            depth -= 1
        elif piece[0] == "\n" and depth <= 0:
            break
    return at
