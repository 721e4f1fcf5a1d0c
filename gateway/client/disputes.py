"""What a client says against our reports: that it does not know a trade, or would not take a message.

Nothing is changed by it: what traded has traded. It is a fact about the order that the report was about, and a person has to
settle it with the client. What names no order of the client's is told to a person as well.
"""

from collections.abc import Mapping

from gateway.client.outbox import Outbox
from gateway.codec import client_writing as writing
from gateway.codec.text import Garbled, fields
from oms.book import Book
from oms.domain.acts import ReportDisputed
from oms.domain.events import ReportQuarantined
from oms.domain.fields import DKReason

DONT_KNOW_TRADE = "Q"
DISPUTES = frozenset({"3", "j", DONT_KNOW_TRADE})
"""MsgType(35) of what is taken here."""
_TEXT_CHARS_MAX = 200
_ID_CHARS_MAX = 64
_DIGITS_MAX = 18
_DK_REASONS = {reason.code: reason for reason in DKReason}


def disputed(book: Book, outbox: Outbox, msg_type: str, raw: bytes) -> ReportDisputed | ReportQuarantined:
    """The fact that the message makes. It is never refused: a field that cannot be read is left out."""
    try:
        given = dict(reversed(fields(raw)))
    except Garbled:
        given = {}
    return _unknown_trade(book, outbox, given) if msg_type == DONT_KNOW_TRADE else _rejected(outbox, msg_type, given)


def _unknown_trade(book: Book, outbox: Outbox, given: Mapping[int, str]) -> ReportDisputed | ReportQuarantined:
    """OrderID(37) names the order, for it is ours, and ExecID(17) the trade."""
    chain = book.order(given.get(37, ""))
    exec_id, dk_reason = _text(given, 17)[:_ID_CHARS_MAX], _DK_REASONS.get(given.get(127, ""))
    name = outbox.plan.name
    if chain is None or chain.requests[0].principal != outbox.plan.principal:
        order_id = _text(given, 37)[:_ID_CHARS_MAX]
        return ReportQuarantined(
            name, f"the client does not know trade {exec_id} of order {order_id}, and we no such order of it"
        )
    return ReportDisputed(
        chain.root_id, name, DONT_KNOW_TRADE, outbox.execution_told_as(chain, exec_id), exec_id, dk_reason, _text(given, 58)
    )


def _rejected(outbox: Outbox, msg_type: str, given: Mapping[int, str]) -> ReportDisputed | ReportQuarantined:
    """RefSeqNum(45) says which message of ours it was."""
    number = given.get(45, "")
    is_number = number.isascii() and number.isdecimal() and len(number) <= _DIGITS_MAX
    letter = outbox.told_under(int(number)) if is_number else None
    if letter is None or not letter.root_id:
        which = "no report is known by that number" if letter is None else f"record {letter.seq} was told it so"
        what = f"the client rejected MsgSeqNum {_text(given, 45)[:_DIGITS_MAX]} ({which}): {_text(given, 58)}"
        return ReportQuarantined(outbox.plan.name, what)
    exec_id = outbox.exec_id(letter.seq) if letter.msg_type == writing.EXECUTION_REPORT else ""
    return ReportDisputed(letter.root_id, outbox.plan.name, msg_type, letter.seq, exec_id, text=_text(given, 58))


def _text(given: Mapping[int, str], tag: int) -> str:
    return writing.printable(given.get(tag, ""))[:_TEXT_CHARS_MAX]
