"""A service with the look of the city: its pages, its words, its guard against other sites."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from httpx2 import AsyncClient
from starlette.middleware.gzip import GZipMiddleware

from album import MOST_BODY
from kernel.decider import Actor
from kernel.web.build import Built, build
from kernel.web.problems import Problem
from kernel.web.running import Running, Transport
from kernel.web.service import Service
from kernel.web.settings import raw_key
from registry.neighbours import Neighbours
from registry.settings import CitySettings
from registry.staff import Staff, signed_in, staff
from skin.forms import Fields, files_of, sent
from skin.guard import SameOrigin
from skin.pages import Pages, static_routes
from skin.rail import SEARCHERS, rail
from skin.words import words

PAGES = Pages("skin")
SIGN_IN, RENEW = "/console/sign-in", "/console/renew"
SMALLEST_PACKED = 500


@dataclass(frozen=True)
class Base:
    """What the routes of a service stand on. `caller` and `staff` are dependencies: who of the
    staff asks, the second for pages, with what the seat's organisation is called."""

    running: Running
    caller: Callable[[Request], Awaitable[Actor]]
    staff: Callable[[Request], Awaitable[Staff]]
    neighbours: Neighbours


Routes = Callable[[Base], Iterable[APIRouter]]


def site(
    service: Service,
    settings: CitySettings,
    routes: Routes,
    transport: Transport | None = None,
    http: AsyncClient | None = None,
) -> Built:
    """`http` is how it asks its neighbours, where a test has a way of its own."""
    key, safe = raw_key(settings.staff_key), not settings.trial

    def all_routes(running: Running) -> Iterable[APIRouter]:
        caller, who = staff(running.db, key, safe), signed_in(running.db, key, safe)
        yield static_routes()
        yield from routes(Base(running, caller, who, Neighbours(running, http)))

    built = build(service, settings, all_routes, words, transport, show_problem)
    built.app.state.trial = settings.trial
    built.app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_PACKED)
    built.app.add_middleware(SameOrigin)
    return built


async def show_problem(request: Request, problem: Problem) -> Response | None:
    """A page for who asked for a page; programs get theirs as they are used to."""
    path = request.url.path
    if path.startswith(("/api/", "/internal/")) or not wants_page(request):
        return None
    if problem.status_code == 401:
        return await sign_in_first(request, problem)
    said = words(problem.code, "zh-CN", problem.values)
    frame = "gate.html" if path.startswith("/console") else "resident.html"
    shown = {"said": said, "number": problem.status_code, "frame": frame}
    page = PAGES.show(request, "problem.html", problem.status_code, **shown)
    page.headers.update(problem.headers or {})  # as when to come again
    return page


def wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


async def sign_in_first(request: Request, problem: Problem) -> Response:
    """Who only looks goes and comes back; what was typed waits on the page until then."""
    if request.method == "GET":
        to = RENEW if problem.code == "session-expired" else SIGN_IN
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{to}?{urlencode({'next': back})}", 303)
    typed = list(pairs(await sent(request, MOST_BODY)))
    photos = any(file.size for file in await files_of(request, "photos"))
    await request.close()
    said = words(problem.code, "zh-CN", problem.values)
    return PAGES.show(
        request, "expired.html", 401, said=said, typed=typed, photos=photos, sign_in=SIGN_IN
    )


def pairs(fields: Fields) -> Iterator[tuple[str, str]]:
    """As a form would send them again."""
    for name, value in fields.items():
        if isinstance(value, list):
            yield from ((f"{name}[]", one) for one in value)
        else:
            yield name, value


def console(by: Staff, here: str, **values: object) -> dict[str, Any]:
    """What the console's frame shows besides a page's own values. `here`: the entry of the menu."""
    role = by.actor.role
    frame = {"by": by, "here": here, "rail": rail(role), "may_search": role in SEARCHERS}
    return {**frame, **values}
