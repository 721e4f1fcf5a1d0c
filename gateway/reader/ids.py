"""The ids by which anybody may ask for an order, found in raw messages and in records. Pure."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from gateway.codec.text import readable_fields

ID_TAGS = frozenset({11, 41, 37, 198, 17, 19})
"""ClOrdID, OrigClOrdID, OrderID, SecondaryOrderID, ExecID, ExecRefID."""
CHAIN_TAGS = frozenset({11, 41, 37, 198})
"""Those that name an order and no execution."""
_VALUE = rb'((?:[^\\"]|\\[^u])+)'
_TAGS = "|".join(str(tag) for tag in sorted(ID_TAGS)).encode()
_IN_RAW = re.compile(rb"\\u0001(?:" + _TAGS + rb")=" + _VALUE)
_NAMES = (
    "root_id", "parent_id", "client_order_id", "orig_client_order_id", "cl_ord_id", "orig_cl_ord_id", "order_id", "exec_id",
    "exec_ref_id", "secondary_order_id",
)  # fmt: skip
_IN_FIELDS = re.compile(rb'"(?:' + "|".join(_NAMES).encode() + rb')":"' + _VALUE + rb'"')


def ids_of(payload: bytes) -> Iterator[str]:
    """Every id that a record names: in its own fields, and in the message that it holds. For the index."""
    for pattern in (_IN_RAW, _IN_FIELDS):
        for found in pattern.findall(payload):
            yield msgspec.json.decode(b'"' + found + b'"') if b"\\" in found or not found.isascii() else found.decode()


def named_in(raw: bytes, tags: Iterable[int] = ID_TAGS) -> set[str]:
    """The ids in a message, as far as it can be read."""
    wanted = frozenset(tags)
    return {value for tag, value in readable_fields(raw) if tag in wanted and value}
