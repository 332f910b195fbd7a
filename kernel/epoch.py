"""Which store this is: a store that was put back to a backup tells so by a higher epoch."""

from typing import Any

import structlog
from sqlalchemy import event, text

from kernel.database import Database

log = structlog.get_logger(__name__)

FOUND = text("""
insert into kernel.identity (source, epoch, identity, since)
values (:source, 1, kernel.here(), kernel.now()) on conflict do nothing
""")
# Seconds since 2020: the same old backup, put back twice, must not give the same epoch twice.
RAISE = """
update kernel.identity set identity = kernel.here(), since = kernel.now(),
    epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) - 1577836800)::int)
"""
RAISE_IF_OTHER = RAISE + " where identity <> kernel.here()"
IDENTITY = text("select source, epoch from kernel.identity")


class WrongStore(Exception):
    """This database belongs to another service."""


async def settle_epoch(db: Database, source: str) -> None:
    """Raises the epoch where the server shows that this is a copy; raises WrongStore."""
    await db.do(FOUND, {"source": source})
    owner = (await db.one(IDENTITY)).source
    if owner != source:
        raise WrongStore(f"this database is {owner}'s, not {source}'s")
    if await db.do(text(RAISE_IF_OTHER)):
        _say()
    event.listen(db.engine.sync_engine, "connect", _ask)


def _ask(connection: Any, _record: object) -> None:
    """A store put back under a running process means new connections: each asks at once."""
    cursor = connection.cursor()
    cursor.execute(RAISE_IF_OTHER)
    if cursor.rowcount > 0:
        _say()
    cursor.close()


def _say() -> None:
    log.warning("this store was put back to a backup or moved: its epoch rises", do="nothing")


async def restored(db: Database) -> int:
    """For a restore that the server cannot show, such as a folder copied back in place."""
    await db.do(text(RAISE))
    return int((await db.one(IDENTITY)).epoch)
