"""The one local order: what this service wrote and what it heard, as everybody here reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import Database
from kernel.envelope import About

MOST_BYTES = 8 * 1024 * 1024
"""Of one page, and at least one fact: few are long, but nobody may fill our memory with those."""

# `seq` is contiguous, so a range is a limit.
FACTS = """
select f.seq, f.key, true as ours, i.source, e.stream_id, e.version, e.event_id, e.type,
    e.schema_ver, e.data, e.meta, e.at
  from kernel.feed f join kernel.events e using (stream_id, version), kernel.identity i
 where f.journal_id is null and f.seq > :after and f.seq <= :upto
union all
select f.seq, f.key, false, j.source, j.stream_id, j.version, j.event_id, j.type, j.schema_ver,
       j.data, j.meta, j.at
  from kernel.feed f join kernel.journal j on j.id = f.journal_id
 where f.journal_id is not null and f.seq > :after and f.seq <= :upto
"""
PAGE = """
select seq, key, ours, source, stream_id, version, event_id, type, schema_ver, data, meta, at
  from (select *, coalesce(sum(octet_length(data)) over (order by seq
               rows between unbounded preceding and 1 preceding), 0) as before
          from (FACTS) facts) page
 where before < :most_bytes order by seq
"""
READ = text(PAGE.replace("FACTS", FACTS))
AT = text(FACTS.replace("f.seq > :after and f.seq <= :upto", "f.seq = any(:seqs)") + "order by 1")
HEAD = text("select coalesce(max(seq), 0) as seq from kernel.feed")
AS_OF = text("select coalesce(max(seq), 0) as seq from kernel.feed where sequenced_at <= :at")
PLACE = text("""
select seq from kernel.feed where stream_id = :stream and version = :version and journal_id is null
""")


@dataclass(frozen=True, slots=True)
class Told:
    """One fact in the local order, not yet read; `type` is None without a readable envelope."""

    seq: int
    key: str
    type: str | None
    schema_ver: int
    data: bytes
    about: About | None
    ours: bool


async def read(db: Database, after: int, most: int) -> list[Told]:
    """The next `most` places, or fewer when their facts are long."""
    return _told(await db.all(READ, after=after, upto=after + most, most_bytes=MOST_BYTES))


async def read_within(conn: AsyncConnection, after: int, most: int) -> list[Told]:
    """The same for who holds a connection: waiting for another, a full pool would never end."""
    page = {"after": after, "upto": after + most, "most_bytes": MOST_BYTES}
    return _told((await conn.execute(READ, page)).all())


async def read_at(db: Database, seqs: Sequence[int]) -> list[Told]:
    return _told(await db.all(AT, seqs=list(seqs)))


async def head(db: Database) -> int:
    return int((await db.one(HEAD)).seq)


async def as_of(db: Database, at: datetime) -> int:
    """The last place that was given at or before that instant."""
    return int((await db.one(AS_OF, at=at)).seq)


async def place(db: Database, stream_id: str, version: int) -> int | None:
    """Where one of our own facts stands in the order; None while it has no place yet."""
    rows = await db.all(PLACE, stream=stream_id, version=version)
    return int(rows[0].seq) if rows else None


def _told(rows: Sequence[Sequence[Any]]) -> list[Told]:
    return [_one(*row) for row in rows]


def _one(
    seq: int,
    key: str,
    ours: bool,
    source: str,
    stream: str,
    version: int,
    event_id: UUID,
    kind: str | None,
    schema_ver: int | None,
    data: bytes | None,
    meta: bytes,
    at: datetime,
) -> Told:
    """In the order of the columns: by name would take twice as long."""
    known = kind is not None
    about = About(seq, source, stream, version, key, event_id, at, meta) if known else None
    return Told(seq, key, kind, schema_ver or 0, data or b"", about, ours)
