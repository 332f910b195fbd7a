"""Reading what one has just written: waits until a read model has passed that fact."""

import asyncio
import time

from sqlalchemy import text

from kernel import feed
from kernel.database import Database
from kernel.read.reader import Reader

PASSED = text("select seq from kernel.checkpoints where name = :name")
LIMIT, LOOK = 2.0, 0.25


async def shown(
    db: Database, reader: Reader, table: str, stream_id: str, version: int, limit: float = LIMIT
) -> bool:
    """False after `limit` seconds: show what there is, and say that it is not the newest."""
    end = time.monotonic() + limit
    while True:
        moved = reader.moved
        if await _passed(db, table, stream_id, version):
            return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        try:  # another process may move the checkpoint, so look now and then
            await asyncio.wait_for(moved.wait(), min(left, LOOK))
        except TimeoutError:
            continue


async def _passed(db: Database, table: str, stream_id: str, version: int) -> bool:
    place = await feed.place(db, stream_id, version)
    if place is None:
        return False
    rows = await db.all(PASSED, name=table)  # none while the table is still being built
    return any(row.seq >= place for row in rows)
