"""How far a matter is, as residents are told: routing says it (domain.md 3.1)."""

from contracts.stages import Stage

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
