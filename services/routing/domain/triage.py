"""From hearing of a matter to sending it to who shall answer: T3, T6 and what opens a case."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field

from contracts.calendar import day_of
from contracts.intake import Code, TargetLevel
from contracts.routing import (
    Assessment,
    CostBand,
    IssueAccepted,
    IssueRouted,
    Lane,
    MatterClass,
    Mode,
    Outage,
    Scope,
    Urgency,
    UrgentNeed,
)
from contracts.stages import Stage
from contracts.taxonomy import CATEGORIES
from kernel.decider import Refused
from kernel.seal.sealed import Sealed
from services.routing.domain.case import Case, CaseOpened, Desk, Fact
from services.routing.domain.table import Verdict, verdict
from services.routing.domain.usual import USUAL

Few = Annotated[int, Field(ge=0, le=100_000)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What routing wishes when it hears IssueSubmitted."""

    target_org: str
    level: TargetLevel
    submitted_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class AcceptIssue:
    """What is left empty is taken as it usually is in this category, and marked as assumed."""

    category: str
    urgency: Urgency
    affected_hh: Few
    urgent_need: UrgentNeed | None = None
    scope: Scope | None = None
    cost_band: CostBand | None = None
    parties: Few | None = None
    depts: Few | None = None
    daily_or_temporary: bool | None = None
    danger: bool = False
    outage: Outage | None = None
    chronic: bool = False
    joint_reporters: Few = 1
    matter_class: MatterClass = MatterClass.ORDINARY


@dataclass(frozen=True, slots=True)
class RouteIssue:
    """`lane` and `mode` as the table has them, or others with a reason."""

    lane: Lane
    mode: Mode
    to_org: Code
    grid_code: Code | None = None
    co_orgs: tuple[Code, ...] = ()
    override_reason: Words | None = None


def open_case(wish: OpenCase, case: Case, desk: Desk) -> Sequence[Fact]:
    if case.stage is not Stage.UNKNOWN:
        return []
    return [
        CaseOpened(
            target_org=wish.target_org,
            level=wish.level,
            submitted_at=wish.submitted_at,
            triage_by=desk.policy.triage_by(wish.submitted_at),
        )
    ]


def accept(wish: AcceptIssue, case: Case, desk: Desk) -> Sequence[Fact]:
    case.at(Stage.SUBMITTED)
    desk.station(case)
    if wish.category not in CATEGORIES:
        raise Refused("no-such-category", category=wish.category)
    return [IssueAccepted(assessment=assessed(wish))]


def assessed(wish: AcceptIssue) -> Assessment:
    usual = asdict(USUAL[wish.category])
    said = {name: value for name, value in asdict(wish).items() if value is not None}
    assumed = tuple(sorted(usual.keys() - said.keys()))
    return Assessment.model_validate({**usual, **said, "assumed": assumed})


def route(wish: RouteIssue, case: Case, desk: Desk) -> Sequence[Fact]:
    case.at(Stage.ACCEPTED)
    desk.station(case)
    suggested = suggestion(case, desk)
    if (wish.lane, wish.mode) != (suggested.lane, suggested.mode) and not wish.override_reason:
        raise Refused("say-why-you-override", lane=suggested.lane, mode=suggested.mode)
    for org in (wish.to_org, *wish.co_orgs):
        must_be_there(org, desk)
    return [leg(wish, case, desk, suggested)]


def must_be_there(org: str, desk: Desk) -> None:
    if org not in desk.active:
        raise Refused("no-such-organisation-today", org=org)
    if not desk.tree.covers(desk.by.org, org):
        raise Refused("outside-your-station", org=org)


def suggestion(case: Case, desk: Desk) -> Verdict:
    if case.assessment is None:
        raise Refused("not-accepted-yet")
    return verdict(case.assessment, day_of(desk.now))


def leg(wish: RouteIssue, case: Case, desk: Desk, suggested: Verdict) -> IssueRouted:
    assert case.assessment is not None  # noqa: S101  there is a suggestion
    clocks = desk.policy.clocks(case.assessment.urgency, wish.lane, desk.now)
    why = wish.override_reason
    return IssueRouted(
        leg=case.leg.leg + 1 if case.leg else 1,
        round=case.round,
        lane=wish.lane,
        mode=wish.mode,
        from_org=desk.by.org,
        to_org=wish.to_org,
        grid_code=wish.grid_code,
        lead_org=wish.to_org,
        co_orgs=wish.co_orgs,
        rule_id=suggested.rule_id,
        policy_ver=desk.policy.version,
        calendar_ver=desk.policy.calendar.version,
        assessment=case.assessment,
        override_reason=Sealed("case", why) if why else None,
        return_by=clocks.return_by,
        sign_by=clocks.sign_by,
        contact_by=clocks.contact_by,
        resolve_by=clocks.resolve_by,
        resolve_budget_wd=clocks.budget_wd,
        provisional=desk.policy.calendar.provisional(clocks.resolve_by),
    )
