"""A resident is forgotten: the fact first, then the key of their words, their card, their files."""

from functools import partial
from uuid import UUID

from sqlalchemy import text

from album.photos import Album
from contracts.intake import IssueSubmitted
from kernel.database import Database
from kernel.handle import Command, Done, Store
from kernel.seal.vault import Vault
from kernel.store import load
from services.intake.commands import ISSUES
from services.intake.domain.issue import ISSUE, EraseReporter

LEFT_OVER = text("""
select issue, reporter, exists (select from kernel.events e
         where e.stream_id = 'issue-' || issue) as raised
  from intake.sent where at < kernel.now() - interval '2 days' order by at limit 100
""")
FORGET_SENDING = text("delete from intake.sent where issue = :issue")
# What is still there of who was forgotten: somebody stopped between the fact and what it says.
HALF_FORGOTTEN = text("""
select issue_id, reporter from read.matter m where erased and (
  exists (select from kernel.keys k
           where k.subject = 'reporter/' || m.issue_id and k.destroyed_at is null)
  or exists (select from kernel.vault v where v.person = cast(m.reporter as text))
  or exists (select from intake.photo p where cast(p.issue as text) = m.issue_id)) limit 100
""")


async def forget(
    store: Store, vault: Vault, album: Album, issue: UUID, reporter: UUID | None, command: Command
) -> Done:
    """Asked again it does again what an interruption may have left undone."""
    done = await ISSUES.carry_out(store, str(issue), EraseReporter(), command)
    await burn_all(store, vault, album, issue, reporter)
    return done


async def burn_all(
    store: Store, vault: Vault, album: Album, issue: UUID, reporter: UUID | None
) -> None:
    await store.keyring.destroy(album.subject_of(issue))
    if reporter is not None:
        await vault.erase(str(reporter))
    await album.burn(issue)


async def sweep(store: Store, vault: Vault, album: Album) -> None:
    """What forms left behind that were never sent to the end, and who was half forgotten."""
    for row in await store.db.all(HALF_FORGOTTEN):
        await burn_all(store, vault, album, UUID(row.issue_id), row.reporter)
    await album.sweep(partial(told_of, store.db))
    for row in await store.db.all(LEFT_OVER):
        if not row.raised:
            await vault.erase(str(row.reporter))
        await store.db.do(FORGET_SENDING, {"issue": row.issue})


async def told_of(db: Database, issue: UUID) -> set[UUID]:
    """The photos that it was raised with."""
    facts = (await load(db, ISSUE.facts, ISSUE.id(str(issue)))).facts
    raised = [fact for fact in facts if isinstance(fact, IssueSubmitted)]
    return {photo.id for fact in raised for photo in fact.attachments}
