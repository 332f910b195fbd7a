"""Which store this is: a store that was put back to a backup tells so by a higher epoch."""

import structlog
from sqlalchemy import text

from kernel.database import Database

log = structlog.get_logger(__name__)

# A restored dump is another database, a restored cluster is on another timeline.
HERE = text("""
select d.oid::text || '/' || (select timeline_id from pg_control_checkpoint())::text
       || '/' || (select system_identifier from pg_control_system())::text as identity,
       (select identity from kernel.identity) as known, (select source
           from kernel.identity) as source
  from pg_database d where datname = current_database()
""")
# Seconds since 2020: the same old backup, put back twice, must not give the same epoch twice.
FOUND = text("""
insert into kernel.identity (source, epoch, identity, since)
values (:source, 1, :identity, kernel.now())
on conflict (one) do update set identity = excluded.identity, since = excluded.since,
    epoch = greatest(identity.epoch + 1, (extract(epoch from clock_timestamp()) - 1577836800)::int)
  where identity.identity <> excluded.identity
""")
RAISE = text("""
update kernel.identity set since = kernel.now(),
    epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) - 1577836800)::int)
""")
EPOCH = text("select epoch from kernel.identity")


class WrongStore(Exception):
    """This database belongs to another service."""


async def epoch_of(db: Database, source: str) -> int:
    """The epoch to write under. Raised by itself where the server shows that this is a copy."""
    here = await db.one(HERE)
    if here.source not in (None, source):
        raise WrongStore(f"this database is {here.source}'s, not {source}'s")
    if here.known is not None and here.known != here.identity:
        log.warning("this store was put back to a backup or moved: its epoch rises", source=source)
    await db.do(FOUND, {"source": source, "identity": here.identity})
    return int((await db.one(EPOCH)).epoch)


async def restored(db: Database) -> int:
    """For a restore that the server cannot show, such as a folder copied back in place."""
    await db.do(RAISE)
    return int((await db.one(EPOCH)).epoch)
