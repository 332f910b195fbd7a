"""Which step is next, who has to take it, and by when?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.calendar import CLOSES, ZONE
from contracts.intake import IssueSubmitted
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.meetings import (
    MeetingDrafted,
    TopicApproved,
    TopicDeferred,
    TopicProposed,
    TopicRejected,
    TopicSubmitted,
)
from contracts.permission import Role
from contracts.routing import (
    Deliberated,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueDeliberated,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
    TopicDecision,
)
from contracts.stages import TRIES_IN_VAIN
from kernel.database import Database
from kernel.envelope import About
from kernel.event import Event
from kernel.read.projection import Changes, Projection
from registry.calendar import shipped
from registry.organisations import below

TRIAGE_DAYS = 1
"""Working days until a matter is accepted and routed (domain.md 3.3)."""


class Step(StrEnum):
    NONE = ""
    ACCEPT = "accept"
    ROUTE = "route"
    SIGN = "sign"
    CONTACT = "contact"
    START = "start"
    ANSWER = "answer"
    APPROVE = "approve"
    PREPARE = "prepare"
    DECIDE = "decide"
    MEET = "meet"


WORK = (Step.SIGN, Step.CONTACT, Step.START, Step.ANSWER, Step.PREPARE, Step.MEET)
STEPS: dict[str, tuple[Step, ...]] = {
    Role.STATION_STAFF: (Step.ACCEPT, Step.ROUTE),
    Role.GRID_WORKER: WORK,
    Role.COMMUNITY_LIAISON: WORK,
    Role.TOWN_LIAISON: WORK,
    Role.COMMUNITY_SECRETARY: (Step.DECIDE, Step.APPROVE),
    Role.TOWN_COMMITTEE: (Step.DECIDE, Step.APPROVE),
}
"""What each role may be asked to do."""


@dataclass(slots=True)
class Task:
    """Of a matter or a topic. A row stays when there is nothing left to do: it says when. `called`
    is a meeting's to say, all else that of the matter or the topic itself."""

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
    spoken: bool = False
    called: bool = False
    stream: str = ""
    version: int = 0
    changed: int = 0


tasks = Projection(Task, key="subject", version=3, indexes=("org", "due", "changed"))


NOTHING: dict[str, object] = {"step": Step.NONE, "due": None}


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
        "spoken": False,
        **met(about),
    }


@tasks.when(IssueSigned)
def signed(row: Task, _fact: IssueSigned, about: About) -> Changes:
    return {"step": Step.CONTACT, "due": row.contact_by, **met(about)}


@tasks.when(IssueContacted)
def contacted(row: Task, fact: IssueContacted, about: About) -> Changes:
    if not (fact.reached or fact.attempt >= TRIES_IN_VAIN):
        return met(about)
    then = {"step": Step.START, "due": row.resolve_by} if row.step == Step.CONTACT else {}
    return {"spoken": True, **then, **met(about)}


@tasks.when(IssueWorkStarted)
def started(row: Task, _fact: IssueWorkStarted, about: About) -> Changes:
    if row.step == Step.APPROVE:
        return met(about)
    return {"step": Step.ANSWER, "due": row.resolve_by, **met(about)}


@tasks.when(AnswerDrafted)
def drafted(row: Task, _fact: AnswerDrafted, about: About) -> Changes:
    return {"step": Step.APPROVE, "due": row.resolve_by, **met(about)}


@tasks.when(AnswerSentBack)
def sent_back(row: Task, _fact: AnswerSentBack, about: About) -> Changes:
    return {"step": Step.ANSWER, "due": row.resolve_by, **met(about)}


@tasks.when(IssuePromotedToTopic)
def promoted(_row: Task, _fact: IssuePromotedToTopic, about: About) -> Changes:
    """Until the council has met, the topic is what somebody has to deal with."""
    return {**NOTHING, **met(about)}


@tasks.when(IssueTopicDecided)
def topic_decided(row: Task, fact: IssueTopicDecided, about: About) -> Changes:
    if fact.decision is not TopicDecision.REJECTED:
        return met(about)
    org = fact.handling_org or row.org
    if org == row.org:
        return {**worked_on(row), **met(about)}
    anew = {"org": org, "grid": None, "contact_by": fact.contact_by, "spoken": False}
    return {**anew, "step": Step.CONTACT, "due": fact.contact_by, **met(about)}


@tasks.when(IssueDeliberated)
def deliberated(row: Task, fact: IssueDeliberated, about: About) -> Changes:
    again = fact.outcome is Deliberated.ADJOURNED
    return {**({} if again else worked_on(row)), **met(about)}


def worked_on(row: Task) -> dict[str, object]:
    """The resident is spoken to before there can be an answer."""
    if row.spoken:
        return {"step": Step.ANSWER, "due": row.resolve_by}
    return {"step": Step.CONTACT, "due": row.contact_by}


def over(_row: Task, _fact: Event, about: About) -> Changes:
    """Nobody of the staff has a step to take."""
    return {**NOTHING, **met(about)}


for kind in (IssueDeclined, IssueTransferred, IssueAnswered, IssueClosed, TopicRejected):
    tasks.when(kind)(over)


@tasks.when(IssueReopened)
def reopened(_row: Task, fact: IssueReopened, about: About) -> Changes:
    return {
        "step": Step.CONTACT,
        "due": fact.contact_by,
        "contact_by": fact.contact_by,
        "resolve_by": fact.resolve_by,
        "spoken": False,
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


@tasks.when(TopicApproved)
def approved(_row: Task, fact: TopicApproved, about: About) -> Changes:
    return {"step": Step.MEET, "due": fact.meet_by, **met(about)}


@tasks.when(MeetingDrafted, keys=lambda fact, _about: [str(one) for one in fact.topic_ids])
def called(_row: Task, _fact: MeetingDrafted, about: About) -> Changes:
    """Told on the meeting's stream, maybe before the topic's: that one's version stays."""
    return {"called": True, "changed": about.seq}


# A station sees all of its town; a head also what waits below for its approval, where the seat may
# be empty; who works on a matter, what was sent to their own organisation.
MINE = below("""
select t.* from read.task t
 where t.step = any(:steps) and not (t.step = 'meet' and t.called)
   and (:org in (t.org, t.grid) or (:subtree and t.org in (select code from below))
        or (t.step = 'approve' and t.org in (select code from below)))
 order by t.due nulls last, t.subject limit :most
""")
LOOKS_DOWN = frozenset({Role.STATION_STAFF})


async def mine(db: Database, role: str, org: str, most: int = 200) -> Sequence[Row[Any]]:
    """What a seat has to do, what is due first on top; nothing for roles that only look."""
    steps = STEPS.get(role, ())
    if not steps:
        return []
    return await db.all(MINE, org=org, steps=list(steps), subtree=role in LOOKS_DOWN, most=most)
