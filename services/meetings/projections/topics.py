"""Which topics are there, who has to decide them by when, and what became of them?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.meetings import (
    MeetingDrafted,
    MeetingHeld,
    TopicApproved,
    TopicDeferred,
    TopicLevel,
    TopicProposed,
    TopicRejected,
    TopicSubmitted,
)
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.organisations import below
from services.meetings.domain.topic import Stage


@dataclass(slots=True)
class Topic:
    """`question` rests sealed. The last two are the meeting's to say, all others the topic's."""

    topic_id: str
    org: str = ""
    level: str = ""
    stage: str = ""
    question: str = ""
    issue_ids: list[str] = field(default_factory=list)
    proposed_at: datetime | None = None
    decide_by: datetime | None = None
    meet_by: datetime | None = None
    until: date | None = None
    version: int = 0
    meeting_id: UUID | None = None
    held_at: datetime | None = None


topics = Projection(Topic, key="topic_id", version=1, indexes=("org", "stage"))


@topics.when(TopicProposed)
def proposed(_row: Topic, fact: TopicProposed, about: About) -> Changes:
    return {
        "org": fact.org_code,
        "level": fact.level.value,
        "stage": Stage.PROPOSED.value,
        "question": fact.question.token,
        "issue_ids": [str(one) for one in fact.issue_ids],
        "proposed_at": about.at,
        "version": about.version,
    }


@topics.when(TopicSubmitted)
def submitted(_row: Topic, fact: TopicSubmitted, about: About) -> Changes:
    stage = Stage.SUBMITTED.value
    return {"stage": stage, "decide_by": fact.decide_by, "until": None, "version": about.version}


@topics.when(TopicApproved)
def approved(_row: Topic, fact: TopicApproved, about: About) -> Changes:
    stage = Stage.APPROVED.value
    return {"stage": stage, "meet_by": fact.meet_by, "until": None, "version": about.version}


@topics.when(TopicRejected)
def rejected(_row: Topic, _fact: TopicRejected, about: About) -> Changes:
    return {"stage": Stage.REJECTED.value, "until": None, "version": about.version}


@topics.when(TopicDeferred)
def deferred(_row: Topic, fact: TopicDeferred, about: About) -> Changes:
    return {"stage": Stage.DEFERRED.value, "until": fact.until, "version": about.version}


def its_topics(fact: MeetingDrafted | MeetingHeld, _about: About) -> Sequence[str]:
    return [str(one) for one in fact.topic_ids]


@topics.when(MeetingDrafted, its_topics)
def met(_row: Topic, _fact: MeetingDrafted, about: About) -> Changes:
    return {"meeting_id": UUID(about.key)}


@topics.when(MeetingHeld, its_topics)
def held(_row: Topic, fact: MeetingHeld, _about: About) -> Changes:
    return {"held_at": fact.ended_at}


AGAIN = "AGAIN"
"""What was deferred until today, or longer ago."""
WAITS = f"case when stage = 'DEFERRED' and until <= :today then '{AGAIN}' else stage end"
COUNTS = below(f"""
select {WAITS} as stage, count(*) as n from read.topic t join below on below.code = t.org
 where level = any(:levels) group by 1
""")  # noqa: S608
# What is due first stands first; what has no date yet comes last, the newest of it first.
OF_STAGES = below(f"""
select t.*, jsonb_array_length(issue_ids) as matters
  from read.topic t join below on below.code = t.org
 where {WAITS} = any(:stages) and level = any(:levels)
 order by coalesce(case when stage = 'APPROVED' then meet_by else decide_by end, until)
          nulls last, proposed_at desc, topic_id limit :most
""")  # noqa: S608
PAGE = below("""
select t.* from read.topic t join below on below.code = t.org
 where topic_id > :after and stage <> '' order by topic_id limit :most
""")
OF_ISSUE = below("""
select t.* from read.topic t join below on below.code = t.org
 where issue_ids @> cast(:issue as jsonb) order by proposed_at
""")
ONE = text("select * from read.topic where topic_id = :topic")
LEVELS = (TopicLevel.TOWN, TopicLevel.VILLAGE)


async def counts(
    db: Database, org: str, today: date, levels: Collection[TopicLevel] = LEVELS
) -> dict[str, int]:
    """How many a seat on `org` sees in each stage."""
    rows = await db.all(COUNTS, org=org, today=today, levels=sorted(levels))
    return {row.stage: row.n for row in rows}


async def of_stages(
    db: Database,
    org: str,
    today: date,
    stages: Collection[str],
    levels: Collection[TopicLevel] = LEVELS,
    most: int = 100,
) -> Sequence[Row[Any]]:
    """For a seat on `org`: its topics and those below it, what is due first on top."""
    asked = {"today": today, "stages": sorted(stages), "levels": sorted(levels)}
    return await db.all(OF_STAGES, org=org, most=most, **asked)


async def page(db: Database, org: str, after: str = "", most: int = 50) -> Sequence[Row[Any]]:
    return await db.all(PAGE, org=org, after=after, most=most)


async def of_issue(db: Database, org: str, issue_id: UUID) -> Sequence[Row[Any]]:
    return await db.all(OF_ISSUE, org=org, issue=f'["{issue_id}"]')


async def one(db: Database, topic_id: object) -> Row[Any] | None:
    rows = await db.all(ONE, topic=str(topic_id))
    return rows[0] if rows else None
