"""FIX messages in a stream of bytes: the first one exactly, all later ones by their size. Pure.

Before the Logon(A) nothing is let through that is not one whole, well made message. After it the door judges nobody: what is
garbled goes on to QuickFIX, which ignores it as FIX says. What the door still sees to is that nobody makes QuickFIX wait for a
message that never ends: QuickFIX keeps all that it has until a message is whole, however long that is.
"""

import re

import msgspec

_BEGIN = b"8=FIX"
_HEAD = re.compile(rb"8=(FIX(?:T\.1\.1|\.[0-9]\.[0-9](?:SP[0-9])?))\x019=([0-9]{1,9})\x01")
_HEAD_BYTES_MAX = len(b"8=FIX.5.0SP2\x019=999999999\x01")
_TRAILER = re.compile(rb"10=[0-9]{3}\x01")
_TRAILER_BYTES = len(b"10=000\x01")
_CHECKED = 256


class NotALogon(Exception):
    """What came is no Logon(A), and never becomes one. The message is for our own log."""


class TooMuch(Exception):
    """A message, or bytes that belong to none, beyond what is let through."""


class Logon(msgspec.Struct, frozen=True):
    """The first message of a connection, whole and well made."""

    raw: bytes
    begin_string: str
    sender_comp_id: str
    target_comp_id: str


class FirstMessage:
    """Collects the first message of a connection, and no byte beyond a bound."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._waiting = bytearray()

    @property
    def rest(self) -> bytes:
        """What came behind the Logon."""
        return bytes(self._waiting)

    def feed(self, data: bytes) -> Logon | None:
        """The Logon when it is whole. Raises NotALogon as soon as it can be none, and TooMuch as soon as it is too long."""
        self._waiting += data
        head = self._head()
        if head is None:
            return None
        length = head.end() + int(head[2]) + _TRAILER_BYTES
        if length > self._bytes_max:
            raise TooMuch(f"BodyLength(9) is {int(head[2])}")
        if len(self._waiting) < length:
            return None
        raw = bytes(self._waiting[:length])
        del self._waiting[:length]
        return _logon(raw, head.end(), head[1].decode())

    def keep(self, data: bytes) -> None:
        """What comes after the Logon."""
        self._waiting += data

    def _head(self) -> "re.Match[bytes] | None":
        start = bytes(self._waiting[:_HEAD_BYTES_MAX])
        head = _HEAD.match(start)
        if head is None and (len(start) == _HEAD_BYTES_MAX or start[: len(_BEGIN)] != _BEGIN[: len(start)]):
            raise NotALogon(f"{start!r} begins no FIX message")
        return head


def _logon(raw: bytes, body_at: int, begin_string: str) -> Logon:
    """Checks what the door relies on, and leaves the rest to QuickFIX."""
    body, trailer = raw[body_at:-_TRAILER_BYTES], raw[-_TRAILER_BYTES:]
    if _TRAILER.fullmatch(trailer) is None or not body.endswith(b"\x01"):
        raise NotALogon("BodyLength(9) does not lead to CheckSum(10)")
    if int(trailer[3:6]) != sum(raw[:-_TRAILER_BYTES]) % _CHECKED:
        raise NotALogon("CheckSum(10) is wrong")
    if not body.startswith(b"35=A\x01"):
        raise NotALogon("the first message is no Logon(35=A)")
    ids = [_only(body, tag) for tag in (49, 56)]
    return Logon(raw, begin_string, *ids)


def _only(body: bytes, tag: int) -> str:
    """The value of a tag that is there once: of two, we would check one and QuickFIX might take the other. It reads 049 as 49."""
    found = re.findall(rb"\x010*%d=([^\x01]*)(?=\x01)" % tag, body)
    if len(found) != 1 or not found[0]:
        raise NotALogon(f"tag {tag} is there {len(found)} times")
    return str(found[0], "latin-1")


class Meter:
    """Follows one direction of a connection that is logged on: counts its messages, and stops what has no end.

    It may lose its place where bytes are garbled, and so may QuickFIX, at another place. So the two bounds do not depend on it:
    no BodyLength(9) beyond the bound gets through, wherever it stands, and no more than twice the bound without a whole message.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._waiting = bytearray()
        self._needed = 0
        """Of the bytes that wait, so many must be there before it is worth looking again."""
        self._garbled = 0
        """Bytes since the last whole message that belong to none."""
        digits = len(str(bytes_max))
        self._too_long = re.compile(rb"\x019=[^\x01]{%d,}" % (digits + 1))
        self._lengths = re.compile(rb"\x019=([0-9]{%d})\x01" % digits)
        self._tail = b""
        self._tail_bytes = digits + len(b"\x019=\x01")

    def feed(self, data: bytes) -> int:
        """How many messages end in `data`. Raises TooMuch: then `data` must not be passed on."""
        self._check_lengths(data)
        self._waiting += data
        count = 0
        if len(self._waiting) >= self._needed:
            count = self._count()
        if len(self._waiting) + self._garbled > 2 * (self._bytes_max + _HEAD_BYTES_MAX):
            raise TooMuch(f"{len(self._waiting) + self._garbled} bytes without a whole message")
        return count

    def _check_lengths(self, data: bytes) -> None:
        """Every BodyLength in the stream, also where it seems to be inside of something."""
        joined = self._tail + data
        self._tail = joined[-self._tail_bytes :]
        if b"\x019=" not in joined:
            return
        if self._too_long.search(joined) is not None:
            raise TooMuch("BodyLength(9) has too many digits")
        for length in self._lengths.findall(joined):
            if int(length) > self._bytes_max:
                raise TooMuch(f"BodyLength(9) is {int(length)}")

    def _count(self) -> int:
        """Take off what is whole or garbled; say how many were whole."""
        waiting, at, count = bytes(self._waiting), 0, 0
        while at < len(waiting):
            end = self._end(waiting, at)
            if end == at:
                break
            is_whole = end > 0
            if is_whole:
                count += 1
                self._garbled = 0
            else:
                end = _next_head(waiting, at + 1)
                self._garbled += end - at
            at = end
        else:
            self._needed = 0
        del self._waiting[:at]
        return count

    def _end(self, waiting: bytes, at: int) -> int:
        """Where the message ends that begins at `at`; `at` itself when more must come first; -1 where none begins."""
        head = _HEAD.match(waiting, at)
        if head is None:
            could_be = len(waiting) - at < _HEAD_BYTES_MAX and waiting[at : at + 5] == _BEGIN[: len(waiting) - at]
            self._needed = 0
            return at if could_be else -1
        end = head.end() + int(head[2]) + _TRAILER_BYTES
        if len(waiting) < end:
            self._needed = end - at
            return at
        return end if _TRAILER.match(waiting, end - _TRAILER_BYTES) is not None else -1


def _next_head(waiting: bytes, at: int) -> int:
    """Where a message may begin next: a head, or the start of one at the very end."""
    found = waiting.find(_BEGIN, at)
    if found >= 0:
        return found
    for length in range(min(len(_BEGIN) - 1, len(waiting) - at), 0, -1):
        if waiting.endswith(_BEGIN[:length]):
            return len(waiting) - length
    return len(waiting)
