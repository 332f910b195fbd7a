"""What is declined or handed on, and whose number was looked at."""

import pytest

from contracts.leaving import DeclineReason, IssueDeclined, IssueTransferred, TransferChannel
from contracts.permission import Role
from contracts.routing import Urgency
from contracts.stages import Stage
from kernel.seal.sealed import Sealed
from services.routing.domain.case import ContactSeen, clocks
from services.routing.domain.decider import decider
from services.routing.domain.leaving import DeclineIssue, TransferOut
from services.routing.domain.possible import may_see, possible
from services.routing.domain.work import SeeContact
from tests.given import given
from tests.routing.cases import (
    ACCEPTED,
    ANSWERED,
    CLOSED,
    ELSEWHERE,
    IN_PROGRESS,
    LIAISON,
    ROUTED,
    SIGNED,
    STATION,
    SUBMITTED,
    TREE,
    VILLAGE,
    History,
    desk,
    routed,
    seat,
)

GRID = f"{VILLAGE}-001"
WHY = "这件事正由法院审理，议事会不能替法院作决定。"
DECLINE = DeclineIssue(DeclineReason.LEGAL_CHANNEL, WHY, "请到区法院诉讼服务中心", Urgency.NORMAL)
TRANSFER = TransferOut(TransferChannel.COURT, WHY)
LOOK = SeeContact("约时间上门")


def test_it_is_declined_with_a_reason_and_where_to_go() -> None:
    declined = IssueDeclined(
        reason=DeclineReason.LEGAL_CHANNEL,
        explanation=Sealed("case", WHY),
        alternative=Sealed("case", "请到区法院诉讼服务中心"),
    )
    given(decider, *SUBMITTED).when(DECLINE, desk(STATION)).then(declined)
    case = decider.after((*SUBMITTED, declined))
    assert (case.stage, clocks(case)) == (Stage.NOT_ACCEPTED, {})


def test_an_emergency_is_never_declined() -> None:
    urgent = DeclineIssue(DECLINE.reason, WHY, DECLINE.alternative, Urgency.EMERGENCY)
    given(decider, *SUBMITTED).when(urgent, desk(STATION)).then_refused(
        "never-decline-an-emergency"
    )


def test_what_was_accepted_is_not_declined_but_may_be_handed_on() -> None:
    given(decider, *ACCEPTED).when(DECLINE, desk(STATION)).then_refused("not-now")
    handed = IssueTransferred(channel=TransferChannel.COURT, explanation=Sealed("case", WHY))
    for history in (SUBMITTED, ACCEPTED, IN_PROGRESS):
        given(decider, *history).when(TRANSFER, desk(STATION)).then(handed)
    given(decider, *SIGNED).when(TRANSFER, desk(STATION)).then_refused("not-now")


@pytest.mark.parametrize("wish", [DECLINE, TRANSFER])
def test_only_its_own_station_says_no(wish: DeclineIssue | TransferOut) -> None:
    for by in (LIAISON, ELSEWHERE):
        given(decider, *SUBMITTED).when(wish, desk(by)).then_refused("not-in-your-seat")


def test_a_number_is_seen_by_the_station_first_and_then_by_who_leads() -> None:
    seen = ContactSeen(reason=Sealed("case", "约时间上门"))
    given(decider, *SUBMITTED).when(LOOK, desk(STATION)).then(seen)
    given(decider, *SIGNED).when(LOOK, desk(LIAISON)).then(seen)
    given(decider, *SIGNED).when(LOOK, desk(STATION)).then_refused("not-in-your-seat")
    given(decider, *SUBMITTED).when(LOOK, desk(LIAISON)).then_refused("not-in-your-seat")
    given(decider, *CLOSED).when(LOOK, desk(LIAISON)).then_refused("not-now")
    assert decider.after((*SIGNED, seen)) == decider.after(SIGNED)


@pytest.mark.parametrize(
    ("history", "now", "not_yet"),
    [
        (ROUTED, {"sign", "see-contact"}, {"contact", "start", "progress", "answer"}),
        (SIGNED, {"contact", "progress", "see-contact"}, {"start", "answer"}),
        (IN_PROGRESS, {"contact", "progress", "answer", "see-contact"}, set()),
        (ANSWERED, {"see-contact"}, {"sign", "contact", "start", "progress", "answer"}),
    ],
)
def test_what_may_be_done_is_what_the_rules_say(
    history: History, now: set[str], not_yet: set[str]
) -> None:
    found = possible(decider.after(history), desk(LIAISON))
    assert (set(found.now), set(found.not_yet)) == (now, not_yet)
    assert possible(decider.after(history), desk(ELSEWHERE)).now == frozenset()


def test_the_worker_of_the_grid_follows_it_up() -> None:
    leg = routed().model_copy(update={"grid_code": GRID})
    worker, beside = seat(Role.GRID_WORKER, GRID), seat(Role.GRID_WORKER, f"{VILLAGE}-002")
    for by, may in ((worker, True), (beside, False)):
        case = decider.after((*ACCEPTED, leg))
        assert may_see(by, case, TREE) is may
        assert ("sign" in possible(case, desk(by)).now) is may


def test_a_no_says_why() -> None:
    no = possible(decider.after(SIGNED), desk(LIAISON)).not_yet["start"]
    assert (no.code, no.words) == ("speak-to-the-resident-first", {"tries": 0})


def test_a_matter_is_seen_where_it_was_raised_and_where_it_is_led() -> None:
    sent = decider.after(ROUTED)
    assert may_see(STATION, sent, TREE)
    assert may_see(LIAISON, sent, TREE)
    assert not may_see(LIAISON, decider.after(SUBMITTED), TREE)
    assert not may_see(ELSEWHERE, sent, TREE)


def test_who_keeps_the_system_or_looks_on_sees_no_matter() -> None:
    for role in (Role.SYS_ADMIN, Role.MEMBER, Role.RESIDENT):
        assert not may_see(seat(role, STATION.org), decider.after(ROUTED), TREE)
