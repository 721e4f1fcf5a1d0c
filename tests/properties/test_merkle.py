"""The fast tree hash against the recursive definition of RFC 6962, section 2.1, written as slowly as it stands there."""

from collections.abc import Sequence
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from oms.journal import merkle

leaf_lists = st.lists(st.binary(max_size=8), max_size=70)
indexed = st.lists(st.binary(max_size=8), min_size=1, max_size=70).flatmap(
    lambda leaves: st.tuples(st.just(leaves), st.integers(0, len(leaves) - 1))
)


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def audit_path(m: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return ()
    k = split(len(leaves))
    if m < k:
        return (*audit_path(m, leaves[:k]), tree_hash(leaves[k:]))
    return (*audit_path(m - k, leaves[k:]), tree_hash(leaves[:k]))


def split(size: int) -> int:
    """The largest power of two below `size`."""
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def test_root_is_the_definition_at_every_size() -> None:
    leaves = [bytes([i % 256, i // 256]) for i in range(300)]
    assert all(merkle.root(leaves[:size]) == tree_hash(leaves[:size]) for size in range(301))


def test_every_proof_at_every_size_is_the_definition_and_holds() -> None:
    leaves = [bytes([i]) for i in range(40)]
    for size in range(1, 41):
        tree = leaves[:size]
        root = merkle.root(tree)
        for index in range(size):
            path = merkle.proof(tree, index)
            assert path == audit_path(index, tree)
            assert merkle.includes(root, size, index, tree[index], path)


@given(leaf_lists)
def test_root_is_the_definition_for_any_leaves(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == tree_hash(leaves)


@given(indexed, st.binary(max_size=8))
def test_a_proof_holds_for_no_other_leaf(tree: tuple[list[bytes], int], other: bytes) -> None:
    leaves, index = tree
    path, root = merkle.proof(leaves, index), merkle.root(leaves)
    assert merkle.includes(root, len(leaves), index, other, path) == (other == leaves[index])


@given(indexed, st.integers(-1, 70))
def test_a_proof_holds_at_no_other_index(tree: tuple[list[bytes], int], other: int) -> None:
    leaves, index = tree
    numbered = [bytes([i]) + leaf for i, leaf in enumerate(leaves)]
    path, root = merkle.proof(numbered, index), merkle.root(numbered)
    assert merkle.includes(root, len(leaves), other, numbered[index], path) == (other == index)


@given(indexed, st.data())
def test_a_changed_path_proves_nothing(tree: tuple[list[bytes], int], data: st.DataObject) -> None:
    leaves, index = tree
    path = list(merkle.proof(leaves, index))
    change = data.draw(st.sampled_from(["longer", "shorter", "flipped"] if path else ["longer"]))
    if change == "longer":
        path.insert(data.draw(st.integers(0, len(path))), b"\x07" * 32)
    elif change == "shorter":
        path.pop(data.draw(st.integers(0, len(path) - 1)))
    else:
        at = data.draw(st.integers(0, len(path) - 1))
        path[at] = bytes([path[at][0] ^ 1]) + path[at][1:]
    assert not merkle.includes(merkle.root(leaves), len(leaves), index, leaves[index], path)
