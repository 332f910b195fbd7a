"""The answer to the resident: what came of it, in which meeting, or why there was none."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Row

from album import MOST_BODY
from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.calendar import CLOSES, day_of
from contracts.routing import AnswerResult, IssuePromotedToTopic, IssueRouted
from registry.staff import Staff
from services.routing.commands import CASES
from services.routing.domain.answer import AnswerIssue
from services.routing.pages.case import CASE_PAGE, possible_for, said
from services.routing.pages.labels import RESULT
from services.routing.pages.look import PAGES, file_of, see
from services.routing.pages.next_step import last
from services.routing.pages.photos import PhotoDesk
from services.routing.projections.case_file import CaseFile
from skin.forms import Fields, Trouble, command_of, tried
from skin.site import Base, console
from skin.words import moment, names, words

OTHERWISE = (IssuePromotedToTopic, IssueRouted)
SAID = (AnswerDrafted, AnswerSentBack, *OTHERWISE)


def routes(base: Base) -> APIRouter:
    router, photos = APIRouter(include_in_schema=False), PhotoDesk(base)

    @router.get(CASE_PAGE + "/answer")
    async def form(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        return await show(base, request, by, str(issue_id))

    @router.post(CASE_PAGE + "/answer")
    async def answer(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        await file_of(base, by, str(issue_id))

        async def doing(fields: Fields) -> object:
            wish = await photos.wish(AnswerIssue, request, by.actor, issue_id, dated(fields))
            command = command_of(by.actor, fields)
            return await CASES.carry_out(base.running.ready(), str(issue_id), wish, command)

        trouble = await tried(request, doing, MOST_BODY)
        if trouble is None:
            return see(f"/console/cases/{issue_id}")
        return await show(base, request, by, str(issue_id), trouble)

    return router


def dated(fields: Fields) -> Fields:
    """A day is kept until its offices close."""
    day = fields.get("next_review_on")
    return {**fields, "next_review_on": f"{day}T{CLOSES:%H:%M}:00+08:00"} if day else fields


def put_forward(file: CaseFile) -> dict[str, object]:
    """What was written for this round before, and why the head sent it back, if it did. Once the
    matter was a topic meanwhile, nothing of it holds."""
    newest, before = last(file, SAID), last(file, AnswerDrafted)
    if before is None or before.round != file.case.round or isinstance(newest, OTHERWISE):
        return {"before": None, "returned": None}
    returned = newest if isinstance(newest, AnswerSentBack) else None
    on = before.next_review_on
    review_on = day_of(on).isoformat() if on else ""
    return {"before": before, "returned": returned, "review_on": review_on}


def meeting(row: Row[Any]) -> tuple[str, str]:
    """As a choice of the form."""
    return row.meeting_id, f"{names('zh-CN')[row.form]} · {moment(row.held_at, 'zh-CN')}"


async def show(
    base: Base, request: Request, by: Staff, issue_id: str, trouble: Trouble | None = None
) -> Response:
    file, here = await file_of(base, by, issue_id)
    can = await possible_for(base, by.actor, file)
    no = can.not_yet.get("answer")
    about = await said(base, file, here)
    values = {
        **about,
        **put_forward(file),
        "held": [meeting(row) for row in about["meetings"] if row.held_at],
        "trouble": trouble,
        "kept": await PhotoDesk(base).kept(trouble),
        "may": "answer" in can.now,
        "no": words(no.code, "zh-CN", no.words) if no else "",
        "results": [(result.value, *RESULT[result]) for result in AnswerResult],
    }
    status = trouble.status if trouble else 200
    return PAGES.show(request, "answer.html", status, **console(by, "cases", **values))
