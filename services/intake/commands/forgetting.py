"""A resident is forgotten: the fact first, then the key of their words, their card, their files."""

from uuid import UUID

from sqlalchemy import text

from kernel.handle import Command, Done, Store
from kernel.seal.vault import Vault
from services.intake.commands import ISSUES
from services.intake.commands.photos import Album, subject_of
from services.intake.domain.issue import EraseReporter

LEFT_OVER = text("""
select issue, reporter, exists (select from kernel.events e
         where e.stream_id = 'issue-' || issue) as raised
  from intake.sent where at < kernel.now() - interval '2 days' order by at limit 100
""")
FORGET_SENDING = text("delete from intake.sent where issue = :issue")
LOOSE_PHOTOS = text("""
select distinct issue from intake.photo p where at < kernel.now() - interval '1 day'
   and not exists (select from kernel.events e where e.stream_id = 'issue-' || p.issue) limit 100
""")


async def forget(
    store: Store, vault: Vault, album: Album, issue: UUID, reporter: UUID | None, command: Command
) -> Done:
    """Asked again it does again what an interruption may have left undone."""
    done = await ISSUES.carry_out(store, str(issue), EraseReporter(), command)
    await store.keyring.destroy(subject_of(issue))
    if reporter is not None:
        await vault.erase(str(reporter))
    await album.burn(issue)
    return done


async def sweep(store: Store, vault: Vault, album: Album) -> None:
    """What forms left behind that were never sent to the end."""
    for row in await store.db.all(LOOSE_PHOTOS):
        await album.burn(row.issue)
    for row in await store.db.all(LEFT_OVER):
        if not row.raised:
            await vault.erase(str(row.reporter))
        await store.db.do(FORGET_SENDING, {"issue": row.issue})
