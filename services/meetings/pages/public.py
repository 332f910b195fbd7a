"""For residents: when and where is it deliberated, who sits there by role, and what came of it?"""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.meetings import Form, SeatRole
from contracts.redaction import redact
from kernel.seal.sealed import Sealed
from kernel.web.problems import Problem
from registry.ground import ground
from services.meetings.domain.forms import FORMS
from services.meetings.domain.meeting import Stage
from services.meetings.pages.look import PAGES, Say, question
from services.meetings.projections.meeting_file import MeetingFile, meeting_file
from services.meetings.projections.texts import opened
from skin.site import Base

PRIVATE = frozenset({Form.HOUSEHOLD_VISIT, Form.ROADSIDE})
"""Of these only where, which kind and what came of it."""


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/m/{meeting_id}")
    async def one(request: Request, meeting_id: UUID) -> Response:
        file = await meeting_file(base.running.db, meeting_id)
        if file is None or file.meeting.stage is Stage.DRAFT:
            raise Problem(404, "no-such-meeting")
        return await show(base, request, file)

    return router


async def show(base: Base, request: Request, file: MeetingFile) -> Response:
    texts = await opened(base.running.keyring, file.facts)
    place = (await ground(base.running.db)).places.get(file.org)
    return PAGES.show(
        request,
        "public.html",
        file=file,
        say=InPublic(texts),
        org=place.name if place else "",
        title=redact(await question(base, file)),
        stage=file.meeting.stage,
        agenda=file.meeting.drafted.agenda if file.meeting.drafted else (),
        seats=seats(file),
        private=file.form in PRIVATE,
        instant=FORMS[file.form].instant,
    )


class InPublic(Say):
    """Staff wrote it for each other; a number that they noted is nobody else's."""

    def __call__(self, text: Sealed | str | None) -> str:
        return redact(super().__call__(text))


def seats(file: MeetingFile) -> Mapping[SeatRole, int]:
    """How many of each role: invited, or, of a talk, who took part."""
    if file.held and not file.meeting.places:
        return file.held.attendance.by_role
    return Counter(invited.role for invited in file.meeting.places.values())
