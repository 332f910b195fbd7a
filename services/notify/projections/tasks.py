"""Which step is next, who has to take it, and by when?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text

from contracts.calendar import CLOSES, ZONE
from contracts.intake import IssueSubmitted
from contracts.meetings import (
    MeetingDrafted,
    MeetingHeld,
    TopicApproved,
    TopicDeferred,
    TopicProposed,
    TopicRejected,
    TopicSubmitted,
)
from contracts.permission import Role
from contracts.routing import (
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueWorkStarted,
)
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.calendar import shipped

TRIAGE_DAYS = 1
"""Working days until a matter is accepted and routed (domain.md 3.3)."""
TRIES = 3


class Step(StrEnum):
    NONE = ""
    ACCEPT = "accept"
    ROUTE = "route"
    SIGN = "sign"
    CONTACT = "contact"
    START = "start"
    ANSWER = "answer"
    PREPARE = "prepare"
    DECIDE = "decide"
    MEET = "meet"


WORK = (Step.SIGN, Step.CONTACT, Step.START, Step.ANSWER, Step.PREPARE, Step.MEET)
STEPS: dict[str, tuple[Step, ...]] = {
    Role.STATION_STAFF: (Step.ACCEPT, Step.ROUTE),
    Role.GRID_WORKER: WORK,
    Role.COMMUNITY_LIAISON: WORK,
    Role.TOWN_LIAISON: WORK,
    Role.COMMUNITY_SECRETARY: (Step.DECIDE,),
    Role.TOWN_COMMITTEE: (Step.DECIDE,),
}
"""What each role may be asked to do."""


@dataclass(slots=True)
class Task:
    """Of a matter or a topic. A row stays when there is nothing left to do: it says when."""

    subject: str
    kind: str = ""
    code: str = ""
    category: str | None = None
    urgent: bool = False
    org: str = ""
    grid: str | None = None
    step: str = Step.NONE
    due: datetime | None = None
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    promoted: bool = False
    stream: str = ""
    version: int = 0
    changed: int = 0


tasks = Projection(Task, key="subject", version=1, indexes=("org", "due", "changed"))


def met(about: About) -> dict[str, object]:
    """Where it last changed."""
    kind = about.stream.partition("-")[0]
    return {"stream": kind, "version": about.version, "changed": about.seq}


@tasks.when(IssueSubmitted)
def submitted(_row: Task, fact: IssueSubmitted, about: About) -> Changes:
    return {
        "kind": "issue",
        "code": fact.public_code,
        "category": fact.category_hint,
        "org": fact.target.org_code,
        "step": Step.ACCEPT,
        "due": shipped().plus_days(about.at, TRIAGE_DAYS).astimezone(UTC),
        **met(about),
    }


@tasks.when(IssueAccepted)
def accepted(_row: Task, fact: IssueAccepted, about: About) -> Changes:
    urgent = fact.assessment.urgency == "EMERGENCY"
    category = fact.assessment.category
    return {"step": Step.ROUTE, "category": category, "urgent": urgent, **met(about)}


@tasks.when(IssueRouted)
def routed(_row: Task, fact: IssueRouted, about: About) -> Changes:
    return {
        "org": fact.to_org,
        "grid": fact.grid_code,
        "step": Step.SIGN,
        "due": fact.sign_by,
        "contact_by": fact.contact_by,
        "resolve_by": fact.resolve_by,
        **met(about),
    }


@tasks.when(IssueSigned)
def signed(row: Task, _fact: IssueSigned, about: About) -> Changes:
    return {"step": Step.CONTACT, "due": row.contact_by, **met(about)}


@tasks.when(IssueContacted)
def contacted(row: Task, fact: IssueContacted, about: About) -> Changes:
    if row.step != Step.CONTACT or not (fact.reached or fact.attempt >= TRIES):
        return met(about)
    return {"step": Step.START, "due": row.resolve_by, **met(about)}


@tasks.when(IssueWorkStarted)
def started(row: Task, _fact: IssueWorkStarted, about: About) -> Changes:
    return {"step": Step.ANSWER, "due": row.resolve_by, **met(about)}


@tasks.when(IssuePromotedToTopic)
def promoted(_row: Task, _fact: IssuePromotedToTopic, about: About) -> Changes:
    """Until the council has met, the topic is what somebody has to deal with."""
    return {"step": Step.NONE, "due": None, "promoted": True, **met(about)}


@tasks.when(IssueAnswered)
def answered(_row: Task, _fact: IssueAnswered, about: About) -> Changes:
    return {"step": Step.NONE, "due": None, **met(about)}


@tasks.when(IssueClosed)
def closed(_row: Task, _fact: IssueClosed, about: About) -> Changes:
    return {"step": Step.NONE, "due": None, **met(about)}


@tasks.when(IssueReopened)
def reopened(_row: Task, fact: IssueReopened, about: About) -> Changes:
    return {
        "step": Step.CONTACT,
        "due": fact.contact_by,
        "contact_by": fact.contact_by,
        "resolve_by": fact.resolve_by,
        **met(about),
    }


@tasks.when(TopicProposed)
def proposed(_row: Task, fact: TopicProposed, about: About) -> Changes:
    return {"kind": "topic", "org": fact.org_code, "step": Step.PREPARE, **met(about)}


@tasks.when(TopicSubmitted)
def laid_before(_row: Task, fact: TopicSubmitted, about: About) -> Changes:
    return {"step": Step.DECIDE, "due": fact.decide_by, **met(about)}


@tasks.when(TopicDeferred)
def deferred(_row: Task, fact: TopicDeferred, about: About) -> Changes:
    until = datetime.combine(fact.until, CLOSES, ZONE).astimezone(UTC)
    return {"step": Step.DECIDE, "due": until, **met(about)}


@tasks.when(TopicRejected)
def rejected(_row: Task, _fact: TopicRejected, about: About) -> Changes:
    return {"step": Step.NONE, "due": None, **met(about)}


@tasks.when(TopicApproved)
def approved(_row: Task, fact: TopicApproved, about: About) -> Changes:
    return {"step": Step.MEET, "due": fact.meet_by, **met(about)}


@tasks.when(MeetingDrafted, keys=lambda fact, _about: [str(one) for one in fact.topic_ids])
def called(_row: Task, _fact: MeetingDrafted, about: About) -> Changes:
    """Told on the meeting's stream: the version of the topic's own stays what it was."""
    return {"step": Step.NONE, "due": None, "changed": about.seq}


@tasks.when(MeetingHeld, keys=lambda fact, _about: [str(one) for one in fact.issue_ids])
def held(row: Task, _fact: MeetingHeld, about: About) -> Changes:
    """What the council deliberated can be answered now."""
    if not row.promoted:
        return {}
    ready = {"step": Step.ANSWER, "due": row.resolve_by, "promoted": False}
    return {**ready, "changed": about.seq}


# A station sees all of its town; who works on a matter, what was sent to their own organisation.
MINE = text("""
with recursive below as (
  select code from read.organisation where code = :org
  union select o.code from below join read.organisation o
     on coalesce(o.managed_by, o.located_in) = below.code
     and :subtree
)
select t.* from read.task t
 where t.step = any(:steps)
   and (t.org in (select code from below) or t.grid = :org)
 order by t.due nulls last, t.subject limit :most
""")
BELOW = frozenset({Role.STATION_STAFF})


async def mine(db: Database, role: str, org: str, most: int = 200) -> Sequence[Row[Any]]:
    """What a seat has to do, what is due first on top; nothing for roles that only look."""
    steps = STEPS.get(role, ())
    if not steps:
        return []
    return await db.all(MINE, org=org, steps=list(steps), subtree=role in BELOW, most=most)
