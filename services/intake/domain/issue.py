"""A resident's matter: raised, rated, and forgotten when they ask (T1, T20, T29)."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from album import MOST_FILES
from contracts.intake import (
    Attachment,
    Channel,
    Consent,
    IssueEvaluated,
    IssueSubmitted,
    Location,
    ReporterErased,
    Solved,
    Target,
    TargetLevel,
)
from kernel.decider import Call, Claim, Decider, Refused, Stream
from kernel.event import Kinds
from kernel.seal.sealed import Sealed
from services.intake.domain.reporter import MOST, must_agree, must_be_short, must_be_written

MOST_A_DAY = 10


@dataclass(frozen=True, slots=True)
class SubmitIssue:
    """As intake makes it of the form: vault row, photos and code are there already."""

    public_code: str
    channel: Channel
    level: TargetLevel
    org_code: str
    text: str
    text_redacted: str
    title: str
    reporter_ref: UUID | None
    consents: tuple[str, ...]
    notice_ver: str
    qr_id: UUID | None = None
    place: str = ""
    category_hint: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluate:
    solved: Solved
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=MOST)] = ""


@dataclass(frozen=True, slots=True)
class EraseReporter:
    pass


Wish = SubmitIssue | Evaluate | EraseReporter
Fact = IssueSubmitted | IssueEvaluated | ReporterErased
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class Issue:
    submitted: IssueSubmitted | None = None
    evaluated: Mapping[int, IssueEvaluated] = field(default_factory=dict)
    erased: bool = False

    def known(self) -> IssueSubmitted:
        if self.submitted is None:
            raise Refused("no-such-issue")
        return self.submitted


@dataclass(frozen=True, slots=True)
class Desk:
    """What the resident was shown, as intake has heard it from routing."""

    call: Call
    active: Container[str] = frozenset()
    liaison: UUID | None = None
    notice_ver: str = ""
    sent_today: int = 0
    answered_round: int | None = None
    evaluate_by: datetime | None = None
    closed: bool = False


def decide(wish: Wish, issue: Issue, desk: Desk) -> Sequence[Fact]:
    match wish:
        case SubmitIssue():
            return submit(wish, issue, desk)
        case Evaluate():
            return evaluate(wish, issue, desk)
        case EraseReporter():
            return erase(issue, desk)
        case _:
            assert_never(wish)


def submit(wish: SubmitIssue, issue: Issue, desk: Desk) -> Sequence[Fact]:
    if issue.submitted:
        return []
    must_be_complete(wish)
    must_be_agreed(wish, desk)
    if wish.org_code not in desk.active:
        raise Refused("no-such-organisation-today", org=wish.org_code)
    if desk.sent_today >= MOST_A_DAY:
        raise Refused("too-many-today", most=MOST_A_DAY)
    return [submitted(wish, desk)]


def must_be_complete(wish: SubmitIssue) -> None:
    must_be_written(wish.text)
    must_be_short(wish.place)
    if len(wish.attachments) > MOST_FILES:
        raise Refused("too-many-photos", most=MOST_FILES)


def must_be_agreed(wish: SubmitIssue, desk: Desk) -> None:
    if wish.reporter_ref is None:
        return
    if wish.notice_ver != desk.notice_ver:
        raise Refused("notice-is-new")
    must_agree(wish.consents)


def submitted(wish: SubmitIssue, desk: Desk) -> IssueSubmitted:
    consent = Consent(notice_ver=wish.notice_ver, items=wish.consents, at=desk.call.now)
    return IssueSubmitted(
        public_code=wish.public_code,
        channel=wish.channel,
        qr_id=wish.qr_id,
        target=Target(level=wish.level, org_code=wish.org_code, liaison_seat=desk.liaison),
        title=Sealed("issue", wish.title),
        text=Sealed("reporter", wish.text),
        text_redacted=Sealed("issue", wish.text_redacted),
        category_hint=wish.category_hint,
        location=Location(place=Sealed("reporter", wish.place) if wish.place else None),
        attachments=wish.attachments,
        reporter_ref=wish.reporter_ref,
        public_anonymous=True,
        consent=consent if wish.reporter_ref else None,
    )


def evaluate(wish: Evaluate, issue: Issue, desk: Desk) -> Sequence[Fact]:
    """Against what the resident was shown: whether it still counts is routing's to decide."""
    issue.known()
    answered = desk.answered_round
    if answered is None:
        raise Refused("no-answer-yet")
    if said := issue.evaluated.get(answered):
        if (said.solved, said.satisfaction) == (wish.solved, wish.satisfaction):
            return []
        raise Refused("rated-already")
    if desk.evaluate_by and desk.call.now > desk.evaluate_by:
        raise Refused("too-late-to-rate", until=desk.evaluate_by)
    comment = Sealed("reporter", wish.comment) if wish.comment else None
    return [
        IssueEvaluated(
            round=answered, solved=wish.solved, satisfaction=wish.satisfaction, comment=comment
        )
    ]


def erase(issue: Issue, desk: Desk) -> Sequence[Fact]:
    reporter = issue.known().reporter_ref
    if issue.erased or reporter is None:
        return []
    if not desk.closed:
        raise Refused("still-worked-on")
    return [ReporterErased(reporter_ref=reporter)]


def evolve(issue: Issue, fact: Fact) -> Issue:
    match fact:
        case IssueSubmitted():
            return replace(issue, submitted=fact)
        case IssueEvaluated():
            return replace(issue, evaluated={**issue.evaluated, fact.round: fact})
        case ReporterErased():
            return replace(issue, erased=True)
        case _:
            assert_never(fact)


def claims(issue: Issue) -> frozenset[Claim]:
    code = issue.submitted.public_code if issue.submitted else None
    return frozenset({Claim("public-code", code)} if code else ())


decider: Decider[Wish, Issue, Fact, Desk] = Decider(Issue(), decide, evolve)
ISSUE = Stream("issue", "issue.events.v1", FACTS, decider, claims=claims)
