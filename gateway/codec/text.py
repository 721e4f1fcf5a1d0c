"""FIX tag-value text: bytes to fields and fields to text. Knows no message type."""

from collections.abc import Iterable

SOH = "\x01"
Fields = list[tuple[int, str]]
TAG_DIGITS_MAX = 9


class Garbled(Exception):
    """The text is not a sequence of tag=value fields."""


def fields(raw: bytes) -> Fields:
    """All fields in order, header and trailer included; values as Latin-1 text, so that every byte survives.

    Raises Garbled for a field without `=` or with a tag that is no number.
    """
    return [_field(part) for part in raw.decode("latin-1").split(SOH) if part]


def readable_fields(raw: bytes) -> Fields:
    """The fields of a garbled message that are fields."""
    parts = [part.partition("=") for part in raw.decode("latin-1").split(SOH)]
    return [(int(tag), value) for tag, is_field, value in parts if is_field and _is_tag(tag)]


def _is_tag(tag: str) -> bool:
    return tag.isdecimal() and len(tag) <= TAG_DIGITS_MAX


def _field(part: str) -> tuple[int, str]:
    tag, is_field, value = part.partition("=")
    if not is_field or not _is_tag(tag):
        raise Garbled(f"field {part[:40]!r} is not tag=value")
    return int(tag), value


def text(begin_string: str, msg_type: str, body: Iterable[tuple[int, str]]) -> str:
    """A whole message as QuickFIX reads it; BodyLength(9) and CheckSum(10) are filled in by the session."""
    return framed(begin_string, msg_type, "".join([f"{tag}={value}{SOH}" for tag, value in body]))


def framed(begin_string: str, msg_type: str, body: str) -> str:
    """The same of a body that is text already, its last field ended."""
    return f"8={begin_string}\x019=0\x0135={msg_type}\x01{body}10=000\x01"


def groups(found: Fields, count_tag: int) -> list[dict[int, str]]:
    """The entries of the repeating group that `count_tag` opens; each starts where its first tag comes again.

    Raises Garbled when the group has not as many entries as it says. An entry ends with the fields that the first entry
    started with, so the last entry may carry fields that follow the group: harmless for reading tags that the group owns.
    """
    start = next((i for i, (tag, _) in enumerate(found) if tag == count_tag), None)
    if start is None:
        return []
    entries: list[dict[int, str]] = []
    delimiter = found[start + 1][0] if start + 1 < len(found) else None
    for tag, value in found[start + 1 :]:
        if tag == delimiter:
            entries.append({})
        entries[-1].setdefault(tag, value)
    if str(len(entries)) != found[start][1]:
        raise Garbled(f"group {count_tag} says {found[start][1][:20]!r} entries and has {len(entries)}")
    return entries
