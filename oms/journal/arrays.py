"""Columns as PostgreSQL arrays in binary form, packed here because the driver's own lists cost several times the CPU."""

from collections.abc import Collection
from functools import lru_cache
from itertools import chain
from struct import Struct as Layout

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = Layout(">iiIii").pack  # dimensions, has nulls, element type, length, lower bound
_LENGTH = Layout(">i").pack
_SMALLINT = Layout(">ih").pack
_INTEGER = Layout(">ii").pack
_BIGINT = Layout(">iq").pack
_NULL = _LENGTH(-1)


class Smallints(bytes):
    """smallint[]"""


class Integers(bytes):
    """integer[]"""


class Bigints(bytes):
    """bigint[]"""


class Texts(bytes):
    """text[]"""


class Byteas(bytes):
    """bytea[]"""


def smallints(values: Collection[int]) -> Smallints:
    return Smallints(_header(21, len(values)) + b"".join(map(_smallint, values)))


def integers(values: Collection[int]) -> Integers:
    return Integers(_header(23, len(values)) + b"".join([_INTEGER(4, value) for value in values]))


def bigints(values: Collection[int | None]) -> Bigints:
    return Bigints(_header(20, len(values)) + b"".join(map(_bigint, values)))


def texts(values: Collection[str]) -> Texts:
    """Texts of any number of values. PostgreSQL takes no NUL in a text: the caller has looked."""
    return Texts(_header(25, len(values)) + _elements([value.encode() for value in values]))


def words(values: Collection[str]) -> Texts:
    """Texts out of a small vocabulary, each packed once."""
    return Texts(_header(25, len(values)) + b"".join(map(_word, values)))


def byteas(values: Collection[bytes]) -> Byteas:
    return Byteas(_header(17, len(values)) + _elements(values))


def register(connection: AsyncConnection[object]) -> None:
    """Teach the connection to send these arrays as they are."""
    for kind, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(kind, dumper)


def _header(element: int, length: int) -> bytes:
    # An empty array has no dimension at all.
    return _HEADER(1, 1, element, length, 1) if length else Layout(">iiI").pack(0, 0, element)


def _elements(values: Collection[bytes]) -> bytes:
    lengths = map(_LENGTH, map(len, values))
    return b"".join(chain.from_iterable(zip(lengths, values, strict=True)))


@lru_cache(1024)  # The facts of one turn have one time.
def _bigint(value: int | None) -> bytes:
    return _NULL if value is None else _BIGINT(8, value)


@lru_cache(1024)
def _smallint(value: int) -> bytes:
    return _SMALLINT(2, value)


@lru_cache(1024)
def _word(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH(len(encoded)) + encoded


class _Packed(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return obj


class _Smallints(_Packed):
    oid = 1005


class _Integers(_Packed):
    oid = 1007


class _Bigints(_Packed):
    oid = 1016


class _Texts(_Packed):
    oid = 1009


class _Byteas(_Packed):
    oid = 1001


_DUMPERS = {Smallints: _Smallints, Integers: _Integers, Bigints: _Bigints, Texts: _Texts, Byteas: _Byteas}
