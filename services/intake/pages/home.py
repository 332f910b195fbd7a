"""Where is my community?"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.pages.door import PAGES, places
from services.intake.pages.places import Name, Places
from skin.asked import address_of, asked, typed
from skin.site import Base

MOST_TYPED = 40


def add(router: APIRouter, base: Base) -> None:
    @router.get("/")
    async def home(request: Request) -> Response:
        here, secret = await places(base.running), base.running.ready().secret
        if words := asked(secret, request)[:MOST_TYPED]:
            return found(request, here, words)
        if here.level(county := request.query_params.get("in", "")) == "COUNTY":
            return of_county(request, here, county)
        below = here.villages()
        counties = [(code, name, below[code]) for code, name in here.counties()]
        return PAGES.show(request, "home.html", counties=counties, typed="")

    @router.post("/")
    async def look_for(request: Request) -> Response:
        """Telephones fill in where somebody lives: that stands in no address."""
        words = await typed(request, MOST_TYPED)
        return RedirectResponse("/" + address_of(base.running.ready().secret, words), 303)


def found(request: Request, here: Places, typed: str) -> Response:
    hits = [entry(here, code) for code in here.find(typed)]
    near = [] if hits else [entry(here, code) for code in here.alike(typed)]
    return PAGES.show(request, "home_found.html", hits=hits, near=near, typed=typed)


def entry(here: Places, code: str) -> tuple[str, str, list[Name]]:
    return code, here.name(code), here.path(code)


def of_county(request: Request, here: Places, county: str) -> Response:
    towns = [(code, name, here.below(code, "VILLAGE")) for code, name in here.below(county, "TOWN")]
    shown: dict[str, Any] = {"county": county, "counties": here.counties(), "towns": towns}
    return PAGES.show(request, "home_county.html", here=here.name(county), **shown)
