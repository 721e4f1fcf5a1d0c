"""Events into payloads and back, old versions lifted, everything unknown named."""

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

import msgspec
import pytest
from msgspec import Struct

from oms.journal.catalogue import Catalogue, Undecodable, UnknownKind, UnknownVersion


class Side(Enum):
    BUY = "1"
    SELL = "2"


class Leg(Struct, frozen=True, forbid_unknown_fields=True):
    leg_symbol: str


class Placed(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    VERSION: ClassVar[int] = 3

    cl_ord_id: str
    side: Side
    order_qty: Decimal
    raw: bytes = b""
    legs: tuple[Leg, ...] = ()


class Halted(Struct, frozen=True, forbid_unknown_fields=True):
    VERSION: ClassVar[int] = 1

    scope: str


def name_the_id(fields: dict[str, Any]) -> dict[str, Any]:
    """Version 1 called the id `id`."""
    return {"cl_ord_id": fields.pop("id"), **fields}


def say_the_side(fields: dict[str, Any]) -> dict[str, Any]:
    """Version 2 signed the quantity."""
    qty = Decimal(fields["order_qty"])
    return fields | {"side": "2" if qty < 0 else "1", "order_qty": str(abs(qty))}


CATALOGUE = Catalogue([Placed, Halted], {("Placed", 1): name_the_id, ("Placed", 2): say_the_side})
PLACED = Placed("FG1", Side.SELL, Decimal("100.50"), b"\x00\xe9", (Leg("IBM"),))
PAYLOAD = b'{"cl_ord_id":"FG1","side":"2","order_qty":"100.50","raw":"AOk=","legs":[{"leg_symbol":"IBM"}]}'


def test_encode_gives_name_version_and_json_in_the_order_of_the_fields() -> None:
    assert CATALOGUE.encode(PLACED) == ("Placed", 3, PAYLOAD)


def test_decode_gives_the_event_back_with_its_digits() -> None:
    decoded = CATALOGUE.decode("Placed", 3, PAYLOAD)
    assert decoded == PLACED
    assert isinstance(decoded, Placed)
    assert str(decoded.order_qty) == "100.50"


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_version_is_lifted_step_by_step(version: int) -> None:
    fields = {1: b'{"id":"FG1","order_qty":"-100.50","raw":"AOk="}', 2: b'{"cl_ord_id":"FG1","order_qty":"-100.50","raw":"AOk="}'}
    assert CATALOGUE.decode("Placed", version, fields[version]) == Placed("FG1", Side.SELL, Decimal("100.50"), b"\x00\xe9")


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnknownKind, match="no event is called Teleported"):
        CATALOGUE.decode("Teleported", 1, b"{}")


@pytest.mark.parametrize("version", [-1, 0, 4])
def test_an_unknown_version_is_named(version: int) -> None:
    with pytest.raises(UnknownVersion, match=f"Placed has versions 1 to 3, not {version}"):
        CATALOGUE.decode("Placed", version, PAYLOAD)


@pytest.mark.parametrize(
    ("version", "payload", "reason"),
    [
        (3, PAYLOAD[:-1], "truncated"),
        (3, PAYLOAD[:-1] + b',"colour":"red"}', "unknown field `colour`"),
        (3, PAYLOAD.replace(b'"leg_symbol"', b'"colour":1,"leg_symbol"'), r"unknown field `colour` - at `\$.legs\[0\]`"),
        (3, b'{"cl_ord_id":"FG1","order_qty":"1"}', "missing required field `side`"),
        (3, PAYLOAD.replace(b'"100.50"', b'"many"'), r"\$.order_qty"),
        (3, PAYLOAD.replace(b"FG1", b"F\xff1"), "utf-8"),
        (2, b'{"cl_ord_id":"FG1","order_qty":"1","colour":"red"}', "unknown field `colour`"),
        (2, b"[]", "Expected `object`"),
        (2, b"\xff", "malformed"),
    ],
)
def test_a_payload_that_is_not_the_event_is_undecodable(version: int, payload: bytes, reason: str) -> None:
    with pytest.raises(Undecodable, match=f"Placed version {version} does not decode: .*{reason}"):
        CATALOGUE.decode("Placed", version, payload)


class Loose(Struct, frozen=True):
    VERSION: ClassVar[int] = 1


class LooseInside(Struct, frozen=True, forbid_unknown_fields=True):
    VERSION: ClassVar[int] = 1

    by_name: dict[str, list[Loose | None]]


class Ageless(Struct, frozen=True, forbid_unknown_fields=True):
    pass


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Catalogue([Loose]), r"Loose \(in Loose\) must set forbid_unknown_fields"),
        (lambda: Catalogue([LooseInside]), r"Loose \(in LooseInside\) must set forbid_unknown_fields"),
        (lambda: Catalogue([Ageless]), "Ageless must say its VERSION"),
        (lambda: Catalogue([Halted, Halted]), "two events are called Halted"),
        (lambda: Catalogue([Placed], {("Placed", 1): name_the_id}), "Placed version 2 has no upcaster"),
        (lambda: Catalogue([Halted], {("Halted", 1): name_the_id}), "Halted version 1 has an upcaster that nothing needs"),
    ],
)
def test_a_catalogue_with_a_hole_is_not_made(make: Callable[[], Catalogue], reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        make()


def test_an_event_that_is_not_in_the_catalogue_cannot_be_encoded() -> None:
    with pytest.raises(KeyError, match="Ageless"):
        CATALOGUE.encode(Ageless())


def test_a_set_or_dict_is_written_in_one_order_only() -> None:
    class Grouped(Struct, frozen=True, forbid_unknown_fields=True):
        VERSION: ClassVar[int] = 1

        by_name: dict[str, int]

    catalogue = Catalogue([Grouped])
    assert catalogue.encode(Grouped({"b": 1, "a": 2})) == catalogue.encode(Grouped({"a": 2, "b": 1}))
    assert msgspec.json.decode(catalogue.encode(Grouped({"b": 1}))[2]) == {"by_name": {"b": 1}}
