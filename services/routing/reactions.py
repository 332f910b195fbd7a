"""What routing does because it heard something."""

from collections.abc import Iterable
from uuid import UUID

from contracts.intake import IssueEvaluated, IssueSubmitted
from contracts.meetings import (
    MeetingHeld,
    TopicApproved,
    TopicDeferred,
    TopicRejected,
    TopicSubmitted,
)
from contracts.routing import TopicDecision
from kernel.envelope import About
from kernel.read.reaction import Ask, Reactions
from services.routing.commands import CASES, DOCKETS
from services.routing.domain.answer import HearEvaluation
from services.routing.domain.decider import Wish
from services.routing.domain.deliberation import HearDecision, HearMeeting, PromoteToTopic
from services.routing.domain.docket import (
    LayTopic,
    MeetAbout,
    SettleTopic,
    TopicLaid,
    TopicMet,
    TopicSettled,
    outcome_of,
)
from services.routing.domain.triage import OpenCase

reactions = Reactions()
Decided = TopicApproved | TopicRejected | TopicDeferred


@reactions.to(IssueSubmitted)
def open_a_case(fact: IssueSubmitted, about: About) -> Iterable[Ask]:
    wish = OpenCase(fact.target.org_code, fact.target.level, about.at)
    return [Ask(CASES, about.key, wish)]


@reactions.to(IssueEvaluated)
def follow_the_resident(fact: IssueEvaluated, about: About) -> Iterable[Ask]:
    wish = HearEvaluation(about.id, fact.round, fact.solved, fact.satisfaction)
    return [Ask(CASES, about.key, wish)]


@reactions.to(TopicSubmitted, TopicApproved, TopicRejected, TopicDeferred)
def follow_the_topic(fact: TopicSubmitted | Decided, about: About) -> Iterable[Ask]:
    return [Ask(DOCKETS, about.key, step_of(fact))]


def step_of(fact: TopicSubmitted | Decided) -> LayTopic | SettleTopic:
    match fact:
        case TopicSubmitted():
            return LayTopic(fact.decide_by)
        case TopicApproved():
            return SettleTopic(TopicDecision.APPROVED, meet_by=fact.meet_by)
        case TopicRejected():
            return SettleTopic(TopicDecision.REJECTED, handling_org=fact.handling_org)
        case TopicDeferred():
            return SettleTopic(TopicDecision.DEFERRED, until=fact.until)


@reactions.to(MeetingHeld)
def follow_the_meeting(fact: MeetingHeld, about: About) -> Iterable[Ask]:
    """One that was recorded afterwards has no topic and moves nothing: it is evidence."""
    meeting, items = UUID(about.key), fact.items
    met = {one: MeetAbout(meeting, outcome_of(items, one)) for one in fact.topic_ids}
    return [Ask(DOCKETS, str(one), wish) for one, wish in met.items()]


@reactions.to(TopicLaid, TopicSettled, TopicMet)
def take_its_matters_along(
    fact: TopicLaid | TopicSettled | TopicMet, about: About
) -> Iterable[Ask]:
    wish = wish_of(fact, UUID(about.key))
    return [Ask(CASES, str(issue), wish) for issue in fact.issue_ids]


def wish_of(fact: TopicLaid | TopicSettled | TopicMet, topic: UUID) -> Wish:
    match fact:
        case TopicLaid():
            return PromoteToTopic(topic, fact.decide_by)
        case TopicSettled():
            given = (fact.decision, fact.meet_by, fact.handling_org, fact.until)
            return HearDecision(topic, *given)
        case TopicMet():
            return HearMeeting(topic, fact.meeting_id, fact.outcome)
