"""What of a client's messages QuickFIX lets through and FIX does not: judged before it counts. Pure, and starts no QuickFIX.

QuickFIX compares a message with its dictionary and its number with the expected one. It does not look at PossDupFlag(43) on a
number that it expects, at the range of a ResendRequest(2), at a gap-fill that fills nothing, at what a Logon(A) asks for, and at
the length of data. The sources are FIX 4.4 volume 2 and the list of session-level test cases, whose numbers stand here.
"""

import re

import msgspec

from gateway.fix.gate import INVALID_TAG, OUT_OF_ORDER, fault
from gateway.fix.raw import value

REQUIRED_TAG_MISSING, VALUE_IS_INCORRECT, SENDING_TIME_PROBLEM = 1, 5, 10
"""SessionRejectReason(373)."""
_TEXTS = {
    REQUIRED_TAG_MISSING: "Required tag missing",
    VALUE_IS_INCORRECT: "Value is incorrect (out of range) for this tag",
    SENDING_TIME_PROBLEM: "SendingTime accuracy problem",
    INVALID_TAG: "Invalid tag number",
    OUT_OF_ORDER: "Repeating group fields out of order",
}
_LOGON, _RESEND_REQUEST, _SEQUENCE_RESET = b"A", b"2", b"4"
_NUMBER = re.compile(rb"\d{1,9}")
_LENGTHS = re.compile(rb"\x01(?:90|93|95|212|348|350|352|354|356|358|360|362|364|445|618|621)=")
_DATA = re.compile(rb"\x01(90|93|95|212|348|350|352|354|356|358|360|362|364|445|618|621)=([^\x01]*)\x01\d+=([^\x01]*)")
"""A length and the data that follow it. Of the two only Signature(89) has not the next number."""


class Refusal(msgspec.Struct, frozen=True):
    """Why a message is answered by a Reject(3)."""

    ref_tag_id: int
    session_reject_reason: int

    @property
    def text(self) -> str:
        return _TEXTS[self.session_reject_reason]


def refusal(raw: bytes, expected: int, next_sender: int) -> Refusal | None:
    """What is wrong with a message of a session that is logged on, whose number is the expected one or does not matter."""
    found = fault(raw)
    if found is not None:
        return Refusal(found.ref_tag_id, found.session_reject_reason)
    msg_type = value(raw, b"\x0135=")
    if msg_type == _SEQUENCE_RESET:
        return _sequence_reset(raw, expected)
    if b"\x0143=Y\x01" in raw and (wrong := _poss_dup(raw)) is not None:
        return wrong
    if msg_type == _RESEND_REQUEST:
        return _resend_request(raw, next_sender)
    return _data(raw) if _LENGTHS.search(raw) is not None else None


def why_no_logon(raw: bytes) -> str:
    """Why this Logon(A) is refused (case 1B-d); empty if it is not."""
    found = fault(raw)
    if found is not None:
        return f"tag {found.ref_tag_id}: {_TEXTS[found.session_reject_reason]}"
    if value(raw, b"\x0198=") != b"0":
        return "EncryptMethod(98) must be 0: the line is encrypted, not the messages"
    if _NUMBER.fullmatch(value(raw, b"\x01108=")) is None:
        return "HeartBtInt(108) must be a number of seconds, 0 or more"
    if b"\x01789=" in raw and _NUMBER.fullmatch(value(raw, b"\x01789=")) is None:
        return "NextExpectedMsgSeqNum(789) must be a number"
    return ""


def _sequence_reset(raw: bytes, expected: int) -> Refusal | None:
    """Cases 10e and 11c: no number is ever lowered, and a gap-fill that fills nothing would come again for ever."""
    new_seq_no = int(value(raw, b"\x0136="))
    lowest = expected + 1 if b"\x01123=Y\x01" in raw else expected
    return Refusal(36, VALUE_IS_INCORRECT) if new_seq_no < lowest else None


def _poss_dup(raw: bytes) -> Refusal | None:
    """Cases 2f and 2g."""
    first, again = value(raw, b"\x01122="), value(raw, b"\x0152=")
    if not first:
        return Refusal(122, REQUIRED_TAG_MISSING)
    return Refusal(122, SENDING_TIME_PROBLEM) if _to_the_nanosecond(first) > _to_the_nanosecond(again) else None


def _to_the_nanosecond(utc_timestamp: bytes) -> bytes:
    """As QuickFIX lets one through, in one length, to be compared as text."""
    whole, _, fraction = utc_timestamp.partition(b".")
    return whole + fraction.ljust(9, b"0")


def _resend_request(raw: bytes, next_sender: int) -> Refusal | None:
    """QuickFIX answers a range that we never sent by a gap-fill to a lower number."""
    begin, end = int(value(raw, b"\x017=")), int(value(raw, b"\x0116="))
    if not 0 < begin < next_sender:
        return Refusal(7, VALUE_IS_INCORRECT)
    return Refusal(16, VALUE_IS_INCORRECT) if end and end < begin else None


def _data(raw: bytes) -> Refusal | None:
    for tag, length, data in _DATA.findall(raw):
        if length != b"%d" % len(data):
            return Refusal(int(tag), VALUE_IS_INCORRECT)
    return None
