"""How far a matter is (domain.md 3.1), and what topics and meetings make of that, for everybody."""

from collections.abc import Mapping
from enum import StrEnum

from contracts.routing import Deliberated, TopicDecision


class Stage(StrEnum):
    """UNKNOWN: routing has not heard of it yet."""

    UNKNOWN = "UNKNOWN"
    SUBMITTED = "SUBMITTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    TRANSFERRED = "TRANSFERRED"
    ACCEPTED = "ACCEPTED"
    ROUTED = "ROUTED"
    SIGNED = "SIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    TOPIC_PENDING = "TOPIC_PENDING"
    DELIBERATING = "DELIBERATING"
    IMPLEMENTING = "IMPLEMENTING"
    ANSWERED = "ANSWERED"
    REWORK = "REWORK"
    CLOSED = "CLOSED"


AFTER_TOPIC: Mapping[TopicDecision, Stage] = {
    TopicDecision.APPROVED: Stage.DELIBERATING,
    TopicDecision.REJECTED: Stage.IN_PROGRESS,
    TopicDecision.DEFERRED: Stage.TOPIC_PENDING,
}
AFTER_MEETING: Mapping[Deliberated, Stage] = {
    Deliberated.AGREED: Stage.IMPLEMENTING,
    Deliberated.NOT_AGREED: Stage.IN_PROGRESS,
    Deliberated.ADJOURNED: Stage.DELIBERATING,
}
TRIES_IN_VAIN = 3
"""So often a resident was called without an answer, and work may go on (T11)."""
