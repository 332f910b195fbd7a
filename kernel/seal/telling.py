"""Keys travel apart from facts: a small queue of their own, one compacted topic, no journal."""

from collections.abc import Callable, Sequence

from sqlalchemy import text

from kernel.database import Database
from kernel.inbox import FENCE, PASSED
from kernel.page import Arrived
from kernel.producer import Outbound, Record
from kernel.seal.keyring import HEAR, heard

MOST = 500

TAKE = text("""
select q.pos, q.subject, k.wrapped
  from kernel.key_queue q join kernel.keys k using (subject)
 order by q.pos limit :most for update of q skip locked
""")
TOLD = text("delete from kernel.key_queue where pos = any(:told)")


class KeyTeller:
    def __init__(self, db: Database, out: Outbound, topic: str) -> None:
        self.db, self.out, self.topic = db, out, topic

    async def step(self) -> int:
        """What is told is the key as it is now: once destroyed, only its end is told."""
        async with self.db.begin() as conn:
            rows = (await conn.execute(TAKE, {"most": MOST})).all()
            if not rows:
                return 0
            records = [Record(self.topic, r.subject, r.wrapped, []) for r in rows]
            told = await self.out.send(records)
            await conn.execute(TOLD, {"told": [r.pos for r in rows[:told]]})
        return told


class KeyInbox:
    def __init__(self, db: Database, forget: Callable[[str], None]) -> None:
        self.db, self.forget = db, forget

    async def hear(
        self, topic: str, partition: int, topic_id: str, records: Sequence[Arrived]
    ) -> None:
        where = {"topic": topic, "partition": partition}
        async with self.db.begin() as conn:
            at = (await conn.execute(FENCE, where | {"topic_id": topic_id})).scalar_one()
            new = [r for r in records if r.offset >= at]
            told = {(r.key or b"").decode("ascii", "replace"): r.value for r in new}
            if new:
                await conn.execute(HEAR, heard(told))
                await conn.execute(PASSED, where | {"next": new[-1].offset + 1})
        for subject in told:
            self.forget(subject)
