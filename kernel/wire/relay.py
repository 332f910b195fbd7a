"""Tells every fact of this service to the city, in the local order, and says it again if unsure."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import Database
from kernel.envelope import to_headers
from kernel.feed import MOST_BYTES
from kernel.wire.producer import Outbound, Record

MOST, MOST_PAGES, ENOUGH = 1_000, 8, 10.0  # seconds: no step may outlast the lease
Page = Sequence[Row[Any]]

ENTER = text("insert into kernel.checkpoints (name) values ('relay') on conflict do nothing")
HOLD = text("select seq from kernel.checkpoints where name = 'relay' for update skip locked")
MOVE = text("""
update kernel.checkpoints set seq = :upto, moved_at = clock_timestamp()
 where name = 'relay' and seq = :at
""")
# Bounded by bytes too, as feed.READ is.
OURS = text("""
select seq, key, stream_id, data, meta, hash from (
  select f.seq, f.key, f.stream_id, e.data, e.meta, e.hash,
         coalesce(sum(octet_length(e.data)) over (order by f.seq
           rows between unbounded preceding and 1 preceding), 0) as before
    from kernel.feed f left join kernel.events e on f.journal_id is null and (e.stream_id,
        e.version) = (f.stream_id, f.version)
   where f.seq > :after and f.seq <= :upto) page
 where before < :most_bytes order by seq
""")
UNTOLD = text("""
select (select max(pos) from kernel.key_queue) as keys,
       (select max(seq) from kernel.feed
         where seq > (select seq from kernel.checkpoints where name = 'relay')) as facts
""")
BACK = text("update kernel.checkpoints set seq = 0 where name = 'relay'")
KEYS_TOO = text("""
insert into kernel.key_queue (subject)
select subject from kernel.keys where ours and not private order by since, subject
""")
HEADS_TOO = text("update kernel.tree_heads set told = false where told")
END_OF_ORDER = 2**62


async def untold(db: Database) -> Row[Any]:
    """How far there are `keys` and `facts` to tell, or None. In one look, so that the keys of these
    facts are among these keys. Cheap, for it is asked often."""
    return await db.one(UNTOLD)


async def tell_again(db: Database) -> None:
    """All facts, keys and heads of this store, from the first on: for those who lost some.

    Whoever has them already drops them as duplicates.
    """
    async with db.begin() as conn:
        for statement in (KEYS_TOO, BACK, HEADS_TOO):
            await conn.execute(statement)


class Relay:
    """`topics` says on which topic the streams of a prefix are told."""

    def __init__(
        self, db: Database, out: Outbound, topics: Mapping[str, str], most: int = MOST
    ) -> None:
        self.db, self.out, self.topics, self.most, self.enough = db, out, topics, most, ENOUGH

    async def enter(self) -> None:
        await self.db.do(ENTER)

    async def step(self, end: int = END_OF_ORDER) -> int:
        """The cursor's row lock makes this the only relay; what it told twice, readers drop.

        `end`: the last place that is told.
        """
        async with self.db.begin() as conn:
            held = (await conn.execute(HOLD)).first()
            if held is None:
                return 0
            upto = await self._tell_on(conn, held.seq, end)
            if upto > held.seq:
                await conn.execute(MOVE, {"at": held.seq, "upto": upto})
        return int(upto - held.seq)

    async def _tell_on(self, conn: AsyncConnection, at: int, end: int) -> int:
        """A few pages; while Kafka keeps one, the next is read. What was kept stays told."""
        began, page, until = at, await self._page(conn, at, end), time.monotonic() + self.enough
        for _ in range(MOST_PAGES):
            if not page:
                break
            last = page[-1].seq
            ahead = asyncio.create_task(self._page(conn, last, end))
            try:
                at = await self._tell(page)
            except Exception:
                if at == began:
                    raise
                break  # the next step begins here, and meets the error again
            finally:  # the connection is this step's: nothing may still use it
                page = await ahead
            if at < last or time.monotonic() > until:
                break
        return at

    async def _page(self, conn: AsyncConnection, at: int, end: int) -> Page:
        values = {"after": at, "upto": min(at + self.most, end), "most_bytes": MOST_BYTES}
        return (await conn.execute(OURS, values)).all()

    async def _tell(self, rows: Page) -> int:
        """The last place before the first fact that is not surely told."""
        ours = [row for row in rows if row.meta is not None]
        told = await self.out.send([self._record(row) for row in ours]) if ours else 0
        return int(ours[told].seq) - 1 if told < len(ours) else int(rows[-1].seq)

    def _record(self, row: Row[Any]) -> Record:
        topic = self.topics[row.stream_id.partition("-")[0]]
        return Record(topic, row.key, row.data, to_headers(row.meta, row.hash))
