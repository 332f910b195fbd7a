"""A sealed text: plain in a decision, ciphertext wherever it rests."""

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, SerializationInfo
from pydantic_core import CoreSchema, SchemaSerializer, core_schema

NONCE = 12
MARK = "sealed:1"
ATOMS = (str, int, float, date, UUID, type(None))  # most of a fact, and soon passed


class Broken(ValueError):
    """This ciphertext was altered, moved, or closed with another key."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Either `plain` under `subject`, as a decider makes it, or the `token` that is stored.

    A subject without a slash belongs to the stream's own key: `reporter` becomes `reporter/<key>`.
    """

    subject: str = ""
    plain: str | None = field(default=None, repr=False)
    token: str = ""
    __pydantic_serializer__: ClassVar[SchemaSerializer]

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return SCHEMA


def read(value: object) -> Sealed:
    if isinstance(value, Sealed):
        return value
    if isinstance(value, str) and value.startswith(MARK + ":"):
        return Sealed(subject=parts(value)[0], token=value)
    raise ValueError("a sealed text is read from its token only")


def _written(text: Sealed, info: SerializationInfo) -> str:
    if text.plain is None:
        return text.token
    if not isinstance(info.context, FactSealer):
        raise ValueError("plain text may be written only through a sealer")
    return info.context.close(text)


SCHEMA = core_schema.no_info_plain_validator_function(
    read,
    json_schema_input_schema=core_schema.str_schema(),
    serialization=core_schema.plain_serializer_function_ser_schema(
        _written, info_arg=True, return_schema=core_schema.str_schema()
    ),
)
# Where pydantic knows no type (Any, a union none of whose members could be written) it asks the
# value itself, and would else write a dataclass field by field: the plain text too.
Sealed.__pydantic_serializer__ = SchemaSerializer(SCHEMA)


def parts(token: str) -> tuple[str, str, str]:
    """(subject, what it is bound to, ciphertext)."""
    try:
        head, event, nth, box = token.rsplit(":", 3)
    except ValueError:
        raise Broken("not a sealed text") from None
    return head.removeprefix(MARK + ":"), f"{event}:{nth}", box


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


def subject_of(text: Sealed, key: str) -> str:
    return text.subject if "/" in text.subject else f"{text.subject}/{key}"


def plain_texts(value: object) -> Iterator[Sealed]:
    """Every text in a fact that still has to be closed."""
    if not isinstance(value, Sealed):
        for part in _within(value):
            if not isinstance(part, ATOMS):
                yield from plain_texts(part)
    elif value.plain is not None:
        yield value


def _within(value: object) -> Iterable[object]:
    if isinstance(value, BaseModel):
        return (part for _, part in value)
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    return [getattr(value, part.name) for part in fields(value)] if is_dataclass(value) else ()
