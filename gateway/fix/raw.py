"""One field of a raw message, found without taking the message apart."""


def value(raw: bytes, tag: bytes) -> bytes:
    """The value of the first field `tag`, given as it stands there (SOH, digits, `=`); empty if there is none."""
    start = raw.find(tag)
    if start < 0:
        return b""
    start += len(tag)
    return raw[start : raw.index(b"\x01", start)]


LOGOUT = b"5"
"""MsgType(35)."""
_LOGOUT_TEXT_MAX = 200


def logout_text(raw: bytes) -> str:
    """Text(58) of a peer's Logout(5): why it will not have us."""
    return value(raw, b"\x0158=")[:_LOGOUT_TEXT_MAX].decode("ascii", "backslashreplace")
