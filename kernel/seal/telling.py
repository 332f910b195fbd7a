"""Keys travel apart from facts: a small queue of their own, one compacted topic, no journal."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Row, text

from kernel.database import Database
from kernel.seal.keyring import HEAR, Keyring
from kernel.wire.inbox import FENCE, PASSED
from kernel.wire.page import Arrived
from kernel.wire.producer import Outbound, Record
from kernel.wire.relay import END_OF_ORDER, HOLD

log = structlog.get_logger(__name__)
MOST = 500

TAKE = text("""
select q.pos, q.subject, k.wrapped
  from kernel.key_queue q join kernel.keys k using (subject)
 where q.pos <= :end order by q.pos limit :most for update of q skip locked
""")
TOLD = text("delete from kernel.key_queue where pos = any(:told)")


class KeyTeller:
    def __init__(self, db: Database, out: Outbound, topic: str, keyring: Keyring) -> None:
        self.db, self.out, self.topic, self.keyring = db, out, topic, keyring

    async def step(self, end: int = END_OF_ORDER) -> int:
        """What is told is the key as it is now: once destroyed, only its end is told.

        Under the relay's lead: one who lingers must not tell a key after another told its end.
        """
        async with self.db.begin() as conn:
            if (await conn.execute(HOLD)).first() is None:
                return 0
            rows = (await conn.execute(TAKE, {"most": MOST, "end": end})).all()
            if not rows:
                return 0
            records = [Record(self.topic, r.subject, self._said(r), []) for r in rows]
            told = await self.out.send(records)
            await conn.execute(TOLD, {"told": [r.pos for r in rows[:told]]})
        return told

    def _said(self, row: Row[Any]) -> bytes:
        """An end is no null: compaction drops that, and who was away would keep the key."""
        return row.wrapped or self.keyring.end(row.subject)


class KeyInbox:
    def __init__(self, db: Database, keyring: Keyring) -> None:
        self.db, self.keyring = db, keyring

    async def hear(
        self, topic: str, partition: int, topic_id: str, records: Sequence[Arrived]
    ) -> None:
        where = {"topic": topic, "partition": partition}
        async with self.db.begin() as conn:
            at = (await conn.execute(FENCE, where | {"topic_id": topic_id})).scalar_one()
            new = [r for r in records if r.offset >= at]
            told = self._told(new)
            if told:
                await conn.execute(HEAR, {"subjects": [*told], "wrapped": [*told.values()]})
            if new:
                await conn.execute(PASSED, where | {"next": new[-1].offset + 1})
        for subject in told:
            self.keyring.forget(subject)

    def _told(self, records: Sequence[Arrived]) -> dict[str, bytes | None]:
        """What is no key of ours is nobody's: it must not take the place of the real one."""
        told: dict[str, bytes | None] = {}
        for r in records:
            subject = (r.key or b"").decode("ascii", "replace")
            try:
                wrapped = self.keyring.told(subject, r.value)
            except ValueError:
                log.error("a key that nobody made was told", topic_offset=r.offset, do="find who")
                continue
            if told.get(subject, b"") is not None:  # an end is for ever, also within one batch
                told[subject] = wrapped
        return told
