"""What proves that a Logon(A) on loopback came from the front door, or from a worker of ours: pure, and starts no QuickFIX.

Anybody on this machine can connect to a port of 127.0.0.1. So whoever sends a Logon there puts a secret of this start into it,
and whoever takes it checks the secret and takes it out again, before anybody else sees the message. The tag is of those that FIX
leaves to the inside of a firm (10000 to 19999).
"""

import hmac
import re

import msgspec

TAG = 10_900
_FIELD = re.compile(rb"\x010*%d=([^\x01]*)(?=\x01)" % TAG)
"""QuickFIX reads 010900 as the same tag."""
_HEAD = re.compile(rb"(8=[^\x01]*\x01)9=\d+\x01")
_TRAILER_BYTES = len(b"10=000\x01")
_FORM = re.compile(r"[0-9a-zA-Z_-]{32,128}")


class Token(msgspec.Struct, frozen=True):
    """The secret of one start. Shown to nobody."""

    text: str

    def __post_init__(self) -> None:
        if _FORM.fullmatch(self.text) is None:
            raise ValueError("a token is 32 to 128 letters, digits, dashes and underscores")

    def __repr__(self) -> str:
        return "Token(***)"

    def is_in(self, raw: bytes) -> bool:
        """Whether the message has it, once."""
        found = _FIELD.findall(raw)
        return len(found) == 1 and hmac.compare_digest(found[0], self.text.encode())


def has_any(raw: bytes) -> bool:
    """Whether the message has the tag, whatever its value is."""
    return _FIELD.search(raw) is not None


def with_token(raw: bytes, token: Token) -> bytes:
    """A whole message with the token as the last field before its trailer."""
    body = raw[:-_TRAILER_BYTES]
    return _framed(body + b"%d=%b\x01" % (TAG, token.text.encode()))


def without_token(raw: bytes) -> bytes:
    """A whole message as it was before; the same object where there is none."""
    if not has_any(raw):
        return raw
    return _framed(_FIELD.sub(b"", raw[:-_TRAILER_BYTES]))


def _framed(unframed: bytes) -> bytes:
    """The message with the BodyLength(9) and CheckSum(10) that are right; what is given ends before CheckSum."""
    head = _HEAD.match(unframed)
    assert head is not None, "a whole message begins with BeginString and BodyLength"
    body = unframed[head.end() :]
    raw = head[1] + b"9=%d\x01" % len(body) + body
    return raw + b"10=%03d\x01" % (sum(raw) % 256)
