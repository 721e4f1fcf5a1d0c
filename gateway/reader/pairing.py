"""Which message answers which: a report its request, a reject the message that it names, a heartbeat a test request. Pure."""

from collections.abc import Sequence

from gateway.reader.message import Message

_REQUESTS = frozenset({"D", "F", "G", "H", "q", "AF", "Q"})
_ANSWERS = frozenset({"8", "9", "r"})
_REJECTS = frozenset({"3", "j"})
_OTHER = {"in": "out", "out": "in"}

Key = tuple[str, str, str]
"""Session, direction, and an id."""


def answered(messages: Sequence[Message]) -> dict[int, int]:
    """By the place of an answer, the place of what it answers. Of messages in the order of their time."""
    by_id: dict[Key, int] = {}
    by_number: dict[tuple[str, str, int], int] = {}
    pairs: dict[int, int] = {}
    for place, message in enumerate(messages):
        asked = _asked(message, by_id, by_number)
        if asked is not None:
            pairs[place] = asked
        here = (message.session, message.direction)
        if message.msg_type in _REQUESTS and message.value(11):
            by_id[(*here, message.value(11))] = place
        if message.msg_type == "1":
            by_id[(*here, "112=" + message.value(112))] = place
        by_number[(*here, message.msg_seq_num)] = place
    return pairs


def _asked(message: Message, by_id: dict[Key, int], by_number: dict[tuple[str, str, int], int]) -> int | None:
    there = (message.session, _OTHER[message.direction])
    if message.msg_type in _ANSWERS:
        return by_id.get((*there, message.value(11)))
    if message.msg_type == "0" and message.value(112):
        return by_id.get((*there, "112=" + message.value(112)))
    number = message.value(45)
    if message.msg_type in _REJECTS and number.isascii() and number.isdecimal() and len(number) < 19:
        return by_number.get((*there, int(number)))
    return None
