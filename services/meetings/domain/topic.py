"""A topic: proposed, laid before the committee, and decided by it alone (domain.md 4.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from contracts.calendar import Calendar, day_of
from contracts.intake import Code
from contracts.meetings import (
    TopicApproved,
    TopicDeferred,
    TopicLevel,
    TopicProposed,
    TopicRejected,
    TopicSource,
    TopicSubmitted,
)
from contracts.permission import Role, Tree, must
from contracts.redaction import DIGITS, redact
from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Kinds
from kernel.seal.sealed import Sealed
from services.meetings.domain.sight import Handlings, Matters, must_be_matters_of, must_be_taken_on

DECIDE_WITHIN = {TopicLevel.TOWN: 10, TopicLevel.VILLAGE: 3}
MEET_WITHIN = {TopicLevel.TOWN: 15, TopicLevel.VILLAGE: 7}
"""Working days (domain.md 3.3 and 5)."""
PROPOSERS = frozenset({Role.STATION_STAFF, Role.TOWN_LIAISON, Role.COMMUNITY_LIAISON})
DECIDERS = {
    TopicLevel.TOWN: frozenset({Role.TOWN_COMMITTEE}),
    TopicLevel.VILLAGE: frozenset({Role.COMMUNITY_SECRETARY}),
}
Words = Annotated[str, Field(min_length=1, max_length=2000)]
RecordNo = Annotated[str, Field(min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True)
class ProposeTopic:
    org_code: Code
    level: TopicLevel
    source: TopicSource
    question: Words
    issue_ids: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    sub_questions: Annotated[tuple[Words, ...], Field(max_length=20)] = ()


@dataclass(frozen=True, slots=True)
class SubmitTopic:
    """The package: without each of these the committee cannot decide."""

    background: Words
    parties: Annotated[tuple[Words, ...], Field(min_length=1, max_length=20)]
    options: Annotated[tuple[Words, ...], Field(min_length=1, max_length=10)]


@dataclass(frozen=True, slots=True)
class ApproveTopic:
    decided_on: date
    record_no: RecordNo
    conditions: Annotated[tuple[Words, ...], Field(max_length=10)] = ()


@dataclass(frozen=True, slots=True)
class RejectTopic:
    decided_on: date
    record_no: RecordNo
    why: Words
    handling_org: Code


@dataclass(frozen=True, slots=True)
class DeferTopic:
    decided_on: date
    record_no: RecordNo
    why: Words
    until: date


Decision = ApproveTopic | RejectTopic | DeferTopic
Wish = ProposeTopic | SubmitTopic | Decision
Fact = TopicProposed | TopicSubmitted | TopicApproved | TopicRejected | TopicDeferred
FACTS: Kinds[Fact] = Kinds(Fact)


class Stage(StrEnum):
    UNKNOWN = "UNKNOWN"
    PROPOSED = "PROPOSED"
    SUBMITTED = "SUBMITTED"
    DEFERRED = "DEFERRED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class Topic:
    stage: Stage = Stage.UNKNOWN
    proposed: TopicProposed | None = None

    def at(self, *stages: Stage) -> TopicProposed:
        if self.proposed is None:
            raise Refused("no-such-topic")
        if self.stage not in stages:
            raise Refused("not-now", stage=self.stage)
        return self.proposed


@dataclass(frozen=True, slots=True)
class Desk:
    """`matters`: of the issues that the wish names, the organisations that answer them.
    `handlings`: of the topic's own issues, as far as routing told."""

    call: Call
    tree: Tree
    calendar: Calendar
    matters: Matters = field(default_factory=dict)
    handlings: Handlings = field(default_factory=dict)

    @property
    def today(self) -> date:
        return day_of(self.call.now)


def decide(wish: Wish, topic: Topic, desk: Desk) -> Sequence[Fact]:
    match wish:
        case ProposeTopic():
            return propose(wish, topic, desk)
        case SubmitTopic():
            return submit(wish, topic, desk)
        case ApproveTopic():
            return approve(wish, topic, desk)
        case RejectTopic():
            return reject(wish, topic, desk)
        case DeferTopic():
            return defer(wish, topic, desk)
        case _:
            assert_never(wish)


