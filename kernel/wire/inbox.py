"""Writes down what others tell, once and in their order. It decides nothing and folds nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import Database, passes, spread
from kernel.envelope import Envelope
from kernel.wire.page import COLUMNS, Arrived, Guard, Page, Read, Stream, after, readable

log = structlog.get_logger(__name__)

FENCE = text("""
insert into kernel.inbox_offsets (topic, partition, topic_id, next_offset)
values (:topic, :partition, :topic_id, 0)
on conflict (topic, partition) do update set topic_id = excluded.topic_id,
  next_offset = case when inbox_offsets.topic_id = excluded.topic_id
      then inbox_offsets.next_offset else 0 end
returning next_offset
""")
PASSED = text("""
update kernel.inbox_offsets set next_offset = :next where topic = :topic and partition = :partition
""")
GUARDS = text("""
select source, stream_id, epoch, version, waiting from kernel.inbox_guards
 where (source, stream_id) in (select * from unnest(cast(:sources as text[]),
     cast(:streams as text[])))
""")
GUARD = text("""
insert into kernel.inbox_guards (source, stream_id, epoch, version, waiting)
select * from unnest(cast(:sources as text[]), cast(:streams as text[]), cast(:epochs as int[]),
                     cast(:versions as int[]), cast(:waiting as int[])) order by 1, 2
on conflict (source, stream_id) do update
   set epoch = excluded.epoch, version = excluded.version, waiting = excluded.waiting
""")
JOURNAL = text("""
with j as (
  insert into kernel.journal (source, stream_id, epoch, version, event_id, type, schema_ver,
      data, meta, hash,
      at, raw_headers, topic, partition, "offset", key, heard_at, waits)
  select source, stream_id, epoch, version, event_id, type, schema_ver, data, meta, hash,
         at, raw_headers, :topic, :partition, "offset", key, kernel.now(), waits
    from unnest(cast(:sources as text[]), cast(:streams as text[]), cast(:epochs as int[]),
        cast(:versions as int[]),
                cast(:ids as uuid[]), cast(:types as text[]), cast(:vers as smallint[]),
                    cast(:datas as bytea[]),
                cast(:metas as bytea[]), cast(:hashes as bytea[]), cast(:ats as timestamptz[]),
                cast(:raws as bytea[]), cast(:offsets as bigint[]), cast(:keys as text[]),
                    cast(:waits as boolean[]))
      with ordinality as n(source, stream_id, epoch, version, event_id, type, schema_ver, data,
          meta, hash, at,
                           raw_headers, "offset", key, waits, nth)
   order by nth
  on conflict (source, stream_id, epoch, version) do update
     set waits = false, partition = excluded.partition, "offset" = excluded."offset"
     where journal.waits and not excluded.waits  -- it had come too early, and comes again in turn
  returning id, key, stream_id, version, waits, "offset"
)
insert into kernel.feed_queue (key, stream_id, version, journal_id)
select key, stream_id, version, id from j where not waits order by "offset"
""")
WAITING = text("""
select id, epoch, version from kernel.journal where waits and source = :source
    and stream_id = :stream
   and epoch >= :epoch and version > :version order by version, epoch desc limit 1000
