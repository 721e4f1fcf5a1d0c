"""What a peer's FIX has that FIX itself has not, in the words of its file; and why that cannot be laid over FIX's dictionary."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import msgspec

from gateway.codec.version import Version
from gateway.fix.dictionary import DictionaryMissing, path
from gateway.fix.overlay import Field, Group, Message, Overlay, tags_in, types_in
from ops.toml_file import Key

_TAG = re.compile(r"[1-9][0-9]{0,8}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
_MSG_TYPE = re.compile(r"[A-Za-z0-9]{1,8}")
_COUNTS = frozenset({"NUMINGROUP", "INT"})
_LOGON = "A"


class FieldWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[dictionary.fields.TAG]: a field that is new, or other than FIX has it. What is left out is as FIX has it."""

    name: str = ""
    type: str = ""
    """As FIX calls it: STRING where nothing is said, and FIX has no such field."""
    values: Mapping[str, str] = {}
    """Each with its meaning; the only ones there are. Left out: as FIX has them."""


class GroupWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[dictionary.message.group]]: the tag that counts its entries, and the tags of each, the first one first."""

    count: int
    fields: tuple[int, ...]


class MessageWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"groups": "group"}):
    """[[dictionary.message]]: what a message has beyond what FIX says."""

    msg_type: str
    name: str = ""
    """Of a message that FIX has not."""
    required: tuple[int, ...] = ()
    optional: tuple[int, ...] = ()
    groups: tuple[GroupWords, ...] = ()


class DictionaryWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"messages": "message"}):
    """[dictionary]."""

    fields: Mapping[str, FieldWords] = {}
    messages: tuple[MessageWords, ...] = ()

    def meaning(self, version: Version) -> Overlay:
        """Of words of which none is `wrong`."""
        known = _known(version)
        fields = (_field(int(tag), words, known.get(int(tag))) for tag, words in self.fields.items())
        return Overlay(tuple(fields), tuple(_message(words) for words in self.messages))

    def wrong(self, version: Version, *, is_judged: bool) -> Iterator[tuple[Key, str]]:
        """`is_judged`: whether what the peer sends is refused where it is not as the dictionary says. A client's is; of a venue
        the dictionary only takes groups apart."""
        try:
            known = _known(version)
        except DictionaryMissing as missing:
            yield ("dictionary",), str(missing)
            return
        for tag, words in self.fields.items():
            at = ("dictionary", "fields", tag)
            if not _TAG.fullmatch(tag):
                yield at, f"{tag!r} is no tag: a number of at most 9 digits"
                continue
            yield from self._wrong_field(at, int(tag), words, known, version)
            if words.values and not is_judged:
                yield (*at, "values"), "it has no effect: what a venue says is never refused for a value"
        for place, message in enumerate(self.messages):
            yield from self._wrong_message(place, message, known, version, is_judged=is_judged)

    def _wrong_field(
        self, at: Key, tag: int, words: FieldWords, known: Mapping[int, Element], version: Version
    ) -> Iterator[tuple[Key, str]]:
        fix, named = known.get(tag), {str(field.get("name")): number for number, field in known.items()}
        if tag in _headers(version):
            yield at, f"{_headers(version)[tag]}({tag}) is the session's"
        elif fix is None and not words.name:
            yield at, f"FIX has no tag {tag}, so it needs a name"
        elif fix is not None and words.name not in ("", fix.get("name")):
            yield (*at, "name"), f"FIX calls {tag} {fix.get('name')}"
        elif words.name and not _NAME.fullmatch(words.name):
            yield (*at, "name"), f"{words.name!r} is not 1 to 64 letters and digits, a letter first"
        elif fix is None and words.name in named:
            yield (*at, "name"), f"{words.name} is what FIX calls {named[words.name]}"
        elif words.name in [other.name for number, other in self.fields.items() if number != str(tag)] and words.name:
            yield (*at, "name"), f"{words.name} is there twice"
        types = _types(version)
        if words.type and words.type not in types:
            yield (*at, "type"), f"{words.type!r} is none of {', '.join(sorted(types))}"
        for value in words.values:
            if not value or not (value.isascii() and value.isprintable()):
                yield (*at, "values"), f"{value!r} is not printable ASCII text"

    def _wrong_message(
        self, place: int, message: MessageWords, known: Mapping[int, Element], version: Version, *, is_judged: bool
    ) -> Iterator[tuple[Key, str]]:
        at: Key = ("dictionary", "message", place)
        name = _messages(version).get(message.msg_type)
        if not _MSG_TYPE.fullmatch(message.msg_type):
            yield (*at, "msg_type"), f"{message.msg_type!r} is no MsgType(35)"
        elif name is None and not _NAME.fullmatch(message.name):
            yield (*at, "msg_type"), f"{version.begin_string} has no message 35={message.msg_type}, so it needs a name"
        elif name is not None and message.name not in ("", name):
            yield (*at, "name"), f"FIX calls 35={message.msg_type} {name}"
        if message.msg_type in [other.msg_type for other in self.messages[:place]]:
            yield (*at, "msg_type"), f"35={message.msg_type} is there twice"
        if message.required and not is_judged:
            yield (*at, "required"), "it has no effect: what a venue says is never refused for what it lacks"
        if message.required and message.msg_type == _LOGON:
            yield (*at, "required"), "it has no effect: what a Logon needs is judged by us, not by a dictionary"
        for tag in sorted(set(message.required) & set(message.optional)):
            yield (*at, "optional"), f"{tag} is required, too"
        for tag in tags_in(_message(message)):
            if tag in _headers(version):
                yield at, f"{_headers(version)[tag]}({tag}) is the session's"
            elif tag not in known and str(tag) not in self.fields:
                yield at, f"tag {tag} is neither FIX's nor in [dictionary.fields]"
        for number, group in enumerate(message.groups):
            yield from self._wrong_group((*at, "group", number), group, known)

    def _wrong_group(self, at: Key, group: GroupWords, known: Mapping[int, Element]) -> Iterator[tuple[Key, str]]:
        if not group.fields:
            yield (*at, "fields"), "an entry has no fields"
        twice = sorted({tag for tag in group.fields if group.fields.count(tag) > 1 or tag == group.count})
        for tag in twice:
            yield (*at, "fields"), f"{tag} is there twice"
        words, fix = self.fields.get(str(group.count)), known.get(group.count)
        kind = (words.type if words else "") or (str(fix.get("type")) if fix is not None else "STRING")
        if (words is not None or fix is not None) and kind not in _COUNTS:
            yield (*at, "count"), f"{group.count} counts the entries, and is of type {kind}: it must be NUMINGROUP"

    def described(self) -> Iterator[tuple[str, str]]:
        """Rules that a person can read."""
        for tag, words in self.fields.items():
            values = ", ".join(f"{value} {meaning}" for value, meaning in words.values.items())
            yield "field", " ".join(filter(None, (f"{tag}", words.name, words.type, values and f"({values})")))
        for message in self.messages:
            groups = [f"{group.count} times {', '.join(map(str, group.fields))}" for group in message.groups]
            said = (
                ("needs", [str(tag) for tag in message.required]),
                ("may have", [*map(str, message.optional), *groups]),
            )
            has = "; ".join(f"{how} {', '.join(what)}" for how, what in said if what)
            yield "message", f"35={message.msg_type} {message.name and message.name + ' '}{has or 'is taken'}"


def _field(tag: int, words: FieldWords, fix: Element | None) -> Field:
    kind, name = (str(fix.get("type")), str(fix.get("name"))) if fix is not None else ("STRING", words.name)
    return Field(tag, name, words.type or kind, tuple(words.values.items()))


def _message(words: MessageWords) -> Message:
    groups = tuple(Group(group.count, group.fields) for group in words.groups)
    return Message(words.msg_type, words.name, words.required, words.optional, groups)


@cache
def _trees(version: Version) -> tuple[Element, ...]:
    """FIX's own dictionaries of the version. Raises DictionaryMissing."""
    names = filter(None, (version.data_dictionary, version.transport_data_dictionary))
    return tuple(ElementTree.parse(path(name)).getroot() for name in names)  # noqa: S314  Our own installed files.


def _known(version: Version) -> Mapping[int, Element]:
    return {int(field.get("number", "0")): field for fix in _trees(version) for field in fix.iterfind("./fields/field")}


def _types(version: Version) -> frozenset[str]:
    return types_in(_trees(version)) | {"NUMINGROUP"}


def _messages(version: Version) -> Mapping[str, str]:
    return {str(m.get("msgtype")): str(m.get("name")) for fix in _trees(version) for m in fix.iterfind("./messages/message")}


def _headers(version: Version) -> Mapping[int, str]:
    """What the session puts around each message, by tag."""
    names = {
        one.get("name") for fix in _trees(version) for part in ("header", "trailer") for one in fix.iterfind(f"./{part}/field")
    }
    return {tag: str(field.get("name")) for tag, field in _known(version).items() if field.get("name") in names}
