"""The hash chain of one stream, over the bytes as they are stored."""

import hashlib

GENESIS = bytes(32)


def link(prev: bytes, meta: bytes, data: bytes) -> bytes:
    """The hash of the next fact. The length of `meta` is hashed too: no byte can change sides."""
    return hashlib.sha256(b"\0" + prev + len(meta).to_bytes(4, "big") + meta + data).digest()
