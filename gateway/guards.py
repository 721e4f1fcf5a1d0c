"""When the peer's sequence numbers and ours cannot both be right. Pure, and read by the worker and by the engine alike.

Two words for it are in FIX: a Logout(5) that says that MsgSeqNum(34) is too low, and a question for a number that was never used.
The first is text, and everybody writes his own: what matters is whether it says so, and which numbers stand in it.
"""

import re

import msgspec

NUMBER_DIGITS_MAX = 9
_MSG_TYPE = re.compile(rb"\x0135=([^\x01]*)\x01")
_TEXT = re.compile(rb"\x0158=([^\x01]*)\x01")
_SESSION_STATUS = re.compile(rb"\x011409=([^\x01]*)\x01")
_BEGIN_SEQ_NO = re.compile(rb"\x017=0*(\d{1,9})\x01")
_END_SEQ_NO = re.compile(rb"\x0116=0*(\d{1,9})\x01")
_NEXT_EXPECTED = re.compile(rb"\x01789=0*(\d{1,9})\x01")
_TOO_LOW_STATUS = b"9"
"""SessionStatus(1409): received MsgSeqNum(34) too low."""
_OF_NUMBERS = r"(?:seq\w*[ ._-]*(?:num|no)|sequence)"
_LOW = r"(?:too[ _-]*(?:low|small)|(?:less|lower|smaller) than|below)"
_USED = r"already[ _-]*(?:been[ _-]*)?(?:used|received|seen|processed|taken)"
_IS_TOO_LOW = re.compile(
    rf"{_OF_NUMBERS}.{{0,80}}?(?:{_LOW}|<|{_USED})|{_LOW}.{{0,80}}?{_OF_NUMBERS}|duplicated?[ _-]*(?:msg)?[ _-]*{_OF_NUMBERS}",
    re.IGNORECASE,
)
_IS_OF_NUMBERS = re.compile(_OF_NUMBERS, re.IGNORECASE)
_EXPECTED = re.compile(r"(?:(?<!un)expect\w*|next|(?:should|must) be)(?:(?!receiv|got)\D){0,40}?(\d+)", re.IGNORECASE)
_RECEIVED = re.compile(r"(?:receiv\w*|got|was|sent)(?:(?!expect|next)\D){0,40}?(\d+)", re.IGNORECASE)
_LOGOUT, _LOGON, _RESEND_REQUEST = b"5", b"A", b"2"
_SHOWN_CHARS_MAX = 120


class TooLow(msgspec.Struct, frozen=True):
    """Somebody's number was used before, by the word of a Logout(5). 0 where a number cannot be read in it."""

    expected: int
    received: int
    text: str


def too_low(raw: bytes, last_sender: int | None = None) -> TooLow | None:
    """What a Logout(5) says of a MsgSeqNum(34) that is too low; None for any other message.

    Sent by us it is about the peer's number, and about ours where it came in. Whatever its words are, it says so where it expects
    a number above the one that it received, or above our next one: `last_sender` is our last, where it came in.
    """
    if _first(_MSG_TYPE, raw) != _LOGOUT:
        return None
    text, status = _first(_TEXT, raw).decode("latin-1"), _first(_SESSION_STATUS, raw)
    expected, received = _number(_EXPECTED, text), _number(_RECEIVED, text)
    is_above = expected > received > 0 or (last_sender is not None and expected > last_sender + 1)
    is_said = _IS_TOO_LOW.search(text) is not None or (is_above and _IS_OF_NUMBERS.search(text) is not None)
    if status != _TOO_LOW_STATUS and not is_said:
        return None
    return TooLow(expected, received, "".join(filter(str.isprintable, text))[:_SHOWN_CHARS_MAX])


def asks_ahead(raw: bytes, last_sender: int) -> int:
    """The number that the peer asks for and we never used, in a ResendRequest(2) or a Logon(A); 0 where it asks for none such.

    NextExpectedMsgSeqNum(789) is one more than the last number that it has.
    """
    msg_type = _first(_MSG_TYPE, raw)
    if msg_type == _RESEND_REQUEST:
        asked = int(_first(_BEGIN_SEQ_NO, raw) or 0)
        return asked if asked > last_sender else 0
    asked = int(_first(_NEXT_EXPECTED, raw) or 0) if msg_type == _LOGON else 0
    return asked if asked > last_sender + 1 else 0


def received_to(raw: bytes) -> int | None:
    """The last number of ours that the peer has, by its ResendRequest(2) or the NextExpectedMsgSeqNum(789) of its Logon(A); None
    where it does not say so."""
    pattern = _BEGIN_SEQ_NO if _first(_MSG_TYPE, raw) == _RESEND_REQUEST else _NEXT_EXPECTED
    next_expected = int(_first(pattern, raw) or 0)
    return next_expected - 1 if next_expected else None


def asked_range(raw: bytes, last_sender: int) -> tuple[int, int]:
    """BeginSeqNo(7) and EndSeqNo(16) of a ResendRequest(2); one without an end goes as far as our last number."""
    begin, end = (int(_first(pattern, raw) or 0) for pattern in (_BEGIN_SEQ_NO, _END_SEQ_NO))
    return begin, end if 0 < end < last_sender else last_sender


def _first(pattern: re.Pattern[bytes], raw: bytes) -> bytes:
    found = pattern.search(raw)
    return found[1] if found else b""


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found and len(found[1]) <= NUMBER_DIGITS_MAX else 0
