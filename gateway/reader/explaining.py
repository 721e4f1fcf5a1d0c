"""A raw message taken apart for a reader: fields with their names and meanings, groups with their entries, secrets masked. Pure.

What a peer sent may be anything: nothing here refuses. What cannot be read is shown as it is, made safe for a terminal.
"""

import msgspec

from gateway.codec.credentials import CREDENTIALS
from gateway.codec.text import SOH, TAG_DIGITS_MAX
from gateway.reader.legend import NONE, Group, Legend, legend

FIELDS_MAX = 5_000
"""So many fields of a message are taken apart; the rest is one."""
MASK = "***"
_NO_TAG = 0
_WHOLE = Group()


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field, and the entries of the group that it counts."""

    tag: int
    """0 for text that is no field."""
    value: str
    """Bytes as Latin-1."""
    name: str = ""
    meaning: str = ""
    entries: tuple[tuple["Field", ...], ...] = ()


class Explained(msgspec.Struct, frozen=True):
    """A message in FIX's own words."""

    name: str
    fields: tuple[Field, ...]


def explain(raw: bytes) -> Explained:
    """The message by the dictionary of the version that it says it is."""
    known = _legend(raw)
    found = _fields(raw, known)
    msg_type = next((value for tag, value in found if tag == 35), "")
    name, group = known.messages.get(msg_type, ("", _WHOLE))
    taken, _ = _take(known, group, found, 0, is_whole=True)
    return Explained(name, taken)


def safe(text: str) -> str:
    """The text with nothing in it that a terminal, or a reader's eye, would take for anything but a character."""
    return "".join(c if " " <= c <= "~" and c != "\\" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


def _legend(raw: bytes) -> Legend:
    begin_string = _first(raw, b"8=")
    return legend(begin_string, _first(raw, b"\x011128=")) if begin_string else NONE


def _first(raw: bytes, start: bytes) -> str:
    at = raw.find(start)
    if at < 0 or (start == b"8=" and at > 0):
        return ""
    return raw[at + len(start) :].partition(b"\x01")[0][:20].decode("latin-1")


def _fields(raw: bytes, known: Legend) -> list[tuple[int, str]]:
    """Tags and values in order. A value that may hold delimiters is as long as the field before it says, if that fits."""
    text = raw.decode("latin-1")
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(text) and len(found) < FIELDS_MAX:
        end = _end(text, at)
        tag, is_field, value = text[at:end].partition("=")
        if not (is_field and tag.isascii() and tag.isdecimal() and len(tag) <= TAG_DIGITS_MAX):
            found.append((_NO_TAG, text[at:end]))
        elif int(tag) in known.data and (longer := _data_end(text, at + len(tag) + 1, found)):
            end = longer
            found.append((int(tag), text[at + len(tag) + 1 : end]))
        else:
            found.append((int(tag), value))
        at = end + 1
    if at < len(text):
        found.append((_NO_TAG, text[at:]))
    return found


def _end(text: str, at: int) -> int:
    end = text.find(SOH, at)
    return len(text) if end < 0 else end


def _data_end(text: str, start: int, found: list[tuple[int, str]]) -> int:
    """Where the data ends by its length; 0 where that is not the end of a field."""
    length = found[-1][1] if found else ""
    if not (length.isascii() and length.isdecimal() and len(length) <= TAG_DIGITS_MAX):
        return 0
    end = start + int(length)
    return end if text[end : end + 1] == SOH else 0


def _take(
    known: Legend, group: Group, found: list[tuple[int, str]], at: int, *, is_whole: bool = False
) -> tuple[tuple[Field, ...], int]:
    """The fields of one entry from `at` on, and where the next thing begins: at a field that comes again, or is no member."""
    taken: list[Field] = []
    seen: set[int] = set()
    while at < len(found):
        tag, value = found[at]
        if not is_whole and (tag in seen or tag not in group.members) and not _is_custom_inside(known, group, found, at):
            break
        seen.add(tag)
        at += 1
        entries: list[tuple[Field, ...]] = []
        if tag in group.groups:
            at = _take_entries(known, group.groups[tag], found, at, entries)
        taken.append(_field(known, tag, value, tuple(entries)))
    return tuple(taken), at


def _is_custom_inside(known: Legend, group: Group, found: list[tuple[int, str]], at: int) -> bool:
    """Whether a field that FIX does not have stands before one of the group's."""
    return found[at][0] not in known.names and at + 1 < len(found) and found[at + 1][0] in group.members


def _take_entries(known: Legend, group: Group, found: list[tuple[int, str]], at: int, entries: list[tuple[Field, ...]]) -> int:
    """Each entry begins with the field that the first one began with."""
    first = found[at][0] if at < len(found) else _NO_TAG
    while at < len(found) and found[at][0] == first and first in group.members:
        entry, at = _take(known, group, found, at)
        entries.append(entry)
    return at


def _field(known: Legend, tag: int, value: str, entries: tuple[tuple[Field, ...], ...]) -> Field:
    if tag in CREDENTIALS:
        value = MASK
    return Field(tag, value, known.names.get(tag, ""), _meaning(known, tag, value), entries)


def _meaning(known: Legend, tag: int, value: str) -> str:
    """Of a code, or of each of several codes with spaces between."""
    codes = known.codes.get(tag)
    if not codes:
        return ""
    if value in codes:
        return codes[value]
    words = value.split(" ")
    return " ".join(codes[word] for word in words) if len(words) > 1 and all(word in codes for word in words) else ""
