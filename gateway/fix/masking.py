"""Credentials never leave the worker: those of gateway.codec.credentials are masked in every copy of a message."""

import re
from collections.abc import Iterable

from gateway.codec.credentials import CREDENTIALS, DATA

_VALUE_CHARACTERS_MIN = 8


def _any_of(tags: Iterable[int]) -> bytes:
    return b"|".join(b"%d" % tag for tag in sorted(tags, reverse=True))


_SECRET = re.compile(rb"\x01(%b)=[^\x01]*" % _any_of(CREDENTIALS))
_LENGTHS = re.compile(rb"(?<![0-9])(?:%b)=([0-9]{1,6})\x01(?:%b)=" % (_any_of(DATA.values()), _any_of(DATA)))


def masked(raw: bytes) -> bytes:
    """The message with its secrets as `***`; the same object where there are none."""
    if _SECRET.search(raw) is None:
        return raw  # Nearly all messages: to find nothing by a substitution takes three times as long.
    return _SECRET.sub(b"\x01\\1=***", _without_data(raw, is_message=True))


def _without_data(raw: bytes, *, is_message: bool) -> bytes:
    """Without what may hold delimiters. In a message it ends where a field does, or its length is wrong and hides nothing."""
    start = 0
    while found := _LENGTHS.search(raw, start):
        start, end = found.end(), min(found.end() + int(found[1]), len(raw))
        if not is_message or raw[end : end + 1] == b"\x01":
            raw = raw[:start] + raw[end:]
    return raw


class Mask:
    """Masks what need not be a message: bytes as they were on the wire, garbled or cut anywhere."""

    def __init__(self, tags: Iterable[int] = (), values: Iterable[str] = ()) -> None:
        """`tags` are secret besides those that always are. `values` are hidden wherever they stand: those that are no longer than
        any price or quantity are not."""
        self._fields = re.compile(rb"(?<![0-9])(%b)=[^\x01]*" % _any_of({*CREDENTIALS, *tags}))
        self._values = [value.encode() for value in values if len(value) >= _VALUE_CHARACTERS_MIN]

    def __call__(self, raw: bytes) -> bytes:
        for value in self._values:
            raw = raw.replace(value, b"***")
        return self._fields.sub(b"\\1=***", _without_data(raw, is_message=False))
