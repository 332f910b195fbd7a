"""A matter of 培黎街道 at every step of its way, for tests of rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from contracts.calendar import Calendar
from contracts.intake import Attachment, Solved, TargetLevel
from contracts.permission import Role, Tree
from contracts.routing import (
    AnswerResult,
    Assessment,
    CloseBasis,
    ContactMethod,
    CostBand,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueWorkStarted,
    Lane,
    Mode,
    Scope,
    Urgency,
)
from kernel.decider import Actor, Call
from kernel.seal.sealed import Sealed
from services.routing.domain.case import CaseOpened, Desk, Fact
from services.routing.domain.policy import Policy

COUNTY, TOWN, VILLAGE, OTHER_TOWN = "620105", "620105001", "620105001001", "620105002"
TREE = Tree({TOWN: COUNTY, OTHER_TOWN: COUNTY, VILLAGE: TOWN, COUNTY: "6201"})
ACTIVE = frozenset({TOWN, VILLAGE, OTHER_TOWN})
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)  # a Wednesday, 10:00 in Lanzhou
CALENDAR = Calendar.of("2026", [(datetime(2026, 1, 1, tzinfo=UTC).date(), True)])
POLICY = Policy("lz-default-1", CALENDAR)


def seat(role: Role, org: str) -> Actor:
    return Actor(uuid4(), role, org, uuid4())


STATION = seat(Role.STATION_STAFF, TOWN)
ELSEWHERE = seat(Role.STATION_STAFF, OTHER_TOWN)
LIAISON = seat(Role.COMMUNITY_LIAISON, VILLAGE)
SERVICE = Actor(UUID(int=1), Role.SERVICE, "")


def desk(
    by: Actor,
    after: timedelta = timedelta(),
    held: frozenset[UUID] = frozenset(),
    photos: frozenset[Attachment] = frozenset(),
) -> Desk:
    return Desk(Call(by, NOW + after), POLICY, TREE, ACTIVE, held, photos)


def assessment(**other: object) -> Assessment:
    small = {
        "category": "B4",
        "urgency": Urgency.NORMAL,
        "affected_hh": 5,
        "scope": Scope.BUILDING,
        "cost_band": CostBand.SMALL,
        "parties": 1,
        "depts": 0,
        "daily_or_temporary": True,
    }
    return Assessment.model_validate(small | other)


opened = CaseOpened(
    target_org=TOWN,
    level=TargetLevel.STREET,
    submitted_at=NOW,
    triage_by=CALENDAR.plus_days(NOW, 1),
)
accepted = IssueAccepted(assessment=assessment())


def routed(lane: Lane = Lane.GRID, mode: Mode = Mode.MICRO) -> IssueRouted:
    clocks = POLICY.clocks(Urgency.NORMAL, lane, NOW)
    return IssueRouted(
        leg=1,
        round=1,
        lane=lane,
        mode=mode,
        from_org=TOWN,
        to_org=VILLAGE,
        lead_org=VILLAGE,
        rule_id="R6",
        policy_ver="lz-default-1",
        calendar_ver="2026",
        assessment=assessment(),
        return_by=clocks.return_by,
        sign_by=clocks.sign_by,
        contact_by=clocks.contact_by,
        resolve_by=clocks.resolve_by,
        resolve_budget_wd=clocks.budget_wd,
    )


signed = IssueSigned(signed_by_seat=UUID(int=2))
reached = IssueContacted(method=ContactMethod.PHONE, reached=True, attempt=1)
started = IssueWorkStarted(handler_seat=UUID(int=2))
answered = IssueAnswered(
    round=1,
    result=AnswerResult.SOLVED,
    reply=Sealed("case", "x"),
    evaluate_by=NOW + timedelta(days=10),
)
closed = IssueClosed(basis=CloseBasis.EVALUATED, solved=Solved.YES)
again = IssueReopened(round=2, contact_by=NOW, resolve_by=NOW)

History = tuple[Fact, ...]
SUBMITTED: History = (opened,)
ACCEPTED: History = (*SUBMITTED, accepted)
ROUTED: History = (*ACCEPTED, routed())
SIGNED: History = (*ROUTED, signed)
IN_PROGRESS: History = (*SIGNED, reached, started)
ANSWERED: History = (*IN_PROGRESS, answered)
CLOSED: History = (*ANSWERED, closed)
