"""Records of a topic are journaled, beside a bare loop that writes the same rows."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import text

from bench.figures import Line, Run
from bench.filling import fill
from bench.parcels import TOPIC
from bench.peers import journal
from bench.peers.kafka import tell
from bench.scenario import Scenario, Side
from bench.scenarios.relay import EACH, records_of
from kernel.database import Database
from kernel.wire.broker import Listener
from kernel.wire.inbox import Inbox
from kernel.wire.page import Arrived

LIMIT = 300.0
WRITTEN = text("""
select md5(string_agg(row, '' order by row)) as sum from (
  select md5((source, stream_id, epoch, version, event_id, type, schema_ver, data, meta, hash, at,
              raw_headers, partition, "offset", key, waits)::text) as row from kernel.journal
  union all select (source, stream_id, epoch, version, waiting)::text from kernel.inbox_guards
  union all select (partition, next_offset)::text from kernel.inbox_offsets where next_offset > 0
  union all select (key, stream_id, version)::text from kernel.feed_queue) rows
""")


class Hearing(Scenario):
    name = "inbox"
    full, quick = 100_000, 3_000
    kafka = True
    lines = (
        Line("inbox to journal beside a bare `getmany` with the same SQL", floor=0.5, aim=0.8),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        """One topic, heard again in each round by somebody new."""
        async with self.stage.topics(TOPIC) as (self.topic,):
            async with self.stage.store() as db:
                await fill(db, self.size // EACH, EACH)
                await tell(self.stage, self.topic, await records_of(db))
            self.sum: str | None = None
            yield

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def ours(self) -> Run:
        async with self.stage.store() as db:
            watch = Watch(Inbox(db), self.size)
            group = self.stage.name("group")
            listener = Listener(db, self.stage.bootstrap, group, [self.topic], watch.hear)
            async with self.stage.measured():
                await listener.start()
                await asyncio.wait_for(watch.done.wait(), LIMIT)
            await listener.stop()
            await self.compare(db)
        return Run(self.size, watch.ended - watch.began)

    async def peer(self) -> Run:
        async with self.stage.database() as name:
            seconds = await journal.hear(self.stage, name, self.topic, self.size)
            async with self.stage.opened(name) as db:
                await self.compare(db)
        return Run(self.size, seconds)

    async def compare(self, db: Database) -> None:
        """Whoever wrote them, the rows are the same."""
        found = str((await db.one(WRITTEN)).sum)
        if self.sum not in (None, found):
            raise RuntimeError("the two sides wrote different rows")
        self.sum = found


class Watch:
    """Notes when the first records were in hand and when the last were committed."""

    def __init__(self, inbox: Inbox, count: int) -> None:
        self.inbox, self.left, self.done = inbox, count, asyncio.Event()
        self.began = self.ended = 0.0

    async def hear(
        self, topic: str, partition: int, topic_id: str, records: Sequence[Arrived]
    ) -> None:
        self.began = self.began or time.perf_counter()
        page = await self.inbox.hear(topic, partition, topic_id, records)
        self.left -= len(page.rows)  # a rebalance may give some twice
        if self.left <= 0 and not self.done.is_set():
            self.ended = time.perf_counter()
            self.done.set()
