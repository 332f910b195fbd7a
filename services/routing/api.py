"""Routing over HTTP."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from contracts.permission import must_be
from kernel.decider import Actor
from kernel.seal.keyring import Missing
from kernel.web.commands import command_routes
from kernel.web.problems import PROBLEMS
from services.routing.commands import CASES
from services.routing.domain.case import STATION
from services.routing.domain.decider import Asked
from services.routing.projections.triage_queue import waiting
from skin.site import Base


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


def routes(base: Base) -> Iterable[APIRouter]:
    running, caller, root = base.running, base.caller, "/api/routing"
    yield command_routes(running.ready, CASES, Asked, f"{root}/cases", caller)
    router = APIRouter(prefix=root, responses=PROBLEMS)

    @router.get("/queue")
    async def queue(by: Annotated[Actor, Depends(caller)]) -> list[Waiting]:
        """What waits for a decision at the caller's station, what is due first on top."""
        must_be(by, STATION)
        rows = await waiting(running.db, by.org)
        titles = await running.keyring.open([row.title for row in rows])
        return [
            Waiting.model_validate({**row._mapping, "title": shown(title)})
            for row, title in zip(rows, titles, strict=True)
        ]

    yield router


def shown(title: str | Missing) -> str | None:
    return None if isinstance(title, Missing) else title
