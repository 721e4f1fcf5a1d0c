"""The tree hash against known answers; the properties stand in tests/properties."""

import pytest

from oms.journal import merkle

LEAVES = tuple(
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)
"""The leaves that implementations of Certificate Transparency test each other with."""

ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_root_is_the_known_answer(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("index", [-1, 8])
def test_proof_of_a_leaf_that_is_not_there_is_an_index_error(index: int) -> None:
    with pytest.raises(IndexError, match=f"no leaf {index} among 8"):
        merkle.proof(LEAVES, index)


def test_a_tree_of_one_leaf_needs_no_path() -> None:
    assert merkle.proof(LEAVES[:1], 0) == ()
    assert merkle.includes(bytes.fromhex(ROOTS[1]), 1, 0, LEAVES[0], ())


def test_no_proof_holds_in_an_empty_tree() -> None:
    assert not merkle.includes(merkle.EMPTY, 0, 0, b"", ())


def test_a_node_passed_off_as_a_leaf_is_not_included() -> None:
    left, right = merkle.hash_leaves(LEAVES[:2])
    assert not merkle.includes(merkle.root(LEAVES[:2]), 1, 0, left + right, ())
