"""How far a matter is, as residents are told: routing says it (domain.md 3.1)."""

from enum import StrEnum


class Stage(StrEnum):
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


OVER = (Stage.NOT_ACCEPTED, Stage.TRANSFERRED, Stage.CLOSED)
"""Nobody works on it any more."""
STOPS = {
    Stage.SUBMITTED: 1,
    Stage.NOT_ACCEPTED: 1,
    Stage.TRANSFERRED: 1,
    Stage.ANSWERED: 4,
    Stage.CLOSED: 5,
}
"""Of the five of the road, where it stands; at the third while somebody works on it."""


def stop(stage: Stage) -> int:
    return STOPS.get(stage, 2)
