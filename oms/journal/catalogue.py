"""Which events there are: turns an event into a record's kind, version and payload, and old records into today's events."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct, inspect

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Lifts the fields of an event from one version to the next. Decimals and enums are as in JSON: strings."""

_fields = msgspec.json.Decoder(dict[str, Any]).decode


class UnknownKind(Exception):
    """The journal holds a kind of event that this release does not know."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"no event is called {kind}: the journal was written by another release")
        self.kind = kind


class UnknownVersion(Exception):
    """The journal holds a version of an event that this release does not know."""

    def __init__(self, kind: str, version: int, current: int) -> None:
        super().__init__(f"{kind} has versions 1 to {current}, not {version}: the journal was written by another release")
        self.kind = kind
        self.version = version


class Undecodable(Exception):
    """The payload of a record is not the event that its header says."""

    def __init__(self, kind: str, version: int, reason: str) -> None:
        super().__init__(f"{kind} version {version} does not decode: {reason}")
        self.kind = kind
        self.version = version
        self.reason = reason


class Catalogue:
    """Every kind of event, by name.

    events: frozen Structs with a ClassVar VERSION, that refuse unknown fields, as does every Struct inside them.
    upcasters: by kind and version; the one for version n makes version n + 1. Each version below today's has one.
    """

    def __init__(self, events: Iterable[type[Struct]], upcasters: Mapping[tuple[str, int], Upcaster] | None = None) -> None:
        self._upcasters = dict(upcasters or {})
        self._events: dict[str, type[Struct]] = {}
        self._headers: dict[type[Struct], tuple[str, int]] = {}
        self._decoders: dict[tuple[str, int], Callable[[bytes], Struct]] = {}
        for event in events:
            self._add(event)
        _assert_each_lifts(self._headers.values(), self._upcasters)
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    def encode(self, event: Struct) -> tuple[str, int, bytes]:
        """The kind, the version and the payload: JSON with fields in the order of the class."""
        kind, version = self._headers[type(event)]
        return kind, version, self._encode(event)

    def decode(self, kind: str, version: int, payload: bytes) -> Struct:
        """The event, in today's version. Raises UnknownKind, UnknownVersion, Undecodable."""
        decode = self._decoders.get((kind, version))
        try:
            return decode(payload) if decode else self._lift(kind, version, payload)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Undecodable(kind, version, str(error)) from error

    def _lift(self, kind: str, version: int, payload: bytes) -> Struct:
        event = self._events.get(kind)
        if event is None:
            raise UnknownKind(kind)
        current = self._headers[event][1]
        if not 1 <= version < current:
            raise UnknownVersion(kind, version, current)
        fields = _fields(payload)
        for step in range(version, current):
            fields = self._upcasters[kind, step](fields)
        return msgspec.convert(fields, event)

    def _add(self, event: type[Struct]) -> None:
        kind, version = event.__name__, _version(event)
        assert kind not in self._events, f"two events are called {kind}"
        for part in structs(event):
            assert part.__struct_config__.forbid_unknown_fields, f"{part.__name__} (in {kind}) must set forbid_unknown_fields"
        self._events[kind] = event
        self._headers[event] = (kind, version)
        self._decoders[kind, version] = msgspec.json.Decoder(event).decode


def structs(event: type[Struct]) -> set[type[Struct]]:
    """The event and every Struct that its fields can hold."""
    found: set[type[Struct]] = set()
    waiting: list[inspect.Type] = [inspect.type_info(event)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, inspect.StructType):
            if part.cls in found:
                continue
            found.add(part.cls)
        waiting += _inside(part)
    return found


def _inside(part: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(part, inspect.StructType):
        yield from (field.type for field in part.fields)
    elif isinstance(part, inspect.UnionType):
        yield from part.types
    elif isinstance(part, inspect.TupleType):
        yield from part.item_types
    elif isinstance(part, inspect.DictType):
        yield from (part.key_type, part.value_type)
    elif isinstance(part, inspect.CollectionType):
        yield part.item_type


def _version(event: type[Struct]) -> int:
    version = getattr(event, "VERSION", None)
    assert isinstance(version, int), f"{event.__name__} must say its VERSION"
    assert version >= 1, f"{event.__name__} must have a VERSION from 1"
    return version


def _assert_each_lifts(headers: Iterable[tuple[str, int]], upcasters: Mapping[tuple[str, int], Upcaster]) -> None:
    needed = {(kind, step) for kind, version in headers for step in range(1, version)}
    for kind, step in sorted(needed ^ upcasters.keys()):
        lacking = (kind, step) in needed
        raise AssertionError(f"{kind} version {step} has {'no upcaster' if lacking else 'an upcaster that nothing needs'}")
