"""How does this meeting come about: who sits there, when and where is it, what came of it?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.calendar import ZONE
from contracts.meetings import SeatRole
from registry.calendar import shipped
from services.meetings.commands import MEETINGS
from services.meetings.domain.forms import rule_for
from services.meetings.domain.meeting import ORGANISERS, REQUIRED_ROLES, Stage
from services.meetings.domain.preparing import InviteParticipant, NoticeMeeting, roles_missing
from services.meetings.pages.look import Visit, to, visits
from services.meetings.pages.seats import leaders, members, table
from services.meetings.projections.meeting_file import MeetingFile
from skin.forms import Fields, Trouble, Wrong, command_of, tried, wish_of
from skin.pages import CHINESE
from skin.site import Base
from skin.words import said, words

MORNING, LASTS = time(9), timedelta(hours=2)


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)
    path = "/console/meetings/{meeting_id}"

    @router.get(path)
    async def one(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.meeting(meeting_id))

    @router.post(f"{path}/invite")
    async def invite(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await ask(at, meeting_id, InviteParticipant)

    @router.post(f"{path}/notice")
    async def notice(meeting_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await ask(at, meeting_id, NoticeMeeting)

    return router


async def ask(at: Visit, meeting_id: UUID, kind: type[Any]) -> Response:
    await at.meeting(meeting_id)

    async def doing(fields: Fields) -> None:
        command = command_of(at.actor, fields)
        wish = noticed(fields) if kind is NoticeMeeting else wish_of(kind, seat(fields))
        await MEETINGS.carry_out(at.store, str(meeting_id), wish, command)

    trouble = await tried(at.request, doing)
    if trouble:
        file = await at.meeting(meeting_id)
        return await show(at, file, numbered(trouble, file), kind)
    return to(f"/console/meetings/{meeting_id}")


def seat(fields: Fields) -> Fields:
    role = fields.get("role", "")
    whose = fields.get("member_seat", "") if role == SeatRole.MEMBER else ""
    place = {"place": fields.get("place", ""), "role": role, "member_seat": whose}
    return {**place, "required": "required" in fields}


def numbered(trouble: Trouble, file: MeetingFile) -> Trouble:
    """Somebody else took that number meanwhile: sent again, the seat gets the next one."""
    if not (trouble.stale and "place" in trouble.typed):
        return trouble
    typed = {**trouble.typed, "place": str(len(file.meeting.places) + 1)}
    return replace(trouble, typed=typed)


def noticed(fields: Fields) -> NoticeMeeting:
    """The day and the hours stand apart in the form: no old phone knows a field for both."""
    given = {
        "starts_at": moment(fields, "on", "starts"),
        "ends_at": moment(fields, "on", "ends"),
        "venue": fields.get("venue", ""),
        "waiver_reason": fields.get("waiver_reason", ""),
    }
    return wish_of(NoticeMeeting, given)


def moment(fields: Fields, day: str, hour: str) -> datetime:
    """Raises Wrong at the field that cannot be read."""
    on = part(fields, day, date.fromisoformat)
    at = part(fields, hour, time.fromisoformat)
    return datetime.combine(on, at.replace(tzinfo=None), ZONE)


def part(fields: Fields, name: str, read: Any) -> Any:
    try:
        return read(fields.get(name, ""))
    except ValueError:
        missing = "field-wrong" if fields.get(name) else "field-missing"
        raise Wrong({name: words(missing, CHINESE, {})}) from None


def earliest(file: MeetingFile) -> datetime:
    """What the rules allow if it were noticed now."""
    return rule_for(file.form, file.level).earliest(file.now, shipped())


def offered(file: MeetingFile) -> datetime:
    """The first usual hour that the rules allow."""
    first = earliest(file).astimezone(ZONE)
    if rule_for(file.form, file.level).notice_days:
        next_day = shipped().plus_days(first, 1).date()
        return datetime.combine(next_day, MORNING, ZONE)
    return first.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def checks(file: MeetingFile) -> Iterator[tuple[bool, str, str]]:
    """What a notice needs, and what of it is there."""
    there, missing = len(file.meeting.places), roles_missing(file.meeting)
    least = rule_for(file.form, file.level).least_present
    yield there >= least, f"席位 {there} 个", f"至少 {least} 个才能开"
    for role in REQUIRED_ROLES:
        yield role not in missing, said(role.value, CHINESE), required_words(role)


def required_words(role: SeatRole) -> str:
    if role is SeatRole.MEMBER:
        return "至少 1 名政协委员"
    return "至少 1 席，实在请不到要写明理由"


def roles() -> Sequence[tuple[str, str]]:
    return [(role.value, said(role.value, CHINESE)) for role in SeatRole]


async def show(
    at: Visit, file: MeetingFile, trouble: Trouble | None = None, kind: type[Any] | None = None
) -> Response:
    """`kind`: which of the two forms the trouble belongs to."""
    start = offered(file)
    return at.show(
        "meeting.html",
        trouble,
        file=file,
        say=await at.read(file.facts),
        stage=file.meeting.stage,
        matters=await at.matters(file.issue_ids),
        table=await table(at, file),
        leaders=await leaders(at, file),
        title=await at.title(file),
        checks=list(checks(file)),
        missing=roles_missing(file.meeting),
        members=[("", "不是委员席位"), *await members(at, file)],
        roles=roles(),
        least=rule_for(file.form, file.level).least_present,
        earliest=earliest(file),
        start=start,
        end=start + LASTS,
        seat_trouble=trouble if kind is InviteParticipant else None,
        notice_trouble=trouble if kind is NoticeMeeting else None,
        may=at.may(ORGANISERS, file.org),
        drafting=file.meeting.stage is Stage.DRAFT,
    )
