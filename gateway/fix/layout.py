"""What a client's messages look like by FIX's dictionary, as far as QuickFIX does not compare it. Starts no QuickFIX.

QuickFIX puts the fields of a repeating group in order before it looks at them, knows no data that has a delimiter inside, and
falls silent on a Logon(A) that its dictionary refuses.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import msgspec

from gateway.codec.version import Version
from gateway.fix import dictionary

Found = list[tuple[bytes, bytes]]
"""The fields of a message, tags and values as they came."""
_LOGON = "A"
_DATA = frozenset({"DATA", "XMLDATA"})
_NOTHING, _ANYTHING = re.compile(rb"(?!)"), re.compile(rb"[^\x01]+")
_NUMBER = re.compile(rb"-?\d{1,18}")
_TIME = re.compile(rb"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])-([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?")
_FORMS = {"UTCTIMESTAMP": _TIME, "BOOLEAN": re.compile(rb"[YN]"), "CHAR": re.compile(rb"[^\x01]")}
_FORMS |= dict.fromkeys(("INT", "LENGTH", "NUMINGROUP", "SEQNUM"), _NUMBER)


class Group(msgspec.Struct, frozen=True):
    """A repeating group: where each field of an entry stands, the first one at 0, and the groups inside."""

    places: Mapping[bytes, int]
    groups: Mapping[bytes, "Group"]


class Groups(msgspec.Struct, frozen=True):
    """The groups of one message, by the tag of their count."""

    found: Mapping[bytes, Group]
    any_of: re.Pattern[bytes]
    """Whether a message has any, without taking it apart."""


class Layout(msgspec.Struct, frozen=True):
    """Of one version."""

    header: frozenset[bytes]
    trailer: frozenset[bytes]
    logon: Mapping[bytes, re.Pattern[bytes]]
    """What the fields of a Logon(A) may hold, header and trailer included."""
    groups: Mapping[bytes, Groups]
    """By MsgType(35)."""
    data: Mapping[bytes, bytes]
    """The field of data by the field that says its length, and that comes just before it."""


@cache
def layout(version: Version) -> Layout:
    """Read from the installed dictionaries. Raises DictionaryMissing."""
    session = _Fix(version.transport_data_dictionary or version.data_dictionary)
    business = _Fix(version.data_dictionary)
    header = session.root.find("header")
    groups: dict[bytes, Groups] = {}
    for fix in {session.name: session, business.name: business}.values():
        for message in fix.root.iterfind("./messages/message"):
            found = {**session.groups(header), **fix.groups(message)}
            tags = b"|".join(found)
            any_of = re.compile(rb"\x01(?:%b)=" % tags) if found else _NOTHING
            groups[str(message.get("msgtype")).encode()] = Groups(found, any_of)
    of_header, of_trailer = (frozenset(session.tags(session.root.find(part))) for part in ("header", "trailer"))
    logon = session.root.find(f"./messages/message[@msgtype='{_LOGON}']")
    fields = {tag: session.form(tag) for tag in of_header | of_trailer | frozenset(session.tags(logon))}
    data = {**session.data(), **business.data()}
    return Layout(of_header, of_trailer, fields, groups, data)


def out_of_order(found: Found, groups: Mapping[bytes, Group]) -> bytes:
    """The first field of a group that stands before one that has to come first; empty if there is none."""
    at = 0
    while at < len(found):
        group, at = groups.get(found[at][0]), at + 1
        if group is not None:
            at, wrong = _entries(found, at, group)
            if wrong:
                return wrong
    return b""


def _entries(found: Found, at: int, group: Group) -> tuple[int, bytes]:
    """Where the entries that begin at `at` end, and the first field that is out of order."""
    last = -1
    while at < len(found) and (place := group.places.get(found[at][0])) is not None:
        tag = found[at][0]
        if place and place <= last:
            return at, tag
        last, at = place, at + 1
        inner = group.groups.get(tag)
        if inner is not None:
            at, wrong = _entries(found, at, inner)
            if wrong:
                return at, wrong
    return at, b""


class _Fix:
    """One dictionary."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = ElementTree.parse(dictionary.path(name)).getroot()  # noqa: S314  Our own installed file.
        self._fields = {str(field.get("number")).encode(): field for field in self.root.iterfind("./fields/field")}
        self._tags = {field.get("name"): tag for tag, field in self._fields.items()}
        self._components = {component.get("name"): component for component in self.root.iterfind("./components/component")}

    def tags(self, part: Element | None) -> Iterator[bytes]:
        """Of all fields, those inside of groups too."""
        for one in self._members(part):
            yield self._tags[one.get("name")]
            if one.tag == "group":
                yield from self.tags(one)

    def form(self, tag: bytes) -> re.Pattern[bytes]:
        """What its value may be. Where that is for `judge` to say, anything."""
        field = self._fields[tag]
        values = [re.escape(str(value.get("enum")).encode()) for value in field.findall("value")]
        if field.get("name") in dictionary.JUDGED:
            return _ANYTHING
        return re.compile(b"|".join(values)) if values else _FORMS.get(str(field.get("type")), _ANYTHING)

    def groups(self, part: Element | None) -> dict[bytes, Group]:
        """Those that are not inside of others."""
        return {self._tags[one.get("name")]: self._group(one) for one in self._members(part) if one.tag == "group"}

    def _group(self, group: Element) -> Group:
        places = {self._tags[one.get("name")]: place for place, one in enumerate(self._members(group))}
        return Group(places, self.groups(group))

    def _members(self, part: Element | None) -> Iterator[Element]:
        """Fields and groups, components resolved."""
        assert part is not None
        for one in part:
            if one.tag == "component":
                yield from self._members(self._components[one.get("name")])
            else:
                yield one

    def data(self) -> dict[bytes, bytes]:
        """By their lengths: these have the same name with a word more, or, where it was made shorter, the number before."""
        found: dict[bytes, bytes] = {}
        for tag, field in self._fields.items():
            if field.get("type") in _DATA:
                named = (self._tags.get(f"{field.get('name')}{word}", b"") for word in ("Len", "Length"))
                before = b"%d" % (int(tag) - 1)
                found[next(filter(None, named), before)] = tag
        return found
