"""One code at the gate: on paper, and its end."""

from typing import Annotated
from uuid import UUID, uuid5

import segno
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from contracts.permission import must
from kernel.decider import Actor
from kernel.web.problems import Problem
from kernel.web.running import Running
from registry.ground import ground
from registry.staff import Staff
from services.intake.commands import QRS
from services.intake.domain.qr import ISSUERS, IssueQr, RevokeQr
from services.intake.pages.door import PAGES, places
from services.intake.pages.qrs import ROOT
from services.intake.projections.gate_code import GateCode, gate
from skin.forms import Fields, Trouble, command_of, tried
from skin.site import Base, console


def add(router: APIRouter, base: Base) -> None:
    running, signed_in = base.running, Depends(base.staff)
    public = base.neighbours.settings.public_url

    @router.get(ROOT + "/{qr}/revoke")
    async def ask(request: Request, qr: UUID, by: Annotated[Staff, signed_in]) -> Response:
        return await confirm(running, request, by, qr)

    @router.post(ROOT + "/{qr}/revoke")
    async def revoke(request: Request, qr: UUID, by: Annotated[Staff, signed_in]) -> Response:
        async def doing(fields: Fields) -> None:
            await end(running, by.actor, qr, fields)

        if trouble := await tried(request, doing):
            return await confirm(running, request, by, qr, trouble)
        return RedirectResponse(f"{ROOT}?new={qr}.2", 303)

    @router.get(ROOT + "/{qr}/poster")
    async def poster(request: Request, qr: UUID, by: Annotated[Staff, signed_in]) -> Response:
        row, here = await own_code(running, by.actor, qr), await places(running)
        address = f"{public}/q/{qr}"
        values = {"org_name": here.name(row.org), "address": address, "square": square(address)}
        return PAGES.show(request, "poster.html", 200, row=row, **console(by, "qrs", **values))


def square(address: str) -> Markup:
    """Torn or wet by a quarter it is still read."""
    svg = segno.make(address, error="q").svg_inline(svgclass="qr", omitsize=True, border=4)
    return Markup(svg)  # noqa: S704  made of an address of ours


async def confirm(
    running: Running, request: Request, by: Staff, qr: UUID, trouble: Trouble | None = None
) -> Response:
    row, here = await own_code(running, by.actor, qr), await places(running)
    values = {"row": row, "org_name": here.name(row.org), "trouble": trouble}
    status = trouble.status if trouble else 200
    return PAGES.show(request, "qr_revoke.html", status, **console(by, "qrs", **values))


async def own_code(running: Running, by: Actor, qr: UUID) -> GateCode:
    row = await gate(running.db, str(qr))
    if row is None:
        raise Problem(404, "no-such-qr")
    must(by, ISSUERS, row.org, (await ground(running.db)).tree)
    return row


async def end(running: Running, by: Actor, qr: UUID, fields: Fields) -> None:
    """With `rotate` another one is there first, so that its place never goes without."""
    store, command, new = running.ready(), command_of(by, fields), None
    if fields.get("rotate"):
        row = await own_code(running, by, qr)
        first = command_of(by, {"once": str(uuid5(command.id, "another"))})
        new = uuid5(command.id, "qr")
        await QRS.carry_out(store, str(new), IssueQr(row.org, row.place), first)
    await QRS.carry_out(store, str(qr), RevokeQr(new), command)
