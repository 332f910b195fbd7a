"""A photo of a matter, for who has its secret."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kernel.seal.keyring import Missing
from kernel.web.problems import Problem
from services.intake.commands.images import MIME
from services.intake.commands.photos import Album, album_of
from services.intake.pages.door import opened_visit
from services.intake.projections.matter import Matter
from skin.pages import HEADERS
from skin.site import Base


def add(router: APIRouter, base: Base) -> None:
    running, album = base.running, album_of(base.running)

    @router.get("/i/{code}/photo/{photo}")
    async def photo(request: Request, code: str, photo: UUID) -> Response:
        return await picture(album, (await opened_visit(running, request, code)).matter, photo)


async def picture(album: Album, matter: Matter, photo: UUID) -> Response:
    shown = str(photo) in matter.photos
    plain = await album.open(UUID(matter.issue_id), photo) if shown else Missing.NOT_YET
    if isinstance(plain, Missing):
        raise Problem(404, "no-such-photo")
    return Response(plain, 200, HEADERS, MIME)
