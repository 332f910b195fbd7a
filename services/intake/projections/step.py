"""What happened to a matter, one row for each thing that a resident may read?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from contracts.intake import Attachment, IssueEvaluated, IssueSubmitted, ReporterErased
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.meetings import (
    MeetingHeld,
    MeetingNoticed,
    TopicApproved,
    TopicDeferred,
    TopicRejected,
    TopicSubmitted,
)
from contracts.routing import (
    EscalationRaised,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueProgressed,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueWorkStarted,
    VoiceNotFollowed,
)
from kernel.database import Database
from kernel.envelope import About
from kernel.event import Event
from kernel.read.projection import Changes, Projection

F = TypeVar("F", bound=Event)
Said = Mapping[str, object]
"""What the sentence about it needs; `text` and `advice` are sealed ones."""


@dataclass(slots=True)
class Step:
    """`subject`: the matter, or the topic or meeting about it."""

    event_id: str
    subject: str = ""
    at: datetime | None = None
    seq: int = 0
    kind: str = ""
    org: str = ""
    text: str | None = None
    advice: str | None = None
    said: dict[str, object] = field(default_factory=dict)


step = Projection(Step, key="event_id", version=3, indexes=("subject",))


def own_row(_fact: Event, about: About) -> list[str]:
    return [str(about.id)]


def tells(kind: type[F]) -> Callable[[Callable[[F], Said | None]], Callable[[F], Said | None]]:
    """Registers what is kept of a fact; None: it is not for residents."""

    def register(said: Callable[[F], Said | None]) -> Callable[[F], Said | None]:
        @step.when(kind, own_row)
        def fold(_row: Step, fact: F, about: About) -> Changes:
            kept = said(fact)
            return None if kept is None else row_of(kind.__name__, dict(kept), about)

        return said

    return register


def row_of(kind: str, kept: dict[str, object], about: About) -> Changes:
    return {
        "subject": about.key,
        "at": about.at,
        "seq": about.seq,
        "kind": kind,
        "org": about.actor.org,
        "text": kept.pop("text", None),
        "advice": kept.pop("advice", None),
        "said": {name: written(value) for name, value in kept.items()},
    }


def written(value: object) -> object:
    """As it will be read back."""
    return value.isoformat() if isinstance(value, date) else value


for bare in (IssueAccepted, IssueSigned, IssueWorkStarted, IssuePromotedToTopic, ReporterErased):
    tells(bare)(lambda _fact: {})


@tells(IssueSubmitted)
def submitted(fact: IssueSubmitted) -> Said:
    return {"channel": fact.channel}


@tells(IssueEvaluated)
def evaluated(fact: IssueEvaluated) -> Said:
    comment = fact.comment.token if fact.comment else None
    return {"solved": fact.solved, "satisfaction": fact.satisfaction, "text": comment}


@tells(IssueDeclined)
def declined(fact: IssueDeclined) -> Said:
    texts = {"text": fact.explanation.token, "advice": fact.alternative.token}
    return {"reason": fact.reason, **texts}


@tells(IssueTransferred)
def handed_on(fact: IssueTransferred) -> Said:
    return {"channel": fact.channel, "text": fact.explanation.token}


@tells(IssueRouted)
def routed(fact: IssueRouted) -> Said:
    return {
        "leg": fact.leg,
        "lane": fact.lane,
        "mode": fact.mode,
        "to": fact.to_org,
        "resolve_by": fact.resolve_by,
    }


@tells(IssueContacted)
def contacted(fact: IssueContacted) -> Said:
    return {"method": fact.method, "reached": fact.reached, "attempt": fact.attempt}


@tells(IssueProgressed)
def progressed(fact: IssueProgressed) -> Said | None:
    return {"text": fact.note.token, **shown(fact.attachments)} if fact.public else None


@tells(IssueAnswered)
def answered(fact: IssueAnswered) -> Said:
    return {"result": fact.result, "text": fact.reply.token, **shown(fact.evidence)}


def shown(photos: Sequence[Attachment]) -> Said:
    return {"photos": [str(photo.id) for photo in photos]}


@tells(IssueClosed)
def closed(fact: IssueClosed) -> Said:
    return {"basis": fact.basis, "solved": fact.solved}


@tells(IssueReopened)
def reopened(fact: IssueReopened) -> Said:
    return {"contact_by": fact.contact_by, "resolve_by": fact.resolve_by}


@tells(EscalationRaised)
def urged(fact: EscalationRaised) -> Said:
    return {"level": fact.level, "clock": fact.clock, "org": fact.org, "due": fact.due}


@tells(VoiceNotFollowed)
def not_followed(fact: VoiceNotFollowed) -> Said:
    return {"why": fact.why}


@tells(TopicSubmitted)
def topic_submitted(fact: TopicSubmitted) -> Said:
    return {"decide_by": fact.decide_by}


@tells(TopicApproved)
def approved(fact: TopicApproved) -> Said:
    return {"meet_by": fact.meet_by}


@tells(TopicRejected)
def rejected(fact: TopicRejected) -> Said:
    return {"to": fact.handling_org, "text": fact.why.token}


@tells(TopicDeferred)
def deferred(fact: TopicDeferred) -> Said:
    return {"until": fact.until, "text": fact.why.token}


@tells(MeetingNoticed)
def noticed(fact: MeetingNoticed) -> Said:
    return {"starts_at": fact.starts_at, "text": fact.venue.token}


@tells(MeetingHeld)
def held(fact: MeetingHeld) -> Said:
    return {
        "form": fact.form,
        "present": fact.attendance.present,
        "outcomes": [[str(item.topic_id or ""), item.outcome] for item in fact.items],
    }


PICTURED = text("""
select exists (select from read.step
                where subject = :issue and said -> 'photos' ? cast(:photo as text)) as shown
""")
TRAIL = text("""
select * from read.step where subject = any(:subjects) order by at desc, seq desc limit :most
""")
MOST = 200


async def trail(db: Database, subjects: Sequence[str]) -> list[Step]:
    """The newest first."""
    rows = await db.all(TRAIL, subjects=list(subjects), most=MOST)
    return [theirs(Step(**row._mapping), subjects) for row in rows]


def theirs(step: Step, subjects: Sequence[str]) -> Step:
    """Of a meeting about several topics only what came of theirs."""
    said: Mapping[str, Any] = step.said
    if "outcomes" not in said:
        return step
    came = [one for topic, one in said["outcomes"] if not topic or topic in subjects]
    return replace(step, said={**said, "outcomes": came})


async def is_shown(db: Database, issue: str, photo: UUID) -> bool:
    """Whether a step that its resident may read has this photo."""
    return bool((await db.one(PICTURED, issue=issue, photo=str(photo))).shown)
