"""Is it solved? The resident's word, once for each answer."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.stages import Stage
from services.intake.commands import ISSUES
from services.intake.domain.issue import Evaluate
from services.intake.pages.door import PAGES, Visit, places, visit
from services.intake.pages.now import CALLED
from services.intake.pages.tracking import by_link, texts
from services.intake.pages.trail import FIVE
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base

SOLVED = [
    ("YES", CALLED["YES"], ""),
    ("PARTLY", CALLED["PARTLY"], ""),
    ("NO", CALLED["NO"], "会重新办，1 个工作日内联系您"),
]


def add(router: APIRouter, base: Base) -> None:
    running = base.running

    @router.get("/i/{code}/rate")
    async def ask(request: Request, code: str) -> Response:
        seen = await visit(running, request, code)
        if (key := request.query_params.get("k")) is not None:
            return by_link(base, seen, key, "/rate")
        return await show(base, request, seen)

    @router.post("/i/{code}/rate")
    async def take(request: Request, code: str) -> Response:
        seen = await visit(running, request, code)
        if not seen.opened:
            return RedirectResponse(seen.path, 303)

        async def doing(fields: Fields) -> None:
            wish, command = wish_of(Evaluate, fields), command_of(seen.by, fields)
            await ISSUES.carry_out(running.ready(), seen.matter.issue_id, wish, command)

        if trouble := await tried(request, doing):
            return await show(base, request, seen, trouble)
        return RedirectResponse(seen.path, 303)


async def show(
    base: Base, request: Request, seen: Visit, trouble: Trouble | None = None
) -> Response:
    """Who has the code alone first opens the matter."""
    if not seen.opened:
        return RedirectResponse(seen.path, 303)
    matter, here = seen.matter, await places(base.running)
    answer, comment = await texts(base.running, [matter.answer, matter.comment])
    rated = matter.rated_round == matter.round and matter.solved is not None
    shown = {
        "matter": matter,
        "answer": answer,
        "who": here.name(matter.answered_by),
        "open": matter.stage == Stage.ANSWERED and not rated,
        "rated": (CALLED[matter.solved or "NO"], FIVE[matter.satisfaction]) if rated else None,
        "comment": comment,
        "solved": SOLVED,
        "five": [(str(value), words, "") for value, words in FIVE.items()],
        "trouble": trouble,
    }
    return PAGES.show(request, "rate.html", trouble.status if trouble else 200, **shown)
