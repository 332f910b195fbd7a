"""The Merkle tree of RFC 9162 (as in RFC 6962), grown leaf by leaf from its right edge alone."""

import hashlib
from dataclasses import dataclass
from functools import reduce

SIZE, HASH = 8, 32
EMPTY = hashlib.sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees, the largest first: one for each bit of `size`."""

    size: int = 0
    edge: tuple[bytes, ...] = ()

    def add(self, leaf_hash: bytes) -> "Frontier":
        """A carry, as in counting: full subtrees on the right join the new one."""
        edge, new, size = self.edge, leaf_hash, self.size
        while size & 1:
            edge, new, size = edge[:-1], node(edge[-1], new), size >> 1
        return Frontier(self.size + 1, (*edge, new))

    def root(self) -> bytes:
        return reduce(lambda new, left: node(left, new), self.edge[::-1]) if self.edge else EMPTY

    def dump(self) -> bytes:
        return self.size.to_bytes(SIZE, "big") + b"".join(self.edge)

    @classmethod
    def load(cls, raw: bytes) -> "Frontier":
        size, rest = int.from_bytes(raw[:SIZE], "big"), raw[SIZE:]
        if len(raw) < SIZE or len(rest) != size.bit_count() * HASH:
            raise ValueError("these bytes are not the edge of a tree")
        return cls(size, tuple(rest[n : n + HASH] for n in range(0, len(rest), HASH)))
