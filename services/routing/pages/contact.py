"""How the resident can be reached: shown once, to who gives a reason, and noted before."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from registry.staff import Staff
from services.routing.commands import CASES
from services.routing.domain.work import SeeContact
from services.routing.pages.case import CASE_PAGE, possible_for
from services.routing.pages.look import PAGES, file_of, opened
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base, console
from skin.words import words

PURPOSE = "see-contact"


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(CASE_PAGE + "/contact")
    async def form(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        return await show(base, request, by, str(issue_id))

    @router.post(CASE_PAGE + "/contact")
    async def see_contact(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        await file_of(base, by, str(issue_id))
        found: dict[str, Any] = {}

        async def doing(fields: Fields) -> None:
            found.update(await look(base, str(issue_id), by, fields))

        trouble = await tried(request, doing)
        return await show(base, request, by, str(issue_id), trouble, found)

    return router


async def look(base: Base, issue_id: str, by: Staff, fields: Fields) -> dict[str, Any]:
    """First it is noted who looks and why, then intake is asked."""
    wish, command = wish_of(SeeContact, fields), command_of(by.actor, fields)
    await CASES.carry_out(base.running.ready(), issue_id, wish, command)
    asked = {"issue_id": issue_id, "reason_given": True, "leads": True}  # as the rule says
    return await base.neighbours.ask("intake", "reporter-contact", PURPOSE, asked)


async def show(
    base: Base,
    request: Request,
    by: Staff,
    issue_id: str,
    trouble: Trouble | None = None,
    found: dict[str, Any] | None = None,
) -> Response:
    file, _ = await file_of(base, by, issue_id)
    can = await possible_for(base, by.actor, file)
    assert file.raised is not None  # noqa: S101  file_of looked
    no = can.not_yet.get(PURPOSE)
    values = {
        "file": file,
        "raised": file.raised,
        "texts": await opened(base.running.keyring, [file.raised.title]),
        "trouble": trouble,
        "found": found,
        "may": PURPOSE in can.now,
        "no": words(no.code, "zh-CN", no.words) if no else "",
    }
    status = trouble.status if trouble else 200
    return PAGES.show(request, "contact.html", status, **console(by, "cases", **values))
