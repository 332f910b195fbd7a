"""How far a matter is, as residents are told (domain.md 3.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    SUBMITTED = "SUBMITTED"
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


STOPS = {Stage.SUBMITTED: 1, Stage.ANSWERED: 4, Stage.CLOSED: 5}
"""Of the five of the road, the one that is waited for; the third while somebody works on it."""
WORKED_ON = (Stage.ROUTED, Stage.SIGNED, Stage.IN_PROGRESS, Stage.TOPIC_PENDING)
AGREED = {"CONSENSUS", "VOTED_PASS"}


@dataclass(frozen=True, slots=True)
class Council:
    """A topic or a meeting about it: what meetings told last."""

    kind: str
    state: str
    when: datetime | None = None
    outcomes: tuple[str, ...] = ()


def stop(stage: Stage) -> int:
    return STOPS.get(stage, 2)


def stage_of(case: Stage, councils: Iterable[Council]) -> Stage:
    """Routing says how far the case is; while it is worked on, councils say more."""
    if case not in WORKED_ON:
        return case
    by_kind = {council.kind: council for council in councils}
    topic, meeting = by_kind.get("topic"), by_kind.get("meeting")
    if topic is None or topic.state in ("PROPOSED", "REJECTED"):
        return case
    if topic.state != "APPROVED":
        return Stage.TOPIC_PENDING
    if meeting is None or meeting.state != "HELD":
        return Stage.DELIBERATING
    return Stage.IMPLEMENTING if AGREED & {*meeting.outcomes} else Stage.IN_PROGRESS
