"""Credentials never leave the worker: Password(554), NewPassword(925) and RawData(96) are masked in every copy of a message."""

import re
from collections.abc import Iterable

_SECRET = re.compile(rb"\x01(554|925|96)=[^\x01]*")


def masked(raw: bytes) -> bytes:
    """The message with its secrets as `***`; the same object where there are none."""
    if _SECRET.search(raw) is None:
        return raw  # Nearly all messages: to find nothing by a substitution takes three times as long.
    return _SECRET.sub(b"\x01\\1=***", raw)


_ANYWHERE = (554, 925, 96, 1402, 1404)
"""Those, and EncryptedPassword(1402) and EncryptedNewPassword(1404)."""
_LENGTHS = re.compile(rb"(?<![0-9])(?:95|1401|1403)=([0-9]{1,6})\x01(?:96|1402|1404)=")
"""RawData and its like may hold delimiters: what stands before them says how many bytes they have."""
_VALUE_CHARACTERS_MIN = 8


class Mask:
    """Masks what need not be a message: bytes as they were on the wire, garbled or cut anywhere."""

    def __init__(self, tags: Iterable[int] = (), values: Iterable[str] = ()) -> None:
        """`tags` are secret besides those that always are. `values` are hidden wherever they stand: those that are no longer than
        any price or quantity are not."""
        secret = "|".join(str(tag) for tag in sorted({*_ANYWHERE, *tags}, reverse=True))
        self._fields = re.compile(rb"(?<![0-9])(%b)=[^\x01]*" % secret.encode())
        self._values = [value.encode() for value in values if len(value) >= _VALUE_CHARACTERS_MIN]

    def __call__(self, raw: bytes) -> bytes:
        for value in self._values:
            raw = raw.replace(value, b"***")
        start = 0
        while found := _LENGTHS.search(raw, start):
            raw = raw[: found.end()] + raw[min(found.end() + int(found[1]), len(raw)) :]
            start = found.end()
        return self._fields.sub(b"\\1=***", raw)
