"""Photos that staff took: sent with a form of the case, and shown to who may see the matter."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from album.images import MIME
from contracts.intake import Attachment
from contracts.permission import HANDLERS, must_be
from kernel.decider import Actor, Forbidden
from kernel.seal.keyring import Missing
from kernel.web.problems import Problem
from registry.neighbours import must_be_signed
from registry.staff import Staff
from services.routing.commands.photos import album_of, told_of
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.work import AddProgress, pictured
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
        file, _ = await file_of(base, by, str(issue_id))
        named = [one.id for step in file.steps for one in pictured(step.fact)]
        return await picture(base, issue_id, photo, named)

    @router.get(FILES)
    async def for_neighbours(issue_id: UUID, photo: UUID, t: str = "") -> Response:
        """Who may see it was looked at by the service that signed the address."""
        try:
            await must_be_signed(base.running, t, f"photo {photo}")
        except Forbidden:
            raise Problem(403, "photo-look-again") from None
        return await picture(base, issue_id, photo, await told_of(base.running.db, issue_id))

    return router


async def picture(base: Base, issue: UUID, photo: UUID, named: Collection[UUID]) -> Response:
    shown = photo in named
    plain = await album_of(base.running).open(issue, photo) if shown else Missing.NOT_YET
    if isinstance(plain, Missing):
        raise Problem(404, "no-such-photo")
    return Response(plain, 200, HEADERS, MIME)


NOT_SAID = ("once", "if_match", "kept", "drop")
W = TypeVar("W", AddProgress, AnswerIssue)


class PhotoDesk:
    """What a form brings besides its words stays, whatever else is wrong with it."""

    def __init__(self, base: Base) -> None:
        self.album = album_of(base.running)

    async def wish(
        self, kind: type[W], request: Request, by: Actor, issue: UUID, fields: Fields
    ) -> W:
        """Raises Wrong, of all that is wrong at once."""
        must_be(by, HANDLERS)
        faults = await self._keep(request, issue, fields)
        try:
            wish = wish_of(kind, fields, but=NOT_SAID)
        except Wrong as wrong:
            raise Wrong({**wrong.fields, **faults}) from None
        if faults:
            raise Wrong(faults)
        return with_photos(wish, await self.album.kept(id_of(fields, "once")))

    async def _keep(self, request: Request, issue: UUID, fields: Fields) -> Mapping[str, str]:
        form, drop = id_of(fields, "once"), ids_of(fields, "drop")
        await self.album.leave_out(form, drop)
        no = await self.album.keep_all(issue, form, await files_of(request, "photos"))
        no = no or await self.album.gone(form, ids_of(fields, "kept") - drop)
        return {"photos": words(no.code, "zh-CN", no.words)} if no else {}

    async def kept(self, trouble: Trouble | None) -> tuple[Attachment, ...]:
        return await self.album.kept(id_of(trouble.typed, "once")) if trouble else ()


def with_photos(wish: W, photos: tuple[Attachment, ...]) -> W:
    if isinstance(wish, AddProgress):
        return replace(wish, attachments=photos)
    return replace(wish, evidence=photos)
