"""A received message as the fields of it that we read. On the path of every report: one pass over the bytes, in C.

Plain text becomes JSON by putting quotes around its tags and values; what is not plain (a quote, a backslash, an equals sign in
a value, a tag with a leading zero, anything but printable ASCII, no BeginString(8) at the start) is read field by field, to the
same result; but a tag that is no number is passed over the quick way, and garbles the message the slow way. Neither that nor a
tag that comes twice outside a repeating group gets here: our FIX layer refuses the message.
"""

import re
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from gateway.codec.text import fields, readable_fields
from oms.domain.terms import CustomTags

TAGS = {
    "account": 1,
    "avg_px": 6,
    "cl_ord_id": 11,
    "cum_qty": 14,
    "exec_id": 17,
    "exec_ref_id": 19,
    "exec_trans_type": 20,
    "last_px": 31,
    "last_qty": 32,
    "msg_seq_num": 34,
    "msg_type": 35,
    "new_seq_no": 36,
    "order_id": 37,
    "order_qty": 38,
    "ord_status": 39,
    "orig_cl_ord_id": 41,
    "price": 44,
    "ref_seq_num": 45,
    "side": 54,
    "symbol": 55,
    "text": 58,
    "transact_time": 60,
    "trade_date": 75,
    "cxl_rej_reason": 102,
    "ord_rej_reason": 103,
    "test_req_id": 112,
    "gap_fill_flag": 123,
    "exec_type": 150,
    "leaves_qty": 151,
    "secondary_order_id": 198,
    "ref_msg_type": 372,
    "exec_restatement_reason": 378,
    "day_order_qty": 424,
    "day_cum_qty": 425,
    "cxl_rej_response_to": 434,
    "mass_cancel_request_type": 530,
    "mass_cancel_response": 531,
    "mass_cancel_reject_reason": 532,
    "total_affected_orders": 533,
    "mass_status_req_id": 584,
    "tot_num_reports": 911,
    "last_rpt_requested": 912,
}


_NO_TAG = "="
"""What JSON calls the custom tags: no tag of a message can be called so."""


class Message(msgspec.Struct, frozen=True, gc=False, rename={name: str(tag) for name, tag in TAGS.items()} | {"custom": _NO_TAG}):
    """Fields by their names in the FIX dictionary, as text, bytes as Latin-1. Absent names are empty, absent numbers None.

    In the order in which QuickFIX puts them: the decoder looks for each where it found the last.
    """

    msg_type: str = ""
    msg_seq_num: str = ""
    account: str = ""
    avg_px: str | None = None
    cl_ord_id: str = ""
    cum_qty: str | None = None
    exec_id: str = ""
    exec_ref_id: str = ""
    exec_trans_type: str = ""
    last_px: str | None = None
    last_qty: str | None = None
    new_seq_no: str = ""
    order_id: str = ""
    order_qty: str | None = None
    ord_status: str = ""
    orig_cl_ord_id: str = ""
    price: str | None = None
    ref_seq_num: str = ""
    side: str = ""
    symbol: str = ""
    text: str = ""
    transact_time: str = ""
    trade_date: str = ""
    cxl_rej_reason: str | None = None
    ord_rej_reason: str = ""
    test_req_id: str = ""
    gap_fill_flag: str = ""
    exec_type: str = ""
    leaves_qty: str | None = None
    secondary_order_id: str = ""
    ref_msg_type: str = ""
    exec_restatement_reason: str = ""
    day_order_qty: str | None = None
    day_cum_qty: str | None = None
    cxl_rej_response_to: str = ""
    mass_cancel_request_type: str = ""
    mass_cancel_response: str = ""
    mass_cancel_reject_reason: str = ""
    total_affected_orders: str = ""
    mass_status_req_id: str = ""
    tot_num_reports: str = ""
    last_rpt_requested: str = ""
    custom: CustomTags = ()
    """Tags of no standard, in the order in which they came: from CUSTOM_TAG_MIN on, but those that we know."""


CUSTOM_TAG_MIN = 5_000
"""From here on tags are the users' own (FIX Volume 1, User Defined Fields)."""
_LOCATE_ID = 5_700
_QUOTE, _BACKSLASH = b'"\\'
"""As numbers: a byte is found ten times as fast as a text of one."""
_unusual = re.compile(rb"\x01(?:0|\d{4})").search
"""A tag with a leading zero, or one that may be custom."""
_customs = re.compile(rb"\x01([5-9]\d{3}|\d{5,9})=([^\x01]*)").findall
_from_json = msgspec.json.Decoder(Message).decode


def message(raw: bytes) -> Message:
    """The message's fields. Raises Garbled."""
    if raw.isascii() and raw[-1:] == b"\x01" and raw[:2] == b"8=" and not (_QUOTE in raw or _BACKSLASH in raw):
        is_unusual = _unusual(raw) is not None
        if not is_unusual or b"\x010" not in raw:
            try:
                found = _from_json(b'{"%b"}' % raw[:-1].replace(b"=", b'":"').replace(b"\x01", b'","'))
            except msgspec.DecodeError:
                pass  # Not plain, or no message at all: the slow way says which.
            else:
                return _with_custom(found, _custom(raw)) if is_unusual else found
    return from_fields(fields(raw))


def readable(raw: bytes) -> Message:
    """The fields of a garbled message that can be read: its header, mostly."""
    return from_fields(readable_fields(raw))


def from_fields(found: Iterable[tuple[int, str]]) -> Message:
    """The message that has these fields."""
    held = list(found)
    read = msgspec.convert({str(tag): value for tag, value in held}, Message)
    return _with_custom(read, ((tag, value) for tag, value in held if tag >= CUSTOM_TAG_MIN))


def _custom(raw: bytes) -> Iterable[tuple[int, str]]:
    return ((int(tag), str(value, "ascii")) for tag, value in _customs(raw))


def _with_custom(found: Message, custom: Iterable[tuple[int, str]]) -> Message:
    """LocateID(5700) is a tag that we know."""
    tags = tuple((tag, value) for tag, value in custom if tag != _LOCATE_ID)
    return replace(found, custom=tags) if tags else found
