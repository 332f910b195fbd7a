"""Meetings over HTTP."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from contracts.meetings import Form, ItemType, Outcome, SeatRole, TopicLevel
from contracts.permission import COUNCIL, must_be
from kernel.decider import Actor
from kernel.seal.keyring import Missing
from kernel.seal.sealed import Sealed
from kernel.web.commands import command_routes
from kernel.web.problems import PROBLEMS, Problem, etag
from registry.ground import ground
from services.meetings.commands import MEETINGS, TOPICS
from services.meetings.domain import decider, topic
from services.meetings.domain.sight import may_see
from services.meetings.projections import topics
from services.meetings.projections.meeting_file import MeetingFile, meeting_file
from services.meetings.projections.texts import Texts, opened
from services.meetings.projections.topic_file import TopicFile, topic_file
from skin.site import Base

PAGE = 50


class Listed(BaseModel):
    """`question` is null while its key has not come yet, or was destroyed."""

    topic_id: UUID
    org: str
    level: TopicLevel
    stage: topic.Stage
    question: str | None
    decide_by: datetime | None
    meet_by: datetime | None
    until: date | None
    meeting_id: UUID | None
    version: int


class Topics(BaseModel):
    """`after`: ask for the next page with it; null on the last one."""

    topics: list[Listed]
    after: str | None


class Topic(BaseModel):
    topic_id: UUID
    org: str
    level: TopicLevel
    stage: topic.Stage
    question: str | None
    sub_questions: list[str | None]
    issue_ids: Sequence[UUID]
    background: str | None = None
    parties: list[str | None] = []
    options: list[str | None] = []
    decide_by: datetime | None = None
    meet_by: datetime | None = None
    version: int


class Item(BaseModel):
    no: int
    question: str | None
    type: ItemType
    topic_id: UUID | None
    outcome: Outcome | None
    agreed: str | None


class Seat(BaseModel):
    place: int
    role: SeatRole
    required: bool
    came_at: datetime | None


class Meeting(BaseModel):
    meeting_id: UUID
    org: str
    level: TopicLevel
    form: Form
    stage: str
    topic_ids: Sequence[UUID]
    issue_ids: Sequence[UUID]
    starts_at: datetime | None
    ends_at: datetime | None
    venue: str | None
    agenda: list[Item]
    seats: list[Seat]
    result: str | None
    version: int


def routes(base: Base) -> Iterable[APIRouter]:
    running, caller, root = base.running, base.caller, "/api/meetings"
    yield command_routes(running.ready, TOPICS, topic.Wish, f"{root}/topics", caller)
    yield command_routes(running.ready, MEETINGS, decider.Wish, f"{root}/meetings", caller)
    yield reads(base, root)


def reads(base: Base, root: str) -> APIRouter:
    caller = base.caller
    router = APIRouter(prefix=root, responses=PROBLEMS)

    @router.get("/topics")
    async def page(
        by: Annotated[Actor, Depends(caller)], after: Annotated[str, Query(max_length=40)] = ""
    ) -> Topics:
        """The topics of the caller's organisation and those below it."""
        return await listed(base, by, after)

    @router.get("/topics/{topic_id}")
    async def one_topic(
        topic_id: UUID, by: Annotated[Actor, Depends(caller)], response: Response
    ) -> Topic:
        topic = await topic_at(base, by, topic_id)
        response.headers["ETag"] = etag(topic.version)
        return topic

    @router.get("/meetings/{meeting_id}")
    async def one_meeting(
        meeting_id: UUID, by: Annotated[Actor, Depends(caller)], response: Response
    ) -> Meeting:
        meeting = await meeting_at(base, by, meeting_id)
        response.headers["ETag"] = etag(meeting.version)
        return meeting

    return router


async def topic_at(base: Base, by: Actor, topic_id: UUID) -> Topic:
    file = await topic_file(base.running.db, topic_id)
    if file is None or not await seen(base, by, file.proposed.org_code):
        raise Problem(404, "no-such-topic")
    return shown_topic(file, await opened(base.running.keyring, file.facts))


async def meeting_at(base: Base, by: Actor, meeting_id: UUID) -> Meeting:
    file = await meeting_file(base.running.db, meeting_id)
    if file is None or not await seen(base, by, file.org):
        raise Problem(404, "no-such-meeting")
    return shown_meeting(file, await opened(base.running.keyring, file.facts))


async def seen(base: Base, by: Actor, org: str) -> bool:
    return may_see(by, org, (await ground(base.running.db)).tree)


async def listed(base: Base, by: Actor, after: str) -> Topics:
    must_be(by, COUNCIL)
    rows = await topics.page(base.running.db, by.org, after, PAGE + 1)
    here = rows[:PAGE]
    texts = await opened(base.running.keyring, [], *(row.question for row in here))
    found = [
        Listed.model_validate({**row._mapping, "question": text(texts, row.question)})
        for row in here
    ]
    return Topics(topics=found, after=here[-1].topic_id if len(rows) > PAGE else None)


def text(texts: Texts, sealed: Sealed | str | None) -> str | None:
    """Null where there is none, and where it cannot be read."""
    token = sealed.token if isinstance(sealed, Sealed) else sealed
    found = texts.get(token) if token else None
    return None if isinstance(found, Missing) else found


def all_texts(texts: Texts, sealed: Sequence[Sealed]) -> list[str | None]:
    return [text(texts, one) for one in sealed]


def shown_topic(file: TopicFile, texts: Texts) -> Topic:
    proposed, put = file.proposed, file.submitted
    return Topic(
        topic_id=file.topic_id,
        org=proposed.org_code,
        level=proposed.level,
        stage=file.topic.stage,
        question=text(texts, proposed.question),
        sub_questions=all_texts(texts, proposed.sub_questions),
        issue_ids=proposed.issue_ids,
        background=text(texts, put.background) if put else None,
        parties=all_texts(texts, put.parties) if put else [],
        options=all_texts(texts, put.options) if put else [],
        decide_by=put.decide_by if put else None,
        meet_by=file.approved.meet_by if file.approved else None,
        version=file.version,
    )


def shown_meeting(file: MeetingFile, texts: Texts) -> Meeting:
    noticed, held = file.meeting.noticed, file.held
    return Meeting(
        meeting_id=file.meeting_id,
        org=file.org,
        level=file.level,
        form=file.form,
        stage=file.meeting.stage,
        topic_ids=file.topic_ids,
        issue_ids=file.issue_ids,
        starts_at=held.started_at if held else noticed.starts_at if noticed else None,
        ends_at=held.ended_at if held else noticed.ends_at if noticed else None,
        venue=text(texts, noticed.venue) if noticed else None,
        agenda=items(file, texts),
        seats=seats(file),
        result=text(texts, held.result) if held else None,
        version=file.version,
    )


def items(file: MeetingFile, texts: Texts) -> list[Item]:
    drafted, decided = file.meeting.drafted, file.meeting.decided
    return [
        Item(
            no=one.no,
            question=text(texts, one.question),
            type=one.type,
            topic_id=one.topic_id,
            outcome=decided[one.no].outcome if one.no in decided else None,
            agreed=text(texts, decided[one.no].agreed) if one.no in decided else None,
        )
        for one in (drafted.agenda if drafted else ())
    ]


def seats(file: MeetingFile) -> list[Seat]:
    came = file.meeting.present
    return [
        Seat(place=place, role=one.role, required=one.required, came_at=came.get(place))
        for place, one in sorted(file.meeting.places.items())
    ]
