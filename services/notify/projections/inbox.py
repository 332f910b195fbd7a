"""What was this seat told, and what of it has nobody read yet?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.notify import By, NoticeRead, NotificationQueued
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection


@dataclass(slots=True)
class Inbox:
    """`changed`: the place in the local order where it last changed."""

    notice_id: str
    seat: UUID | None = None
    template: str = ""
    gist: dict[str, Any] = field(default_factory=dict)
    told_at: datetime | None = None
    read_at: datetime | None = None
    version: int = 0
    changed: int = 0


inbox = Projection(Inbox, key="notice_id", version=1, indexes=("seat", "changed"))


@inbox.when(NotificationQueued)
def queued(_row: Inbox, fact: NotificationQueued, about: About) -> Changes:
    if fact.by is not By.INBOX:
        return None
    return {
        "seat": fact.recipient.seat_id,
        "template": fact.gist.template.value,
        "gist": fact.gist.model_dump(mode="json"),
        "told_at": about.at,
        "version": about.version,
        "changed": about.seq,
    }


@inbox.when(NoticeRead)
def read(_row: Inbox, _fact: NoticeRead, about: About) -> Changes:
    return {"read_at": about.at, "version": about.version, "changed": about.seq}


NEWEST = text("""
select notice_id, template, gist, told_at, read_at, version from read.inbox
 where seat = :seat and (not :asked or template = any(:asking))
   and (cast(:before as timestamptz) is null or told_at < :before)
 order by told_at desc, notice_id limit :most
""")
COUNTS = text("""
select count(*) as all, count(*) filter (where read_at is null) as unread,
       count(*) filter (where template = any(:asking)) as asked
  from read.inbox where seat = :seat
""")
UNREAD = text("""
select notice_id from read.inbox where seat = :seat and read_at is null
 order by told_at, notice_id limit :most
""")
ONE = text("select gist, read_at from read.inbox where seat = :seat and notice_id = :notice")


async def newest(
    db: Database,
    seat: UUID,
    *,
    asked: bool = False,
    asking: Sequence[str] = (),
    before: datetime | None = None,
    most: int = 50,
) -> Sequence[Row[Any]]:
    """`asked`: only those of the templates `asking`."""
    given = {"asked": asked, "asking": list(asking), "before": before, "most": most}
    return await db.all(NEWEST, seat=seat, **given)


async def counts(db: Database, seat: UUID, asking: Sequence[str]) -> Row[Any]:
    return await db.one(COUNTS, seat=seat, asking=list(asking))


async def unread(db: Database, seat: UUID, most: int = 200) -> list[str]:
    return [row.notice_id for row in await db.all(UNREAD, seat=seat, most=most)]


async def one(db: Database, seat: UUID, notice: str) -> Row[Any] | None:
    rows = await db.all(ONE, seat=seat, notice=notice)
    return rows[0] if rows else None
