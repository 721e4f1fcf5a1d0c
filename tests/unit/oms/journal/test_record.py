"""The bytes that are hashed, fixed for ever: a journal written today is verified by every later release."""

from hashlib import sha256

import pytest
from msgspec.structs import replace

from oms.journal.record import GENESIS, Record, leaf, link

RECORD = Record(7, 2, 1_700_000_000_000_000_001, "OrderPlaced", 1, 'FG"1é', b'{"raw":"\x00\xe9\n"}')


def test_leaf_is_the_header_as_json_a_newline_and_the_payload() -> None:
    assert leaf(RECORD) == '[7,2,1700000000000000001,"OrderPlaced",1,"FG\\"1é"]\n'.encode() + b'{"raw":"\x00\xe9\n"}'


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 8},
        {"epoch": 3},
        {"at_ns": 1_700_000_000_000_000_002},
        {"kind": "OrderPlacee"},
        {"version": 2},
        {"key": 'FG"1e'},
        {"key": 'FG"1é"]\n'},
        {"payload": b""},
    ],
)
def test_leaf_changes_with_every_part(change: dict[str, object]) -> None:
    assert leaf(replace(RECORD, **change)) != leaf(RECORD)


def test_leaf_does_not_let_bytes_move_between_key_and_payload() -> None:
    one = replace(RECORD, key="A\n", payload=b"B")
    other = replace(RECORD, key="A", payload=b"\nB")
    assert leaf(one) != leaf(other)


def test_link_covers_the_chain_before_both_ends_the_epoch_and_the_root() -> None:
    root = sha256(b"root").digest()
    links = {
        link(GENESIS, 1, 2, 3, root),
        link(root, 1, 2, 3, root),
        link(GENESIS, 2, 2, 3, root),
        link(GENESIS, 1, 3, 3, root),
        link(GENESIS, 1, 2, 4, root),
        link(GENESIS, 1, 2, 3, GENESIS),
    }
    assert len(links) == 6


def test_link_and_genesis_stay_as_the_first_release_made_them() -> None:
    assert GENESIS == sha256(b"fixgate journal\n").digest()
    packed = b"\x02" + GENESIS + bytes.fromhex("000000000000000100000000000000020000000000000003") + GENESIS
    assert link(GENESIS, 1, 2, 3, GENESIS) == sha256(packed).digest()
