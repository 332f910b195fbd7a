"""A photo of a matter, for who has its secret."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from album.images import MIME
from album.photos import Album
from kernel.seal.keyring import Missing
from kernel.web.problems import Problem
from services.intake.commands import album_of
from services.intake.pages.door import opened_visit
from services.intake.projections.matter import Matter
from services.intake.projections.step import is_shown
from skin.pages import HEADERS
from skin.site import Base


def add(router: APIRouter, base: Base) -> None:
    running, album = base.running, album_of(base.running)

    @router.get("/i/{code}/photo/{photo}")
    async def photo(request: Request, code: str, photo: UUID) -> Response:
        return await picture(album, (await opened_visit(running, request, code)).matter, photo)

    @router.get("/i/{code}/work/{photo}")
    async def work(request: Request, code: str, photo: UUID) -> Response:
        """One that staff took: it lies with routing."""
        issue = (await opened_visit(running, request, code)).matter.issue_id
        if not await is_shown(running.db, issue, photo):
            raise Problem(404, "no-such-photo")
        to = await base.neighbours.address("routing", f"{issue}/{photo}", f"photo {photo}")
        return RedirectResponse(to, 303, HEADERS)


async def picture(album: Album, matter: Matter, photo: UUID) -> Response:
    shown = str(photo) in matter.photos
    plain = await album.open(UUID(matter.issue_id), photo) if shown else Missing.NOT_YET
    if isinstance(plain, Missing):
        raise Problem(404, "no-such-photo")
    return Response(plain, 200, HEADERS, MIME)
