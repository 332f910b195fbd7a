"""The station's queue: which council deals with a matter, and which of them comes first?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime
from sqlalchemy import Row

from contracts.permission import STATION, must_be
from contracts.routing import Lane
from contracts.stages import Stage
from kernel.clock import now
from kernel.decider import Call
from kernel.handle import Done
from kernel.read.waiting import shown
from registry.ground import ground
from registry.staff import Staff
from services.routing.commands import CASES, accept_and_route, set_desk
from services.routing.domain.case import AT_HAND, IN_TRIAGE
from services.routing.domain.decider import CASE
from services.routing.domain.triage import RouteIssue
from services.routing.domain.work import SignIssue
from services.routing.pages.due import end_of
from services.routing.pages.look import PAGES, communities, opened, see
from services.routing.pages.suggesting import accept_of, inputs, likely, passed_over, suggestion
from services.routing.projections import PAGE
from services.routing.projections.case_file import CaseFile, case_file
from services.routing.projections.cases import numbers
from services.routing.projections.triage_queue import (
    counts,
    due,
    new_since,
    triage_queue,
    waiting,
    waits,
)
from skin.forms import Fields, Trouble, Wrong, command_of, sent, tried, wish_of
from skin.pages import From
from skin.site import Base, console
from skin.words import words

QUEUE = "/console/queue"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which row is chosen, what was just routed, and what the form said."""

    pick: str = ""
    done: str = ""
    late_only: bool = False
    start: int = 0
    trouble: Trouble | None = None
    typed: Fields | None = None


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    looking(base, router)
    counting(base, router)
    deciding(base, router)
    return router


def looking(base: Base, router: APIRouter) -> None:
    running = base.running

    @router.get(QUEUE)
    async def queue(
        request: Request,
        by: Annotated[Staff, Depends(base.staff)],
        pick: UUID | None = None,
        done: UUID | None = None,
        v: int = 0,
        tab: str = "",
        start: From = 0,
    ) -> Response:
        must_be(by.actor, STATION)
        if done:
            stream = CASE.id(done)
            await shown(running.db, running.reader, triage_queue.table, stream, v)
        asked = Asked(str(pick or ""), str(done or ""), tab == "late", start)
        return await show(base, request, by, asked)


def counting(base: Base, router: APIRouter) -> None:
    """Pieces of pages that are open already."""
    running = base.running

    @router.get("/console/routing/_count")
    async def count(by: Annotated[Staff, Depends(base.staff)]) -> Response:
        must_be(by.actor, STATION)
        late_or_today = await due(running.db, by.actor.org, end_of(await now(running.db)))
        return Response(str(late_or_today), media_type="text/plain")

    @router.get(QUEUE + "/_news")
    async def news(by: Annotated[Staff, Depends(base.staff)], since: AwareDatetime) -> Response:
        """Nothing moves under who is reading: a line says that there is more."""
        must_be(by.actor, STATION)
        new = await new_since(running.db, by.actor.org, since)
        line = f'<a href="{QUEUE}">有 {new} 件新的，看最新</a>' if new else ""
        return HTMLResponse(line, headers={"Cache-Control": "no-store"})


