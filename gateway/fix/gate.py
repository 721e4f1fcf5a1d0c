"""What a client sends, before QuickFIX has it. Pure: bytes in, messages out; starts no QuickFIX.

QuickFIX's own reading of the stream lets through what FIX calls garbled, falls silent on a first message that its dictionary
refuses, and counts it. It puts groups in order before anybody sees them, and cannot take data with a delimiter inside. So:

- The first message is a Logon(A), whole, well made and of known fields, or the connection ends (cases 1B-d and 1S).
- A message is whole where BeginString, BodyLength and MsgType come first and BodyLength(9) leads to a right CheckSum(10) of three
  digits. All else is garbled and passed over, up to the next message (FIX 4.4 volume 2; cases 2d, 2m, 2t and 3).
- What else is wrong is told to `judge` by a field of our own, so that it is refused in its turn and under its number.
- A tag with a leading zero is taken out: QuickFIX reads 0141 as 141, and what looks for 141 here would not see it.
- A delimiter inside of data is replaced by another byte: QuickFIX and our codec part the fields at every one.
"""

import re
from collections.abc import Callable

import msgspec

from gateway.fix.layout import Found, Layout, out_of_order
from gateway.fix.raw import value
from gateway.fix.token import Token, with_token, without_token

MESSAGE_BYTES_MAX = 1 << 16
"""BodyLength(9) of a message; one that says more is garbled."""
MARK = 10_901
"""Of the tags that FIX leaves to the inside of a firm (10000 to 19999): RefTagID(371) and SessionRejectReason(373) of a fault."""
INVALID_TAG, OUT_OF_ORDER = 0, 15
STAND_IN = b"\x1f"
"""For a delimiter inside of data."""
SOH = b"\x01"
_BEGIN = b"8=FIX"
_HEAD = re.compile(rb"(8=FIX[^\x01=]{0,12}\x01)9=0*(\d{1,9})\x01(?=35=)")
_PART = re.compile(rb"8=FIX[^\x01=]{0,12}(\x01(9(=\d{0,18}(\x01(35?)?)?)?)?)?")
"""What may become a head."""
_TRAILER = re.compile(rb"10=(\d{3})\x01")
_TRAILER_BYTES = len(b"10=000\x01")
_FIELD = re.compile(rb"(\d+)=([^\x01]*)\x01")
_NOBODYS = re.compile(rb"\x01(0\d*|%d)=[^\x01]*" % MARK)
"""Our own tag, and any that begins with a zero: FIX has none such, and QuickFIX reads 0141 as 141."""
_MARK = re.compile(rb"\x01%d=(\d{1,9}):(\d{1,2})\x01" % MARK)
_RESETS = b"\x01141=Y\x01"
_NEEDED = (b"34", b"49", b"52", b"56")
_TAG_DIGITS_MAX = 9
_SHOWN_BYTES = 64


class NoLogon(Exception):
    """The connection has to be closed, because of its first message or of a later Logon(A): says why, for our own log."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a message."""

    ref_tag_id: int
    session_reject_reason: int


