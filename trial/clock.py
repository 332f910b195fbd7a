"""The movable clock of a trial: weeks pass in seconds, for all services together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from contracts.calendar import ZONE
from kernel import clock
from kernel.web.running import Running
from registry.calendar import shipped
from skin.forms import sent
from skin.pages import Pages

PAGES = Pages("trial")
PATH = "/trial/clock"
LONGEST = timedelta(days=400)
NEXT = text("""
select at, stream_id, clock from kernel.due where not rung order by at limit 8
""")


def clock_routes(services: Sequence[Running]) -> Sequence[BaseRoute]:
    """The first service's clock is the city's: they all show the same."""

    async def show(request: Request) -> Response:
        now = (await clock.now(services[0].db)).astimezone(ZONE)
        due = await next_due(services)
        if "text/html" not in request.headers.get("accept", ""):
            soon = due[0].at.isoformat() if due else None
            return JSONResponse({"now": now.isoformat(), "next_due": soon})
        steps = {
            "hour": now + timedelta(hours=1),
            "day": next_working_day(now),
            "due": due[0].at.astimezone(ZONE) + timedelta(seconds=1) if due else None,
        }
        return PAGES.show(request, "clock.html", now=now, due=due[:8], steps=steps)

    async def move(request: Request) -> Response:
        now = (await clock.now(services[0].db)).astimezone(ZONE)
        to = wished(await sent(request), now)
        if to is None:
            return JSONResponse({"detail": "时钟只能往前拨，一次最多400天。"}, 422)
        for one in services:
            await clock.move(one.db, to - now)
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(PATH, 303)
        return JSONResponse({"now": to.isoformat()})

    return [Route(PATH, show, methods=["GET"]), Route(PATH, move, methods=["POST"])]


async def next_due(services: Sequence[Running]) -> Sequence[Row[Any]]:
    """What rings next anywhere in the city, the soonest first."""
    found = [row for one in services for row in await one.db.all(NEXT)]
    return sorted(found, key=lambda row: row.at)


def next_working_day(now: datetime) -> datetime:
    """The same hour of it."""
    closes = shipped().plus_days(now, 1)
    return datetime.combine(closes.date(), now.timetz())


def wished(fields: dict[str, str], now: datetime) -> datetime | None:
    try:
        to = datetime.fromisoformat(fields.get("at", ""))
    except ValueError:
        return None
    at = to if to.tzinfo else to.replace(tzinfo=ZONE)
    return at if timedelta(0) <= at - now <= LONGEST else None
