"""Which messages are asked for. Pure."""

import re

import msgspec

from gateway.fix.archive import Direction
from gateway.reader.message import Message

_FIELD = re.compile(r"[0-9]{1,9}=.*", re.DOTALL)
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
"""What JSON writes as it is."""
_FOREVER = 2**63 - 1
_ANY_NUMBER = (0, _FOREVER)


class Selection(msgspec.Struct, frozen=True):
    """Every condition that is given has to hold."""

    sessions: frozenset[str] = frozenset()
    """Empty for all; so is every other condition."""
    since_ns: int = 0
    until_ns: int = _FOREVER
    seqs: tuple[int, int] | None = None
    """First and last seq of the journal. What is in files has none, and is not meant where one is given."""
    numbers: tuple[int, int] = _ANY_NUMBER
    """MsgSeqNum(34), first and last."""
    msg_types: frozenset[str] = frozenset()
    direction: Direction | None = None
    grep: tuple[str, ...] = ()
    """Each `tag=value`, a whole field, or text anywhere in the message, in any case."""

    @property
    def needles(self) -> list[bytes]:
        """What the payload of a journal's record must hold, so that a database can look for it: never more than `fits` asks."""
        sessions = [b'"session":"%b"' % one.encode() for one in _only(self.sessions)]
        types = [rb"\u000135=%b\u0001" % one.encode() for one in _only(self.msg_types)]
        fields = [rb"\u0001%b\u0001" % one.encode() for one in self.grep if _is_field(one) and _PLAIN.fullmatch(one)]
        return [*sessions, *types, *(needle for needle in fields if not needle.startswith(rb"\u00018="))]

    def fits(self, message: Message) -> bool:
        """What takes a message apart comes last, and only where it is asked for: there may be millions of them."""
        return (
            (not self.sessions or message.session in self.sessions)
            and self.since_ns <= message.at_ns < self.until_ns
            and (self.seqs is None or self.seqs[0] <= message.seq <= self.seqs[1])
            and (self.direction is None or self.direction == message.direction)
            and all(_holds(message, one) for one in self.grep)
            and (self.numbers == _ANY_NUMBER or self.numbers[0] <= message.msg_seq_num <= self.numbers[1])
            and (not self.msg_types or message.msg_type in self.msg_types)
        )


def _only(words: frozenset[str]) -> list[str]:
    """The one word that there is, if it is written as it is."""
    return [word for word in words if len(words) == 1 and _PLAIN.fullmatch(word)]


def _is_field(text: str) -> bool:
    return _FIELD.fullmatch(text) is not None


def _holds(message: Message, text: str) -> bool:
    if _is_field(text):
        tag, _, value = text.partition("=")
        return value.encode("latin-1", "replace") in message.raw and (int(tag), value) in message.fields
    return text.lower().encode("latin-1", "replace") in message.raw.lower()
