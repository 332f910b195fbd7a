"""How far is it, and what comes next by when?"""

from collections.abc import Sequence
from itertools import repeat
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.stages import Stage
from kernel.clock import now
from kernel.web.running import Running
from services.intake.commands.links import opens
from services.intake.commands.passcodes import is_waited_for
from services.intake.domain.stage import OVER, stop
from services.intake.pages.door import PAGES, Visit, let_in, places, visit
from services.intake.pages.now import now_of
from services.intake.pages.trail import told
from services.intake.projections.deliberation import of_matter
from services.intake.projections.step import Step, trail
from skin.forms import Trouble
from skin.pages import opened
from skin.site import Base


def add(router: APIRouter, base: Base) -> None:
    running = base.running

    @router.get("/i/{code}")
    async def track(request: Request, code: str) -> Response:
        seen = await visit(running, request, code)
        if (key := request.query_params.get("k")) is not None:
            return by_link(base, seen, key)
        return await show(base, request, seen)


def by_link(base: Base, seen: Visit, key: str, page: str = "") -> Response:
    """The secret leaves the address at once."""
    if not opens(base.running.ready().secret, seen.matter.issue_id, key):
        return RedirectResponse(seen.path, 303)
    return let_in(base, seen.matter.code, seen.matter.issue_id, seen.path + page)


async def show(
    base: Base, request: Request, seen: Visit, trouble: Trouble | None = None
) -> Response:
    shown = await state(base.running, seen)
    if seen.opened:
        return PAGES.show(request, "track.html", **shown, **await everything(base.running, seen))
    waited = await is_waited_for(base.running.ready(), UUID(seen.matter.issue_id))
    status = trouble.status if trouble else 200
    return PAGES.show(request, "track_code.html", status, waited=waited, trouble=trouble, **shown)


async def state(running: Running, seen: Visit) -> dict[str, Any]:
    """What the code alone opens: how far it is, and dates. Where a meeting is stays with those
    who have the secret."""
    matter, here = seen.matter, await places(running)
    rows = await of_matter(running.db, matter.councils)
    councils, stage = {row.kind: row for row in rows}, Stage(matter.stage)
    meeting = councils.get("meeting")
    (venue,) = await texts(running, [meeting.venue if meeting and seen.opened else None])
    at = await now(running.db)
    return {
        "matter": matter,
        "now": now_of(matter, stage, councils, here, venue, at),
        "stop": stop(stage),
        "over": stage in OVER,
        "lead": here.name(matter.lead) if matter.lead else "",
    }


async def everything(running: Running, seen: Visit) -> dict[str, Any]:
    matter, here = seen.matter, await places(running)
    steps = await trail(running.db, [matter.issue_id, *matter.councils])
    sealed = [one for step in steps for one in (step.text, step.advice)]
    title, words, place, *rest = await texts(
        running, [matter.title, matter.text, matter.place, *sealed]
    )
    lines = [told(*step) for step in zip(steps, repeat(here), rest[::2], rest[1::2], strict=False)]
    own = {"title": title, "words": words, "place": place}
    return {**own, "lines": lines, "urged": urged(steps)}


def urged(steps: Sequence[Step]) -> int:
    return sum(step.kind == "EscalationRaised" for step in steps)


async def texts(running: Running, sealed: Sequence[str | None]) -> list[str]:
    """In their order; empty where there is none, and words where it cannot be read."""
    tokens = [token for token in sealed if token]
    found = dict(zip(tokens, await running.keyring.open(tokens), strict=True))
    return [opened(found[token]) if token else "" for token in sealed]
