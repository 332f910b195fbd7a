"""A photo of a matter, for who has its secret."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kernel.seal.keyring import Missing
from kernel.web.problems import Problem
from services.intake.commands.images import MIME
from services.intake.commands.photos import album_of
from services.intake.pages.door import opened_visit
from skin.pages import HEADERS
from skin.site import Base


def add(router: APIRouter, base: Base) -> None:
    running, album = base.running, album_of(base.running)

    @router.get("/i/{code}/photo/{photo}")
    async def photo(request: Request, code: str, photo: UUID) -> Response:
        matter = (await opened_visit(running, request, code)).matter
        if str(photo) not in matter.photos:
            raise Problem(404, "no-such-photo")
        plain = await album.open(UUID(matter.issue_id), photo)
        if isinstance(plain, Missing):
            raise Problem(404, "no-such-photo")
        return Response(plain, 200, HEADERS, MIME)
