"""Routing over HTTP."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from album import MOST_BYTES
from contracts.intake import Attachment
from contracts.permission import HANDLERS, STATION, must_be
from contracts.routing import Assessment, Lane, Mode
from contracts.stages import Stage
from kernel.decider import Actor
from kernel.read.waiting import shown as has_shown
from kernel.seal.keyring import Missing
from kernel.web.commands import command_routes
from kernel.web.problems import PROBLEMS, etag
from registry.ground import ground
from services.routing.commands import CASES
from services.routing.commands.photos import album_of
from services.routing.domain.case import Case
from services.routing.domain.decider import CASE, Asked
from services.routing.projections import PAGE
from services.routing.projections.case_file import file_for
from services.routing.projections.triage_queue import triage_queue, waiting
from skin.forms import must_fit
from skin.site import Base

BYTES = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Waiting(BaseModel):
    """`title` is null while its key has not come yet, or was destroyed."""

    issue_id: str
    code: str
    org: str
    title: str | None
    category: str | None
    urgency: str | None
    triage_by: datetime
    version: int


class CaseNow(BaseModel):
    """Where a matter stands. Its instants are those that were decided, never computed anew."""

    issue_id: str
    version: int
    stage: Stage
    round: int
    target_org: str
    lead_org: str | None
    lane: Lane | None = None
    mode: Mode | None = None
    rule_id: str | None = None
    assessment: Assessment | None
    sign_by: datetime | None = None
    contact_by: datetime | None
    resolve_by: datetime | None
    reached: bool
    attempts: int
    topic_id: UUID | None
    draft: int | None
    """Of an answer that waits for the head: its number, which approve-answer names."""


def routes(base: Base) -> Iterable[APIRouter]:
    running, caller, root = base.running, base.caller, "/api/routing"
    yield command_routes(running.ready, CASES, Asked, f"{root}/cases", caller)
    yield queue_routes(base, APIRouter(prefix=root, responses=PROBLEMS))
    yield case_routes(base, APIRouter(prefix=root, responses=PROBLEMS))
    yield photo_routes(base, APIRouter(prefix=root, responses=PROBLEMS))


def queue_routes(base: Base, router: APIRouter) -> APIRouter:
    running, caller = base.running, base.caller

    @router.get("/queue")
    async def queue(
        by: Annotated[Actor, Depends(caller)],
        response: Response,
        issue_id: UUID | None = None,
        min_version: int = 0,
    ) -> list[Waiting]:
        """What waits for a decision at the caller's station, what is due first on top. With
        `issue_id` and `min_version` it waits until that matter is shown in that version; `X-Behind`
        says that it took too long."""
        must_be(by, STATION)
        if issue_id and min_version:
            table, stream = triage_queue.table, CASE.id(issue_id)
            if not await has_shown(running.db, running.reader, table, stream, min_version):
                response.headers["X-Behind"] = "true"
        rows = await waiting(running.db, by.org, most=PAGE)
        titles = await running.keyring.open([row.title for row in rows])
        return [
            Waiting.model_validate({**row._mapping, "title": shown(title)})
            for row, title in zip(rows, titles, strict=True)
        ]

    return router


def case_routes(base: Base, router: APIRouter) -> APIRouter:
    db, caller = base.running.db, base.caller

    @router.get("/cases/{issue_id}")
    async def case(
        issue_id: UUID, by: Annotated[Actor, Depends(caller)], response: Response
    ) -> CaseNow:
        file = await file_for(db, by, str(issue_id), (await ground(db)).tree)
        response.headers["ETag"] = etag(file.version)
        return now_of(str(issue_id), file.case, file.version)

    return router


def photo_routes(base: Base, router: APIRouter) -> APIRouter:
    db, album = base.running.db, album_of(base.running)

    @router.post("/cases/{issue_id}/photos", status_code=201, openapi_extra=BYTES)
    async def photo(
        issue_id: UUID, by: Annotated[Actor, Depends(base.caller)], request: Request
    ) -> Attachment:
        """One photo of the work. What it answers is named in add-progress or answer-issue; what no
        fact names within a day is gone."""
        must_fit(request, MOST_BYTES)
        must_be(by, HANDLERS)
        await file_for(db, by, str(issue_id), (await ground(db)).tree)
        return await album.keep(issue_id, uuid5(by.id, str(issue_id)), await request.body())

    return router


def now_of(issue_id: str, case: Case, version: int) -> CaseNow:
    leg = case.leg
    routed = {name: getattr(leg, name, None) for name in ("lane", "mode", "rule_id", "sign_by")}
    return CaseNow(
        issue_id=issue_id,
        version=version,
        stage=case.stage,
        round=case.round,
        target_org=case.target,
        lead_org=case.lead or None,
        assessment=case.assessment,
        contact_by=case.contact_by,
        resolve_by=case.resolve_by,
        reached=case.reached,
        attempts=case.attempts,
        topic_id=case.topic,
        draft=case.draft.nth if case.draft else None,
        **routed,
    )


def shown(title: str | Missing) -> str | None:
    return None if isinstance(title, Missing) else title
