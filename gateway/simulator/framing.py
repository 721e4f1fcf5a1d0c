"""FIX messages in a stream of bytes, and the ways to spoil one. Pure; it reads only what the wire needs to know.

A message is `8=…|9=LENGTH|…|10=NNN|`. Bytes that begin no message go through as they are: the wire judges nobody.
"""

import re
from collections.abc import Iterator

import msgspec

SOH = b"\x01"
BYTES_MAX = 1 << 20
"""A longer message is carried, and not understood: it goes through as the bytes that it is."""
_HEAD = re.compile(rb"8=[^\x01]{1,16}\x019=(\d{1,7})\x01")
_HEAD_BYTES_MAX = 32
_TRAILER_BYTES = len(b"10=000\x01")
_CHECKED = 256
_DIGITS_MAX = 18


class Piece(msgspec.Struct, frozen=True):
    """A whole message with a number, or bytes that are none; then everything else is empty."""

    raw: bytes
    msg_type: str = ""
    msg_seq_num: int = 0
    sender_comp_id: str = ""


class Cutter:
    """Cuts the bytes of one direction of one connection."""

    def __init__(self) -> None:
        self._waiting = b""

    def feed(self, data: bytes) -> Iterator[Piece]:
        """What is whole now."""
        self._waiting += data
        while self._waiting:
            length = self._length()
            if length == 0:
                return
            raw, self._waiting = self._waiting[:length], self._waiting[length:]
            yield _piece(raw)

    def rest(self) -> bytes:
        """What never became whole."""
        rest, self._waiting = self._waiting, b""
        return rest

    def _length(self) -> int:
        """How many bytes belong together at the beginning; 0 when more must come first."""
        head = _HEAD.match(self._waiting)
        if head is None:
            is_too_short = len(self._waiting) < _HEAD_BYTES_MAX and self._waiting[:2] == b"8="[: len(self._waiting)]
            return 0 if is_too_short else self._to_next_head()
        length = head.end() + int(head[1]) + _TRAILER_BYTES
        if length > BYTES_MAX:
            return self._to_next_head()
        return length if length <= len(self._waiting) else 0

    def _to_next_head(self) -> int:
        found = self._waiting.find(b"8=FIX", 1)
        return found if found > 0 else len(self._waiting)


def spoiled_checksum(raw: bytes) -> bytes:
    """The message with the next CheckSum(10)."""
    return raw[:-_TRAILER_BYTES] + b"10=%03d\x01" % ((int(raw[-4:-1]) + 1) % _CHECKED)


def garbled(raw: bytes) -> bytes:
    """The message with its middle byte, and those beside it, turned over."""
    at = len(raw) // 2
    return raw[: at - 1] + bytes(byte ^ 0x55 for byte in raw[at - 1 : at + 2]) + raw[at + 2 :]


def sequence_reset(lost: bytes) -> bytes:
    """A SequenceReset-Reset(35=4, 123=N) in place of a message, to the number after it."""
    head = {tag: _value(lost, tag) for tag in (8, 34, 49, 52, 56)}
    body = [
        (35, b"4"),
        (34, head[34]),
        (49, head[49]),
        (52, head[52]),
        (56, head[56]),
        (123, b"N"),
        (36, b"%d" % (int(head[34]) + 1)),
    ]
    return _message(head[8], b"".join(b"%d=%s\x01" % field for field in body))


def logon_reset(logon: bytes) -> bytes:
    """The Logon(A) as number 1, with ResetSeqNumFlag(141)=Y."""
    fields = [field for field in logon.split(SOH)[2:-2] if not field.startswith((b"34=", b"141="))]
    return _message(_value(logon, 8), SOH.join([fields[0], b"34=1", *fields[1:], b"141=Y"]) + SOH)


def _piece(raw: bytes) -> Piece:
    number = _value(raw, 34)
    is_whole = _HEAD.match(raw) is not None and re.fullmatch(rb"10=\d{3}\x01", raw[-_TRAILER_BYTES:]) is not None
    if not is_whole or not number.isdigit() or len(number) > _DIGITS_MAX:
        return Piece(raw)
    return Piece(raw, _value(raw, 35).decode("latin-1"), int(number), _value(raw, 49).decode("latin-1"))


def _value(raw: bytes, tag: int) -> bytes:
    """The first value of a header tag."""
    return (SOH + raw).partition(b"\x01%d=" % tag)[2].partition(SOH)[0]


def _message(begin_string: bytes, body: bytes) -> bytes:
    raw = b"8=%s\x019=%d\x01" % (begin_string, len(body)) + body
    return raw + b"10=%03d\x01" % (sum(raw) % _CHECKED)
