"""Folds a batch of facts into a read model: read the touched rows, fold in memory, write once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.event import Event
from kernel.feed import Told
from kernel.read.projection import Column, Projection

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact that one consumer hears, read; or the reason why it could not be."""

    told: Told
    fact: Event | None
    trouble: str = ""
    state: str = "parked"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fact that could not be taken; `state` is what its parking place says."""

    told: Told
    state: str
    error: str


def fold(
    projection: Projection[R], rows: dict[str, R | None], batch: Sequence[Heard]
) -> list[Trouble]:
    """Changes `rows` in place. After the first trouble of a key, the rest of that key waits."""
    troubles: list[Trouble] = []
    stuck: set[str] = set()
    for heard in batch:
        if heard.told.key in stuck:
            troubles.append(Trouble(heard.told, "behind", ""))
        elif trouble := _fold_one(projection, rows, heard):
            stuck.add(heard.told.key)
            troubles.append(trouble)
    return troubles


def _fold_one(projection: Projection[R], rows: dict[str, R | None], heard: Heard) -> Trouble | None:
    told, about = heard.told, heard.told.about
    if heard.fact is None or about is None or told.type is None:
        return Trouble(told, heard.state, heard.trouble)
    function, keys = projection.folds[told.type]
    try:
        touched = {k: rows.get(k) or projection.blank(k) for k in keys(heard.fact, about)}
        changes = {k: function(row, heard.fact, about) for k, row in touched.items()}
    except Exception as error:  # a bug in one fold must not stop the others
        return Trouble(told, "parked", f"{type(error).__name__} in the fold of {told.type}")
    for key, row in touched.items():  # only now: a fact is folded whole or not at all
        change = changes[key]
        rows[key] = None if change is None else _changed(row, change)
    return None


def _changed(row: R, changes: Any) -> R:
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def touched(projection: Projection[Any], batch: Iterable[Heard]) -> list[str]:
    keys: set[str] = set()
    for heard in batch:
        told = heard.told
        if heard.fact is not None and told.about is not None and told.type is not None:
            keys.update(_keys(projection, told.type, heard.fact, told.about))
    return sorted(keys)


def _keys(projection: Projection[Any], kind: str, fact: Event, about: Any) -> Sequence[str]:
    try:
        return projection.folds[kind][1](fact, about)
    except Exception:  # the fold meets the same error and parks the fact with it
        return ()


async def project(
    conn: AsyncConnection, projection: Projection[R], table: str, batch: Sequence[Heard]
) -> list[Trouble]:
    """In the caller's transaction. Keys are sorted, so two writers cannot deadlock."""
    rows = await rows_of(conn, projection, table, touched(projection, batch))
    before = set(rows)
    troubles = fold(projection, rows, batch)
    gone = sorted(key for key, row in rows.items() if row is None and key in before)
    kept = [rows[key] for key in sorted(rows) if rows[key] is not None]
    if gone:
        await conn.execute(_delete(projection, table), {"gone": gone})
    if kept:
        await conn.execute(_upsert(projection, table), _arrays(projection, kept))
    return troubles


async def rows_of(
    conn: AsyncConnection, projection: Projection[R], table: str, keys: Sequence[str]
) -> dict[str, R | None]:
    if not keys:
        return {}
    names = ", ".join(c.name for c in projection.columns)
    found = await conn.execute(
        text(f"select {names} from read.{table} where {projection.key} = any(:keys)"),  # noqa: S608
        {"keys": keys},
    )
    json = [i for i, c in enumerate(projection.columns) if c.type == "jsonb"]
    return {getattr(row, projection.key): _row(projection, row, json) for row in found}


def _row(projection: Projection[R], row: Sequence[Any], json: Sequence[int]) -> R:
    values = list(row)
    for i in json:
        values[i] = orjson.loads(values[i]) if isinstance(values[i], str) else values[i]
    return projection.row(*values)


def _arrays(projection: Projection[R], rows: Sequence[R | None]) -> dict[str, list[Any]]:
    return {c.name: [_value(c, getattr(row, c.name)) for row in rows] for c in projection.columns}


def _value(column: Column, value: Any) -> Any:
    if column.type == "jsonb" and value is not None:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value


def _delete(projection: Projection[Any], table: str) -> Any:
    return text(f"delete from read.{table} where {projection.key} = any(:gone)")  # noqa: S608


def _upsert(projection: Projection[Any], table: str) -> Any:
    """Names come from the row class alone, never from data."""
    cols = projection.columns
    names = ", ".join(c.name for c in cols)
    given = ", ".join(f"cast(:{c.name} as {_wire(c)}[])" for c in cols)
    taken = ", ".join(
        f"cast(r.{c.name} as jsonb)" if c.type == "jsonb" else f"r.{c.name}" for c in cols
    )
    changed = ", ".join(f"{c.name} = excluded.{c.name}" for c in cols if c.name != projection.key)
    conflict = f"do update set {changed}" if changed else "do nothing"
    return text(
        f"insert into read.{table} ({names}) select {taken} from unnest({given}) as r({names})"  # noqa: S608
        f" on conflict ({projection.key}) {conflict}"
    )


def _wire(column: Column) -> str:
    return "text" if column.type == "jsonb" else column.type
