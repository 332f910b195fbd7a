"""A matter as routing sees it: what was decided about it, who leads, which clocks run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from contracts.intake import TargetLevel
from contracts.permission import Role, Tree, must
from contracts.routing import (
    Assessment,
    ClockName,
    EscalationRaised,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueProgressed,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueWorkStarted,
    Mode,
    VoiceNotFollowed,
)
from kernel.decider import Actor, Call, Refused
from kernel.event import Event, Kinds
from services.routing.domain.policy import Policy

HANDLERS = frozenset({Role.GRID_WORKER, Role.COMMUNITY_LIAISON, Role.TOWN_LIAISON})
STATION = frozenset({Role.STATION_STAFF})
TRIES_IN_VAIN = 3

# ── facts of our own ────────────────────────────────────────────────────────────────────────


class CaseOpened(Event):
    """Routing has heard of the matter. Private: the city knows it as IssueSubmitted."""

    target_org: str
    level: TargetLevel
    submitted_at: AwareDatetime
    triage_by: AwareDatetime


Work = IssueSigned | IssueContacted | IssueWorkStarted | IssueProgressed | IssuePromotedToTopic
Fact = (
    CaseOpened
    | IssueAccepted
    | IssueRouted
    | Work
    | IssueAnswered
    | IssueClosed
    | IssueReopened
    | EscalationRaised
    | VoiceNotFollowed
)
FACTS: Kinds[Fact] = Kinds(Fact)

# ── what the rules remember, and what they may look at ──────────────────────────────────────


class Stage(StrEnum):
    UNKNOWN = "UNKNOWN"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    ROUTED = "ROUTED"
    SIGNED = "SIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    TOPIC_PENDING = "TOPIC_PENDING"
    ANSWERED = "ANSWERED"
    REWORK = "REWORK"
    CLOSED = "CLOSED"


WORKED_ON = (Stage.SIGNED, Stage.IN_PROGRESS, Stage.TOPIC_PENDING, Stage.REWORK)


@dataclass(frozen=True, slots=True)
class Case:
    stage: Stage = Stage.UNKNOWN
    target: str = ""
    submitted_at: datetime | None = None
    assessment: Assessment | None = None
    leg: IssueRouted | None = None
    round: int = 1
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    reached: bool = False
    attempts: int = 0
    topic: UUID | None = None
    answer: IssueAnswered | None = None
    urged: Mapping[ClockName, int] = field(default_factory=dict)
    voices: frozenset[UUID] = frozenset()

    def at(self, *stages: Stage) -> None:
        if self.stage is Stage.UNKNOWN:
            raise Refused("no-such-case")
        if self.stage not in stages:
            raise Refused("not-now", stage=self.stage)

    def routed(self) -> IssueRouted:
        if self.leg is None:
            raise Refused("nobody-leads-yet")
        return self.leg

    def spoken_to(self) -> bool:
        """The resident was reached, or it was tried often enough."""
        return self.reached or self.attempts >= TRIES_IN_VAIN

    def needs_meeting(self) -> bool:
        return self.leg is not None and self.leg.mode in (Mode.MINOR, Mode.MAJOR)


@dataclass(frozen=True, slots=True)
class Desk:
    """`active`: the organisations that are there today. `held`: meetings about this matter."""

    call: Call
    policy: Policy
    tree: Tree
    active: frozenset[str] = frozenset()
    held: frozenset[UUID] = frozenset()

    @property
    def by(self) -> Actor:
        return self.call.by

    @property
    def now(self) -> datetime:
        return self.call.now

    def station(self, case: Case) -> None:
        must(self.by, STATION, case.target, self.tree)

    def handler(self, case: Case) -> None:
        must(self.by, HANDLERS, case.routed().to_org, self.tree)


# ── what was done, in order ─────────────────────────────────────────────────────────────────


def evolve(case: Case, fact: Fact) -> Case:
    match fact:
        case CaseOpened() | IssueAccepted() | IssueRouted():
            return triaged(case, fact)
        case IssueAnswered() | IssueClosed() | IssueReopened() | VoiceNotFollowed():
            return answered(case, fact)
        case EscalationRaised():
            return replace(case, urged={**case.urged, fact.clock: fact.count})
        case _:
            return worked_on(case, fact)


def triaged(case: Case, fact: CaseOpened | IssueAccepted | IssueRouted) -> Case:
    match fact:
        case CaseOpened(target_org=org, submitted_at=at):
            return replace(case, stage=Stage.SUBMITTED, target=org, submitted_at=at)
        case IssueAccepted():
            return replace(case, stage=Stage.ACCEPTED, assessment=fact.assessment)
        case IssueRouted():
            return led(case, fact)


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
        case IssuePromotedToTopic():
            return replace(case, stage=Stage.TOPIC_PENDING, topic=fact.topic_id)


def answered(
    case: Case, fact: IssueAnswered | IssueClosed | IssueReopened | VoiceNotFollowed
) -> Case:
    match fact:
        case IssueAnswered():
            return replace(case, stage=Stage.ANSWERED, answer=fact)
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
        contact_by=leg.contact_by,
        resolve_by=leg.resolve_by,
        reached=False,
        attempts=0,
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


def clocks(case: Case) -> Mapping[str, datetime]:
    """Each rings once, when its step is late."""
    running: dict[ClockName, datetime | None] = {}
    if case.leg and case.stage is Stage.ROUTED:
        running[ClockName.SIGN] = case.leg.sign_by
    if case.stage in (Stage.ROUTED, *WORKED_ON):
        running[ClockName.RESOLVE] = case.resolve_by
        if not case.spoken_to():
            running[ClockName.CONTACT] = case.contact_by
    return {name: at for name, at in running.items() if at and not case.urged.get(name)}
