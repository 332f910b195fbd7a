"""Where do I use my code?"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kernel.decider import Refused
from services.intake.domain.code import read_code
from services.intake.pages.door import PAGES
from services.intake.projections.matter import own_stream
from skin.forms import Trouble
from skin.site import Base
from skin.words import words

MOST_TYPED = 40


def add(router: APIRouter, base: Base) -> None:
    @router.get("/i")
    async def look_up(request: Request) -> Response:
        typed = request.query_params.get("code", "").strip()[:MOST_TYPED]
        if not typed:
            return PAGES.show(request, "lookup.html", trouble=None)
        try:
            return RedirectResponse(f"/i/{await known(base, typed)}", 303)
        except Refused as no:
            said = words(no.code, "zh-CN", no.words)
            trouble = Trouble(422, "用这个码查不到", {"code": said}, {"code": typed})
            return PAGES.show(request, "lookup.html", 422, trouble=trouble)


async def known(base: Base, typed: str) -> str:
    digits = read_code(typed)
    if digits is None:
        raise Refused("code-mistyped")
    if await own_stream(base.running.db, digits) is None:
        raise Refused("no-such-code")
    return digits
