"""Nobody sees who a resident is, or what they wrote themselves, without a line about it."""

from uuid import UUID

from sqlalchemy import text

from kernel.database import Database
from kernel.seal.keyring import Missing
from kernel.seal.vault import Card, Vault

LOOKED = text("""
insert into intake.look (issue, asked_by, purpose, at)
values (:issue, :asked_by, :purpose, kernel.now())
""")


async def look_at_card(
    db: Database, vault: Vault, issue: UUID, reporter: UUID | None, asked_by: str, purpose: str
) -> Card | Missing:
    """The line comes first: a look that could not be written down is none."""
    if reporter is None:
        return Missing.ERASED
    await note(db, issue, asked_by, purpose)
    return await vault.get(str(reporter))


async def note(db: Database, issue: UUID, asked_by: str, purpose: str) -> None:
    await db.do(LOOKED, {"issue": issue, "asked_by": asked_by, "purpose": purpose})
