"""Photos that staff took: sent with a form, and named by its fact."""

from uuid import UUID

from album.photos import Album, sent
from contracts.intake import Attachment
from kernel.database import Database
from kernel.store import load
from kernel.web.running import Running
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.decider import CASE, Wish
from services.routing.domain.work import AddProgress, pictured


def album_of(running: Running) -> Album:
    """Of the staff: like their texts, these stay when a resident is forgotten."""
    return Album(running, "case")


def named(wish: Wish) -> tuple[Attachment, ...]:
    match wish:
        case AddProgress(attachments=photos) | AnswerIssue(evidence=photos):
            return photos
        case _:
            return ()


async def kept(db: Database, issue_id: str, wish: Wish) -> frozenset[Attachment]:
    """Those that the wish names and that were really sent."""
    if not (photos := named(wish)) or (issue := as_uuid(issue_id)) is None:
        return frozenset()
    return frozenset(await sent(db, "routing", issue, photos))


def as_uuid(issue_id: str) -> UUID | None:
    """A program may ask for what is no matter at all."""
    try:
        return UUID(issue_id)
    except ValueError:
        return None


async def told_of(db: Database, issue: UUID) -> set[UUID]:
    """The photos that facts of the case name."""
    past = await load(db, CASE.facts, CASE.id(str(issue)))
    return {photo.id for fact in past.facts for photo in pictured(fact)}
