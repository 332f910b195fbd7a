"""Tells every fact of this service to the city, in the local order, and says it again if unsure."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from kernel.database import Database
from kernel.envelope import to_headers
from kernel.wire.producer import Outbound, Record

MOST = 1_000
NAME = "relay"

ENTER = text("insert into kernel.checkpoints (name) values ('relay') on conflict do nothing")
HOLD = text("select seq from kernel.checkpoints where name = 'relay' for update skip locked")
MOVE = text("""
update kernel.checkpoints set seq = :upto, moved_at = clock_timestamp()
 where name = 'relay' and seq = :at
""")
OURS = text("""
select f.seq, f.key, f.stream_id, e.data, e.meta, e.hash
  from kernel.feed f left join kernel.events e on f.journal_id is null and (e.stream_id,
      e.version) = (f.stream_id, f.version)
 where f.seq > :after and f.seq <= :upto order by f.seq
""")

UNTOLD = text("""
select exists (select from kernel.key_queue)
    or exists (select from kernel.tree_heads where not told)
    or exists (select from kernel.feed f join kernel.checkpoints c on f.seq > c.seq
                where c.name = 'relay') as something
""")


async def untold(db: Database) -> bool:
    """Whether there is anything to tell: a key, a fact or a head. Cheap, for it is asked often."""
    return bool((await db.one(UNTOLD)).something)


class Relay:
    """`topics` says on which topic the streams of a prefix are told."""

    def __init__(
        self, db: Database, out: Outbound, topics: Mapping[str, str], most: int = MOST
    ) -> None:
        self.db, self.out, self.topics, self.most = db, out, topics, most

    async def enter(self) -> None:
        await self.db.do(ENTER)

    async def step(self) -> int:
        """The cursor's row lock makes this the only relay; what it told twice, readers drop."""
        async with self.db.begin() as conn:
            held = (await conn.execute(HOLD)).first()
            if held is None:
                return 0
            values = {"after": held.seq, "upto": held.seq + self.most}
            rows = (await conn.execute(OURS, values)).all()
            if not rows:
                return 0
            upto = await self._tell(rows)
            await conn.execute(MOVE, {"at": held.seq, "upto": upto})
        return int(upto - held.seq)

    async def _tell(self, rows: Sequence[Row[Any]]) -> int:
        """The last place before the first fact that is not surely told."""
        ours = [row for row in rows if row.meta is not None]
        told = await self.out.send([self._record(row) for row in ours]) if ours else 0
        return int(ours[told].seq) - 1 if told < len(ours) else int(rows[-1].seq)

    def _record(self, row: Row[Any]) -> Record:
        topic = self.topics[row.stream_id.partition("-")[0]]
        return Record(topic, row.key, row.data, to_headers(row.meta, row.hash))
