"""One field of a raw message, found without taking the message apart."""


def value(raw: bytes, tag: bytes) -> bytes:
    """The value of the first field `tag`, given as it stands there (SOH, digits, `=`); empty if there is none."""
    start = raw.find(tag)
    if start < 0:
        return b""
    start += len(tag)
    return raw[start : raw.index(b"\x01", start)]
