"""What stands in the file of one topic? Read from its own stream, so it is never behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from contracts.meetings import (
    TopicApproved,
    TopicDeferred,
    TopicProposed,
    TopicRejected,
    TopicSubmitted,
)
from kernel.database import Database
from kernel.store import load
from services.meetings.domain.topic import TOPIC, Fact, Topic

F = TypeVar("F")
Decided = TopicApproved | TopicRejected | TopicDeferred


@dataclass(frozen=True, slots=True)
class TopicFile:
    topic_id: UUID
    topic: Topic
    proposed: TopicProposed
    facts: Sequence[Fact]
    version: int
    now: datetime

    @property
    def submitted(self) -> TopicSubmitted | None:
        """The package as it was last laid before who decides."""
        return last(self.facts, TopicSubmitted)

    @property
    def decisions(self) -> list[Decided]:
        return [fact for fact in self.facts if isinstance(fact, Decided)]

    @property
    def approved(self) -> TopicApproved | None:
        return last(self.facts, TopicApproved)


def last(facts: Sequence[object], kind: type[F]) -> F | None:
    return next((fact for fact in reversed(facts) if isinstance(fact, kind)), None)


async def topic_file(db: Database, topic_id: UUID) -> TopicFile | None:
    past = await load(db, TOPIC.facts, TOPIC.id(topic_id))
    topic = TOPIC.decider.after(past.facts)
    if topic.proposed is None:
        return None
    return TopicFile(topic_id, topic, topic.proposed, past.facts, past.version, past.now)