""")
GO_ON = text("""
with go as (
  update kernel.journal set waits = false where id = any(:ids) returning id, key, stream_id, version
)
insert into kernel.feed_queue (key, stream_id, version, journal_id)
select key, stream_id, version, id from go order by version
""")
FORK = text("""
insert into kernel.forks (source, stream_id, epoch, first_missing, last_missing, seen_at)
values (:source, :stream, :epoch, :first, :last, kernel.now()) on conflict do nothing
""")


class Inbox:
    """`heard` is called after every batch that added something; `own` names this service."""

    def __init__(
        self, db: Database, heard: Callable[[], None] = lambda: None, own: str = ""
    ) -> None:
        self.db, self.heard, self.own = db, heard, own

    async def hear(
        self, topic: str, partition: int, topic_id: str, records: Sequence[Arrived]
    ) -> Page:
        """One transaction for the records of one partition; raises what will pass by itself."""
        try:
            page = await self._hear(topic, partition, topic_id, [(r, readable(r)) for r in records])
        except DBAPIError as error:
            if passes(error):
                raise
            page = await self._apart(topic, partition, topic_id, records)
        if page.rows:
            self.heard()
        _report(topic, partition, page)
        return page

    async def _apart(
        self, topic: str, partition: int, topic_id: str, records: Sequence[Arrived]
    ) -> Page:
        """A value that no column takes: that record is kept as it came, the others as they are."""
        whole = Page({})
        for record in records:
            whole.add(await self._alone(topic, partition, topic_id, record))
        return whole

    async def _alone(self, topic: str, partition: int, topic_id: str, record: Arrived) -> Page:
        try:
            return await self._hear(topic, partition, topic_id, [(record, readable(record))])
        except DBAPIError as error:
            if passes(error):
                raise
            return await self._hear(topic, partition, topic_id, [(record, None)])

    async def _hear(self, topic: str, partition: int, topic_id: str, batch: Sequence[Read]) -> Page:
        where = {"topic": topic, "partition": partition}
        async with self.db.begin() as conn:
            fence = await conn.execute(FENCE, where | {"topic_id": topic_id})
            at = fence.scalar_one()
            new = after(at, batch)
            page = Page(await _guards(conn, [read for _, read in new if read]), self.own)
            page.gone = new[0][0].offset - at if new else 0
            for record, read in new:
                page.take(record, read)
            await _write(conn, page, where)
            if new:
                await conn.execute(PASSED, where | {"next": new[-1][0].offset + 1})
        return page


async def _guards(
    conn: AsyncConnection, known: Iterable[tuple[Envelope, bytes]]
) -> dict[Stream, Guard]:
    asked = sorted({(envelope.source, envelope.stream) for envelope, _ in known})
    if not asked:
        return {}
    rows = await conn.execute(GUARDS, spread("sources streams", asked))
    return {(r.source, r.stream_id): Guard(r.epoch, r.version, r.waiting) for r in rows}


async def _write(conn: AsyncConnection, page: Page, where: Mapping[str, object]) -> None:
    if page.rows:
        await conn.execute(JOURNAL, {**where, **spread(COLUMNS, page.rows)})
    for stream in sorted(page.moved):
        if page.guards[stream].waiting:
            await _go_on(conn, stream, page.guards[stream])
    for fork in page.forks:
        await conn.execute(FORK, fork)
    if page.moved:
        guards = [(*stream, *page.guards[stream].row()) for stream in page.moved]
        await conn.execute(GUARD, spread("sources streams epochs versions waiting", guards))


async def _go_on(conn: AsyncConnection, stream: Stream, guard: Guard) -> None:
    """What came before its turn follows, as far as the versions now connect."""
    while ids := await _connecting(conn, stream, guard):
        await conn.execute(GO_ON, {"ids": ids})
    if guard.version >= guard.waiting:
        guard.waiting = 0


async def _connecting(conn: AsyncConnection, stream: Stream, guard: Guard) -> list[int]:
    where = {"source": stream[0], "stream": stream[1]}
    here = {"epoch": guard.epoch, "version": guard.version}
    ids = []
    for row in await conn.execute(WAITING, {**where, **here}):
        if row.version == guard.version + 1 and row.epoch >= guard.epoch:
            guard.epoch, guard.version = row.epoch, row.version
            ids.append(row.id)
    return ids


def _report(topic: str, partition: int, page: Page) -> None:
    where = {"topic": topic, "partition": partition}
    if page.gone:
        log.error(
            "the broker dropped records before they were heard",
            count=page.gone,
            **where,
            do="raise the retention; have their owner tell again (relay.tell_again)",
        )
    if page.gaps:
        log.error(
            "facts came before their predecessors and wait for them",
            count=page.gaps,
            **where,
            do="nothing, if the gaps close; else have their owner tell again (relay.tell_again)",
        )
    for fork in page.forks:
        log.error(
            "a source was put back to a backup: it no longer has these facts of ours",
            **where,
            **fork,
            do="compare with the owner; both histories stay in the journal",
        )
    if page.unreadable:
        log.error(
            "records without a readable envelope were kept; their keys are parked",
            count=page.unreadable,
            **where,
            do="look at their journal rows, then skip or retry",
        )
