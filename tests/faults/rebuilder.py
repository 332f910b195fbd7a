"""A rebuild of the shelf, for a process of its own, that may die at a crash point."""

import asyncio

from kernel.database import Database
from kernel.read import rebuild
from tests.faults.node import die_at
from tests.kernel.library.shelves import shelf

PAGE = 100
"""Small, so that few facts fill several."""


def rebuild_shelf(url: str, die: str) -> None:
    rebuild.MOST = PAGE
    asyncio.run(_rebuild_shelf(url, die))


async def _rebuild_shelf(url: str, die: str) -> None:
    db = Database(url, "rebuilder", pool=3)
    if die:
        die_at(db, die)
    await rebuild.rebuild(db, shelf)
    await db.close()
