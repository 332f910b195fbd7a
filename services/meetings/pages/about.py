"""What did a council make of this matter? A piece of a page, for the case that it belongs to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from services.meetings.domain.meeting import RECORDERS
from services.meetings.domain.topic import PROPOSERS
from services.meetings.pages.look import PAGES, Visit, visits
from services.meetings.projections import meetings, topics
from skin.pages import HEADERS
from skin.site import Base


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)

    @router.get("/console/topics/about/{issue_id}")
    async def about(issue_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await piece(at, issue_id)

    return router


async def piece(at: Visit, issue_id: UUID) -> Response:
    found = await topics.of_issue(at.db, at.actor.org, issue_id)
    say = await at.read([], *(row.question for row in found))
    seen = bool(await at.matters([issue_id]))
    html = PAGES.part(
        "about.html",
        topics=[(row, say(row.question)) for row in found],
        meetings=await meetings.of_issue(at.db, at.actor.org, issue_id),
        issue=issue_id,
        may_propose=seen and not found and at.actor.role in PROPOSERS,
        may_record=seen and at.actor.role in RECORDERS,
    )
    return HTMLResponse(html, headers=HEADERS)
