"""A sealed text: plain in a decision, ciphertext wherever it rests. How it is closed: `box`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, SerializationInfo
from pydantic_core import CoreSchema, SchemaSerializer, core_schema

MARK = "sealed:1"
ATOMS = (str, int, float, date, UUID, type(None))  # most of a fact, and soon passed


class Broken(ValueError):
    """This ciphertext was altered, or closed with another key."""


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
    close = getattr(info.context, "close", None)  # of a `box.FactSealer`
    if close is None:
        raise ValueError("plain text may be written only through a sealer")
    return str(close(text))


TOKEN = core_schema.str_schema(metadata={"pydantic_js_updates": {"format": "sealed"}})
SCHEMA = core_schema.no_info_plain_validator_function(
    read,
    json_schema_input_schema=TOKEN,
    serialization=core_schema.plain_serializer_function_ser_schema(
        _written, info_arg=True, return_schema=TOKEN
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
