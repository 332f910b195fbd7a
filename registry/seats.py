"""Which seats are there, on which organisation, and who sits in them?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.directory import SeatLeft, SeatOpened, SeatTaken
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection


@dataclass(slots=True)
class Seat:
    seat_id: str
    role: str = ""
    org: str = ""
    account: UUID | None = None


seats = Projection(Seat, key="seat_id", version=1, indexes=("org", "account"))


@seats.when(SeatOpened)
def opened(_row: Seat, fact: SeatOpened, _about: About) -> Changes:
    return {"role": fact.role.value, "org": fact.org_code}


@seats.when(SeatTaken)
def taken(_row: Seat, fact: SeatTaken, _about: About) -> Changes:
    return {"account": fact.account_id}


@seats.when(SeatLeft)
def left(_row: Seat, _fact: SeatLeft, _about: About) -> Changes:
    return {"account": None}


SITS = text("""
select role, org from read.seat where seat_id = cast(:seat as text) and account = :account
   and not exists (select from read.session_end
        where account_id = cast(:account as text) and before > :signed)
""")
OF_ROLE = text("""
select seat_id, account from read.seat
 where org = :org and role = any(:roles) and account is not null order by seat_id
""")
OF_ACCOUNT = text("select seat_id, role, org from read.seat where account = :account order by 1")

ROLES = text("""
select seat_id, role from read.seat where seat_id = any(:seats) and account is not null
""")
TAKEN = text("""
select s.account, s.seat_id, s.role, s.org, o.name
  from read.seat s join read.organisation o on o.code = s.org
 where s.account is not null order by length(s.org), s.org, s.role, s.seat_id limit :most
""")


async def sits(
    db: Database, account: UUID, seat: UUID, signed: datetime | None = None
) -> Row[Any] | None:
    """(role, org) of that seat, if this account sits there now; None if its sessions were ended
    after it was `signed` in."""
    rows = await db.all(SITS, account=account, seat=str(seat), signed=signed)
    return rows[0] if rows else None


async def of_role(db: Database, org: str, roles: Collection[str]) -> Sequence[Row[Any]]:
    """(seat_id, account) of those who sit there in one of the roles."""
    return await db.all(OF_ROLE, org=org, roles=sorted(roles))


async def roles_of(db: Database, seats: Collection[UUID]) -> dict[UUID, str]:
    """Of those of the seats that somebody sits in."""
    rows = await db.all(ROLES, seats=[str(seat) for seat in seats]) if seats else ()
    return {UUID(row.seat_id): row.role for row in rows}


async def of_account(db: Database, account: UUID) -> Sequence[Row[Any]]:
    """(seat_id, role, org) of all seats of one account."""
    return await db.all(OF_ACCOUNT, account=account)


async def sitting(db: Database, most: int) -> Sequence[Row[Any]]:
    """(account, seat_id, role, org, name) of whoever sits somewhere, from the city down."""
    return await db.all(TAKEN, most=most)
