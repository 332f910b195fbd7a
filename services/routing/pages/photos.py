"""Photos that staff took: sent with a form of the case, and shown to who may see the matter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from album.images import MIME
from contracts.intake import Attachment
from kernel.seal.keyring import Missing
from kernel.web.problems import Problem
from registry.neighbours import must_be_signed
from registry.staff import Staff
from services.routing.commands.photos import album_of, told_of
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.work import AddProgress
from services.routing.pages.look import file_of
from skin.forms import Fields, Trouble, Wrong, files_of, id_of, ids_of, wish_of
from skin.pages import HEADERS
from skin.site import Base
from skin.words import words

FILES = "/files/routing/{issue_id}/{photo}"


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/console/cases/{issue_id}/photos/{photo}")
    async def for_staff(
        issue_id: UUID, photo: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        await file_of(base, by, str(issue_id))
        return await picture(base, issue_id, photo)

    @router.get(FILES)
    async def for_neighbours(issue_id: UUID, photo: UUID, t: str = "") -> Response:
        """Who may see it was looked at by the service that signed the address."""
        await must_be_signed(base.running, t, f"photo {photo}")
        return await picture(base, issue_id, photo)

    return router


async def picture(base: Base, issue: UUID, photo: UUID) -> Response:
    told = photo in await told_of(base.running.db, issue)
    plain = await album_of(base.running).open(issue, photo) if told else Missing.NOT_YET
    if isinstance(plain, Missing):
        raise Problem(404, "no-such-photo")
    return Response(plain, 200, HEADERS, MIME)


W = TypeVar("W", AddProgress, AnswerIssue)


class PhotoDesk:
    """What a form brings besides its words stays, whatever else is wrong with it."""

    def __init__(self, base: Base) -> None:
        self.db, self.album = base.running.db, album_of(base.running)

    async def wish(self, kind: type[W], request: Request, issue: UUID, fields: Fields) -> W:
        """Raises Wrong, of all that is wrong at once."""
        faults = await self._keep(request, issue, fields)
        try:
            wish = wish_of(kind, fields)
        except Wrong as wrong:
            raise Wrong({**wrong.fields, **faults}) from None
        if faults:
            raise Wrong(faults)
        return with_photos(wish, await self.album.kept(id_of(fields, "once")))

    async def _keep(self, request: Request, issue: UUID, fields: Fields) -> Mapping[str, str]:
        """What a fact names stays for ever, whatever is asked."""
        form, unwanted = id_of(fields, "once"), ids_of(fields, "drop")
        if unwanted:
            mine = {photo.id for photo in await self.album.kept(form)}
            await self.album.drop(issue, mine & unwanted - await told_of(self.db, issue))
        no = await self.album.keep_all(issue, form, await files_of(request, "photos"))
        return {"photos": words(no.code, "zh-CN", no.words)} if no else {}

    async def kept(self, trouble: Trouble | None) -> tuple[Attachment, ...]:
        return await self.album.kept(id_of(trouble.typed, "once")) if trouble else ()


def with_photos(wish: W, photos: tuple[Attachment, ...]) -> W:
    if isinstance(wish, AddProgress):
        return replace(wish, attachments=photos)
    return replace(wish, evidence=photos)
