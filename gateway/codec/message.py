"""A received message as the fields of it that we read. On the path of every report: one pass over the bytes, in C.

Plain text becomes JSON by putting quotes around its tags and values; what is not plain (a quote, a backslash, an equals sign in a
value, a tag with a leading zero, anything but printable ASCII) is read field by field, to the same result; but a tag that is no
number is passed over the quick way, and garbles the message the slow way. Neither that nor a tag that comes twice outside a
repeating group gets here: our FIX layer refuses the message.
"""

from collections.abc import Iterable

import msgspec

from gateway.codec.text import fields, readable_fields

TAGS = {
    "account": 1,
    "avg_px": 6,
    "cl_ord_id": 11,
    "cum_qty": 14,
    "exec_id": 17,
    "exec_ref_id": 19,
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
    "mass_cancel_request_type": 530,
    "mass_cancel_response": 531,
    "mass_cancel_reject_reason": 532,
    "total_affected_orders": 533,
    "mass_status_req_id": 584,
    "tot_num_reports": 911,
    "last_rpt_requested": 912,
}


class Message(msgspec.Struct, frozen=True, gc=False, rename={name: str(tag) for name, tag in TAGS.items()}):
    """Fields by their names in the FIX dictionary, as text, bytes as Latin-1. Absent names are empty, absent numbers None."""

    msg_type: str = ""
    msg_seq_num: str = ""
    new_seq_no: str = ""
    gap_fill_flag: str = ""
    test_req_id: str = ""
    ref_seq_num: str = ""
    ref_msg_type: str = ""
    text: str = ""
    cl_ord_id: str = ""
    orig_cl_ord_id: str = ""
    order_id: str = ""
    exec_id: str = ""
    exec_type: str = ""
    ord_status: str = ""
    last_qty: str | None = None
    last_px: str | None = None
    cum_qty: str | None = None
    leaves_qty: str | None = None
    cxl_rej_reason: str | None = None
    exec_ref_id: str = ""
    secondary_order_id: str = ""
    transact_time: str = ""
    trade_date: str = ""
    order_qty: str | None = None
    price: str | None = None
    avg_px: str | None = None
    day_order_qty: str | None = None
    day_cum_qty: str | None = None
    exec_restatement_reason: str = ""
    ord_rej_reason: str = ""
    account: str = ""
    symbol: str = ""
    side: str = ""
    mass_status_req_id: str = ""
    tot_num_reports: str = ""
    last_rpt_requested: str = ""
    mass_cancel_request_type: str = ""
    mass_cancel_response: str = ""
    mass_cancel_reject_reason: str = ""
    total_affected_orders: str = ""


_from_json = msgspec.json.Decoder(Message).decode


def message(raw: bytes) -> Message:
    """The message's fields. Raises Garbled."""
    if raw.isascii() and raw[-1:] == b"\x01" and raw[:1] != b"0" and not (b'"' in raw or b"\\" in raw or b"\x010" in raw):
        try:
            return _from_json(b'{"%b"}' % raw[:-1].replace(b"=", b'":"').replace(b"\x01", b'","'))
        except msgspec.DecodeError:
            pass  # Not plain, or no message at all: the slow way says which.
    return from_fields(fields(raw))


def readable(raw: bytes) -> Message:
    """The fields of a garbled message that can be read: its header, mostly."""
    return from_fields(readable_fields(raw))


def from_fields(found: Iterable[tuple[int, str]]) -> Message:
    """The message that has these fields."""
    return msgspec.convert({str(tag): value for tag, value in found}, Message)
