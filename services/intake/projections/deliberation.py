"""How far is a topic or a meeting, and when is it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text

from contracts.meetings import (
    MeetingDrafted,
    MeetingHeld,
    MeetingNoticed,
    TopicApproved,
    TopicDeferred,
    TopicProposed,
    TopicRejected,
    TopicSubmitted,
)
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection


@dataclass(slots=True)
class Deliberation:
    """`subject`: the id of the topic or meeting. `venue` rests sealed."""

    subject: str
    kind: str = ""
    org: str = ""
    state: str = ""
    decide_by: datetime | None = None
    until: date | None = None
    meet_by: datetime | None = None
    starts_at: datetime | None = None
    venue: str | None = None
    told: int = 0
    """Where in the local order this was last told of."""


deliberation = Projection(Deliberation, key="subject", version=1)


@deliberation.when(TopicProposed)
def proposed(_row: Deliberation, fact: TopicProposed, about: About) -> Changes:
    return {"kind": "topic", "org": fact.org_code, "state": "PROPOSED", "told": about.seq}


@deliberation.when(TopicSubmitted)
def submitted(_row: Deliberation, fact: TopicSubmitted, about: About) -> Changes:
    return {"state": "SUBMITTED", "decide_by": fact.decide_by, "told": about.seq}


@deliberation.when(TopicApproved)
def approved(_row: Deliberation, fact: TopicApproved, about: About) -> Changes:
    return {"state": "APPROVED", "meet_by": fact.meet_by, "told": about.seq}


@deliberation.when(TopicRejected)
def rejected(_row: Deliberation, _fact: TopicRejected, about: About) -> Changes:
    return {"state": "REJECTED", "told": about.seq}


@deliberation.when(TopicDeferred)
def deferred(_row: Deliberation, fact: TopicDeferred, about: About) -> Changes:
    return {"state": "DEFERRED", "until": fact.until, "told": about.seq}


@deliberation.when(MeetingDrafted)
def drafted(_row: Deliberation, fact: MeetingDrafted, about: About) -> Changes:
    return {"kind": "meeting", "org": fact.org_code, "state": "DRAFT", "told": about.seq}


@deliberation.when(MeetingNoticed)
def noticed(_row: Deliberation, fact: MeetingNoticed, about: About) -> Changes:
    return {
        "state": "NOTICED",
        "starts_at": fact.starts_at,
        "venue": fact.venue.token,
        "told": about.seq,
    }


@deliberation.when(MeetingHeld)
def held(_row: Deliberation, fact: MeetingHeld, about: About) -> Changes:
    return {
        "kind": "meeting",
        "org": fact.org_code,
        "state": "HELD",
        "starts_at": fact.started_at,
        "told": about.seq,
    }


OF = text("select * from read.deliberation where subject = any(:subjects) order by told")


async def of_matter(db: Database, subjects: Sequence[str]) -> Sequence[Row[Any]]:
    return await db.all(OF, subjects=list(subjects)) if subjects else []
