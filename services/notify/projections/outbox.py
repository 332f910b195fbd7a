"""Which text messages are still to go out, and from when on may each be tried?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.notify import By, NotificationFailed, NotificationQueued, NotificationSent
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from services.notify.domain.notice import NotificationTaken


@dataclass(slots=True)
class Outbox:
    """A row is there until its message is sent or given up."""

    notice_id: str
    reporter_ref: UUID | None = None
    gist: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    attempt: int = 0


outbox = Projection(Outbox, key="notice_id", version=1, indexes=("due_at",))


@outbox.when(NotificationQueued)
def queued(_row: Outbox, fact: NotificationQueued, _about: About) -> Changes:
    if fact.by is not By.SMS:
        return None
    gist = fact.gist.model_dump(mode="json")
    return {"reporter_ref": fact.recipient.reporter_ref, "gist": gist, "due_at": fact.send_at}


@outbox.when(NotificationTaken)
def taken(_row: Outbox, fact: NotificationTaken, _about: About) -> Changes:
    return {"attempt": fact.attempt, "due_at": fact.again_at}


@outbox.when(NotificationFailed)
def failed(_row: Outbox, fact: NotificationFailed, _about: About) -> Changes:
    return {"due_at": fact.again_at} if fact.again_at else None


@outbox.when(NotificationSent)
def sent(_row: Outbox, _fact: NotificationSent, _about: About) -> Changes:
    return None


DUE = text("""
select notice_id, reporter_ref, gist, attempt from read.outbox
 where due_at <= (select kernel.now()) order by due_at, notice_id limit :most
""")


async def due(db: Database, most: int = 20) -> Sequence[Row[Any]]:
    return await db.all(DUE, most=most)