def deciding(base: Base, router: APIRouter) -> None:
    @router.post(QUEUE + "/{issue_id}")
    async def decide(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        must_be(by.actor, STATION)
        version = 0

        async def doing(fields: Fields) -> None:
            nonlocal version
            version = (await route(base, str(issue_id), by, fields)).version

        trouble = await tried(request, doing)
        if trouble is None:
            return see(f"{QUEUE}?done={issue_id}&v={version}")
        asked = Asked(str(issue_id), trouble=trouble, typed=trouble.typed)
        return await show(base, request, by, asked)

    @router.post(QUEUE + "/{issue_id}/suggest")
    async def suggest(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        """Writes nothing: only what the table says of what was typed."""
        must_be(by.actor, STATION)
        return await show(base, request, by, Asked(str(issue_id), typed=await sent(request)))


async def route(base: Base, issue_id: str, by: Staff, fields: Fields) -> Done:
    """Accepts and routes in one press; what was accepted before is only routed."""
    store, command = base.running.ready(), command_of(by.actor, fields)
    wish = route_of(fields, by.actor.org)
    if "category" not in fields:
        return await CASES.carry_out(store, issue_id, wish, command)
    return await accept_and_route(store, issue_id, (accept_of(fields), wish), command)


def route_of(fields: Fields, station: str) -> RouteIssue:
    """The street's council is the station's own; the others are a community that was chosen."""
    lane, _, mode = fields.get("lane", "").partition(":")
    to_org = station if lane == Lane.STREET else fields.get("to_org", "")
    if lane and not to_org:
        raise Wrong({"to_org": words("field-choose", "zh-CN", {})})
    reason = fields.get("override_reason", "")
    given = {"lane": lane, "mode": mode, "to_org": to_org, "override_reason": reason}
    return wish_of(RouteIssue, given)


async def show(base: Base, request: Request, by: Staff, asked: Asked) -> Response:
    db, org = base.running.db, by.actor.org
    at = await now(db)
    found_rows = await waiting(db, org, at if asked.late_only else None, asked.start)
    rows = found_rows[:PAGE]
    chosen = await waits(db, org, asked.pick) if asked.pick else None
    picked = picked_of(rows, chosen, asked)
    found = await preview(base, by, picked, asked) if picked else None
    values: dict[str, Any] = {
        "rows": rows,
        "texts": await opened(base.running.keyring, [row.title for row in rows]),
        "likely": {row.issue_id: likely(row, at).value for row in rows},
        "page": PAGE,
        "more": len(found_rows) > PAGE,
        "totals": await counts(db, org, at),
        "lanes": lanes(await numbers(db, org, at, end_of(at))),
        "now": at,
        "asked": asked,
        "gone": bool(asked.pick) and not (found and picked and picked.issue_id == asked.pick),
        "picked": picked,
        "preview": found,
    }
    status = asked.trouble.status if asked.trouble else 200
    return PAGES.show(request, "queue.html", status, **console(by, "queue", **values))


def picked_of(rows: Sequence[Row[Any]], chosen: Row[Any] | None, asked: Asked) -> Row[Any] | None:
    """The chosen one, else the first; what was typed for one is never put under another."""
    return chosen if chosen or asked.typed is not None else next(iter(rows), None)


async def preview(base: Base, by: Staff, row: Row[Any], asked: Asked) -> dict[str, Any] | None:
    """What the chosen row says, and what the table makes of it."""
    db = base.running.db
    file, here = await case_file(db, row.issue_id), await ground(db)
    if file.raised is None or file.case.stage not in IN_TRIAGE:
        return None
    raised, typed = file.raised, asked.typed or {}
    place = [raised.location.place] if raised.location.place else []
    desk = (await set_desk(db, row.issue_id, SignIssue()))(file.case, Call(by.actor, file.now))
    found = suggestion(file.case, desk, raised.category_hint, typed)
    return {
        "file": file,
        "raised": raised,
        "texts": await opened(base.running.keyring, [raised.title, raised.text_redacted, *place]),
        "found": found,
        "inputs": inputs(found.assessment),
        "passed_over": passed_over(found.verdict),
        "communities": communities(here, by.actor.org, file.now),
        "to_org": typed.get("to_org") or preset(file),
        "accepted": file.case.stage is Stage.ACCEPTED,
    }


def preset(file: CaseFile) -> str:
    """The community that the matter itself names."""
    assert file.raised is not None  # noqa: S101  looked at before
    return file.raised.location.village_code or file.raised.target.org_code


def lanes(rows: Sequence[Row[Any]]) -> dict[str, dict[str, int]]:
    """What each council has at hand: how many, due today, late, urged, and by stage."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.lane and row.stage in AT_HAND:
            lane = found.setdefault(row.lane, {})
            for name in ("n", "today", "late", "urged"):
                lane[name] = lane.get(name, 0) + getattr(row, name)
            lane[row.stage] = row.n
    return found
