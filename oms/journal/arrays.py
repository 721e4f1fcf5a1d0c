"""Columns as PostgreSQL arrays in binary form, packed here because the driver's own lists cost several times the CPU."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import chain
from struct import Struct as Layout

_HEADER = Layout(">iiIii").pack  # dimensions, has nulls, element type, length, lower bound
_LENGTH = Layout(">i").pack
_SMALLINT = Layout(">ih").pack
_INTEGER = Layout(">ii").pack
_BIGINT = Layout(">iq").pack
_NULL = _LENGTH(-1)


def smallints(values: Collection[int]) -> bytes:
    return _array(21, len(values), map(_smallint, values))


def integers(values: Collection[int]) -> bytes:
    return _array(23, len(values), [_INTEGER(4, value) for value in values])


def bigints(values: Collection[int | None]) -> bytes:
    return _array(20, len(values), map(_bigint, values))


def texts(values: Collection[str]) -> bytes:
    """Texts of any number of values. PostgreSQL takes no NUL in a text: the caller has looked."""
    return _array(25, len(values), _elements([value.encode() for value in values]))


def words(values: Collection[str]) -> bytes:
    """Texts out of a small vocabulary, each packed once."""
    return _array(25, len(values), map(_word, values))


def byteas(values: Collection[bytes]) -> bytes:
    return _array(17, len(values), _elements(values))


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
