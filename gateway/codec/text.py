"""FIX tag-value text: bytes to fields and fields to text. Knows no message type."""

from collections.abc import Iterable

SOH = "\x01"
Fields = list[tuple[int, str]]
Flat = dict[int, str]
TAG_DIGITS_MAX = 9
_TAGS = {str(tag): tag for tag in range(1, 10_000)}


class Garbled(Exception):
    """The text is not a sequence of tag=value fields."""


def fields(raw: bytes) -> Fields:
    """All fields in order, header and trailer included; values as Latin-1 text, so that every byte survives.

    Raises Garbled for a field without `=` or with a tag that is no number.
    """
    return [_field(part) for part in raw.decode("latin-1").split(SOH) if part]


def flat(message: str) -> Flat:
    """The first value of each tag: right for everything outside repeating groups. On the path of every report.

    Raises Garbled, as `fields` does.
    """
    found: Flat = {}
    for part in reversed(message.split(SOH)):
        tag, is_field, value = part.partition("=")
        if tag in _TAGS and is_field:
            found[_TAGS[tag]] = value
        elif part:
            number, value = _field(part)
            found[number] = value
    return found


def readable(message: str) -> Flat:
    """The fields of a garbled message that can be read: its header, mostly."""
    parts = [part.partition("=") for part in message.split(SOH)]
    return {_TAGS[tag]: value for tag, _, value in reversed(parts) if tag in _TAGS}


def _field(part: str) -> tuple[int, str]:
    tag, is_field, value = part.partition("=")
    if not is_field or not tag.isdecimal() or len(tag) > TAG_DIGITS_MAX:
        raise Garbled(f"field {part[:40]!r} is not tag=value")
    return int(tag), value


def text(begin_string: str, msg_type: str, body: Iterable[tuple[int, str]]) -> str:
    """A whole message as QuickFIX reads it; BodyLength(9) and CheckSum(10) are filled in by the session."""
    middle = "".join([f"{tag}={value}{SOH}" for tag, value in body])
    return f"8={begin_string}{SOH}9=0{SOH}35={msg_type}{SOH}{middle}10=000{SOH}"


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