class Gate:
    """Of one connection."""

    def __init__(
        self,
        layout: Layout,
        passed_over: Callable[[bytes], None] = lambda _: None,
        *,
        takes_resets: bool = True,
        token: Token | None = None,
    ) -> None:
        """`passed_over` hears of bytes that are no message, once the connection is open. Where a front door is, `token` is in the
        first Logon(A)."""
        self._layout = layout
        self._passed_over = passed_over
        self._takes_resets = takes_resets
        self._token = token
        self._waiting = b""
        self._is_open = False
        self._length = re.compile(rb"\x01(%b)=0*(\d{1,6})\x01" % b"|".join(layout.data))

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole now, as QuickFIX may have them. Raises NoLogon."""
        waiting, at, found = self._waiting + data, 0, list[bytes]()
        while at < len(waiting):
            end = _end(waiting, at)
            if end is None:
                break
            if end > at:
                found.append(self._passed(waiting[at:end]))
            elif not self._is_open:
                raise NoLogon(f"{waiting[at : at + _SHOWN_BYTES]!r} is no message")
            following = end if end > at else _next_head(waiting, at + 1)
            if end == at:
                self._passed_over(waiting[at:following])
            at = following
        self._waiting = waiting[at:]
        return found

    def _passed(self, raw: bytes) -> bytes:
        fitted = self._fitted(raw)
        if self._token is not None and value(fitted, b"\x0135=") == b"A":
            fitted = self._proved(fitted, self._token)
        if _RESETS in fitted and (why := why_no_reset(fitted, takes_resets=self._takes_resets)):
            raise NoLogon(why)
        if not self._is_open:
            why = why_no_logon(fitted, self._layout)
            if why:
                raise NoLogon(why)
            self._is_open = True
        return fitted

    def _proved(self, logon: bytes, token: Token) -> bytes:
        """The Logon(A) of whoever came through the front door; a later one on the same connection is as good. Raises NoLogon.

        QuickFIX would have done what 141=Y asks for before it asks whether the token is there.
        """
        if self._is_open:
            return with_token(without_token(logon), token)
        if not token.is_in(logon):
            raise NoLogon("a Logon that did not come through the front door")
        return logon

    def _fitted(self, raw: bytes) -> bytes:
        """The message with nothing in it that QuickFIX would misread, and with what is wrong with it."""
        if self._length.search(raw) is not None:
            raw = self._without_delimiters(raw)
        if (wrong := _NOBODYS.search(raw)) is not None:
            digits = wrong[1].lstrip(b"0")
            ref_tag_id = int(digits) if 0 < len(digits) <= _TAG_DIGITS_MAX else 0
            return _marked(_NOBODYS.sub(b"", raw), Fault(ref_tag_id, INVALID_TAG))
        groups = self._layout.groups.get(value(raw, b"\x0135="))
        if groups is None or groups.any_of.search(raw) is None:
            return raw
        tag = out_of_order(_FIELD.findall(raw), groups.found)
        return _marked(raw, Fault(int(tag), OUT_OF_ORDER)) if tag else raw

    def _without_delimiters(self, raw: bytes) -> bytes:
        """Where a length is right. Where it is not, `judge` says so."""
        at, end, fitted = 0, len(raw) - _TRAILER_BYTES, bytearray(raw)
        while (length := self._length.search(fitted, at, end)) is not None:
            tag = self._layout.data[length[1]] + b"="
            start = length.end() + len(tag)
            stop, at = start + int(length[2]), length.end() - 1
            if fitted.startswith(tag, length.end()) and fitted.startswith(SOH, stop) and stop < end:
                fitted[start:stop] = fitted[start:stop].replace(SOH, STAND_IN)
                at = stop
        return raw if fitted == raw else _framed(bytes(fitted[:end]))


def fault(raw: bytes) -> Fault | None:
    """What a Gate found wrong with the message."""
    found = _MARK.search(raw)
    return Fault(int(found[1]), int(found[2])) if found is not None else None


def why_no_logon(raw: bytes, layout: Layout) -> str:
    """Why a whole message is no Logon(A) that QuickFIX would answer, in one way or the other; empty if it is."""
    found: Found = _FIELD.findall(raw)
    if b"".join(b"%b=%b\x01" % field for field in found) != raw:
        return "a field has no tag or no value sign"
    if found[2] != (b"35", b"A"):
        return f"the first message has MsgType(35) {found[2][1].decode('latin-1')} and is no Logon(A)"
    for tag, its in found:
        form = layout.logon.get(tag)
        if form is None and not _is_of_users(tag):
            return f"tag {tag.decode()} is none of a Logon(A)"
        if not its or (form is not None and form.fullmatch(its) is None):
            return f"tag {tag.decode()} has a value that it cannot have"
    return _why_ill_made([tag for tag, _ in found], layout)


def why_no_reset(raw: bytes, *, takes_resets: bool = True) -> str:
    """Why a Logon(A) with ResetSeqNumFlag(141)=Y may not come to QuickFIX, which begins anew before anybody can refuse it."""
    if value(raw, b"\x0135=") != b"A":
        return ""
    if not takes_resets:
        return "ResetSeqNumFlag(141)=Y is not taken on this session, by the client's file: reset_seq_num"
    if value(raw, b"\x0134=").lstrip(b"0") != b"1":
        return "ResetSeqNumFlag(141)=Y needs MsgSeqNum(34) 1"
    is_taken = value(raw, b"\x0198=") == b"0" and value(raw, b"\x01108=").isdigit() and fault(raw) is None
    return "" if is_taken else "ResetSeqNumFlag(141)=Y in a Logon(A) that is refused"


def _why_ill_made(tags: list[bytes], layout: Layout) -> str:
    missing = [tag.decode() for tag in _NEEDED if tag not in tags]
    if missing:
        return f"tag {missing[0]} is missing"
    inside = frozenset(tag for group in layout.groups[b"A"].found.values() for tag in group.places)
    single = [tag for tag in tags if tag not in inside]
    if len(set(single)) < len(single):
        return "a tag comes twice"
    parts = [0 if tag in layout.header else 2 if tag in layout.trailer else 1 for tag in single]
    return "" if parts == sorted(parts) else "header, body and trailer are not in this order"


def _is_of_users(tag: bytes) -> bool:
    return not tag.startswith(b"0") and int(tag[:9]) >= 5000


def _end(waiting: bytes, at: int) -> int | None:
    """Where the message that begins at `at` ends; `at` itself where none does; None where more bytes have to tell."""
    head = _HEAD.match(waiting, at)
    if head is None:
        return None if _PART.fullmatch(waiting, at) is not None or _BEGIN.startswith(waiting[at:]) else at
    length = int(head[2])
    end = head.end() + length + _TRAILER_BYTES
    if length > MESSAGE_BYTES_MAX:
        return at
    if len(waiting) < end:
        return None
    return end if _is_whole(waiting[at:end]) else at


def _is_whole(raw: bytes) -> bool:
    trailer = _TRAILER.fullmatch(raw, len(raw) - _TRAILER_BYTES)
    is_ended = raw.startswith(SOH, len(raw) - _TRAILER_BYTES - 1)
    return trailer is not None and is_ended and int(trailer[1]) == sum(raw[:-_TRAILER_BYTES]) % 256


def _next_head(waiting: bytes, at: int) -> int:
    """Where a message may begin: a head, or the start of one at the very end."""
    found = waiting.find(_BEGIN, at)
    if found >= 0:
        return found
    for size in range(len(_BEGIN) - 1, 0, -1):
        if waiting.endswith(_BEGIN[:size]) and len(waiting) - size >= at:
            return len(waiting) - size
    return len(waiting)


def _marked(raw: bytes, what: Fault) -> bytes:
    mark = b"%d=%d:%d\x01" % (MARK, what.ref_tag_id, what.session_reject_reason)
    return _framed(raw[:-_TRAILER_BYTES] + mark)


def _framed(unframed: bytes) -> bytes:
    """The message with the BodyLength(9) and CheckSum(10) that are right; what is given ends before CheckSum."""
    head = _HEAD.match(unframed)
    assert head is not None, "it was whole"
    body = unframed[head.end() :]
    raw = head[1] + b"9=%d\x01" % len(body) + body
    return raw + b"10=%03d\x01" % (sum(raw) % 256)
