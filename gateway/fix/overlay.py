"""What a peer's FIX has that FIX itself has not: fields, values, messages, groups and required tags, laid over a dictionary."""

from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

import msgspec


class Field(msgspec.Struct, frozen=True):
    """A field that is new, or of another type or with other values than FIX has it."""

    tag: int
    name: str
    type: str
    values: tuple[tuple[str, str], ...] = ()
    """Each with its meaning. Empty for any value of the type."""


class Group(msgspec.Struct, frozen=True):
    """A repeating group; or more fields of one that FIX has."""

    count: int
    """The tag that says how often it comes."""
    fields: tuple[int, ...]
    """Of each entry, in order: the first one begins it."""


class Message(msgspec.Struct, frozen=True):
    """What a message has beyond what FIX says."""

    msg_type: str
    name: str = ""
    """Of a message that FIX has not."""
    required: tuple[int, ...] = ()
    optional: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()


class Overlay(msgspec.Struct, frozen=True):
    fields: tuple[Field, ...] = ()
    messages: tuple[Message, ...] = ()


NOTHING = Overlay()


def lay(overlay: Overlay, fix: Element) -> None:
    """Change the dictionary `fix`. A message that it has not is made only where it says `name`: where session and business
    messages have a dictionary each, the message may be the other one's."""
    for field in overlay.fields:
        _lay_field(field, fix)
    names = {int(field.get("number", "0")): str(field.get("name")) for field in fix.iterfind("./fields/field")}
    for message in overlay.messages:
        if message.name:
            _lay_msg_type(message, fix)
        its = fix.find(f"./messages/message[@msgtype='{message.msg_type}']")
        if its is None and message.name and fix.find("./messages/message[@msgcat='app']") is not None:
            its = SubElement(_part(fix, "messages"), "message", name=message.name, msgtype=message.msg_type, msgcat="app")
        if its is not None:
            _lay_message(message, its, names)


def tags_in(message: Message) -> Iterator[int]:
    """Every tag that it speaks of."""
    yield from message.required
    yield from message.optional
    for group in message.groups:
        yield group.count
        yield from group.fields


def _lay_field(field: Field, fix: Element) -> None:
    its = fix.find(f"./fields/field[@number='{field.tag}']")
    if its is None:
        its = SubElement(_part(fix, "fields"), "field", number=str(field.tag), name=field.name)
    its.set("type", field.type)
    if field.values:
        for value in its.findall("value"):
            its.remove(value)
        for code, meaning in field.values:
            SubElement(its, "value", enum=code, description=meaning)


def _lay_msg_type(message: Message, fix: Element) -> None:
    """A new message is a new value of MsgType(35)."""
    values = fix.find("./fields/field[@name='MsgType']")
    if values is not None and values.find("value") is not None and values.find(f"./value[@enum='{message.msg_type}']") is None:
        SubElement(values, "value", enum=message.msg_type, description=message.name)


def _lay_message(message: Message, its: Element, names: Mapping[int, str]) -> None:
    for group in message.groups:
        entry = _named(its, "group", names[group.count], "N")
        for tag in group.fields:
            _named(entry, "field", names[tag], "N")
    for tags, required in ((message.required, "Y"), (message.optional, "N")):
        for tag in tags:
            _named(its, _kind(its, names[tag]), names[tag], required).set("required", required)


def _kind(parent: Element, name: str) -> str:
    """A group is named by its count."""
    return "field" if parent.find(f"./group[@name='{name}']") is None else "group"


def _named(parent: Element, kind: str, name: str, required: str) -> Element:
    """The part of this name, made where it is not."""
    found = parent.find(f"./{kind}[@name='{name}']")
    return SubElement(parent, kind, name=name, required=required) if found is None else found


def _part(fix: Element, name: str) -> Element:
    part = fix.find(name)
    assert part is not None, f"a dictionary without {name}"
    return part


def types_in(fixes: Iterable[Element]) -> frozenset[str]:
    """The types of fields that there are."""
    return frozenset(str(field.get("type")) for fix in fixes for field in fix.iterfind("./fields/field"))
