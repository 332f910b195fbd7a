"""A code by text message stands in for the secret link."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from kernel.database import Database
from kernel.decider import Refused
from kernel.handle import Store
from kernel.seal.keyring import Missing
from kernel.seal.vault import Vault
from services.intake.commands.looks import look_at_card
from services.intake.domain.passcode import LIFE, TRIES, must_wait_no_more
from services.intake.domain.reporter import takes_messages

Tell = Callable[[str, str], Awaitable[object]]
"""(contact, digits) → sends them."""
LAST_DAY = text("""
select at, (select kernel.now()) as now from intake.passcode
 where issue = :issue and at > kernel.now() - interval '1 day' order by at, id
""")
# Of presses side by side each sees the code that the one before it had made.
ONE_BY_ONE = text("select pg_advisory_xact_lock(hashtextextended('passcode:' || :issue, 0))")
MADE = text("""
insert into intake.passcode (issue, mark, at) values (:issue, :mark, kernel.now())
""")
WAITS = text("""
select 1 as yes from intake.passcode
 where issue = :issue and at > kernel.now() - cast(:life as interval) and tries < :tries
""")
# Only the newest is good, and each try counts before it is looked at.
TRY = text("""
update intake.passcode set tries = tries + 1
 where id = (select max(id) from intake.passcode where issue = :issue)
   and at > kernel.now() - cast(:life as interval) and tries < :tries
returning mark, tries
""")
USED = text("delete from intake.passcode where issue = :issue and mark = :mark")


def mark_of(secret: bytes, issue: UUID, digits: str) -> bytes:
    return hmac.new(secret, f"passcode:{issue}:{digits}".encode(), hashlib.sha256).digest()


async def send_passcode(
    store: Store, vault: Vault, issue: UUID, reporter: UUID | None, tell: Tell
) -> None:
    """The number is looked up at this press alone, and goes nowhere but to who sends."""
    must_be_few(await store.db.all(LAST_DAY, issue=issue))
    card = await look_at_card(store.db, vault, issue, reporter, "intake", "login-code")
    if isinstance(card, Missing) or not takes_messages(card["contact"]):
        raise Refused("no-mobile-left")
    digits = f"{secrets.randbelow(10**6):06d}"
    await make(store.db, issue, mark_of(store.secret, issue, digits))
    await tell(card["contact"], digits)


async def make(db: Database, issue: UUID, mark: bytes) -> None:
    async with db.begin() as conn:
        await conn.execute(ONE_BY_ONE, {"issue": str(issue)})
        must_be_few((await conn.execute(LAST_DAY, {"issue": issue})).all())
        await conn.execute(MADE, {"issue": issue, "mark": mark})


def must_be_few(sent: Sequence[Row[Any]]) -> None:
    if sent:
        must_wait_no_more([row.at for row in sent], sent[0].now)


async def is_waited_for(store: Store, issue: UUID) -> bool:
    """Whether a code that was sent is still good."""
    return bool(await store.db.all(WAITS, issue=issue, life=LIFE, tries=TRIES))


async def check_passcode(store: Store, issue: UUID, digits: str) -> None:
    """Raises Refused unless it is the newest code, in time, and not tried too often."""
    rows = await store.db.all(TRY, issue=issue, life=LIFE, tries=TRIES)
    if not rows:
        raise Refused("passcode-over")
    mark = mark_of(store.secret, issue, digits.strip())
    if not hmac.compare_digest(rows[0].mark, mark):
        raise Refused("passcode-wrong", left=TRIES - rows[0].tries)
    await store.db.do(USED, {"issue": issue, "mark": mark})
