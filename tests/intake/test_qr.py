"""Codes at the gate, and who hands them out."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from contracts.intake import QrIssued, QrRevoked
from contracts.permission import Role, Tree
from kernel.decider import Actor, Call
from services.intake.domain.qr import Desk, IssueQr, RevokeQr, decider
from tests.given import given

TOWN, VILLAGE, OTHER = "620105001", "620105001001", "620105002"
TREE = Tree({VILLAGE: TOWN, TOWN: "620105", OTHER: "620105"})


def desk(role: Role = Role.STATION_STAFF, org: str = TOWN) -> Desk:
    by = Actor(uuid4(), role, org, uuid4())
    call = Call(by, datetime(2026, 11, 25, tzinfo=UTC))
    return Desk(call, TREE, frozenset({TOWN, VILLAGE, OTHER}))


WISH = IssueQr(VILLAGE, "东门")
issued = QrIssued(org_code=VILLAGE, place="东门")


def test_it_is_issued_once() -> None:
    given(decider).when(WISH, desk()).then(issued)
    given(decider, issued).when(WISH, desk()).then_nothing()


def test_a_station_issues_for_those_below_it_only() -> None:
    given(decider).when(WISH, desk(org=OTHER)).then_refused("not-in-your-seat")
    given(decider).when(WISH, desk(Role.MEMBER)).then_refused("not-in-your-seat")
    assert given(decider).when(WISH, desk(Role.COMMUNITY_LIAISON, VILLAGE)).facts


def test_it_is_issued_for_one_that_is_there() -> None:
    gone = IssueQr("620105001999", "东门")
    given(decider).when(gone, desk(org="620105001999")).then_refused("no-such-organisation-today")


def test_it_is_revoked_once_and_by_whom_it_may() -> None:
    other = RevokeQr(UUID(int=1))
    given(decider, issued).when(other, desk()).then(QrRevoked(replaced_by=UUID(int=1)))
    given(decider, issued, QrRevoked()).when(other, desk()).then_nothing()
    given(decider, issued).when(other, desk(org=OTHER)).then_refused("not-in-your-seat")
    given(decider).when(other, desk()).then_refused("no-such-qr")
