"""Is everybody there who has to be?"""

from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Response

from kernel.decider import Refused
from kernel.web.commands import command_by
from services.meetings.commands import MEETINGS
from services.meetings.domain.forms import rule_for
from services.meetings.domain.meeting import ORGANISERS, Stage
from services.meetings.domain.session import CheckIn
from services.meetings.pages.look import Visit, to, visits
from services.meetings.pages.seats import table
from services.meetings.projections.meeting_file import MeetingFile
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base

WIDTH = 300
"""Of the bar, in the units of its picture."""


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)
    path = "/console/meetings/{meeting_id}/check-in"

    @router.get(path)
    async def look(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.meeting(meeting_id))

    @router.post(path)
    async def tick(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        file = await at.meeting(meeting_id)

        async def doing(fields: Fields) -> None:
            for place in fields.get("place", []):
                await come(at, file, fields, place)

        trouble = await tried(at.request, doing)
        if trouble:
            return await show(at, await at.meeting(meeting_id), trouble)
        return to(f"/console/meetings/{meeting_id}/check-in")

    return router


async def come(at: Visit, file: MeetingFile, fields: Fields, place: str) -> None:
    """Ticks of two devices do not disturb each other, so none of them is stale."""
    command_of(at.actor, fields)  # refuses a form without its hidden field
    command = command_by(at.actor, uuid5(UUID(fields["once"]), place), None, None)
    wish = wish_of(CheckIn, {"place": place})
    await MEETINGS.carry_out(at.store, str(file.meeting_id), wish, command)


async def show(at: Visit, file: MeetingFile, trouble: Trouble | None = None) -> Response:
    if file.meeting.noticed is None:
        raise Refused("not-now", stage=file.meeting.stage)
    rows = await table(at, file)
    least, present = at_least(file), len(file.meeting.present)
    return at.show(
        "check_in.html",
        trouble,
        file=file,
        say=await at.read(file.facts),
        title=await at.title(file),
        present=present,
        invited=len(rows),
        least=least,
        bar=bar(present, least, len(rows)),
        required=[row for row in rows if row[0].required],
        others=[row for row in rows if not row[0].required],
        absent=[row for row in rows if row[0].required and not row[2]],
        may=at.may(ORGANISERS, file.org),
        over=file.meeting.stage is Stage.HELD,
    )


def at_least(file: MeetingFile) -> int:
    """What the form asks, and half of those who were invited."""
    least, invited = rule_for(file.form, file.level).least_present, len(file.meeting.places)
    return max(least, (invited + 1) // 2)


def bar(present: int, least: int, invited: int) -> dict[str, float]:
    """Where the bar ends and where the least number stands."""
    whole = max(invited, least, 1)
    ends = {"present": present, "least": least}
    return {"width": WIDTH, **{name: round(WIDTH * n / whole, 1) for name, n in ends.items()}}
