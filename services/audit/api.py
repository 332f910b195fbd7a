"""Audit over HTTP: the same history as its page shows."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from kernel.decider import Actor
from kernel.web.problems import PROBLEMS, Problem
from services.audit.projections.history import History, history
from skin.site import Base


def routes(base: Base) -> Iterable[APIRouter]:
    running = base.running
    router = APIRouter(prefix="/api/audit", responses=PROBLEMS)

    @router.get("/history/{issue_id}")
    async def of_matter(
        issue_id: UUID, by: Annotated[Actor, Depends(base.caller)], every: bool = False
    ) -> History:
        """Each fact of the matter in all services, and the one that it stands under."""
        store = running.ready()
        found = await history(store.db, store.keyring, by, str(issue_id), every)
        if found is None:
            raise Problem(404, "no-such-issue")
        return found

    yield router
