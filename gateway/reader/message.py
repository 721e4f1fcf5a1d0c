"""A FIX message of the past, wherever it was kept. Pure."""

from functools import cached_property

import msgspec

from gateway import sessions
from gateway.codec.text import readable_fields
from gateway.fix.archive import Direction, Entry
from oms.domain import events
from oms.domain.events import Event
from oms.domain.report import Receipt

_SENT = frozenset({"session", "msg_seq_num", "raw"})


class Message(msgspec.Struct, frozen=True, dict=True):
    """One message that came in or left."""

    at_ns: int
    direction: Direction
    session: str
    raw: bytes
    """Secrets masked; empty where only its number is known."""
    seq: int = 0
    """Of the journal's record; 0 where it is in a file."""
    why: str = ""
    """Why it is in a file (gateway.fix.archive); empty where it is in the journal."""
    note: str = ""
    root_id: str = ""
    """The order that the journal says it is about."""
    counted_as: int = 0
    """MsgSeqNum(34) where the journal says it, and the message itself is not there."""

    @cached_property
    def fields(self) -> list[tuple[int, str]]:
        """As far as it can be read; values as Latin-1."""
        return readable_fields(self.raw)

    def value(self, tag: int) -> str:
        """Of the first field of that tag; empty if there is none."""
        return next((value for found, value in self.fields if found == tag), "")

    @property
    def msg_type(self) -> str:
        return self.value(35)

    @property
    def msg_seq_num(self) -> int:
        digits = self.value(34)
        return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else self.counted_as


def kinds() -> list[str]:
    """The kinds of record that hold a message."""
    found = (*events.EVENTS, *sessions.EVENTS)
    return [event.__name__ for event in found if (names := set(event.__struct_fields__)) >= _SENT or "receipt" in names]


def from_event(seq: int, at_ns: int, event: Event) -> Message | None:
    """The message in a fact; None for a fact that holds none."""
    root_id = getattr(event, "root_id", "")
    receipt = getattr(event, "receipt", None)
    if isinstance(receipt, Receipt):
        raw = receipt.raw.encode("latin-1")
        note = "" if raw else "our FIX layer rejected it, unread; the files have it as untold"
        return Message(at_ns, "in", receipt.session, raw, seq, "", note, root_id, receipt.msg_seq_num)
    if set(event.__struct_fields__) >= _SENT:
        raw = str(getattr(event, "raw", "")).encode("latin-1")
        return Message(at_ns, "out", str(getattr(event, "session", "")), raw, seq, root_id=root_id)
    return None


def from_entry(session: str, entry: Entry) -> Message:
    """The message in a line of a file."""
    return Message(entry.at_ns, entry.direction, session, entry.raw.encode("latin-1"), 0, entry.why, entry.note)
