"""What a counterparty says otherwise than FIX does, as data: names of symbols, fields set, removed, copied, remapped. Pure.

Outwards the symbols come first and then the rules, inwards the rules and then the symbols: a rule always reads and writes the
counterparty's own words. Rules are applied in their order, each to what the one before it made. The journal keeps both sides as
they were on the wire.
"""

from collections.abc import Iterable, Mapping

import msgspec

from gateway.codec.text import SOH

SYMBOL = "55"
HEADER = frozenset({"50", "57", "115", "116", "128", "129", "142", "143", "144", "145"})
"""Tags that a rule may set and that stand before the body: whom the message is from and for, beyond the session."""
_SESSION_MESSAGES = frozenset("012345A")
"""MsgType(35) of what the two FIX layers say to one another, in which no rule has a say."""
_Field = tuple[str, str, str]
"""Tag, equals sign and value; of what is no field, the whole of it and nothing."""


class Set(msgspec.Struct, frozen=True):
    """The tag has this value, whether it was there or not."""

    tag: str
    value: str


class Remove(msgspec.Struct, frozen=True):
    """The tag is not there, however often it was."""

    tag: str


class Copy(msgspec.Struct, frozen=True):
    """`tag` has the value of the first `source`; without one, nothing happens."""

    source: str
    tag: str


class Remap(msgspec.Struct, frozen=True):
    """Each value of the tag is another one; one that is not in the map stays."""

    tag: str
    values: Mapping[str, str]


Action = Set | Remove | Copy | Remap


class Rule(msgspec.Struct, frozen=True):
    """What is done to a message, and to which ones."""

    action: Action
    msg_types: frozenset[str] = frozenset()
    """MsgType(35); empty for all that are about business."""
    when_tag: str = ""
    """Only where this tag is there; empty for always."""
    when_values: frozenset[str] = frozenset()
    """Only where the first `when_tag` has one of these values; empty for any."""
    is_negated: bool = False
    """Only where all that is not so: the tag is not there, or has another value."""


class Dialect(msgspec.Struct, frozen=True, eq=False):
    """How one counterparty speaks."""

    symbols: Mapping[str, str] = {}
    """Their Symbol(55) by ours. One that is not here is called the same."""
    outgoing: tuple[Rule, ...] = ()
    incoming: tuple[Rule, ...] = ()


def said(dialect: Dialect, text: str) -> str:
    """Our message in the counterparty's words."""
    fields = _mapped(_fields(text), SYMBOL, dialect.symbols)
    return _joined(_ruled(fields, dialect.outgoing))


def heard(dialect: Dialect, raw: bytes) -> bytes:
    """The counterparty's message in ours. What is garbled stays so; bytes that are no ASCII stay as they are."""
    if not raw.endswith(b"\x01"):
        return raw
    fields = _ruled(_fields(raw.decode("latin-1")), dialect.incoming)
    ours = {theirs: ours for ours, theirs in dialect.symbols.items()}
    return _joined(_mapped(fields, SYMBOL, ours)).encode("latin-1")


def _ruled(fields: list[_Field], rules: Iterable[Rule]) -> list[_Field]:
    msg_type = _first(fields, "35")
    if msg_type is None or msg_type in _SESSION_MESSAGES:
        return fields
    for rule in rules:
        if _is_meant(rule, msg_type, fields):
            fields = _changed(fields, rule.action)
    return fields


def _is_meant(rule: Rule, msg_type: str, fields: list[_Field]) -> bool:
    if rule.msg_types and msg_type not in rule.msg_types:
        return False
    if not rule.when_tag:
        return True
    value = _first(fields, rule.when_tag)
    return (value is not None and (not rule.when_values or value in rule.when_values)) is not rule.is_negated


def _changed(fields: list[_Field], action: Action) -> list[_Field]:
    match action:
        case Set():
            return _with(fields, action.tag, action.value)
        case Remove():
            return [field for field in fields if field[0] != action.tag]
        case Copy():
            value = _first(fields, action.source)
            return fields if value is None else _with(fields, action.tag, value)
        case Remap():
            return _mapped(fields, action.tag, action.values)


def _with(fields: list[_Field], tag: str, value: str) -> list[_Field]:
    """A new field stands behind MsgType(35) where it belongs to the header, else before CheckSum(10)."""
    names = [name for name, _, _ in fields]
    if tag in names:
        return [(name, is_field, value if name == tag else its) for name, is_field, its in fields]
    place = names.index("35") + 1 if tag in HEADER else names.index("10") if "10" in names else len(fields)
    return [*fields[:place], (tag, "=", value), *fields[place:]]


def _mapped(fields: list[_Field], tag: str, values: Mapping[str, str]) -> list[_Field]:
    if not values:
        return fields
    return [(name, is_field, values.get(value, value) if name == tag else value) for name, is_field, value in fields]


def _first(fields: list[_Field], tag: str) -> str | None:
    return next((value for name, _, value in fields if name == tag), None)


def _fields(text: str) -> list[_Field]:
    return [part.partition("=") for part in text.removesuffix(SOH).split(SOH)]


def _joined(fields: list[_Field]) -> str:
    return "".join([f"{name}{is_field}{value}{SOH}" for name, is_field, value in fields])
