"""Staff hand out the codes at the gate: which hang where, and one more."""

from typing import Annotated
from uuid import uuid5

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from contracts.permission import must_be
from kernel.decider import Actor
from kernel.read.waiting import shown
from kernel.web.running import Running
from registry.staff import Staff
from services.intake.commands import QRS
from services.intake.domain.qr import ISSUERS, IssueQr
from services.intake.pages.door import PAGES, places
from services.intake.pages.places import Name, Places
from services.intake.projections.gate_code import gate_code, hanging
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base, console

ROOT = "/console/qrs"


def add(router: APIRouter, base: Base) -> None:
    running, signed_in = base.running, Depends(base.staff)

    @router.get(ROOT)
    async def codes(request: Request, by: Annotated[Staff, signed_in]) -> Response:
        await newest(running, request)
        return await show(running, request, by)

    @router.post(ROOT)
    async def hang(request: Request, by: Annotated[Staff, signed_in]) -> Response:
        done: list[str] = []

        async def doing(fields: Fields) -> None:
            wish, command = wish_of(IssueQr, fields), command_of(by.actor, fields)
            qr = str(uuid5(command.id, "qr"))
            await QRS.carry_out(running.ready(), qr, wish, command)
            done.append(f"{qr}.1")

        if trouble := await tried(request, doing):
            return await show(running, request, by, trouble)
        return RedirectResponse(f"{ROOT}?new={done[0]}", 303)


async def newest(running: Running, request: Request) -> None:
    """What was just done is in the list that is shown after it."""
    qr, _, version = request.query_params.get("new", "").partition(".")
    if qr and version in ("1", "2"):
        stream = QRS.stream.id(qr)
        await shown(running.db, running.reader, gate_code.table, stream, int(version))


async def show(
    running: Running, request: Request, by: Staff, trouble: Trouble | None = None
) -> Response:
    must_be(by.actor, ISSUERS)
    here = await places(running)
    rows = [(row, here.name(row.org)) for row in await hanging(running.db, by.actor.org)]
    values = {"rows": rows, "orgs": mine(here, by.actor), "trouble": trouble}
    status = trouble.status if trouble else 200
    return PAGES.show(request, "qrs.html", status, **console(by, "qrs", **values))


def mine(here: Places, by: Actor) -> list[Name]:
    return [(by.org, here.name(by.org)), *here.below(by.org, "VILLAGE")]
