"""Who is signed in at which browser: an opaque cookie, and a row that can be ended."""

import hashlib
import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from kernel.database import Database

COOKIE = "mazha-session"
OPEN = text("""
insert into directory.sessions (id, account, seat, opened_at, used_at)
select :id, :account, :seat, at, at from (select kernel.now() as at) t
""")
# Idle for a quarter of an hour, or half a day old: signed in no more.
USE = text("""
update directory.sessions set used_at = kernel.now()
 where id = :id and used_at > kernel.now() - interval '15 minutes'
   and opened_at > kernel.now() - interval '12 hours'
returning account, seat, opened_at
""")
SIT = text("update directory.sessions set seat = :seat where id = :id")
END = text("delete from directory.sessions where id = :id")
END_ALL = text("delete from directory.sessions where account = :account")
SWEEP = text("delete from directory.sessions where used_at < kernel.now() - interval '1 day'")


async def begin(db: Database, account: UUID, seat: UUID | None) -> str:
    """What the browser keeps."""
    cookie = secrets.token_urlsafe(32)
    await db.do(SWEEP)
    await db.do(OPEN, {"id": mark(cookie), "account": account, "seat": seat})
    return cookie


async def use(db: Database, cookie: str) -> Row[Any] | None:
    """(account, seat, opened_at), while it lasts."""
    found = await db.all(USE, id=mark(cookie))
    return found[0] if found else None


async def sit(db: Database, cookie: str, seat: UUID) -> None:
    await db.do(SIT, {"id": mark(cookie), "seat": seat})


async def end(db: Database, cookie: str) -> None:
    await db.do(END, {"id": mark(cookie)})


async def end_all(db: Database, account: UUID) -> None:
    await db.do(END_ALL, {"account": account})


def mark(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
