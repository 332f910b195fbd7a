"""What a topic and its council bring to a matter: T16, T17, T18. All of it is heard, none asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from contracts.routing import (
    Deliberated,
    IssueDeliberated,
    IssuePromotedToTopic,
    IssueTopicDecided,
    Lane,
    TopicDecision,
)
from contracts.stages import Stage
from kernel.decider import Refused
from services.routing.domain.case import Case, Desk, Fact

TO_BE_DELIBERATED = (Stage.ROUTED, Stage.SIGNED, Stage.IN_PROGRESS, Stage.REWORK)
NOT_YET = (Stage.UNKNOWN, Stage.SUBMITTED, Stage.ACCEPTED, *TO_BE_DELIBERATED)


@dataclass(frozen=True, slots=True)
class PromoteToTopic:
    """A topic about this matter lies before the committee."""

    topic_id: UUID
    decide_by: AwareDatetime


@dataclass(frozen=True, slots=True)
class HearDecision:
    topic_id: UUID
    decision: TopicDecision
    meet_by: AwareDatetime | None = None
    handling_org: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class HearMeeting:
    """A council met about the topic of this matter."""

    topic_id: UUID
    meeting_id: UUID
    outcome: Deliberated


def promote(wish: PromoteToTopic, case: Case, _desk: Desk) -> Sequence[Fact]:
    """A matter that has another topic, or has its answer, is left as it is."""
    if case.topic == wish.topic_id or case.stage not in NOT_YET:
        return []
    case.at(*TO_BE_DELIBERATED)
    if case.stage is Stage.ROUTED and case.routed().lane is not Lane.STREET:
        raise Refused("not-now", stage=case.stage)  # whom it was sent to may still sign it
    return [IssuePromotedToTopic(topic_id=wish.topic_id, decide_by=wish.decide_by)]


def hear_decision(wish: HearDecision, case: Case, desk: Desk) -> Sequence[Fact]:
    if case.stage is not Stage.TOPIC_PENDING or case.topic != wish.topic_id:
        return []
    elsewhere = wish.handling_org is not None and wish.handling_org != case.lead
    return [
        IssueTopicDecided(
            topic_id=wish.topic_id,
            decision=wish.decision,
            meet_by=wish.meet_by,
            handling_org=wish.handling_org,
            contact_by=desk.policy.calendar.plus_days(desk.now, 1) if elsewhere else None,
            until=wish.until,
        )
    ]


def hear_meeting(wish: HearMeeting, case: Case, _desk: Desk) -> Sequence[Fact]:
    if case.stage is not Stage.DELIBERATING or case.topic != wish.topic_id:
        return []
    return [IssueDeliberated(meeting_id=wish.meeting_id, outcome=wish.outcome)]
