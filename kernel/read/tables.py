"""The tables of read models: made from their row class, read through a view."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel import feed
from kernel.read.projection import Column, Projection

CHECKPOINT = text("insert into kernel.checkpoints (name) values (:name) on conflict do nothing")
REGISTER = text("""
insert into kernel.projections (name, version, since) values (:name, :version, kernel.now())
on conflict (name) do update set version = excluded.version, since = excluded.since
""")
EXISTS = text("select to_regclass(:table) is not null")
LIVE = text("select name, version from kernel.projections where name = any(:names)")
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('kernel.read.tables'))")


async def live(
    conn: AsyncConnection, projections: Sequence[Projection[Any]]
) -> list[Projection[Any]]:
    """Those whose table, in this program's version, is the one that pages read."""
    rows = await conn.execute(LIVE, {"names": [p.name for p in projections]})
    versions: dict[str, int] = {row.name: row.version for row in rows}
    return [p for p in projections if versions.get(p.name) == p.version]


async def older(
    conn: AsyncConnection, projections: Sequence[Projection[Any]]
) -> list[Projection[Any]]:
    """Those that pages read in an older version than this program's, or not at all yet.

    A program that is itself older must not take its version back: it waits to be replaced.
    """
    rows = await conn.execute(LIVE, {"names": [p.name for p in projections]})
    versions: dict[str, int] = {row.name: row.version for row in rows}
    return [p for p in projections if versions.get(p.name, 0) < p.version]


async def prepare(conn: AsyncConnection, projections: Sequence[Projection[Any]]) -> None:
    """In an empty store an empty table is all there is to show; elsewhere a rebuild comes first."""
    await conn.execute(ONE_AT_A_TIME)
    if (await conn.execute(feed.HEAD)).scalar_one():
        return
    known = {row.name for row in await conn.execute(LIVE, {"names": [p.name for p in projections]})}
    for projection in projections:
        if projection.name not in known:
            await make(conn, projection, projection.table)
            await show(conn, projection)


async def make(conn: AsyncConnection, projection: Projection[Any], table: str) -> None:
    """Indexes are named by the server: a name of ours would outlive a rename of the table."""
    if (await conn.execute(EXISTS, {"table": f"read.{table}"})).scalar():
        return
    columns = ", ".join(_ddl(projection, c) for c in projection.columns)
    room = "with (fillfactor = 70)"  # for updates in place: rows here change often
    await conn.execute(text(f"create table read.{table} ({columns}) {room}"))
    for name in projection.indexes:
        await conn.execute(text(f"create index on read.{table} ({name})"))
    await conn.execute(CHECKPOINT, {"name": table})


async def show(conn: AsyncConnection, projection: Projection[Any]) -> None:
    """From this transaction on, pages read this version."""
    await conn.execute(text(f"drop view if exists read.{projection.name}"))
    names = ", ".join(c.name for c in projection.columns)
    await conn.execute(
        text(f"create view read.{projection.name} as select {names} from read.{projection.table}")  # noqa: S608
    )
    await conn.execute(REGISTER, {"name": projection.name, "version": projection.version})


def _ddl(projection: Projection[Any], column: Column) -> str:
    if column.name == projection.key:
        return f"{column.name} {column.type} primary key"
    return f"{column.name} {column.type}" + ("" if column.optional else " not null")