def propose(wish: ProposeTopic, topic: Topic, desk: Desk) -> Sequence[Fact]:
    must(desk.call.by, PROPOSERS, wish.org_code, desk.tree)
    if topic.proposed:
        return []
    must_be_matters_of(wish.org_code, wish.issue_ids, desk.matters, desk.tree)
    return [
        TopicProposed(
            org_code=wish.org_code,
            level=wish.level,
            source=wish.source,
            issue_ids=wish.issue_ids,
            question=Sealed("topic", wish.question),
            sub_questions=sealed(wish.sub_questions),
        )
    ]


def submit(wish: SubmitTopic, topic: Topic, desk: Desk) -> Sequence[Fact]:
    proposed = topic.at(Stage.PROPOSED, Stage.DEFERRED)
    must(desk.call.by, PROPOSERS, proposed.org_code, desk.tree)
    must_be_taken_on(proposed.issue_ids, desk.handlings)
    return [
        TopicSubmitted(
            background=Sealed("topic", wish.background),
            parties=sealed(wish.parties),
            options=sealed(wish.options),
            decide_by=desk.calendar.plus_days(desk.call.now, DECIDE_WITHIN[proposed.level]),
        )
    ]


def approve(wish: ApproveTopic, topic: Topic, desk: Desk) -> Sequence[Fact]:
    level = must_be_decided(wish, topic, desk).level
    return [
        TopicApproved(
            decided_on=wish.decided_on,
            record_no=wish.record_no,
            conditions=sealed(wish.conditions),
            meet_by=desk.calendar.plus_days(desk.call.now, MEET_WITHIN[level]),
        )
    ]


def reject(wish: RejectTopic, topic: Topic, desk: Desk) -> Sequence[Fact]:
    """Its matters go to whom it names: to nobody whom the committee does not stand above."""
    org = must_be_decided(wish, topic, desk).org_code
    if not desk.tree.covers(org, wish.handling_org):
        raise Refused("not-below-the-committee", org=wish.handling_org)
    return [
        TopicRejected(
            decided_on=wish.decided_on,
            record_no=wish.record_no,
            why=Sealed("topic", wish.why),
            handling_org=wish.handling_org,
        )
    ]


def defer(wish: DeferTopic, topic: Topic, desk: Desk) -> Sequence[Fact]:
    must_be_decided(wish, topic, desk)
    if wish.until <= desk.today:
        raise Refused("defer-to-a-later-day")
    return [
        TopicDeferred(
            decided_on=wish.decided_on,
            record_no=wish.record_no,
            why=Sealed("topic", wish.why),
            until=wish.until,
        )
    ]


def must_be_decided(wish: Decision, topic: Topic, desk: Desk) -> TopicProposed:
    """By the committee itself: its clerk enters the record, no station can."""
    proposed = topic.at(Stage.SUBMITTED, Stage.DEFERRED)
    must(desk.call.by, DECIDERS[proposed.level], proposed.org_code, desk.tree)
    if wish.decided_on > desk.today:
        raise Refused("decided-in-the-future")
    if redact(wish.record_no) != wish.record_no.translate(DIGITS):  # it stands in the clear
        raise Refused("record-no-names-somebody")
    return proposed


def sealed(texts: Sequence[str]) -> tuple[Sealed, ...]:
    return tuple(Sealed("topic", text) for text in texts)


def evolve(topic: Topic, fact: Fact) -> Topic:
    match fact:
        case TopicProposed():
            return replace(topic, stage=Stage.PROPOSED, proposed=fact)
        case TopicSubmitted():
            return replace(topic, stage=Stage.SUBMITTED)
        case TopicApproved():
            return replace(topic, stage=Stage.APPROVED)
        case TopicRejected():
            return replace(topic, stage=Stage.REJECTED)
        case TopicDeferred():
            return replace(topic, stage=Stage.DEFERRED)
        case _:
            assert_never(fact)


decider: Decider[Wish, Topic, Fact, Desk] = Decider(Topic(), decide, evolve)
TOPIC = Stream("topic", "meeting.events.v1", FACTS, decider)
