"""Closes and opens sealed texts: AES-256-GCM, each with its subject, its fact and its place.

A text that was moved whole still opens: that it stands where it stood, the chain of hashes says.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.seal.sealed import MARK, Broken, Sealed, parts, subject_of

NONCE = 12


def close(key: bytes, subject: str, bound: str, plain: str) -> str:
    nonce = os.urandom(NONCE)
    box = AESGCM(key).encrypt(nonce, plain.encode(), f"{subject}:{bound}".encode())
    return f"{MARK}:{subject}:{bound}:{base64.b64encode(nonce + box).decode()}"


def open_with(key: bytes, token: str) -> str:
    subject, bound, box = parts(token)
    raw = base64.b64decode(box)
    try:
        plain = AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], f"{subject}:{bound}".encode())
    except InvalidTag:
        raise Broken(f"{subject}: this text cannot be opened with its key") from None
    return plain.decode()


@dataclass(slots=True)
class FactSealer:
    """Closes the sealed fields of one fact; each is bound to the fact and to its place in it."""

    keys: Mapping[str, bytes]
    key: str
    fact: UUID
    nth: int = 0

    def close(self, text: Sealed) -> str:
        subject = subject_of(text, self.key)
        bound, self.nth = f"{self.fact}:{self.nth}", self.nth + 1
        return close(self.keys[subject], subject, bound, text.plain or "")


@dataclass(frozen=True, slots=True)
class Sealer:
    keys: Mapping[str, bytes]
    key: str

    def for_fact(self, fact: UUID) -> FactSealer:
        return FactSealer(self.keys, self.key, fact)
