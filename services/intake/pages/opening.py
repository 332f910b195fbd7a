"""Who has no link opens a matter by a code that is sent to the number they gave."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.passcodes import check_passcode, send_passcode
from services.intake.commands.raising import vault_of
from services.intake.pages.door import Visit, let_in, visit
from services.intake.pages.tracking import show
from skin.forms import Fields, tried
from skin.site import Base


def add(router: APIRouter, base: Base) -> None:
    running = base.running

    @router.post("/i/{code}/send-code")
    async def send(request: Request, code: str) -> Response:
        seen = await visit(running, request, code)

        async def doing(_fields: Fields) -> None:
            await send_code(base, seen)

        if trouble := await tried(request, doing):
            return await show(base, request, seen, trouble)
        return RedirectResponse(seen.path, 303)

    @router.post("/i/{code}/open")
    async def open_by_code(request: Request, code: str) -> Response:
        seen = await visit(running, request, code)

        async def doing(fields: Fields) -> None:
            typed = str(fields.get("otp", ""))
            await check_passcode(running.ready(), UUID(seen.matter.issue_id), typed)

        if trouble := await tried(request, doing):
            return await show(base, request, seen, trouble)
        return let_in(base, seen.matter.code, seen.matter.issue_id, seen.path)


async def send_code(base: Base, seen: Visit) -> None:
    """Only at a press: nothing is sent because somebody looked."""

    async def tell(contact: str, digits: str) -> None:
        message = {"to": contact, "template": "login-code", "values": {"code": digits}}
        await base.neighbours.ask("notify", "sms", "send-sms", message)

    running, matter = base.running, seen.matter
    issue, vault = UUID(matter.issue_id), vault_of(running.vault)
    await send_passcode(running.ready(), vault, issue, matter.reporter, tell)
