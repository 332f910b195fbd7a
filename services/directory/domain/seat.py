"""A seat: a role on an organisation, and the account that sits in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from contracts.directory import SeatLeft, SeatOpened, SeatTaken
from contracts.permission import KEEPERS, Role, must_be
from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Kinds


@dataclass(frozen=True, slots=True)
class OpenSeat:
    role: Role
    org_code: str


@dataclass(frozen=True, slots=True)
class TakeSeat:
    account_id: UUID


@dataclass(frozen=True, slots=True)
class LeaveSeat:
    pass


Wish = OpenSeat | TakeSeat | LeaveSeat
Fact = SeatOpened | SeatTaken | SeatLeft
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class Seat:
    opened: SeatOpened | None = None
    account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    call: Call
    active: frozenset[str]


def decide(wish: Wish, seat: Seat, desk: Desk) -> Sequence[Fact]:
    must_be(desk.call.by, KEEPERS)
    match wish:
        case OpenSeat():
            return open_seat(wish, seat, desk)
        case TakeSeat():
            return take(wish, seat)
        case LeaveSeat():
            return [SeatLeft()] if seat.account else []
        case _:
            assert_never(wish)


def open_seat(wish: OpenSeat, seat: Seat, desk: Desk) -> Sequence[Fact]:
    if seat.opened:
        return []
    if wish.org_code not in desk.active:
        raise Refused("no-such-organisation-today", org=wish.org_code)
    return [SeatOpened(role=wish.role, org_code=wish.org_code)]


def take(wish: TakeSeat, seat: Seat) -> Sequence[Fact]:
    if seat.opened is None:
        raise Refused("no-such-seat")
    if seat.account == wish.account_id:
        return []
    if seat.account:
        raise Refused("seat-is-taken")
    return [SeatTaken(account_id=wish.account_id)]


def evolve(seat: Seat, fact: Fact) -> Seat:
    match fact:
        case SeatOpened():
            return replace(seat, opened=fact)
        case SeatTaken():
            return replace(seat, account=fact.account_id)
        case SeatLeft():
            return replace(seat, account=None)
        case _:
            assert_never(fact)


decider: Decider[Wish, Seat, Fact, Desk] = Decider(Seat(), decide, evolve)
SEAT = Stream("seat", "directory.events.v1", FACTS, decider)
