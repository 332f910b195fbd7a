"""What should a council deliberate, in one sentence, and which matters does it come from?"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.directory import Level
from contracts.meetings import TopicLevel, TopicSource
from contracts.permission import must_be
from kernel.web.problems import Problem
from services.meetings.commands import TOPICS
from services.meetings.domain.topic import DECIDE_WITHIN, MEET_WITHIN, PROPOSERS, ProposeTopic
from services.meetings.pages.look import Visit, lines, to, visits
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base

SOURCES = [
    (TopicSource.RESIDENTS, "居民联名提出", ""),
    (TopicSource.MEMBER, "政协委员提出", ""),
    (TopicSource.COMMITTEE, "党组织提出", ""),
    (TopicSource.CLUSTER, "同一处反映得多", ""),
]


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)

    @router.get("/console/topics/new")
    async def new(at: Annotated[Visit, Depends(visit)], issue: UUID | None = None) -> Response:
        return await show(at, issue)

    @router.post("/console/topics/new")
    async def propose(at: Annotated[Visit, Depends(visit)], issue: UUID | None = None) -> Response:
        await matters(at, issue)
        proposed: list[UUID] = []

        async def doing(fields: Fields) -> None:
            proposed.append(await carry_out(at, fields, issue))

        trouble = await tried(at.request, doing)
        return await show(at, issue, trouble) if trouble else to(f"/console/topics/{proposed[0]}")

    return router


async def carry_out(at: Visit, fields: Fields, issue: UUID | None) -> UUID:
    """The topic bears the id of the command that proposed it: a double tap is one topic."""
    command = command_of(at.actor, fields)
    given = {
        "org_code": at.actor.org,
        "level": level_of(at),
        "source": TopicSource.ISSUE if issue else fields.get("source", ""),
        "question": fields.get("question", ""),
        "sub_questions": lines(fields.get("sub_questions", "")),
        "issue_ids": (issue,) if issue else (),
    }
    wish = wish_of(ProposeTopic, given)
    await TOPICS.carry_out(at.store, str(command.id), wish, command)
    return command.id


def level_of(at: Visit) -> TopicLevel:
    here = at.ground.places.get(at.actor.org)
    village = here is not None and here.level == Level.VILLAGE
    return TopicLevel.VILLAGE if village else TopicLevel.TOWN


async def matters(at: Visit, issue: UUID | None) -> list[dict[str, Any]]:
    must_be(at.actor, PROPOSERS)
    found = await at.matters([issue] if issue else [])
    if issue and not found:
        raise Problem(404, "no-such-issue")
    return found


async def show(at: Visit, issue: UUID | None, trouble: Trouble | None = None) -> Response:
    about = await matters(at, issue)
    query = f"?issue={issue}" if issue else ""
    return at.show(
        "topic_new.html",
        trouble,
        about=about,
        action=f"/console/topics/new{query}",
        sources=SOURCES,
        level=level_of(at),
        within=(DECIDE_WITHIN[level_of(at)], MEET_WITHIN[level_of(at)]),
    )
