"""What came of each question, and may the meeting end?"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.calendar import ZONE
from contracts.meetings import ItemType, Outcome
from kernel.decider import Refused
from services.meetings.commands import MEETINGS
from services.meetings.domain.meeting import ORGANISERS, Stage
from services.meetings.domain.session import DecideItem, EndMeeting
from services.meetings.pages.check_in import at_least
from services.meetings.pages.look import Visit, to, visits
from services.meetings.pages.meeting import moment
from services.meetings.pages.seats import table
from services.meetings.projections.meeting_file import MeetingFile
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base

OUTCOMES = [
    (Outcome.CONSENSUS, "意见一致", "主持人问过有没有反对，没有"),
    (Outcome.VOTED_PASS, "有人反对，表决通过", "居民代表和当事方投票；委员、部门、主持不投"),
    (Outcome.VOTED_FAIL, "有人反对，表决没通过", "赞成的没有过半"),
    (Outcome.NO_CONSENSUS, "没谈拢", "接着：再议一次、交居民会议、调解或提级"),
    (Outcome.DEFERRED, "下次再议", "要再通知一次"),
]
VOTES = (("votes_for", "赞成"), ("votes_against", "反对"), ("abstained", "弃权"))


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)
    path = "/console/meetings/{meeting_id}"

    @router.get(f"{path}/minutes")
    async def look(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.meeting(meeting_id))

    @router.post(f"{path}/minutes/{{no}}")
    async def decide(meeting_id: UUID, no: int, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await record(at, meeting_id, no)

    @router.get(f"{path}/end")
    async def before(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.meeting(meeting_id), name="meeting_end.html")

    @router.post(f"{path}/end")
    async def end(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await close(at, meeting_id)

    return router


async def record(at: Visit, meeting_id: UUID, no: int) -> Response:
    await at.meeting(meeting_id)

    async def doing(fields: Fields) -> None:
        names = ("outcome", "agreed", *(name for name, _ in VOTES))
        given = {"no": no, **{name: fields.get(name, "") for name in names}}
        wish, command = wish_of(DecideItem, given), command_of(at.actor, fields)
        await MEETINGS.carry_out(at.store, str(meeting_id), wish, command)

    trouble = await tried(at.request, doing)
    if trouble:
        return await show(at, await at.meeting(meeting_id), trouble, no)
    return to(f"/console/meetings/{meeting_id}/minutes#i{no}")


async def close(at: Visit, meeting_id: UUID) -> Response:
    await at.meeting(meeting_id)

    async def doing(fields: Fields) -> None:
        command = command_of(at.actor, fields)
        wish = EndMeeting(moment(fields, "on", "ends"))
        await MEETINGS.carry_out(at.store, str(meeting_id), wish, command)

    trouble = await tried(at.request, doing)
    if trouble:
        return await show(at, await at.meeting(meeting_id), trouble, name="meeting_end.html")
    return to(f"/console/meetings/{meeting_id}")


def checks(file: MeetingFile) -> Iterator[tuple[bool, str, str]]:
    """What must be so before a meeting can end."""
    meeting, least = file.meeting, at_least(file)
    present, absent = len(meeting.present), meeting.absent_required()
    drafted = meeting.drafted
    asked = [i.no for i in drafted.agenda if i.type is not ItemType.INFORM] if drafted else []
    left = [no for no in asked if no not in meeting.decided]
    yield present >= least, f"到了 {present} 人", f"至少 {least} 人才算数"
    yield not absent, "必到的都到了", numbers("还没到的席位：", absent)
    yield not left, "每一项都有结果", numbers("还没记的：第 ", left, " 项")


def numbers(words: str, places: list[int], end: str = " 号") -> str:
    return f"{words}{'、'.join(map(str, places))}{end}" if places else ""


async def show(
    at: Visit,
    file: MeetingFile,
    trouble: Trouble | None = None,
    no: int = 0,
    name: str = "minutes.html",
) -> Response:
    """`no`: of the item whose form the trouble belongs to."""
    if file.meeting.stage not in (Stage.IN_SESSION, Stage.HELD) or not file.meeting.drafted:
        raise Refused("not-now", stage=file.meeting.stage)
    now, found = file.now.astimezone(ZONE), list(checks(file))
    return at.show(
        name,
        trouble,
        no=no,
        file=file,
        say=await at.read(file.facts),
        agenda=file.meeting.drafted.agenda,
        decided=file.meeting.decided,
        table=await table(at, file),
        title=await at.title(file),
        checks=found,
        ready=all(ok for ok, _, _ in found),
        outcomes=OUTCOMES,
        votes=VOTES,
        today=date(now.year, now.month, now.day),
        hour=now.strftime("%H:%M"),
        may=at.may(ORGANISERS, file.org) and file.meeting.stage is Stage.IN_SESSION,
    )
