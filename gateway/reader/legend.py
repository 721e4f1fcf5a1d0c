"""What FIX calls things: names, meanings of codes, and which fields make a repeating group, out of the installed dictionaries."""

from collections.abc import Mapping
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import msgspec

from gateway.fix import dictionary
from gateway.fix.dictionary import DictionaryMissing

_TRANSPORT = "FIXT.1.1"
_BY_APPL_VER_ID = {"2": "FIX40", "3": "FIX41", "4": "FIX42", "5": "FIX43", "6": "FIX44", "7": "FIX50", "8": "FIX50SP1"}
"""ApplVerID(1128); all else is the newest, FIX50SP2."""
_DATA = frozenset({"DATA", "XMLDATA"})


class Group(msgspec.Struct, frozen=True):
    """The fields of one entry of a repeating group, and the groups inside. A whole message is one such entry."""

    members: frozenset[int] = frozenset()
    groups: Mapping[int, "Group"] = {}
    """By the tag that counts the entries."""


class Legend(msgspec.Struct, frozen=True):
    """One version of FIX."""

    names: Mapping[int, str] = {}
    codes: Mapping[int, Mapping[str, str]] = {}
    data: frozenset[int] = frozenset()
    """Fields that may hold a delimiter: the field before them says how long they are."""
    messages: Mapping[str, tuple[str, Group]] = {}
    """Name and groups by MsgType(35)."""

    def message_name(self, msg_type: str) -> str:
        """Empty for one that FIX does not have."""
        return self.messages[msg_type][0] if msg_type in self.messages else ""


NONE = Legend()
"""Of a version of which there is no dictionary: all are numbers."""


def legend(begin_string: str, appl_ver_id: str = "") -> Legend:
    """What the message with this BeginString(8), and ApplVerID(1128) if it has one, is read by."""
    if begin_string == _TRANSPORT:
        return _legend("FIXT11", _BY_APPL_VER_ID.get(appl_ver_id, "FIX50SP2"))
    name = begin_string.replace(".", "")
    return _legend(name) if name in _BY_APPL_VER_ID.values() else NONE


@cache
def _legend(*names: str) -> Legend:
    """Of one dictionary, or of that of the session messages and that of the business messages together."""
    try:
        found = [_read(name) for name in names]
    except DictionaryMissing:
        return NONE
    header = found[0].messages[""][1]
    messages = {kind: (name, _joined(header, group)) for one in found for kind, (name, group) in one.messages.items() if kind}
    return Legend(
        names={tag: name for one in found for tag, name in one.names.items()},
        codes={tag: codes for one in found for tag, codes in one.codes.items()},
        data=frozenset().union(*(one.data for one in found)),
        messages=messages,
    )


def _joined(header: Group, body: Group) -> Group:
    return Group(header.members | body.members, {**header.groups, **body.groups})


def _read(name: str) -> Legend:
    """One dictionary as it is; its header stands among the messages, under no type."""
    root = ElementTree.parse(dictionary.path(name)).getroot()  # noqa: S314  Our own installed file.
    fields = [(int(str(f.get("number"))), str(f.get("name")), f) for f in root.iterfind("./fields/field")]
    tags = {name: tag for tag, name, _ in fields}
    components = {str(one.get("name")): one for one in root.iterfind("./components/component")}
    header = root.find("./header")
    assert header is not None, f"{name} has a header"
    messages = {
        str(one.get("msgtype")): (str(one.get("name")), _group(one, tags, components))
        for one in root.iterfind("./messages/message")
    }
    return Legend(
        names={tag: name for tag, name, _ in fields},
        codes={tag: codes for tag, _, field in fields if (codes := _codes(field))},
        data=frozenset(tag for tag, _, field in fields if field.get("type") in _DATA),
        messages={"": ("", _group(header, tags, components)), **messages},
    )


def _codes(field: Element) -> dict[str, str]:
    return {str(value.get("enum")): str(value.get("description")) for value in field.iterfind("value")}


def _group(part: Element, tags: Mapping[str, int], components: Mapping[str, Element]) -> Group:
    members: set[int] = set()
    groups: dict[int, Group] = {}
    for one in part:
        name = str(one.get("name"))
        if one.tag == "component":
            inside = _group(components[name], tags, components)
            members |= inside.members
            groups |= inside.groups
        elif name in tags:
            members.add(tags[name])
            if one.tag == "group":
                groups[tags[name]] = _group(one, tags, components)
    return Group(frozenset(members), groups)
