"""What shall I do first today?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import Row

from contracts.calendar import day_of
from kernel.clock import now
from registry.ground import ground
from registry.staff import Staff
from services.notify.pages.wording import line, todo
from services.notify.projections.inbox import newest
from services.notify.projections.tasks import mine
from skin.pages import Pages
from skin.site import Base, console

PAGES = Pages("services.notify.pages")
MOST_LATER, MOST_NEWS = 10, 5


@dataclass(frozen=True, slots=True)
class Sorted:
    late: Sequence[Row[Any]]
    today: Sequence[Row[Any]]
    later: Sequence[Row[Any]]


def sort(rows: Sequence[Row[Any]], at: datetime) -> Sorted:
    """They come by due time; what has none is never late."""
    today = day_of(at)
    late = [row for row in rows if row.due and row.due < at]
    soon = [row for row in rows if row.due and row.due >= at]
    due = [row for row in soon if day_of(row.due) == today]
    return Sorted(late, due, [row for row in rows if row not in late and row not in due])


def routes(base: Base) -> APIRouter:
    router, db = APIRouter(include_in_schema=False), base.running.db

    async def of(by: Staff, at: datetime) -> Sorted:
        return sort(await mine(db, by.actor.role, by.actor.org), at)

    @router.get("/console/desk")
    async def page(request: Request, by: Annotated[Staff, Depends(base.staff)]) -> Response:
        at, places = await now(db), (await ground(db)).places
        todos = await of(by, at)
        news = await newest(db, by.actor.seat, most=MOST_NEWS) if by.actor.seat else []
        shown = {
            "late": [todo(row, places, at) for row in todos.late],
            "today": [todo(row, places, at) for row in todos.today],
            "later": [todo(row, places, at) for row in todos.later[:MOST_LATER]],
            "more": max(0, len(todos.later) - MOST_LATER),
            "news": [line(row, places) for row in news],
            "at": at,
        }
        return PAGES.show(request, "desk.html", **console(by, "desk", **shown))

    @router.get("/console/desk/_count")
    async def count(by: Annotated[Staff, Depends(base.staff)]) -> Response:
        """Late and due today; nothing at all where there is nothing."""
        todos = await of(by, await now(db))
        number = len(todos.late) + len(todos.today)
        return PlainTextResponse(str(number or ""))

    return router
