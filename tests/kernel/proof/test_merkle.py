"""The tree is the one of RFC 6962: its published roots, and its definition at every size."""

import hashlib
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.proof.merkle import Frontier, leaf
from tests.kernel.proof.archive import tree_hash

# The reference vectors of Certificate Transparency.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
INPUTS += ["606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

DATA = st.lists(st.binary(max_size=8), max_size=70)


def grown(data: list[bytes], tree: Frontier | None = None) -> Frontier:
    return reduce(lambda tree, one: tree.add(leaf(one)), data, tree or Frontier())


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    data = [bytes.fromhex(one) for one in INPUTS[:size]]
    assert grown(data).root().hex() == ROOTS[size - 1]
    assert grown(data).size == size


def test_the_root_of_no_facts() -> None:
    assert Frontier().root() == hashlib.sha256(b"").digest()


@given(DATA)
def test_grown_leaf_by_leaf_it_is_the_defined_tree(data: list[bytes]) -> None:
    assert grown(data).root() == tree_hash(data)


@given(DATA, DATA)
def test_put_away_and_taken_up_again_it_grows_on(before: list[bytes], after: list[bytes]) -> None:
    kept = grown(before).dump()
    assert Frontier.load(kept) == grown(before)
    assert grown(after, Frontier.load(kept)).root() == tree_hash(before + after)


def test_growing_leaves_the_smaller_tree_as_it_was() -> None:
    small = grown([b"a", b"b", b"c"])
    root = small.root()
    grown([b"d"], small)
    assert (small.size, small.root()) == (3, root)


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw[:-1], lambda raw: raw + bytes(32), lambda _: b""]
)
def test_crooked_bytes_are_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="not the edge of a tree"):
        Frontier.load(spoil(grown([b"a", b"b", b"c"]).dump()))
