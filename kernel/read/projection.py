"""A read model: one row class, the table made from it, one pure function for each fact."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from kernel.envelope import About
from kernel.event import Event

R = TypeVar("R")
F = TypeVar("F", bound=Event)
Changes = Mapping[str, object] | None
"""What a fact changes in the row; {} is nothing, None takes the row away."""
Fold = Callable[[R, F, About], Changes]
Keys = Callable[[F, About], Sequence[str]]

SQL_TYPE: dict[object, str] = {
    bool: "boolean",
    str: "text",
    int: "bigint",
    float: "double precision",
    bytes: "bytea",
    UUID: "uuid",
    datetime: "timestamptz",
    date: "date",
    Decimal: "numeric",
    list: "jsonb",
    dict: "jsonb",
}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    optional: bool


def _subject(_fact: Any, about: About) -> Sequence[str]:
    return (about.key,)


class Projection(Generic[R]):
    """Every field but the key needs a default: a row begins blank.

    Raise `version` when the row or a fold changes: the table is then built anew beside the old one.
    """

    def __init__(
        self, row: type[R], *, key: str, version: int, indexes: Sequence[str] = ()
    ) -> None:
        self.row, self.key, self.version, self.indexes = row, key, version, tuple(indexes)
        self.name = re.sub(r"(?<!^)(?=[A-Z])", "_", row.__name__).lower()
        self.table = f"{self.name}__v{version}"
        self.columns = columns(row)
        self.blank("")  # raises TypeError where a field has no default
        self.folds: dict[str, tuple[Fold[R, Any], Keys[Any]]] = {}
        self.kinds: dict[str, type[Event]] = {}

    def when(self, kind: type[F], keys: Keys[F] = _subject) -> Callable[[Fold[R, F]], Fold[R, F]]:
        """Registers the function for one fact. `keys` are its rows, else its subject's own."""

        def register(fold: Fold[R, F]) -> Fold[R, F]:
            self.kinds[kind.__name__] = kind
            self.folds[kind.__name__] = (fold, keys)
            return fold

        return register

    def blank(self, key: str) -> R:
        return self.row(**{self.key: key})


def columns(row: type[Any]) -> tuple[Column, ...]:
    hints = get_type_hints(row)
    return tuple(_column(f.name, hints[f.name]) for f in fields(row))


def _column(name: str, hint: Any) -> Column:
    """By method resolution order: an enum of text is text, a datetime is not a date."""
    optional = get_origin(hint) is UnionType
    base = next(k for k in get_args(hint) if k is not type(None)) if optional else hint
    plain = get_origin(base) or base
    return Column(name, next(SQL_TYPE[k] for k in plain.__mro__ if k in SQL_TYPE), optional)
