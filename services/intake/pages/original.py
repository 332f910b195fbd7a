"""For who deals with a matter: the resident's own words and photos. Each look leaves a line.

A number may stand in them, so they are shown to those alone who may see the resident's number."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from contracts.permission import HANDLERS, STATION, Tree, must_be
from contracts.stages import Stage
from kernel.decider import Actor
from kernel.web.problems import Problem
from kernel.web.running import Running
from registry.ground import ground
from registry.staff import Staff
from services.intake.commands.looks import note
from services.intake.commands.photos import album_of
from services.intake.domain.reporter import HANDLER
from services.intake.domain.stage import OVER
from services.intake.pages.door import PAGES
from services.intake.pages.photo import picture
from services.intake.pages.tracking import texts
from services.intake.projections.matter import Matter, by_id
from skin.site import Base, console

ROOT = "/console/originals/{issue}"
READERS = STATION | HANDLERS


def add(router: APIRouter, base: Base) -> None:
    running, album, signed_in = base.running, album_of(base.running), Depends(base.staff)

    @router.get(ROOT)
    async def original(request: Request, issue: UUID, by: Annotated[Staff, signed_in]) -> Response:
        matter = await dealt_with(running, issue, by.actor)
        await note(running.db, issue, f"seat-{by.actor.seat}", "original")
        title, words, place = await texts(running, [matter.title, matter.text, matter.place])
        said = {"matter": matter, "title": title, "words": words, "place": place}
        return PAGES.show(request, "original.html", **console(by, "cases", **said))

    @router.get(ROOT + "/photo/{photo}")
    async def photo(issue: UUID, photo: UUID, by: Annotated[Staff, signed_in]) -> Response:
        matter = await dealt_with(running, issue, by.actor)
        await note(running.db, issue, f"seat-{by.actor.seat}", "photo")
        return await picture(album, matter, photo)


async def dealt_with(running: Running, issue: UUID, by: Actor) -> Matter:
    """By the seat that asks; of what others deal with it is not even told that it is there."""
    must_be(by, READERS)
    found, tree = await by_id(running.db, str(issue)), (await ground(running.db)).tree
    if found is None or not any(tree.covers(by.org, org) for org in found.answering):
        raise Problem(404, "no-such-issue")
    must_be_open_to(by, found, tree)
    return found


def must_be_open_to(by: Actor, matter: Matter, tree: Tree) -> None:
    """To who leads it, and before that to whoever was told of it; to others if the resident agreed;
    once it is over to nobody."""
    if Stage(matter.stage) in OVER:
        raise Problem(403, "original-is-closed")
    if not tree.covers(by.org, matter.lead or matter.org) and HANDLER not in matter.consents:
        raise Problem(403, "resident-did-not-agree")
