"""The rules of an organisation."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from contracts.directory import (
    Facility,
    FacilityClosed,
    FacilityOpened,
    Level,
    OrganisationClosed,
    OrganisationMoved,
    OrganisationOpened,
    OrganisationRenamed,
)
from contracts.permission import Role
from kernel.decider import Actor, Call
from services.directory.domain.organisation import (
    CloseFacility,
    CloseOrganisation,
    Desk,
    MoveOrganisation,
    OpenFacility,
    OpenOrganisation,
    RenameOrganisation,
    Wish,
    decider,
)
from tests.given import given

DAY, LATER, EARLIER = date(2023, 6, 30), date(2026, 3, 1), date(2020, 1, 1)
KEEPER, STATION = (Actor(uuid4(), role, "6201") for role in (Role.SYS_ADMIN, Role.STATION_STAFF))
CALL = Call(KEEPER, datetime(2026, 11, 25, tzinfo=UTC))
UNDER_TOWN, NOWHERE = Desk(CALL, Level.TOWN), Desk(CALL)
opened = OrganisationOpened(
    name="徐家巷社区", level=Level.VILLAGE, located_in="620102007", opened_on=DAY
)
closed = OrganisationClosed(closed_on=LATER)
room = FacilityOpened(facility=Facility.ROOM, address="第一新村91号", opened_on=DAY)
OPEN = OpenOrganisation("徐家巷社区", Level.VILLAGE, DAY, "620102007")


def test_it_opens_below_a_town() -> None:
    given(decider).when(OPEN, UNDER_TOWN).then(opened)


@pytest.mark.parametrize("wish", [OPEN, RenameOrganisation("x", LATER), CloseOrganisation(LATER)])
def test_only_who_keeps_the_directory_changes_it(wish: Wish) -> None:
    by_station = Desk(Call(STATION, CALL.now), Level.TOWN)
    given(decider, opened).when(wish, by_station).then_refused("not-in-your-seat")


def test_opened_twice_is_once() -> None:
    given(decider, opened).when(OPEN, UNDER_TOWN).then_nothing()


@pytest.mark.parametrize("above", [Level.CITY, Level.COUNTY, Level.VILLAGE])
def test_a_village_stands_below_a_town_only(above: Level) -> None:
    given(decider).when(OPEN, Desk(CALL, above)).then_refused("level-does-not-fit")


def test_who_is_named_above_must_be_there() -> None:
    given(decider).when(OPEN, NOWHERE).then_refused("no-such-organisation-above")


def test_only_the_city_stands_below_nobody() -> None:
    city = OpenOrganisation("兰州市", Level.CITY, DAY)
    fact = OrganisationOpened(name="兰州市", level=Level.CITY, located_in=None, opened_on=DAY)
    given(decider).when(city, NOWHERE).then(fact)
    lost = OpenOrganisation("某县", Level.COUNTY, DAY)
    given(decider).when(lost, NOWHERE).then_refused("level-does-not-fit")


def test_a_department_may_stand_anywhere() -> None:
    wish = OpenOrganisation("物管办", Level.DEPT, DAY, "620102007")
    assert given(decider).when(wish, UNDER_TOWN).facts


def test_it_bears_another_name() -> None:
    wish = RenameOrganisation("徐家湾社区", LATER)
    given(decider, opened).when(wish, NOWHERE).then(
        OrganisationRenamed(name="徐家湾社区", since=LATER)
    )


def test_it_moves_and_may_be_managed_by_another() -> None:
    wish = MoveOrganisation("620102016", LATER, managed_by="620171")
    fact = OrganisationMoved(located_in="620102016", managed_by="620171", since=LATER)
    given(decider, opened).when(wish, UNDER_TOWN).then(fact)
    given(decider, opened, fact).when(wish, UNDER_TOWN).then_nothing()
    given(decider, opened).when(wish, NOWHERE).then_refused("no-such-organisation-above")


def test_it_closes_once() -> None:
    given(decider, opened).when(CloseOrganisation(LATER), NOWHERE).then(closed)
    given(decider, opened, closed).when(CloseOrganisation(LATER), NOWHERE).then_nothing()


def test_it_keeps_facilities() -> None:
    wish = OpenFacility(Facility.ROOM, "第一新村91号", DAY)
    given(decider, opened).when(wish, NOWHERE).then(room)
    given(decider, opened, room).when(wish, NOWHERE).then_nothing()
    gone = FacilityClosed(facility=Facility.ROOM, closed_on=LATER)
    given(decider, opened, room).when(CloseFacility(Facility.ROOM, LATER), NOWHERE).then(gone)
    given(decider, opened).when(CloseFacility(Facility.ROOM, LATER), NOWHERE).then_nothing()


WISHES: list[Wish] = [
    RenameOrganisation("x", LATER),
    MoveOrganisation("620102016", LATER),
    CloseOrganisation(DAY),
    OpenFacility(Facility.ROOM, "x", LATER),
    CloseFacility(Facility.ROOM, LATER),
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: type(wish).__name__)
def test_what_is_not_there_or_closed_changes_no_more(wish: Wish) -> None:
    given(decider).when(wish, UNDER_TOWN).then_refused("no-such-organisation")
    given(decider, opened, closed).when(wish, UNDER_TOWN).then_refused("organisation-closed")


EARLY: list[Wish] = [
    RenameOrganisation("x", EARLIER),
    MoveOrganisation("620102016", EARLIER),
    CloseOrganisation(EARLIER),
    OpenFacility(Facility.COUNCIL, "x", EARLIER),
    CloseFacility(Facility.ROOM, EARLIER),
]


@pytest.mark.parametrize("wish", EARLY, ids=lambda wish: type(wish).__name__)
def test_nothing_happens_to_it_before_it_was_opened(wish: Wish) -> None:
    given(decider, opened, room).when(wish, UNDER_TOWN).then_refused("before-it-was-opened")
