"""Accepting a matter and sending it to who shall answer."""

from datetime import timedelta

import pytest

from contracts.intake import TargetLevel
from contracts.routing import CostBand, IssueRouted, Lane, Mode, Scope, Urgency
from kernel.decider import Actor
from services.routing.domain.decider import decider
from services.routing.domain.triage import AcceptIssue, OpenCase, RouteIssue
from tests.given import given
from tests.routing import cases
from tests.routing.cases import (
    ACCEPTED,
    CLOSED,
    ELSEWHERE,
    LIAISON,
    NOW,
    OTHER_TOWN,
    ROUTED,
    SERVICE,
    STATION,
    SUBMITTED,
    TOWN,
    VILLAGE,
    History,
    accepted,
    desk,
    opened,
)

OPEN = OpenCase(TOWN, TargetLevel.STREET, NOW)
ACCEPT = AcceptIssue("B4", Urgency.NORMAL, 5)
ROUTE = RouteIssue(Lane.GRID, Mode.MICRO, VILLAGE)


def test_a_case_is_opened_once() -> None:
    given(decider).when(OPEN, desk(SERVICE)).then(opened)
    given(decider, opened).when(OPEN, desk(SERVICE)).then_nothing()


def test_what_nobody_said_is_assumed_and_marked() -> None:
    (fact,) = given(decider, *SUBMITTED).when(ACCEPT, desk(STATION)).facts
    assessment = fact.assessment  # type: ignore[union-attr]
    assert assessment.assumed == ("cost_band", "daily_or_temporary", "depts", "parties", "scope")
    assert (assessment.scope, assessment.cost_band) == (Scope.BUILDING, CostBand.SMALL)


def test_what_was_said_is_kept() -> None:
    wish = AcceptIssue(
        "B4",
        Urgency.NORMAL,
        5,
        scope=Scope.BUILDING,
        cost_band=CostBand.SMALL,
        parties=1,
        depts=0,
        daily_or_temporary=True,
    )
    given(decider, *SUBMITTED).when(wish, desk(STATION)).then(accepted)


def test_a_category_must_be_one_of_the_list() -> None:
    wish = AcceptIssue("Z9", Urgency.NORMAL, 5)
    given(decider, *SUBMITTED).when(wish, desk(STATION)).then_refused("no-such-category")


@pytest.mark.parametrize("by", [LIAISON, ELSEWHERE, SERVICE], ids=["liaison", "other town", "none"])
@pytest.mark.parametrize(("history", "wish"), [(SUBMITTED, ACCEPT), (ACCEPTED, ROUTE)])
def test_only_its_own_station_decides(
    history: History, wish: AcceptIssue | RouteIssue, by: Actor
) -> None:
    given(decider, *history).when(wish, desk(by)).then_refused("not-in-your-seat")


def test_it_is_accepted_once_and_routed_once() -> None:
    given(decider, *ACCEPTED).when(ACCEPT, desk(STATION)).then_refused("not-now")
    given(decider, *ROUTED).when(ROUTE, desk(STATION)).then_refused("not-now")
    given(decider, *CLOSED).when(ROUTE, desk(STATION)).then_refused("not-now")
    given(decider).when(ACCEPT, desk(STATION)).then_refused("no-such-case")


def leg(wish: RouteIssue, after: timedelta = timedelta()) -> IssueRouted:
    (fact,) = given(decider, *ACCEPTED).when(wish, desk(STATION, after)).facts
    assert isinstance(fact, IssueRouted)
    return fact


def test_it_is_routed_as_the_table_says_with_its_clocks() -> None:
    assert leg(ROUTE) == cases.routed()


def test_another_lane_needs_a_reason() -> None:
    other = RouteIssue(Lane.COMMUNITY, Mode.MINOR, VILLAGE)
    given(decider, *ACCEPTED).when(other, desk(STATION)).then_refused("say-why-you-override")
    why = RouteIssue(Lane.COMMUNITY, Mode.MINOR, VILLAGE, override_reason="多户反映")
    fact = leg(why)
    assert (fact.lane, fact.rule_id) == (Lane.COMMUNITY, "R6")
    assert fact.override_reason is not None
    assert fact.override_reason.subject == "case"


def test_it_goes_to_one_that_is_there_today_and_below_the_station() -> None:
    gone = RouteIssue(Lane.GRID, Mode.MICRO, "620105001999")
    given(decider, *ACCEPTED).when(gone, desk(STATION)).then_refused("no-such-organisation-today")
    beside = RouteIssue(Lane.GRID, Mode.MICRO, OTHER_TOWN)
    given(decider, *ACCEPTED).when(beside, desk(STATION)).then_refused("outside-your-station")
    helped = RouteIssue(Lane.GRID, Mode.MICRO, VILLAGE, co_orgs=(OTHER_TOWN,))
    given(decider, *ACCEPTED).when(helped, desk(STATION)).then_refused("outside-your-station")


def test_a_deadline_in_a_year_without_a_calendar_is_provisional() -> None:
    assert not leg(ROUTE).provisional
    assert leg(ROUTE, after=timedelta(days=40)).provisional
