"""Which meetings are being prepared, when are they, and what came of them?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from contracts.meetings import (
    ItemDecided,
    MeetingDrafted,
    MeetingHeld,
    MeetingNoticed,
    Outcome,
    ParticipantCheckedIn,
    ParticipantInvited,
)
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.organisations import below
from services.meetings.domain.meeting import Stage

AGREED = (Outcome.CONSENSUS, Outcome.VOTED_PASS)


@dataclass(slots=True)
class Meeting:
    """`venue` rests sealed. `items` were decided, `agreed` of them with a yes."""

    meeting_id: str
    org: str = ""
    level: str = ""
    form: str = ""
    stage: str = ""
    topic_ids: list[str] = field(default_factory=list)
    issue_ids: list[str] = field(default_factory=list)
    starts_at: datetime | None = None
    venue: str | None = None
    invited: int = 0
    present: int = 0
    items: int = 0
    agreed: int = 0
    version: int = 0


meetings = Projection(Meeting, key="meeting_id", version=1, indexes=("org", "stage"))


@meetings.when(MeetingDrafted)
def drafted(_row: Meeting, fact: MeetingDrafted, about: About) -> Changes:
    return {**what(fact), "stage": Stage.DRAFT.value, "version": about.version}


def what(fact: MeetingDrafted | MeetingHeld) -> dict[str, object]:
    return {
        "org": fact.org_code,
        "level": fact.level.value,
        "form": fact.form.value,
        "topic_ids": [str(one) for one in fact.topic_ids],
        "issue_ids": [str(one) for one in fact.issue_ids],
    }


@meetings.when(ParticipantInvited)
def invited(row: Meeting, _fact: ParticipantInvited, about: About) -> Changes:
    return once(row, about, invited=row.invited + 1)


def once(row: Meeting, about: About, **changes: object) -> Changes:
    """What is counted is counted once, however often it is told."""
    return {**changes, "version": about.version} if about.version > row.version else {}


@meetings.when(MeetingNoticed)
def noticed(_row: Meeting, fact: MeetingNoticed, about: About) -> Changes:
    return {
        "stage": Stage.NOTICED.value,
        "starts_at": fact.starts_at,
        "venue": fact.venue.token,
        "version": about.version,
    }


@meetings.when(ParticipantCheckedIn)
def checked_in(row: Meeting, _fact: ParticipantCheckedIn, about: About) -> Changes:
    return once(row, about, stage=Stage.IN_SESSION.value, present=row.present + 1)


@meetings.when(ItemDecided)
def decided(row: Meeting, fact: ItemDecided, about: About) -> Changes:
    agreed = row.agreed + int(fact.outcome in AGREED)
    return once(row, about, items=row.items + 1, agreed=agreed)


@meetings.when(MeetingHeld)
def held(_row: Meeting, fact: MeetingHeld, about: About) -> Changes:
    return {
        **what(fact),
        "stage": Stage.HELD.value,
        "starts_at": fact.started_at,
        "invited": fact.attendance.invited,
        "present": fact.attendance.present,
        "version": about.version,
    }


# What is still to come stands first, the nearest on top; then what was held, the newest on top.
LISTED = below("""
select m.* from read.meeting m join below on below.code = m.org
 order by stage = 'HELD', case when stage = 'HELD' then null else starts_at end nulls last,
          starts_at desc, meeting_id limit :most
""")
OF_ISSUE = below("""
select m.* from read.meeting m join below on below.code = m.org
 where issue_ids @> cast(:issue as jsonb) order by starts_at nulls last
""")
COUNT = below("""
select count(*) as n from read.meeting m join below on below.code = m.org
""")


async def listed(db: Database, org: str, most: int = 100) -> Sequence[Row[Any]]:
    """For a seat on `org`: its meetings and those below it."""
    return await db.all(LISTED, org=org, most=most)


async def count(db: Database, org: str) -> int:
    return int((await db.one(COUNT, org=org)).n)


async def of_issue(db: Database, org: str, issue_id: UUID) -> Sequence[Row[Any]]:
    return await db.all(OF_ISSUE, org=org, issue=f'["{issue_id}"]')
