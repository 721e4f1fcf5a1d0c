"""What a FIX 4.2 peer says of orders, in the words of FIX 4.4, and back (rule R12; FIX 4.2 Volume 4, ExecTransType).

Up to 4.2, ExecTransType(20) said whether a report was new, canceled or corrected another, or told a status, and ExecType(150)
repeated the status. From 4.3 on, ExecType alone says why a report was sent.
"""

from msgspec.structs import replace

from gateway.codec.message import Message
from gateway.codec.text import Fields, Garbled

_NEW = "0"
_EXEC_TYPES = {"1": "H", "2": "G", "3": "I"}
"""ExecTransType(20) → ExecType(150): cancel, correct, status."""
_EXEC_TRANS_TYPES = {exec_type: code for code, exec_type in _EXEC_TYPES.items()}
_FILLS = {"1": "F", "2": "F"}
"""ExecType(150) of a partial fill and of a fill."""
_TRADE, _REPLACED = "F", "5"
_NO_FILL, _PARTIAL, _FILLED = "0", "1", "2"
_LATER = frozenset({584, 790, 911, 912})
"""Tags that an ExecutionReport has had only since 4.3."""


def modern(message: Message) -> Message:
    """The message as a FIX 4.4 peer would have said it. Raises Garbled for an ExecTransType that FIX does not have."""
    if message.msg_type == "8":
        return replace(message, exec_type=_exec_type(message), ord_status=_ord_status(message))
    if message.msg_type == "9":
        return replace(message, ord_status=_ord_status(message))
    return message


def older(body: Fields) -> Fields:
    """The body of a FIX 4.4 ExecutionReport(8) as FIX 4.2 says it."""
    found = dict(body)
    exec_type, ord_status = found[150], found[39]
    said = {150: exec_type, 39: ord_status}
    if exec_type == _TRADE:
        said[150] = "2" if ord_status == _FILLED else "1"
    elif exec_type in _EXEC_TRANS_TYPES:
        said[150] = ord_status
    elif exec_type == _REPLACED and ord_status == _NO_FILL:
        said[39] = _REPLACED
    exec_trans_type = (20, _EXEC_TRANS_TYPES.get(exec_type, _NEW))
    return [exec_trans_type, *((tag, said.get(tag, value)) for tag, value in body if tag not in _LATER)]


def _exec_type(message: Message) -> str:
    if message.exec_trans_type == _NEW:
        return _FILLS.get(message.exec_type, message.exec_type)
    exec_type = _EXEC_TYPES.get(message.exec_trans_type)
    if exec_type is None:
        raise Garbled(f"tag 20 is {message.exec_trans_type[:20]!r}, no code of ExecTransType")
    return exec_type


def _ord_status(message: Message) -> str:
    """OrdStatus(39) "Replaced" says that the order works, and not how much of it is filled."""
    if message.ord_status != _REPLACED:
        return message.ord_status
    if _is_zero(message.cum_qty):
        return _NO_FILL
    return _FILLED if message.leaves_qty is not None and _is_zero(message.leaves_qty) else _PARTIAL


def _is_zero(number: str | None) -> bool:
    """Absent counts as zero; what is no number does not, and is refused where it is read."""
    return not (number or "").strip("0.")
