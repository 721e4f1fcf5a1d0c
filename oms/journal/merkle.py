"""The tree hash of RFC 6962 (section 2.1): one root for many records, and proofs that a record is under it."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of no leaves."""


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree hash of `leaves`, each given as its data."""
    level = hash_leaves(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        level = _above(level)
    return level[0]


def hash_leaves(leaves: Iterable[bytes]) -> list[bytes]:
    """The lowest level of the tree."""
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of the leaf at `index`: the sibling on each level where it has one, lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    level = hash_leaves(leaves)
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _above(level)
        index //= 2
    return tuple(path)


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that `leaf` is number `index` of the `size` leaves under `root`."""
    if not 0 <= index < size:
        return False
    siblings = iter(path)
    node = sha256(b"\x00" + leaf).digest()
    last = size - 1
    while last:
        if index % 2 or index < last:
            sibling = next(siblings, None)
            if sibling is None or len(sibling) != 32:
                return False
            pair = sibling + node if index % 2 else node + sibling
            node = sha256(b"\x01" + pair).digest()
        index //= 2
        last //= 2
    return next(siblings, None) is None and node == root


def _above(level: list[bytes]) -> list[bytes]:
    """The level above: nodes in pairs; one without a sibling rises as it is (so the left tree is always the full one)."""
    pairs = iter(level)
    nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
    if len(level) % 2:
        nodes.append(level[-1])
    return nodes
