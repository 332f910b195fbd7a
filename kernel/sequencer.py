"""Gives every committed fact its place: one leader, one contiguous `seq`, in the order of commits.

`pos > last`, a snapshot horizon and SKIP LOCKED were all measured to lose or to reorder facts.
"""

from sqlalchemy import text

from kernel.database import Database

MOST = 1_000
WAITING = text("select exists (select from kernel.feed_queue) as something")
# Alone in its statement: the next statement's snapshot must be younger than the lock.
LEAD = text("select pg_try_advisory_xact_lock(hashtext('kernel.sequencer'))")
SEQUENCE = text("""
with last as (
  select coalesce(max(seq), 0) as seq, coalesce(max(sequenced_at), '-infinity') as at
    from (select seq, sequenced_at from kernel.feed order by seq desc limit 1) f
), taken as (
  select pos, key, stream_id, version, journal_id from kernel.feed_queue order by pos limit :most
), gone as (
  delete from kernel.feed_queue where pos = any(array(select pos from taken))
)
insert into kernel.feed (seq, key, stream_id, version, journal_id, sequenced_at)
select last.seq + row_number() over (order by pos), key, stream_id, version, journal_id,
       greatest(last.at, (select kernel.now()))
  from taken, last
""")


async def sequence(db: Database, most: int = MOST) -> int:
    """One step; how many facts got their place. 0 also when another process leads."""
    if not (await db.one(WAITING)).something:
        return 0
    async with db.begin() as conn:
        if not (await conn.execute(LEAD)).scalar():
            return 0
        return (await conn.execute(SEQUENCE, {"most": most})).rowcount
