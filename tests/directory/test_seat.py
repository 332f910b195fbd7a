"""Seats, and who may hand them out."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from contracts.directory import SeatLeft, SeatOpened, SeatTaken
from contracts.permission import Role
from kernel.decider import Actor, Call
from services.directory.domain.seat import Desk, LeaveSeat, OpenSeat, TakeSeat, Wish, decider
from tests.given import given

TOWN = "620105001"
ACCOUNT, OTHER = UUID(int=1), UUID(int=2)
opened = SeatOpened(role=Role.STATION_STAFF, org_code=TOWN)
taken = SeatTaken(account_id=ACCOUNT)
OPEN, TAKE = OpenSeat(Role.STATION_STAFF, TOWN), TakeSeat(ACCOUNT)


def desk(role: Role = Role.SYS_ADMIN) -> Desk:
    call = Call(Actor(uuid4(), role, "6201", uuid4()), datetime(2026, 11, 25, tzinfo=UTC))
    return Desk(call, frozenset({TOWN}))


def test_a_seat_is_opened_taken_and_left() -> None:
    given(decider).when(OPEN, desk()).then(opened)
    given(decider, opened).when(OPEN, desk()).then_nothing()
    given(decider, opened).when(TAKE, desk()).then(taken)
    given(decider, opened, taken).when(TAKE, desk()).then_nothing()
    given(decider, opened, taken).when(LeaveSeat(), desk()).then(SeatLeft())
    given(decider, opened).when(LeaveSeat(), desk()).then_nothing()


def test_two_do_not_sit_in_one() -> None:
    given(decider, opened, taken).when(TakeSeat(OTHER), desk()).then_refused("seat-is-taken")
    free = given(decider, opened, taken, SeatLeft()).when(TakeSeat(OTHER), desk())
    free.then(SeatTaken(account_id=OTHER))


def test_a_seat_is_there_before_it_is_taken_and_its_organisation_before_the_seat() -> None:
    given(decider).when(TAKE, desk()).then_refused("no-such-seat")
    nowhere = OpenSeat(Role.MEMBER, "620105999")
    given(decider).when(nowhere, desk()).then_refused("no-such-organisation-today")


@pytest.mark.parametrize("wish", [OPEN, TAKE, LeaveSeat()], ids=lambda wish: type(wish).__name__)
def test_nobody_seats_themselves(wish: Wish) -> None:
    given(decider, opened).when(wish, desk(Role.STATION_STAFF)).then_refused("not-in-your-seat")
