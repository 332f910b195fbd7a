"""For who deals with a matter: the resident's own words and photos. Each look leaves a line."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from contracts.stages import Stage
from kernel.decider import Actor
from kernel.web.problems import Problem
from kernel.web.running import Running
from registry.ground import ground
from registry.staff import Staff
from services.intake.commands import album_of
from services.intake.commands.looks import note
from services.intake.domain.original import must_be_open
from services.intake.pages.door import PAGES
from services.intake.pages.photo import picture
from services.intake.pages.tracking import texts
from services.intake.projections.matter import Matter, by_id
from skin.site import Base, console

ROOT = "/console/originals/{issue}"


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
    """Of what others deal with nobody is even told that it is there."""
    found, tree = await by_id(running.db, str(issue)), (await ground(running.db)).tree
    if found is None or not found.answering.concerns(by, tree):
        raise Problem(404, "no-such-issue")
    must_be_open(by, found.answering, found.consents, Stage(found.stage), tree)
    return found
