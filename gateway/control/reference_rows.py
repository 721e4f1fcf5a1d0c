"""Rows of reference data between the contract and our own: both have the same kinds, and fields of the same names."""

from typing import Any

import msgspec
from google.protobuf.message import Message

from gateway.api.v1.reference_pb2 import ReferenceRow
from gateway.control.reading import wrong
from oms.domain.reference import KINDS, AnyRow, Row, word

BY_NAME: dict[str, type[Row]] = {word(kind): kind for kind in KINDS}
"""The fields of ReferenceRow."""
Field = Any
"""A FieldDescriptor, which has two types: that of the stubs, and the one that runs."""
_BOOL = 8
"""TYPE_BOOL of a FieldDescriptor."""
_CODED = frozenset({"OrdType", "TimeInForce"})
"""Enums that the contract numbers by the ASCII code of the FIX code; the others by name, with a prefix."""


def row(given: ReferenceRow, place: int) -> AnyRow:
    """The row, from the place in the request that it has. Raises Refused."""
    name = given.WhichOneof("row")
    if name is None:
        raise wrong(f"rows[{place}]", "holds no row")
    try:
        found: Any = msgspec.convert(_values(getattr(given, name)), BY_NAME[name])
    except (msgspec.ValidationError, ValueError) as problem:
        raise wrong(f"rows[{place}].{name}", str(problem)) from problem
    return found  # type: ignore[no-any-return]  # Of that kind, which only runs.


def shown(held: AnyRow) -> ReferenceRow:
    """The row as the contract has it."""
    told = ReferenceRow()
    _fill(getattr(told, word(type(held))), msgspec.to_builtins(held))
    return told


def _values(message: Message) -> dict[str, Any]:
    """Its fields; what is empty is left out, so that it is what it is when nobody says it."""
    found = {field.name: _value(field, value) for field, value in message.ListFields()}
    flags = [field for field in message.DESCRIPTOR.fields if field.type == _BOOL]
    return {**{field.name: False for field in flags}, **found}


def _value(field: Field, value: Any) -> Any:
    if field.is_repeated:
        return [_one(field, item) for item in value]
    return _one(field, value)


def _one(field: Field, value: Any) -> Any:
    if isinstance(value, Message):
        return _values(value)
    if field.enum_type is None:
        return value
    if field.enum_type.name in _CODED:
        return chr(value)
    named = field.enum_type.values_by_number.get(value)
    return str(value if named is None else named.name).removeprefix(_prefix(field))


def _prefix(field: Field) -> str:
    """MARKET_STATE_ of MarketState."""
    return str(field.enum_type.values_by_number[0].name).removesuffix("UNSPECIFIED")


def _fill(message: Message, values: dict[str, Any]) -> None:
    message.SetInParent()
    for field in message.DESCRIPTOR.fields:
        value = values.get(field.name)
        if value is None:
            continue
        if field.is_repeated:
            _fill_each(getattr(message, field.name), field, value)
        else:
            setattr(message, field.name, _number(field, value))


def _fill_each(repeated: Any, field: Field, values: list[Any]) -> None:
    for value in values:
        if isinstance(value, dict):
            _fill(repeated.add(), value)
        else:
            repeated.append(_number(field, value))


def _number(field: Field, value: Any) -> Any:
    if field.enum_type is None:
        return value
    return ord(value) if field.enum_type.name in _CODED else field.enum_type.values_by_name[f"{_prefix(field)}{value}"].number
