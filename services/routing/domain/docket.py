"""The docket of a topic: its steps, and its meetings, reach each of its matters in one order.

Topics and meetings are other subjects than matters, so one may be heard before the other. Each
topic has a small stream here that waits for its cause, and the matters follow that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from pydantic import AwareDatetime

from contracts.meetings import ItemOutcome, Outcome, TopicProposed
from contracts.routing import Deliberated, TopicDecision
from kernel.decider import Decider, Refused, Stream
from kernel.event import Event, Kinds


class TopicLaid(Event):
    """A topic lies before the committee. Private: each matter tells of it itself."""

    issue_ids: tuple[UUID, ...]
    decide_by: AwareDatetime


class TopicSettled(Event):
    """The committee decided on it. Private."""

    issue_ids: tuple[UUID, ...]
    decision: TopicDecision
    meet_by: AwareDatetime | None = None
    handling_org: str | None = None
    until: date | None = None


class TopicMet(Event):
    """A council met about it. Private."""

    issue_ids: tuple[UUID, ...]
    meeting_id: UUID
    outcome: Deliberated


PASSED = (Outcome.CONSENSUS, Outcome.VOTED_PASS)
Fact = TopicLaid | TopicSettled | TopicMet
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class LayTopic:
    decide_by: AwareDatetime


@dataclass(frozen=True, slots=True)
class SettleTopic:
    decision: TopicDecision
    meet_by: AwareDatetime | None = None
    handling_org: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class MeetAbout:
    meeting_id: UUID
    outcome: Deliberated


Wish = LayTopic | SettleTopic | MeetAbout


@dataclass(frozen=True, slots=True)
class Docket:
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """`proposed`: how the topic was proposed, if that was heard here."""

    proposed: TopicProposed | None


def decide(wish: Wish, docket: Docket, desk: Desk) -> Sequence[Fact]:
    if desk.proposed is None:
        raise Refused("topic-comes-later")
    issues = desk.proposed.issue_ids
    return [fact_of(wish, issues, docket)] if issues else []


def fact_of(wish: Wish, issues: tuple[UUID, ...], docket: Docket) -> Fact:
    match wish:
        case LayTopic():
            return TopicLaid(issue_ids=issues, decide_by=wish.decide_by)
        case SettleTopic():
            return settled(wish, issues)
        case MeetAbout() if not docket.approved:
            raise Refused("topic-comes-later")
        case MeetAbout():
            return TopicMet(issue_ids=issues, meeting_id=wish.meeting_id, outcome=wish.outcome)
        case _:
            assert_never(wish)


def settled(wish: SettleTopic, issues: tuple[UUID, ...]) -> TopicSettled:
    return TopicSettled(
        issue_ids=issues,
        decision=wish.decision,
        meet_by=wish.meet_by,
        handling_org=wish.handling_org,
        until=wish.until,
    )


def outcome_of(items: Iterable[ItemOutcome], topic: UUID) -> Deliberated:
    """A question that names no topic is about all of them."""
    outcomes = {item.outcome for item in items if item.topic_id in (topic, None)}
    if outcomes.intersection(PASSED):
        return Deliberated.AGREED
    return Deliberated.ADJOURNED if Outcome.DEFERRED in outcomes else Deliberated.NOT_AGREED


def evolve(docket: Docket, fact: Fact) -> Docket:
    approved = isinstance(fact, TopicSettled) and fact.decision is TopicDecision.APPROVED
    return Docket(approved=docket.approved or approved)


decider: Decider[Wish, Docket, Fact, Desk] = Decider(Docket(), decide, evolve)
DOCKET = Stream("docket", "issue.events.v1", FACTS, decider)
