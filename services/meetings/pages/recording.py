"""Who talked about it just now, and what did they agree? Five fields, for a phone in the street."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.calendar import ZONE
from contracts.meetings import Form, SeatRole
from contracts.permission import must_be
from kernel.clock import now
from kernel.web.problems import Problem
from services.meetings.commands import MEETINGS
from services.meetings.domain.meeting import RECORDERS
from services.meetings.domain.session import RecordInstantMeeting
from services.meetings.pages.look import Visit, to, visits
from services.meetings.pages.meeting import moment
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base

FORMS = [
    (Form.MICRO, "随时商量", "田间地头、院里街头碰上就谈"),
    (Form.COMMUNICATION, "沟通协商", "把双方请到一起，或打电话谈"),
    (Form.ROADSIDE, "路边商", "在路边谈的，居民页面只写结果"),
    (Form.HOUSEHOLD_VISIT, "入户商", "在家里谈的，居民页面只写结果"),
]
PARTIES = [
    (SeatRole.PARTY, "当事一方"),
    (SeatRole.PARTY, "当事另一方"),
    (SeatRole.RESIDENT_REP, "居民代表"),
    (SeatRole.LIAISON, "联络员、网格员"),
    (SeatRole.MEMBER, "政协委员"),
    (SeatRole.PROPERTY, "物业"),
    (SeatRole.DEPT, "部门"),
]


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)

    @router.get("/console/meetings/record")
    async def new(issue: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, issue)

    @router.post("/console/meetings/record")
    async def record(issue: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        await matter(at, issue)
        recorded: list[UUID] = []

        async def doing(fields: Fields) -> None:
            recorded.append(await carry_out(at, fields, issue))

        trouble = await tried(at.request, doing)
        return await show(at, issue, trouble) if trouble else to(f"/console/meetings/{recorded[0]}")

    return router


async def carry_out(at: Visit, fields: Fields, issue: UUID) -> UUID:
    """The record bears the id of the command that made it: a double tap is one meeting."""
    command = command_of(at.actor, fields)
    given = {
        "org_code": at.actor.org,
        "issue_ids": (issue,),
        "form": fields.get("form", ""),
        "parties": tuple(fields.get("parties", ())),
        "at": moment(fields, "on", "starts"),
        "result": fields.get("result", ""),
    }
    wish = wish_of(RecordInstantMeeting, given)
    await MEETINGS.carry_out(at.store, str(command.id), wish, command)
    return command.id


async def matter(at: Visit, issue: UUID) -> dict[str, Any]:
    must_be(at.actor, RECORDERS)
    found = await at.matters([issue])
    if not found:
        raise Problem(404, "no-such-issue")
    return found[0]


async def show(at: Visit, issue: UUID, trouble: Trouble | None = None) -> Response:
    here = (await now(at.db)).astimezone(ZONE)
    return at.show(
        "record.html",
        trouble,
        issue=await matter(at, issue),
        forms=FORMS,
        parties=PARTIES,
        typed=list(trouble.typed.get("parties", [])) if trouble else [],
        today=here.date(),
        hour=here.strftime("%H:%M"),
        action=f"/console/meetings/record?issue={issue}",
    )
