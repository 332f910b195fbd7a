"""Builds a read model anew beside the old one, and swaps the two behind their view."""

from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel import feed
from kernel.database import Database
from kernel.read import tables
from kernel.read.consumers import Showing
from kernel.read.projection import Projection
from kernel.read.reader import Reader

log = structlog.get_logger(__name__)
MOST = 2_000
Progress = Callable[[int, int], None]
"""Called with the place reached and the end of the feed."""

LOCK = text("""
select name, seq from kernel.checkpoints where name = any(:names) order by name for update
""")
FORGET = text("delete from kernel.checkpoints where name = :name")
FORGET_PARKED = text("delete from kernel.parked where consumer = :name")
RENAME = text("update kernel.checkpoints set name = :to where name = :name")
RENAME_PARKED = text("update kernel.parked set consumer = :to where consumer = :name")
OLD_TABLES = text("""
select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'read' and c.relkind = 'r' and c.relname ~ :pattern
   and not c.relname = any(:keep)
""")


def beside(projection: Projection[Any]) -> str:
    return f"{projection.table}__next"


async def rebuild(
    db: Database, projection: Projection[Any], progress: Progress = lambda _at, _end: None
) -> None:
    """Goes on where an earlier run was stopped. Two runs at once are harmless."""
    async with db.begin() as conn:
        await conn.execute(tables.ONE_AT_A_TIME)
        await tables.make(conn, projection, beside(projection))
    reader = Reader(db, [Showing(projection, beside(projection))], MOST)
    await fill(db, reader, progress)
    while not await swap(db, projection, reader):
        await fill(db, reader, progress)


async def fill(db: Database, reader: Reader, progress: Progress) -> None:
    end = await feed.head(db)
    while await reader.forward():
        progress(reader.place, max(end, reader.place))


async def swap(db: Database, projection: Projection[Any], reader: Reader) -> bool:
    """False while the new table is too far from the end: pages neither go back nor begin midway."""
    async with db.begin() as conn:
        await conn.execute(tables.ONE_AT_A_TIME)
        names = [projection.table, beside(projection)]
        places = {row.name: row.seq for row in await conn.execute(LOCK, {"names": names})}
        if beside(projection) not in places:
            return True
        end = (await conn.execute(feed.HEAD)).scalar_one()
        if not await reader.reach(conn, places[beside(projection)], end):
            return False
        await _replace(conn, projection, projection.table in places)
    log.info("a rebuilt read model is live", name=projection.name, version=projection.version)
    return True


async def _replace(conn: AsyncConnection, projection: Projection[Any], existed: bool) -> None:
    old, new = projection.table, beside(projection)
    await conn.execute(text(f"drop view if exists read.{projection.name}"))
    if existed:
        await conn.execute(text(f"drop table read.{old}"))
        await conn.execute(FORGET, {"name": old})
        await conn.execute(FORGET_PARKED, {"name": old})
    await conn.execute(text(f"alter table read.{new} rename to {old}"))
    await conn.execute(RENAME, {"name": new, "to": old})
    await conn.execute(RENAME_PARKED, {"name": new, "to": old})
    await tables.show(conn, projection)


async def drop_old(db: Database, projection: Projection[Any]) -> list[str]:
    """Tables of versions that no page reads any more. Called a deploy later: nobody goes back."""
    async with db.begin() as conn:
        keep = [projection.table, beside(projection)]
        pattern = f"^{projection.name}__v[0-9]+(__next)?$"
        found = await conn.execute(OLD_TABLES, {"pattern": pattern, "keep": keep})
        names = [row.name for row in found]
        for name in names:
            await conn.execute(text(f"drop table read.{name}"))
            await conn.execute(FORGET, {"name": name})
            await conn.execute(FORGET_PARKED, {"name": name})
    return names
