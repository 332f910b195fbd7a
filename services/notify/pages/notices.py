"""Who told me what, and what of it have I not seen yet?"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from pydantic import AwareDatetime

from contracts.calendar import day_of
from contracts.notify import Gist
from kernel.clock import now
from kernel.handle import Done
from kernel.read.waiting import shown
from kernel.web.problems import Problem
from registry.ground import ground
from registry.staff import Staff
from services.notify.commands import read_all
from services.notify.pages.wording import ASKING, Line, line, link
from services.notify.projections.inbox import counts, inbox, newest, one, unread
from skin.forms import command_of, sent
from skin.pages import Pages
from skin.site import Base, console
from skin.words import day

PAGES = Pages("services.notify.pages")
HOME, MOST = "/console/notices", 50


def by_day(lines: Sequence[Line], at: datetime) -> list[tuple[str, list[Line]]]:
    """Under the day as people call it, the newest first."""
    today = day_of(at)
    found: list[tuple[str, list[Line]]] = []
    for when, group in groupby(lines, lambda one: day_of(one.told_at)):
        ago = (today - when).days
        called = {0: "今天", 1: f"昨天 {when.month}月{when.day}日"}.get(ago, day(when, "zh-CN"))
        found.append((called, list(group)))
    return found


def seat_of(by: Staff) -> UUID:
    if by.actor.seat is None:
        raise Problem(403, "no-seat")
    return by.actor.seat


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    looking(router, base)
    reading(router, base)
    return router


def looking(router: APIRouter, base: Base) -> None:
    db = base.running.db

    @router.get(HOME)
    async def page(
        request: Request,
        by: Annotated[Staff, Depends(base.staff)],
        only: str = "",
        before: AwareDatetime | None = None,
    ) -> Response:
        seat, places = seat_of(by), (await ground(db)).places
        asked = only == "asked"
        rows = await newest(db, seat, asked=asked, asking=ASKING, before=before, most=MOST)
        given = {
            "days": by_day([line(row, places) for row in rows], await now(db)),
            "counts": await counts(db, seat, ASKING),
            "only": only,
            "older": rows[-1].told_at if len(rows) == MOST else None,
        }
        return PAGES.show(request, "notices.html", **console(by, "notices", **given))

    @router.get("/console/notify/_count")
    async def count(by: Annotated[Staff, Depends(base.staff)]) -> Response:
        number = (await counts(db, seat_of(by), ASKING)).unread
        return PlainTextResponse(str(number or ""))


def reading(router: APIRouter, base: Base) -> None:
    running = base.running

    async def read(request: Request, by: Staff, notices: Sequence[str]) -> None:
        """And waits until the page that comes next can show it."""
        command = command_of(by.actor, await sent(request))
        done: Sequence[Done] = await read_all(running.ready(), notices, command)
        for each in done[-1:]:
            await shown(running.db, running.reader, inbox.table, each.stream, each.version)

    @router.post(f"{HOME}/read-all")
    async def all_read(request: Request, by: Annotated[Staff, Depends(base.staff)]) -> Response:
        await read(request, by, await unread(running.db, seat_of(by)))
        return RedirectResponse(HOME, 303)

    @router.post(f"{HOME}/{{notice}}/open")
    async def open_one(
        request: Request, notice: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        """Read, and on to what it is about."""
        row = await one(running.db, seat_of(by), str(notice))
        if row is None:
            raise Problem(404, "no-such-notice")
        await read(request, by, [str(notice)])
        return RedirectResponse(link(Gist.model_validate(row.gist)), 303)
