"""How far is a matter, who leads it, and what was said of it by when?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.intake import IssueEvaluated, IssueSubmitted, ReporterErased
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.meetings import MeetingDrafted, MeetingHeld, TopicProposed
from contracts.routing import (
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueDeliberated,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
    TopicDecision,
)
from contracts.stages import AFTER_MEETING, AFTER_TOPIC, Stage
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from services.intake.domain.original import Answering


@dataclass(slots=True)
class Matter:
    """Texts rest sealed. The first block is intake's to fill, the second routing's, the last
    meetings'."""

    issue_id: str
    code: str = ""
    org: str = ""
    channel: str = ""
    title: str = ""
    text: str = ""
    place: str | None = None
    photos: list[str] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)
    reporter: UUID | None = None
    submitted_at: datetime | None = None
    rated_round: int = 0
    solved: str | None = None
    satisfaction: int = 0
    comment: str | None = None
    erased: bool = False

    stage: str = Stage.SUBMITTED.value
    lead: str | None = None
    others: list[str] = field(default_factory=list)
    round: int = 1
    sign_by: datetime | None = None
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    evaluate_by: datetime | None = None
    closed_solved: str | None = None

    councils: list[str] = field(default_factory=list)

    @property
    def answering(self) -> Answering:
        return Answering(self.org, self.lead, self.others)


matter = Projection(Matter, key="issue_id", version=3, indexes=("code",))


@matter.when(IssueSubmitted)
def submitted(_row: Matter, fact: IssueSubmitted, about: About) -> Changes:
    return {
        "code": fact.public_code,
        "org": fact.target.org_code,
        "channel": fact.channel.value,
        "title": fact.title.token,
        "text": fact.text.token,
        "place": fact.location.place.token if fact.location.place else None,
        "photos": [str(photo.id) for photo in fact.attachments],
        "consents": list(fact.consent.items) if fact.consent else [],
        "reporter": fact.reporter_ref,
        "submitted_at": about.at,
    }


@matter.when(IssueEvaluated)
def evaluated(_row: Matter, fact: IssueEvaluated, _about: About) -> Changes:
    return {
        "rated_round": fact.round,
        "solved": fact.solved.value,
        "satisfaction": fact.satisfaction,
        "comment": fact.comment.token if fact.comment else None,
    }


@matter.when(ReporterErased)
def erased(_row: Matter, _fact: ReporterErased, _about: About) -> Changes:
    return {"erased": True}


# ── routing's ───────────────────────────────────────────────────────────────────────────────


@matter.when(IssueAccepted)
def accepted(_row: Matter, _fact: IssueAccepted, _about: About) -> Changes:
    return {"stage": Stage.ACCEPTED.value}


@matter.when(IssueRouted)
def routed(_row: Matter, fact: IssueRouted, _about: About) -> Changes:
    return {
        "stage": Stage.ROUTED.value,
        "lead": fact.lead_org,
        "others": [*fact.co_orgs, *([fact.grid_code] if fact.grid_code else ())],
        "sign_by": fact.sign_by,
        "contact_by": fact.contact_by,
        "resolve_by": fact.resolve_by,
    }


@matter.when(IssueSigned)
def signed(_row: Matter, _fact: IssueSigned, _about: About) -> Changes:
    return {"stage": Stage.SIGNED.value}


@matter.when(IssueWorkStarted)
def started(_row: Matter, _fact: IssueWorkStarted, _about: About) -> Changes:
    return {"stage": Stage.IN_PROGRESS.value}


@matter.when(IssuePromotedToTopic)
def promoted(_row: Matter, _fact: IssuePromotedToTopic, _about: About) -> Changes:
    return {"stage": Stage.TOPIC_PENDING.value}


@matter.when(IssueTopicDecided)
def decided(row: Matter, fact: IssueTopicDecided, _about: About) -> Changes:
    stage = {"stage": AFTER_TOPIC[fact.decision].value}
    if fact.decision is not TopicDecision.REJECTED:
        return stage
    lead, by = fact.handling_org or row.lead, fact.contact_by or row.contact_by
    others = row.others if lead == row.lead else []  # who helped the one before helps no more
    return {**stage, "lead": lead, "others": others, "contact_by": by}


@matter.when(IssueDeliberated)
def met(_row: Matter, fact: IssueDeliberated, _about: About) -> Changes:
    return {"stage": AFTER_MEETING[fact.outcome].value}


@matter.when(IssueDeclined)
def declined(_row: Matter, _fact: IssueDeclined, _about: About) -> Changes:
    return {"stage": Stage.NOT_ACCEPTED.value}


@matter.when(IssueTransferred)
def handed_on(_row: Matter, _fact: IssueTransferred, _about: About) -> Changes:
    return {"stage": Stage.TRANSFERRED.value}


@matter.when(IssueAnswered)
def answered(row: Matter, fact: IssueAnswered, about: About) -> Changes:
    """By who leads, whoever above them approved it."""
    return {
        "stage": Stage.ANSWERED.value,
        "round": fact.round,
        "answer": fact.reply.token,
        "answered_by": row.lead or about.actor.org,
        "answered_at": about.at,
        "evaluate_by": fact.evaluate_by,
    }


@matter.when(IssueReopened)
def reopened(_row: Matter, fact: IssueReopened, _about: About) -> Changes:
    return {
        "stage": Stage.REWORK.value,
        "round": fact.round,
        "contact_by": fact.contact_by,
        "resolve_by": fact.resolve_by,
        "answer": None,
    }


@matter.when(IssueClosed)
def closed(_row: Matter, fact: IssueClosed, _about: About) -> Changes:
    return {
        "stage": Stage.CLOSED.value,
        "closed_solved": fact.solved.value if fact.solved else None,
    }


# ── meetings' ───────────────────────────────────────────────────────────────────────────────


AboutIssues = TopicProposed | MeetingDrafted | MeetingHeld


def issues(fact: AboutIssues, _about: About) -> list[str]:
    return [str(issue) for issue in fact.issue_ids]


def deliberated(row: Matter, _fact: AboutIssues, about: About) -> Changes:
    return {"councils": sorted({*row.councils, about.key})}


matter.when(TopicProposed, issues)(deliberated)
matter.when(MeetingDrafted, issues)(deliberated)
matter.when(MeetingHeld, issues)(deliberated)


# A code is claimed in the same statement that writes its matter, so what somebody has just sent
# is found here before a read model has it.
OWN = text("""
select c.stream_id,
       (select max(version) from kernel.events e where e.stream_id = c.stream_id) as version
  from kernel.claims c where (kind, value) = ('public-code', :code)
""")
BY_CODE = text("select * from read.matter where code = :code")
BY_ID = text("select * from read.matter where issue_id = :issue and code <> ''")


async def own_stream(db: Database, code: str) -> Row[Any] | None:
    """(stream_id, version) of the matter that has this code."""
    rows = await db.all(OWN, code=code)
    return rows[0] if rows else None


async def by_code(db: Database, code: str) -> Matter | None:
    return next((Matter(**row._mapping) for row in await db.all(BY_CODE, code=code)), None)


async def by_id(db: Database, issue: str) -> Matter | None:
    return next((Matter(**row._mapping) for row in await db.all(BY_ID, issue=issue)), None)
