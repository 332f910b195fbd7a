"""What was done about a matter, in order, and what the rules remember of it."""

from dataclasses import replace
from typing import assert_never

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.routing import (
    ClockName,
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
    VoiceNotFollowed,
)
from contracts.stages import AFTER_MEETING, Stage
from services.routing.domain.case import (
    Answer,
    Case,
    CaseOpened,
    ContactSeen,
    Council,
    Fact,
    Triage,
    Work,
)


def evolve(case: Case, fact: Fact) -> Case:
    match fact:
        case EscalationRaised():
            return replace(case, urged={**case.urged, fact.clock: fact.count})
        case ContactSeen():
            return case
        case IssuePromotedToTopic() | IssueTopicDecided() | IssueDeliberated():
            return deliberated(case, fact)
        case AnswerDrafted():
            return replace(case, draft=fact, drafts=fact.nth)
        case AnswerSentBack():
            return replace(case, draft=None)
        case IssueAnswered() | IssueClosed() | IssueReopened() | VoiceNotFollowed():
            return answered(case, fact)
        case IssueSigned() | IssueContacted() | IssueWorkStarted() | IssueProgressed():
            return worked_on(case, fact)
        case _:
            return triaged(case, fact)


def triaged(case: Case, fact: Triage) -> Case:
    match fact:
        case CaseOpened(target_org=org, submitted_at=at):
            return replace(case, stage=Stage.SUBMITTED, target=org, submitted_at=at)
        case IssueAccepted():
            return replace(case, stage=Stage.ACCEPTED, assessment=fact.assessment)
        case IssueRouted():
            return led(case, fact)
        case IssueDeclined():
            return replace(case, stage=Stage.NOT_ACCEPTED)
        case IssueTransferred():
            return replace(case, stage=Stage.TRANSFERRED, draft=None)


def worked_on(case: Case, fact: Work) -> Case:
    match fact:
        case IssueSigned():
            return replace(case, stage=Stage.SIGNED)
        case IssueContacted():
            return replace(case, reached=case.reached or fact.reached, attempts=fact.attempt)
        case IssueWorkStarted():
            return replace(case, stage=Stage.IN_PROGRESS)
        case IssueProgressed():
            return case


def deliberated(case: Case, fact: Council) -> Case:
    match fact:
        case IssuePromotedToTopic():
            return replace(case, stage=Stage.TOPIC_PENDING, topic=fact.topic_id, draft=None)
        case IssueTopicDecided(decision=TopicDecision.APPROVED):
            return replace(case, stage=Stage.DELIBERATING)
        case IssueTopicDecided(decision=TopicDecision.REJECTED):
            return handed(case, fact)
        case IssueTopicDecided():
            return case
        case IssueDeliberated():
            return replace(case, stage=AFTER_MEETING[fact.outcome])
        case _:
            assert_never(fact)


def handed(case: Case, fact: IssueTopicDecided) -> Case:
    """Whoever takes it over speaks to the resident anew."""
    case, org = replace(case, stage=Stage.IN_PROGRESS), fact.handling_org or case.lead
    if org == case.lead:
        return case
    urged: dict[ClockName, int] = {**case.urged}
    urged.pop(ClockName.CONTACT, None)
    return replace(
        case, lead=org, contact_by=fact.contact_by, reached=False, attempts=0, urged=urged
    )


def answered(case: Case, fact: Answer) -> Case:
    match fact:
        case IssueAnswered():
            return replace(case, stage=Stage.ANSWERED, answer=fact, draft=None)
        case IssueClosed():
            return replace(case, stage=Stage.CLOSED)
        case IssueReopened():
            return reopened(case, fact)
        case VoiceNotFollowed():
            return replace(case, voices=case.voices | {fact.fact_id})


def led(case: Case, leg: IssueRouted) -> Case:
    """A new leg begins its clocks anew; whom the last one reached does not count for this one."""
    return replace(
        case,
        stage=Stage.ROUTED,
        leg=leg,
        lead=leg.lead_org,
        contact_by=leg.contact_by,
        resolve_by=leg.resolve_by,
        reached=False,
        attempts=0,
        draft=None,
        urged={},
    )


def reopened(case: Case, fact: IssueReopened) -> Case:
    return replace(
        case,
        stage=Stage.REWORK,
        round=fact.round,
        contact_by=fact.contact_by,
        resolve_by=fact.resolve_by,
        reached=False,
        attempts=0,
        answer=None,
        urged={},
    )
