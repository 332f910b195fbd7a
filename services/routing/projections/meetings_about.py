"""Which meetings are there about a matter or its topic, and how far is each?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.meetings import MeetingDrafted, MeetingHeld, MeetingNoticed
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection


@dataclass(slots=True)
class Meeting:
    meeting_id: str
    form: str = ""
    starts_at: datetime | None = None
    held_at: datetime | None = None


@dataclass(slots=True)
class MeetingAbout:
    """`key` is `<issue or topic>:<meeting>`."""

    key: str
    subject: str = ""
    meeting_id: str = ""


meeting = Projection(Meeting, key="meeting_id", version=1)
meeting_about = Projection(MeetingAbout, key="key", version=1, indexes=("subject",))


@meeting.when(MeetingDrafted)
def drafted(_row: Meeting, fact: MeetingDrafted, _about: About) -> Changes:
    return {"form": fact.form.value}


@meeting.when(MeetingNoticed)
def noticed(_row: Meeting, fact: MeetingNoticed, _about: About) -> Changes:
    return {"starts_at": fact.starts_at}


@meeting.when(MeetingHeld)
def held(_row: Meeting, fact: MeetingHeld, _about: About) -> Changes:
    return {"form": fact.form.value, "starts_at": fact.started_at, "held_at": fact.ended_at}


def subjects(fact: MeetingDrafted | MeetingHeld, about: About) -> Sequence[str]:
    return [f"{subject}:{about.key}" for subject in (*fact.issue_ids, *fact.topic_ids)]


@meeting_about.when(MeetingDrafted, keys=subjects)
def planned(row: MeetingAbout, _fact: MeetingDrafted, _about: About) -> Changes:
    return tied(row)


@meeting_about.when(MeetingHeld, keys=subjects)
def took_place(row: MeetingAbout, _fact: MeetingHeld, _about: About) -> Changes:
    return tied(row)


def tied(row: MeetingAbout) -> Changes:
    subject, meeting_id = row.key.split(":", 1)
    return {"subject": subject, "meeting_id": meeting_id}


ABOUT = text("""
select distinct m.* from read.meeting m join read.meeting_about a using (meeting_id)
 where a.subject = any(:subjects) order by m.starts_at desc nulls first, m.meeting_id limit 50
""")


async def meetings_about(db: Database, issue_id: str, topic: UUID | None) -> Sequence[Row[Any]]:
    subjects = [issue_id, *([str(topic)] if topic else [])]
    return await db.all(ABOUT, subjects=subjects)
