"""Single values of a request as our own: what cannot be read is refused with the name of its field."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.control.status import EdgeRefusal, Refused

NAME_LENGTH_MAX = 64
_NAME = re.compile(r"[!-~]{1,64}").fullmatch
_TEXT = re.compile(r"[ -~]{1,64}").fullmatch
NUMBER_LENGTH_MAX = 32
"""A sign, 18 digits, a point, 12 digits."""
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?").fullmatch
_NS_PER_S = 1_000_000_000
_SECONDS_MAX = 253_402_300_799
"""The last second that a Timestamp can hold: the end of the year 9999."""
_E = TypeVar("_E", bound=Enum)


def name(field: str, text: str) -> str:
    """An id of any kind: what a FIX field can carry, and a log line can show. Raises Refused."""
    if _NAME(text):
        return text
    if not text:
        raise wrong(field, "is missing")
    if len(text) > NAME_LENGTH_MAX:
        raise wrong(field, f"has {len(text)} characters; at most {NAME_LENGTH_MAX} are allowed")
    raise wrong(field, f"{text!r} holds something other than printable ASCII without spaces")


def optional_name(field: str, text: str) -> str:
    """The same, or nothing."""
    return name(field, text) if text else ""


def optional_text(field: str, text: str) -> str:
    """What a FIX field of a venue may hold, spaces included, or nothing. Raises Refused."""
    if text and not _TEXT(text):
        raise wrong(field, f"{text[:40]!r} is not at most {NAME_LENGTH_MAX} printable ASCII characters")
    return text


def positive(field: str, text: str) -> Decimal:
    """A price or a quantity. Raises Refused."""
    found = _number(text) if len(text) < NUMBER_LENGTH_MAX else None  # What is longer must not stay in memory.
    if found is None or text[0] == "-":
        problem = f"{text[:40]!r} is no plain decimal of at most 18 digits before and 12 after the point"
        raise wrong(field, problem if text else "is missing")
    if not found:
        raise wrong(field, f"is {text}, and must be above zero")
    return found


def optional_positive(field: str, text: str) -> Decimal | None:
    """The same, or nothing."""
    return positive(field, text) if text else None


def optional_number(field: str, text: str) -> Decimal | None:
    """A number that may be zero or have a minus sign, or nothing. Raises Refused."""
    if not text:
        return None
    found = _number(text) if len(text) <= NUMBER_LENGTH_MAX else None
    if found is None:
        problem = f"{text[:40]!r} is no plain decimal of at most 18 digits before and 12 after the point, with or without a minus"
        raise wrong(field, problem)
    return found


def code(field: str, number: int, known: Mapping[int, _E]) -> _E:
    """A member of a code set, by its number in the contract. Raises Refused."""
    found = known.get(number)
    if found is None:
        raise wrong(field, f"{number} is no value of this field" if number else "is missing")
    return found


def optional_code(field: str, number: int, known: Mapping[int, _E]) -> _E | None:
    """The same, or nothing."""
    return code(field, number, known) if number else None


def instant(field: str, at: Timestamp) -> int:
    """Nanoseconds since the Unix epoch. Raises Refused."""
    if not (0 <= at.seconds <= _SECONDS_MAX and 0 <= at.nanos < _NS_PER_S):
        raise wrong(field, f"seconds={at.seconds} nanos={at.nanos} is no instant from 1970 to 9999")
    return at.seconds * _NS_PER_S + at.nanos


def wrong(field: str, problem: str) -> Refused:
    """The refusal of one field."""
    return Refused(EdgeRefusal.INVALID_FIELD, problem, field=field)


@lru_cache(maxsize=4_096)
def _number(text: str) -> Decimal | None:
    """Prices and quantities come again and again."""
    return Decimal(text) if _DECIMAL(text) else None
