"""Who stands at a matter's page: somebody with its code, or somebody with its secret too."""

from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from contracts.calendar import day_of
from kernel.clock import now
from kernel.database import Busy
from kernel.decider import Actor
from kernel.read.waiting import shown
from kernel.web.problems import Problem
from kernel.web.running import Running
from registry.ground import ground
from services.intake.commands.links import link_key, opens, resident
from services.intake.domain.code import read_code
from services.intake.pages.places import Places
from services.intake.projections.matter import Matter, by_code, matter, own_stream
from skin.pages import Pages
from skin.site import Base

PAGES = Pages("services.intake.pages")
COOKIE, KEPT_FOR = "k", 90 * 24 * 3600
"""The cookie goes to the pages of its own matter alone."""


@dataclass(frozen=True, slots=True)
class Visit:
    matter: Matter
    opened: bool

    @property
    def by(self) -> Actor:
        return resident(self.matter.reporter, self.matter.issue_id)

    @property
    def path(self) -> str:
        return f"/i/{self.matter.code}"


async def visit(running: Running, request: Request, code: str) -> Visit:
    """The newest that the resident themselves has said is always in it."""
    store, digits = running.ready(), read_code(code)
    if digits is None:
        raise Problem(404, "code-mistyped")
    own = await own_stream(running.db, digits)
    if own is None:
        raise Problem(404, "no-such-code")
    await shown(running.db, running.reader, matter.table, own.stream_id, own.version)
    found = await by_code(running.db, digits)
    if found is None:
        raise Busy
    key = request.cookies.get(COOKIE, "")
    return Visit(found, opens(store.secret, found.issue_id, key))


async def opened_visit(running: Running, request: Request, code: str) -> Visit:
    """Raises Problem for who has the code alone."""
    found = await visit(running, request, code)
    if not found.opened:
        raise Problem(403, "open-it-first", headers={"Location": found.path})
    return found


def let_in(base: Base, code: str, issue: str, to: str) -> Response:
    """From here on this browser has the secret of this matter; no address shows it."""
    running, answer = base.running, RedirectResponse(to, 303)
    key = link_key(running.ready().secret, issue)
    answer.set_cookie(
        COOKIE,
        key,
        max_age=KEPT_FOR,
        path=f"/i/{code}",
        httponly=True,
        samesite="lax",
        secure=base.neighbours.settings.public_url.startswith("https:"),
    )
    return answer


async def places(running: Running) -> Places:
    today = day_of(await now(running.db))
    return Places(await ground(running.db), today)
