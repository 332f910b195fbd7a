"""A matter as routing sees it: what was decided about it, who leads, which clocks run."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.intake import Attachment, TargetLevel
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.permission import HANDLERS, HEADS, STATION, Tree, must
from contracts.routing import (
    Assessment,
    ClockName,
    EscalationRaised,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueDeliberated,
    IssueProgressed,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
    Mode,
    VoiceNotFollowed,
)
from contracts.stages import TRIES_IN_VAIN, Stage
from kernel.decider import Actor, Call, Refused
from kernel.event import Event, Kinds
from kernel.seal.sealed import Sealed
from services.routing.domain.policy import Policy

# ── facts of our own ────────────────────────────────────────────────────────────────────────


class CaseOpened(Event):
    """Routing has heard of the matter. Private: the city knows it as IssueSubmitted."""

    target_org: str
    level: TargetLevel
    submitted_at: AwareDatetime
    triage_by: AwareDatetime


class ContactSeen(Event):
    """Somebody looked at how the resident can be reached. Private; told before it is shown."""

    reason: Sealed


Triage = CaseOpened | IssueAccepted | IssueRouted | IssueDeclined | IssueTransferred
Work = IssueSigned | IssueContacted | IssueWorkStarted | IssueProgressed
Council = IssuePromotedToTopic | IssueTopicDecided | IssueDeliberated
Approval = AnswerDrafted | AnswerSentBack
Answer = IssueAnswered | IssueClosed | IssueReopened | VoiceNotFollowed
Fact = Triage | Work | Council | Approval | Answer | EscalationRaised | ContactSeen
FACTS: Kinds[Fact] = Kinds(Fact)

# ── what the rules remember, and what they may look at ──────────────────────────────────────


WORKED_ON = (
    *(Stage.SIGNED, Stage.IN_PROGRESS, Stage.REWORK),
    *(Stage.TOPIC_PENDING, Stage.DELIBERATING, Stage.IMPLEMENTING),
)
ANSWERABLE = (Stage.IN_PROGRESS, Stage.IMPLEMENTING, Stage.REWORK)
IN_TRIAGE = (Stage.SUBMITTED, Stage.ACCEPTED)
AT_HAND = (*IN_TRIAGE, Stage.ROUTED, *WORKED_ON)
"""Somebody of the staff has a step to take."""


@dataclass(frozen=True, slots=True)
class Case:
    stage: Stage = Stage.UNKNOWN
    target: str = ""
    submitted_at: datetime | None = None
    assessment: Assessment | None = None
    leg: IssueRouted | None = None
    lead: str = ""
    round: int = 1
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    reached: bool = False
    attempts: int = 0
    topic: UUID | None = None
    draft: AnswerDrafted | None = None
    drafts: int = 0
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

    def leads(self) -> str:
        if not self.lead:
            raise Refused("nobody-leads-yet")
        return self.lead

    def helping(self) -> tuple[str, ...]:
        """Who helps, and the grid: as long as whom it was routed to leads."""
        if self.leg is None or self.lead != self.leg.lead_org:
            return ()
        return (*self.leg.co_orgs, *([self.leg.grid_code] if self.leg.grid_code else []))

    def grid(self) -> str:
        return self.leg.grid_code or "" if self.leg and self.helping() else ""

    def spoken_to(self) -> bool:
        """The resident was reached, or it was tried often enough."""
        return self.reached or self.attempts >= TRIES_IN_VAIN

    def needs_head(self) -> bool:
        """Its answer is approved before the resident has it."""
        return self.leg is not None and self.leg.mode is Mode.MAJOR

    def needs_meeting(self) -> bool:
        return self.leg is not None and self.leg.mode in (Mode.MINOR, Mode.MAJOR)


@dataclass(frozen=True, slots=True)
class Desk:
    """`active`: the organisations that are there today. `held`: meetings about this matter.
    `photos`: of those that the wish names, what was really sent."""

    call: Call
    policy: Policy
    tree: Tree
    active: Container[str] = frozenset()
    held: frozenset[UUID] = frozenset()
    photos: frozenset[Attachment] = frozenset()

    @property
    def by(self) -> Actor:
        return self.call.by

    @property
    def now(self) -> datetime:
        return self.call.now

    def station(self, case: Case) -> None:
        must(self.by, STATION, case.target, self.tree)

    def handler(self, case: Case) -> None:
        lead, grid = case.leads(), case.grid()
        mine = grid and self.by.org == grid  # whose worker follows it up for who leads
        must(self.by, HANDLERS, grid if mine else lead, self.tree)

    def head(self, case: Case) -> None:
        must(self.by, HEADS, case.leads(), self.tree)


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
