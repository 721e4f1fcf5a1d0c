"""A FIX connection that a test moves by hand: messages in both directions, lost when it drops."""

from collections import deque

import msgspec

from gateway.codec.text import text

Body = tuple[tuple[int, str], ...]


class Message(msgspec.Struct, frozen=True):
    """One message with its number."""

    msg_seq_num: int
    msg_type: str
    body: Body = ()
    poss_dup: bool = False

    def get(self, tag: int) -> str:
        return dict(self.body).get(tag, "")

    def raw(self) -> bytes:
        header = [(34, str(self.msg_seq_num)), *([(43, "Y")] if self.poss_dup else [])]
        return text("FIX.4.4", self.msg_type, [*header, *self.body]).encode("latin-1")


class Wire:
    """What is under way."""

    def __init__(self) -> None:
        self.is_up = False
        self.to_venue: deque[Message] = deque()
        self.to_us: deque[Message] = deque()

    def drop(self) -> None:
        self.is_up = False
        self.to_venue.clear()
        self.to_us.clear()


def resend_request(begin_seq_no: int) -> Body:
    return ((7, str(begin_seq_no)), (16, "0"))


def gap_fill(new_seq_no: int) -> Body:
    return ((123, "Y"), (36, str(new_seq_no)))
