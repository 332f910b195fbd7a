"""A resident asks to be forgotten: what goes, what stays, and that nobody can undo it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands import album_of
from services.intake.commands.forgetting import forget
from services.intake.commands.raising import vault_of
from services.intake.domain.stage import OVER
from services.intake.pages.door import PAGES, Visit, visit
from skin.forms import Fields, Trouble, command_of, tried
from skin.site import Base


def add(router: APIRouter, base: Base) -> None:
    running, album = base.running, album_of(base.running)

    @router.get("/i/{code}/erase")
    async def ask(request: Request, code: str) -> Response:
        return show(request, await visit(running, request, code))

    @router.post("/i/{code}/erase")
    async def erase(request: Request, code: str) -> Response:
        seen = await visit(running, request, code)
        if not seen.opened:
            return RedirectResponse(seen.path, 303)

        async def doing(fields: Fields) -> None:
            issue, reporter = UUID(seen.matter.issue_id), seen.matter.reporter
            command, vault = command_of(seen.by, fields), vault_of(running.vault)
            await forget(running.ready(), vault, album, issue, reporter, command)

        if trouble := await tried(request, doing):
            return show(request, seen, trouble)
        return RedirectResponse(seen.path, 303)


def show(request: Request, seen: Visit, trouble: Trouble | None = None) -> Response:
    if not seen.opened:
        return RedirectResponse(seen.path, 303)
    may = seen.matter.stage in OVER and not seen.matter.erased
    shown = {"matter": seen.matter, "may": may, "trouble": trouble}
    return PAGES.show(request, "erase.html", trouble.status if trouble else 200, **shown)
