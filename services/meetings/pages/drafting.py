"""Which topic is to be deliberated, in which form, on which questions, and who leads it?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.meetings import Form, TopicLevel
from services.meetings.commands import MEETINGS
from services.meetings.domain.forms import FORMS, rule_for
from services.meetings.domain.preparing import DraftMeeting
from services.meetings.domain.topic import Stage
from services.meetings.pages.look import Visit, lines, to, visits
from services.meetings.pages.seats import LEADERS, seats
from services.meetings.projections.topic_file import TopicFile
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.pages import CHINESE
from skin.site import Base
from skin.words import said

SEATS = ("convenor_seat", "chair_seat", "recorder_seat")


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)

    @router.get("/console/meetings/new")
    async def new(topic: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.topic(topic))

    @router.post("/console/meetings/new")
    async def draft(topic: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        file, drafted = await at.topic(topic), list[UUID]()

        async def doing(fields: Fields) -> None:
            drafted.append(await carry_out(at, file, fields))

        trouble = await tried(at.request, doing)
        return await show(at, file, trouble) if trouble else to(f"/console/meetings/{drafted[0]}")

    return router


async def carry_out(at: Visit, file: TopicFile, fields: Fields) -> UUID:
    """The meeting bears the id of the command that drafted it: a double tap is one meeting."""
    command = command_of(at.actor, fields)
    given = {
        **{name: fields.get(name, "") for name in ("form", *SEATS)},
        "org_code": file.proposed.org_code,
        "level": file.proposed.level,
        "agenda": tuple({"question": one} for one in lines(fields.get("agenda", ""))),
        "topic_ids": (file.topic_id,),
        "issue_ids": file.proposed.issue_ids,
    }
    wish = wish_of(DraftMeeting, given)
    await MEETINGS.carry_out(at.store, str(command.id), wish, command)
    return command.id


async def show(at: Visit, file: TopicFile, trouble: Trouble | None = None) -> Response:
    proposed, say = file.proposed, await at.read([file.proposed])
    agenda = [say(one) for one in proposed.sub_questions] or [say(proposed.question)]
    return at.show(
        "meeting_new.html",
        trouble,
        file=file,
        title=say(proposed.question),
        agenda="\n".join(agenda),
        forms=forms(proposed.level),
        seats=await seats(at, proposed.org_code, LEADERS),
        mine=str(at.actor.seat or ""),
        approved=file.topic.stage is Stage.APPROVED,
        action=f"/console/meetings/new?topic={file.topic_id}",
    )


def forms(level: TopicLevel) -> list[tuple[str, str, str]]:
    """A topic of the street needs a conference."""
    noticed = [form for form, rule in FORMS.items() if not rule.instant]
    if level is TopicLevel.TOWN:
        noticed = [Form.CONFERENCE]
    return [(form.value, said(form.value, CHINESE), needs(form, level)) for form in noticed]


def needs(form: Form, level: TopicLevel) -> str:
    rule = rule_for(form, level)
    days, hours = rule.notice_days, rule.notice_hours
    ahead = f"提前 {days} 个工作日通知" if days else f"提前 {hours} 小时通知"
    return f"至少 {rule.least_present} 人，{ahead}"
