"""Who sits where, that may be asked to a meeting? Seats and organisations, never a name."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, text

from contracts.permission import Role
from kernel.database import Database

SEATED = text("""
select seat_id, role, org from read.seat
 where org = any(:orgs) and role = any(:roles) and account is not null
 order by array_position(cast(:orgs as text[]), org),
          array_position(cast(:roles as text[]), role), seat_id
""")


async def seated(db: Database, orgs: Sequence[str], roles: Collection[Role]) -> Sequence[Row[Any]]:
    """In the order in which places and roles are asked for."""
    return await db.all(SEATED, orgs=list(orgs), roles=[role.value for role in roles])
