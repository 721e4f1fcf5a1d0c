"""Credentials never leave the worker: Password(554), NewPassword(925) and RawData(96) are masked in every copy of a message."""

import re

_SECRET = re.compile(rb"\x01(554|925|96)=[^\x01]*")


def masked(raw: bytes) -> bytes:
    """The message with its secrets as `***`; the same object where there are none."""
    if _SECRET.search(raw) is None:
        return raw  # Nearly all messages: to find nothing by a substitution takes three times as long.
    return _SECRET.sub(b"\x01\\1=***", raw)
