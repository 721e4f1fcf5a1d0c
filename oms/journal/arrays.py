"""Columns as PostgreSQL arrays in binary form, packed here because the driver's own lists cost several times the CPU."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import chain
from struct import Struct as Layout

import msgspec
from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = Layout(">iiIii").pack  # dimensions, has nulls, element type, length, lower bound
_LENGTH = Layout(">i").pack
_SMALLINT = Layout(">ih").pack
_INTEGER = Layout(">ii").pack
_BIGINT = Layout(">iq").pack
_NULL = _LENGTH(-1)


class Packed(msgspec.Struct, frozen=True, gc=False):
    """An array as PostgreSQL takes it. Wrapped and not derived from bytes: that would copy it once more."""

    data: bytes


class Smallints(Packed, frozen=True, gc=False):
    """smallint[]"""


class Integers(Packed, frozen=True, gc=False):
    """integer[]"""


class Bigints(Packed, frozen=True, gc=False):
    """bigint[]"""


class Texts(Packed, frozen=True, gc=False):
    """text[]"""


class Byteas(Packed, frozen=True, gc=False):
    """bytea[]"""


def smallints(values: Collection[int]) -> Smallints:
    return Smallints(_array(21, len(values), map(_smallint, values)))


def integers(values: Collection[int]) -> Integers:
    return Integers(_array(23, len(values), [_INTEGER(4, value) for value in values]))


def bigints(values: Collection[int | None]) -> Bigints:
    return Bigints(_array(20, len(values), map(_bigint, values)))


def texts(values: Collection[str]) -> Texts:
    """Texts of any number of values. PostgreSQL takes no NUL in a text: the caller has looked."""
    return Texts(_array(25, len(values), _elements([value.encode() for value in values])))


def words(values: Collection[str]) -> Texts:
    """Texts out of a small vocabulary, each packed once."""
    return Texts(_array(25, len(values), map(_word, values)))


def byteas(values: Collection[bytes]) -> Byteas:
    return Byteas(_array(17, len(values), _elements(values)))


def register(connection: AsyncConnection[object]) -> None:
    """Teach the connection to send these arrays as they are."""
    for kind, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(kind, dumper)


def _array(element: int, length: int, elements: Iterable[bytes]) -> bytes:
    # An empty array has no dimension at all.
    header = _HEADER(1, 1, element, length, 1) if length else Layout(">iiI").pack(0, 0, element)
    return b"".join((header, *elements))


def _elements(values: Collection[bytes]) -> Iterable[bytes]:
    return chain.from_iterable(zip(map(_LENGTH, map(len, values)), values, strict=True))


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


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj.data


class _Smallints(_Dumper):
    oid = 1005


class _Integers(_Dumper):
    oid = 1007


class _Bigints(_Dumper):
    oid = 1016


class _Texts(_Dumper):
    oid = 1009


class _Byteas(_Dumper):
    oid = 1001


_DUMPERS = {Smallints: _Smallints, Integers: _Integers, Bigints: _Bigints, Texts: _Texts, Byteas: _Byteas}
