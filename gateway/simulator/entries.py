"""A fault as it is asked for, in a script, on the command line or by the control socket: which, when, and for how long."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gateway.simulator.faults import KINDS, ApplicationFault, WireFault


class Unusable(Exception):
    """Words that name no fault, or give one an option that it does not have or a value that it cannot have: says which."""


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which message a fault strikes, or which one a state begins with. Only messages that it could strike count."""

    after: Annotated[int, Meta(ge=0, le=1_000_000_000, description="messages that pass before")] = 0
    msg_type: Annotated[str, Meta(max_length=8, description="only MsgType(35)")] = ""
    at_s: Annotated[float, Meta(ge=0, le=86_400, description="seconds from now")] = 0.0
    chance: Annotated[float, Meta(gt=0, le=1, description="how likely it strikes")] = 1.0
    seed: Annotated[int, Meta(description="of the chance")] = 1


class Lasting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long: whatever is reached first. With neither, a fault strikes once, and a state lasts until it is cleared."""

    times: Annotated[int, Meta(ge=0, le=1_000_000_000, description="messages it strikes")] = 0
    s: Annotated[float, Meta(ge=0, le=86_400, description="seconds since it began")] = 0.0


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fault that is asked for: which, when, and for how long."""

    fault: ApplicationFault | WireFault
    when: When = When()
    lasting: Lasting = msgspec.field(default=Lasting(), name="for")

    def __str__(self) -> str:
        """In the words that `read` takes."""
        said = {**_changed(self.fault), **_changed(self.when), **_renamed(_changed(self.lasting))}
        return " ".join([self.fault.name, *(f"{name}={value}" for name, value in said.items())])


_FOR_S = "for_s"
"""The name of Lasting.s where it stands beside the options of a fault, one of which may be called `s` too."""
WHEN_WORDS: tuple[str, ...] = When.__struct_fields__
LASTING_WORDS: tuple[str, ...] = ("times", _FOR_S)


def told(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """What a fault, When or Lasting is for and which options it takes, for people."""
    config = kind.__struct_config__
    fields = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]  # Of a struct it is a StructType.
    described = {field.name: _described(field) for field in fields}
    name = str(config.tag) if config.tag else kind.__name__.lower()
    what = " ".join((kind.__doc__ or "").split())
    options = _renamed(described) if kind is Lasting else described
    return {"name": name, "is_state": getattr(kind, "is_state", False), "what": what, "options": options}


def read(words: str) -> Entry:
    """The entry in words such as `late-ack ms=250 for_s=10`. Raises Unusable."""
    name, *rest = words.split() or [""]
    if not name:
        raise Unusable("no fault is named")
    options: dict[str, Any] = {}
    for word in rest:
        option, is_there, value = word.partition("=")
        if not is_there or option in options:
            raise Unusable(f"{name}: {word!r} is no option=value, or its option is there twice")
        options[option] = value
    return entry(name, options)


def entry(name: str, options: Mapping[str, Any]) -> Entry:
    """The entry of a fault's name and all its options in one; numbers may be text. Raises Unusable."""
    when = {option: value for option, value in options.items() if option in WHEN_WORDS}
    lasting = {option: value for option, value in options.items() if option in LASTING_WORDS}
    if _FOR_S in lasting:
        lasting["s"] = lasting.pop(_FOR_S)
    own = {option: value for option, value in options.items() if option not in WHEN_WORDS + LASTING_WORDS}
    return converted({"fault": {"name": name, **own}, "when": when, "for": lasting}, strict=False)


def converted(found: Any, *, strict: bool = True) -> Entry:
    """The entry in plain data, where `fault` may be a name alone. Raises Unusable."""
    if isinstance(found, Mapping) and isinstance(found.get("fault"), str):
        found = {**found, "fault": {"name": found["fault"]}}
    fault = found.get("fault") if isinstance(found, Mapping) else None
    name = fault.get("name") if isinstance(fault, Mapping) else None
    if isinstance(name, str) and name not in KINDS:
        raise Unusable(f"{name!r} is no fault; there are: {', '.join(KINDS)}")
    try:
        return msgspec.convert(found, Entry, strict=strict)
    except msgspec.ValidationError as failure:
        raise Unusable(f"{name}: {failure}" if isinstance(name, str) else str(failure)) from failure


def _changed(value: msgspec.Struct) -> dict[str, Any]:
    """The fields that are not as they are when nobody says anything."""
    return {field: found for field in value.__struct_fields__ if (found := getattr(value, field)) != _default(value, field)}


def _default(value: msgspec.Struct, name: str) -> Any:
    return next(field.default for field in msgspec.structs.fields(value) if field.name == name)


def _described(field: msgspec.inspect.Field) -> str:
    found = field.type
    description = ""
    if isinstance(found, msgspec.inspect.Metadata):
        description, found = (found.extra_json_schema or {}).get("description", ""), found.type
    values = f" ({' or '.join(map(str, found.values))})" if isinstance(found, msgspec.inspect.LiteralType) else ""
    default = "" if field.required else f"; {field.default!r} if nothing is said"
    return f"{description}{values}{default}"


def _renamed(said: dict[str, Any]) -> dict[str, Any]:
    return {_FOR_S if name == "s" else name: value for name, value in said.items()}
