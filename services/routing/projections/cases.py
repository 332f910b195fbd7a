"""Which matters are mine, how far is each, and what is due first?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.intake import IssueSubmitted
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.routing import (
    EscalationRaised,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueDeliberated,
    IssueProgressed,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
    TopicDecision,
)
from contracts.stages import AFTER_MEETING, TRIES_IN_VAIN, Stage
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.organisations import below
from services.routing.domain.case import CaseOpened
from services.routing.projections import PAGE


@dataclass(slots=True)
class Cases:
    """`title` rests sealed. `next_step` is due at `next_due`; `urged` counts since it was routed.

    `led_since` is the version at which who leads was last named: it tells case_org who still does.
    """

    issue_id: str
    code: str = ""
    title: str = ""
    target: str = ""
    stage: str = Stage.UNKNOWN.value
    lane: str = ""
    mode: str = ""
    org: str = ""
    category: str = ""
    urgency: str = ""
    affected_hh: int = 0
    submitted_at: datetime | None = None
    triage_by: datetime | None = None
    sign_by: datetime | None = None
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    decide_by: datetime | None = None
    meet_by: datetime | None = None
    evaluate_by: datetime | None = None
    next_step: str = ""
    next_due: datetime | None = None
    reached: bool = False
    attempts: int = 0
    urged: int = 0
    round: int = 1
    topic_id: UUID | None = None
    drafted: bool = False
    led_since: int = 0
    version: int = 0


INDEXES = ("code", "stage", "org", "next_due")
cases = Projection(Cases, key="issue_id", version=2, indexes=INDEXES)

Instants = dict[str, tuple[str, datetime | None]]


def waits_for(row: Cases) -> tuple[str, datetime | None]:
    """The step that comes next, and by when."""
    waits: Instants = {
        Stage.SUBMITTED: ("triage", row.triage_by),
        Stage.ACCEPTED: ("triage", row.triage_by),
        Stage.ROUTED: ("sign", row.sign_by),
        Stage.TOPIC_PENDING: ("decide", row.decide_by),
        Stage.DELIBERATING: ("meet", row.meet_by),
        Stage.ANSWERED: ("evaluate", row.evaluate_by),
    }
    if row.stage in waits:
        return waits[row.stage]
    spoken_to = row.reached or row.attempts >= TRIES_IN_VAIN
    working = row.stage in (Stage.SIGNED, Stage.IN_PROGRESS, Stage.REWORK, Stage.IMPLEMENTING)
    if working and not spoken_to and row.contact_by:
        return "contact", row.contact_by
    if working and row.drafted:
        return "approve", row.resolve_by
    return ("resolve", row.resolve_by) if working else ("", None)


def then(row: Cases, about: About, **changes: Any) -> Changes:
    step, due = waits_for(replace(row, **changes))
    return {**changes, "version": about.version, "next_step": step, "next_due": due}


@cases.when(IssueSubmitted)
def submitted(_row: Cases, fact: IssueSubmitted, about: About) -> Changes:
    return {"code": fact.public_code, "title": fact.title.token, "submitted_at": about.at}


@cases.when(CaseOpened)
def opened(row: Cases, fact: CaseOpened, about: About) -> Changes:
    stage = Stage.SUBMITTED.value
    return then(row, about, stage=stage, target=fact.target_org, triage_by=fact.triage_by)


@cases.when(IssueAccepted)
def accepted(row: Cases, fact: IssueAccepted, about: About) -> Changes:
    matter = fact.assessment
    return then(
        row,
        about,
        stage=Stage.ACCEPTED.value,
        category=matter.category,
        urgency=matter.urgency.value,
        affected_hh=matter.affected_hh,
    )


@cases.when(IssueRouted)
def routed(row: Cases, fact: IssueRouted, about: About) -> Changes:
    return then(
        row,
        about,
        stage=Stage.ROUTED.value,
        lane=fact.lane.value,
        mode=fact.mode.value,
        org=fact.lead_org,
        round=fact.round,
        sign_by=fact.sign_by,
        contact_by=fact.contact_by,
        resolve_by=fact.resolve_by,
        reached=False,
        attempts=0,
        urged=0,
        drafted=False,
        led_since=about.version,
    )


@cases.when(IssueDeclined)
def declined(row: Cases, _fact: IssueDeclined, about: About) -> Changes:
    return then(row, about, stage=Stage.NOT_ACCEPTED.value)


@cases.when(IssueTransferred)
def transferred(row: Cases, _fact: IssueTransferred, about: About) -> Changes:
    return then(row, about, stage=Stage.TRANSFERRED.value, drafted=False)


@cases.when(IssueSigned)
def signed(row: Cases, _fact: IssueSigned, about: About) -> Changes:
    return then(row, about, stage=Stage.SIGNED.value)


@cases.when(IssueContacted)
def contacted(row: Cases, fact: IssueContacted, about: About) -> Changes:
    return then(row, about, reached=row.reached or fact.reached, attempts=fact.attempt)


@cases.when(IssueWorkStarted)
def started(row: Cases, _fact: IssueWorkStarted, about: About) -> Changes:
    return then(row, about, stage=Stage.IN_PROGRESS.value)


@cases.when(IssueProgressed)
def progressed(row: Cases, _fact: IssueProgressed, about: About) -> Changes:
    return then(row, about)


@cases.when(IssuePromotedToTopic)
def promoted(row: Cases, fact: IssuePromotedToTopic, about: About) -> Changes:
    stage, topic = Stage.TOPIC_PENDING.value, fact.topic_id
    return then(row, about, stage=stage, topic_id=topic, decide_by=fact.decide_by, drafted=False)


@cases.when(IssueTopicDecided)
def topic_decided(row: Cases, fact: IssueTopicDecided, about: About) -> Changes:
    match fact.decision:
        case TopicDecision.APPROVED:
            return then(row, about, stage=Stage.DELIBERATING.value, meet_by=fact.meet_by)
        case TopicDecision.REJECTED:
            return then(row, about, **handed(row, fact), led_since=about.version)
        case TopicDecision.DEFERRED:
            return then(row, about, decide_by=None)


def handed(row: Cases, fact: IssueTopicDecided) -> dict[str, object]:
    org = fact.handling_org or row.org
    same: dict[str, object] = {"stage": Stage.IN_PROGRESS.value, "org": org}
    anew = {"reached": False, "attempts": 0, "contact_by": fact.contact_by}
    return same if org == row.org else {**same, **anew}


@cases.when(IssueDeliberated)
def deliberated(row: Cases, fact: IssueDeliberated, about: About) -> Changes:
    return then(row, about, stage=AFTER_MEETING[fact.outcome].value)


@cases.when(AnswerDrafted)
def drafted(row: Cases, _fact: AnswerDrafted, about: About) -> Changes:
    return then(row, about, drafted=True)


@cases.when(AnswerSentBack)
def sent_back(row: Cases, _fact: AnswerSentBack, about: About) -> Changes:
    return then(row, about, drafted=False)


@cases.when(IssueAnswered)
def answered(row: Cases, fact: IssueAnswered, about: About) -> Changes:
    stage, by = Stage.ANSWERED.value, fact.evaluate_by
    return then(row, about, stage=stage, evaluate_by=by, drafted=False)


@cases.when(IssueReopened)
def reopened(row: Cases, fact: IssueReopened, about: About) -> Changes:
    return then(
        row,
        about,
        stage=Stage.REWORK.value,
        round=fact.round,
        contact_by=fact.contact_by,
        resolve_by=fact.resolve_by,
        reached=False,
        attempts=0,
        urged=0,
    )


@cases.when(IssueClosed)
def closed(row: Cases, _fact: IssueClosed, about: About) -> Changes:
    return then(row, about, stage=Stage.CLOSED.value)


@cases.when(EscalationRaised)
def urged(row: Cases, _fact: EscalationRaised, about: About) -> Changes:
    return then(row, about, urged=row.urged + 1)


# Whoever it was raised at sees it for good; who leads and who helps, as long as they do.
MINE = """
, mine as (
  select distinct c.* from read.case_org o join below on below.code = o.org
    join read.cases c on c.issue_id = o.issue_id
   where o.why = 'target' or o.since = c.led_since
)
"""
AT_HAND = below(f"""
{MINE}
select mine.*, p.name as org_name from mine left join read.organisation p on p.code = mine.org
 where stage = any(:stages) and (cast(:upto as timestamptz) is null or next_due <= :upto)
   and (:urged_only is false or urged > 0)
   and (cast(:lane as text) = '' or lane = :lane)
 order by urgency is distinct from 'EMERGENCY', next_due nulls last, issue_id
 limit :most offset :start
""")  # noqa: S608
NUMBERS = below(f"""
{MINE}
select stage, lane, count(*) as n,
       count(*) filter (where next_due <= :now) as late,
       count(*) filter (where next_due > :now and next_due <= :upto) as today,
       count(*) filter (where urged > 0) as urged
  from mine group by stage, lane
""")  # noqa: S608


async def at_hand(
    db: Database,
    org: str,
    stages: Sequence[Stage],
    upto: datetime | None = None,
    urged_only: bool = False,
    lane: str = "",
    start: int = 0,
    most: int = PAGE + 1,
) -> Sequence[Row[Any]]:
    """For a seat on `org`, what is due first on top; of one lane, where one is named. With one row
    more than a page shows, if there are more."""
    given = {"upto": upto, "urged_only": urged_only, "lane": lane, "start": start, "most": most}
    return await db.all(AT_HAND, org=org, stages=[stage.value for stage in stages], **given)


async def numbers(db: Database, org: str, now: datetime, upto: datetime) -> Sequence[Row[Any]]:
    """By stage and lane: how many, late, due until then, urged."""
    return await db.all(NUMBERS, org=org, now=now, upto=upto)
