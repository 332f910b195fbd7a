"""Saying no: a page of its own that names what follows, for what cannot be taken back. T4, T5."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from contracts.permission import STATION, must_be
from contracts.routing import Urgency
from registry.staff import Staff
from services.routing.commands import CASES
from services.routing.domain.leaving import DeclineIssue, TransferOut
from services.routing.pages.labels import CHANNEL, DECLINE, URGENCY
from services.routing.pages.look import PAGES, file_of, opened, see
from services.routing.pages.queue import QUEUE
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base, console


@dataclass(frozen=True, slots=True)
class No:
    kind: type[DeclineIssue] | type[TransferOut]
    template: str
    choices: Mapping[Any, str]


NOES = {
    "decline": No(DeclineIssue, "decline.html", DECLINE),
    "transfer": No(TransferOut, "transfer.html", CHANNEL),
}


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    for name, no in NOES.items():
        path = f"{QUEUE}/{{issue_id}}/{name}"
        router.add_api_route(path, asking(base, no), methods=["GET"])
        router.add_api_route(path, saying(base, no), methods=["POST"])
    return router


def asking(base: Base, no: No) -> Any:
    async def form(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        return await show(base, request, by, str(issue_id), no)

    return form


def saying(base: Base, no: No) -> Any:
    async def said(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        await file_of(base, by, str(issue_id))

        async def doing(fields: Fields) -> object:
            wish, command = wish_of(no.kind, fields), command_of(by.actor, fields)
            return await CASES.carry_out(base.running.ready(), str(issue_id), wish, command)

        trouble = await tried(request, doing)
        if trouble is None:
            return see(f"/console/cases/{issue_id}")
        return await show(base, request, by, str(issue_id), no, trouble)

    return said


async def show(
    base: Base,
    request: Request,
    by: Staff,
    issue_id: str,
    no: No,
    trouble: Trouble | None = None,
) -> Response:
    must_be(by.actor, STATION)
    file, _ = await file_of(base, by, issue_id)
    assert file.raised is not None  # noqa: S101  file_of looked
    values = {
        "file": file,
        "raised": file.raised,
        "texts": await opened(base.running.keyring, [file.raised.title, file.raised.text_redacted]),
        "trouble": trouble,
        "choices": [(code.value, words, "") for code, words in no.choices.items()],
        "urgencies": [(urgency.value, URGENCY[urgency]) for urgency in Urgency],
    }
    status = trouble.status if trouble else 200
    return PAGES.show(request, no.template, status, **console(by, "queue", **values))
