"""Facts that one reader could not take: they wait in order, and only their own key waits with them.

The first of a key is `retrying`, `parked` (a person must look) or `too-new` (an upgrade must come:
it is tried now and then, for replicas are upgraded one by one); those `behind` it follow by
themselves once it has gone.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import Database, spread
from kernel.read.fold import Trouble

HELD = text(
    "select distinct key from kernel.parked where consumer = :consumer and key = any(:keys)"
)
PARK = text("""
insert into kernel.parked (consumer, key, seq, state, next_at, since, error)
select :consumer, key, seq, state, clock_timestamp(), clock_timestamp(), error
  from unnest(cast(:keys as text[]), cast(:seqs as bigint[]), cast(:states as text[]),
      cast(:errors as text[]))
    as p(key, seq, state, error)
on conflict (consumer, seq) do nothing
""")
READY = text("""
select consumer, key, seq, state from (
  select distinct on (consumer, key) consumer, key, seq, state, next_at
    from kernel.parked where consumer = any(:consumers) order by consumer, key, seq) first
 where state = 'behind' or (state in ('retrying', 'too-new') and next_at <= clock_timestamp())
 order by next_at limit :most
""")
THERE = text("select seq from kernel.parked where consumer = :consumer and seq = :seq")
GONE = text("delete from kernel.parked where consumer = :consumer and seq = :seq")
AGAIN = text("""
update kernel.parked
   set tries = tries + 1, error = :error,
       since = case when state = 'retrying' then since else clock_timestamp() end,
       next_at = clock_timestamp()
               + least(interval '1 minute', interval '1 second' * power(2, least(tries, 10))),
       state = case when :state = 'retrying' and state = 'retrying'
           and clock_timestamp() - since > :patience then 'parked' else :state end
 where consumer = :consumer and seq = :seq returning state
""")
RETRY = text("""
update kernel.parked set state = 'retrying', next_at = clock_timestamp(), since = clock_timestamp()
 where consumer = :consumer and key = :key and state in ('parked', 'too-new', 'retrying')
""")
SKIP = text("""
with gone as (delete from kernel.parked where consumer = :consumer and seq = :seq
               and state <> 'behind' returning consumer, key, seq, error)
insert into kernel.skipped (consumer, key, seq, error, reason, by, at)
select consumer, key, seq, error, :reason, :by, clock_timestamp() from gone
""")
SKIPPED = text("select seq from kernel.skipped where consumer = :consumer and seq = any(:seqs)")
LIST = text("""
select consumer, key, seq, state, tries, since, error from kernel.parked
 where state <> 'behind' and (consumer, seq) > (:consumer, :seq) order by consumer, seq limit :most
""")
COUNT = text("select state, count(*) as n from kernel.parked group by state")


async def held(conn: AsyncConnection, consumer: str, keys: Iterable[str]) -> set[str]:
    rows = await conn.execute(HELD, {"consumer": consumer, "keys": sorted(set(keys))})
    return {row.key for row in rows}


async def park(conn: AsyncConnection, consumer: str, troubles: Sequence[Trouble]) -> None:
    if troubles:
        rows = [(t.told.key, t.told.seq, t.state, t.error) for t in troubles]
        values = {"consumer": consumer, **spread("keys seqs states errors", rows)}
        await conn.execute(PARK, values)


async def ready(db: Database, consumers: Sequence[str], most: int) -> Sequence[Row[Any]]:
    """The first of each key whose time has come, at most `most`."""
    return await db.all(READY, consumers=list(consumers), most=most)


async def waits(conn: AsyncConnection, consumer: str, seq: int) -> bool:
    return (await conn.execute(THERE, {"consumer": consumer, "seq": seq})).first() is not None


async def gone(conn: AsyncConnection, consumer: str, seq: int) -> None:
    await conn.execute(GONE, {"consumer": consumer, "seq": seq})


async def again(conn: AsyncConnection, consumer: str, trouble: Trouble, patience: object) -> str:
    """Keeps it for a later try, each twice as far off; after `patience` it waits for a person."""
    values = {"consumer": consumer, "seq": trouble.told.seq, "state": trouble.state}
    values |= {"error": trouble.error, "patience": patience}
    return str((await conn.execute(AGAIN, values)).scalar_one())


async def retry(db: Database, consumer: str, key: str) -> None:
    """An operator mended the cause: the key's facts are tried again, in their order."""
    await db.do(RETRY, {"consumer": consumer, "key": key})


async def skip(db: Database, consumer: str, seq: int, reason: str, by: UUID) -> bool:
    """Takes the first of a key out for good, with the reason and who gave it. False: not there."""
    values = {"consumer": consumer, "seq": seq, "reason": reason, "by": by}
    return await db.do(SKIP, values) == 1


async def skipped(conn: AsyncConnection, consumer: str, seqs: Sequence[int]) -> set[int]:
    rows = await conn.execute(SKIPPED, {"consumer": consumer, "seqs": list(seqs)})
    return {row.seq for row in rows}


async def listed(
    db: Database, after: tuple[str, int] = ("", 0), most: int = 100
) -> Sequence[Row[Any]]:
    return await db.all(LIST, consumer=after[0], seq=after[1], most=most)


async def counts(db: Database) -> dict[str, int]:
    return {row.state: row.n for row in await db.all(COUNT)}
