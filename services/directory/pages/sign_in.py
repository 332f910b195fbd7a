"""Signing in, choosing the seat to act in, staying signed in, and leaving."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Row

from kernel.clock import now
from kernel.web.problems import Problem
from kernel.web.settings import raw_key
from registry import seats
from registry.ground import ground
from registry.staff import LIFE, cookie_name, mint
from services.directory import credentials, sessions
from skin.forms import Trouble, id_of, sent
from skin.pages import Pages
from skin.site import Base
from skin.words import words

PAGES = Pages("services.directory.pages")
HOME, SIGN_IN, SEAT = "/console/desk", "/console/sign-in", "/console/seat"
MOST_SAMPLES = 60


class SignIn:
    """Cookies of one directory: the long one names a session, the short one is its token."""

    def __init__(self, base: Base) -> None:
        self.running, self.settings = base.running, base.running.settings
        self.key = raw_key(self.settings.signing_key)
        self.safe = not self.settings.trial

    async def enter(self, account: UUID, to: str) -> Response:
        """Into the only seat, or to the choice among several."""
        mine = await seats.of_account(self.running.db, account)
        if not mine:
            raise Problem(403, "no-seat-yet")
        seat = UUID(mine[0].seat_id) if len(mine) == 1 else None
        since = await now(self.running.db)
        cookie = await sessions.begin(self.running.db, account, seat)
        where = to if seat else f"{SEAT}?{urlencode({'next': to})}"
        answer = RedirectResponse(where, 303)
        self.keep(answer, sessions.COOKIE, cookie, path="/console")
        return await self.renewed(answer, account, seat, since)

    async def renewed(
        self, answer: Response, account: UUID, seat: UUID | None, since: datetime
    ) -> Response:
        if seat is not None:
            token = mint(self.key, account, seat, await now(self.running.db), since)
            self.keep(answer, cookie_name(self.safe), token, most=LIFE)
        return answer

    def keep(
        self, answer: Response, name: str, value: str, path: str = "/", most: int | None = None
    ) -> None:
        answer.set_cookie(
            name,
            value,
            max_age=most,
            path=path,
            httponly=True,
            secure=self.safe,
            samesite="lax",
        )

    async def session(self, request: Request) -> Row[Any] | None:
        cookie = request.cookies.get(sessions.COOKIE)
        return await sessions.use(self.running.db, cookie) if cookie else None

    def leave(self) -> Response:
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(sessions.COOKIE, path="/console")
        answer.delete_cookie(cookie_name(self.safe), path="/", secure=self.safe)
        return answer


def routes(base: Base) -> APIRouter:
    router, signing = APIRouter(include_in_schema=False), SignIn(base)
    entering(router, signing)
    trying(router, signing)
    staying(router, signing)
    choosing(router, signing, base)
    return router


async def show(
    signing: SignIn, request: Request, trouble: Trouble | None = None, to: str = HOME
) -> Response:
    """A trial offers the seats that there are, and says so."""
    running = signing.running
    samples = await seats.sitting(running.db, MOST_SAMPLES) if not signing.safe else []
    status = trouble.status if trouble else 200
    return PAGES.show(request, "sign-in.html", status, trouble=trouble, samples=samples, next=to)


def entering(router: APIRouter, signing: SignIn) -> None:
    @router.get(SIGN_IN)
    async def page(request: Request, next: str = HOME) -> Response:
        return await show(signing, request, to=inside(next))

    @router.post(SIGN_IN)
    async def enter(request: Request) -> Response:
        fields = await sent(request)
        to = inside(fields.pop("next", HOME))
        login, password = fields.get("login", "").lower(), fields.pop("password", "")
        try:
            db = signing.running.ready().db
            return await signing.enter(await credentials.check(db, login, password), to)
        except Problem as no:
            said = words(no.code, "zh-CN", no.values)
            return await show(signing, request, Trouble(no.status_code, said, {}, fields), to)


def trying(router: APIRouter, signing: SignIn) -> None:
    @router.post(f"{SIGN_IN}/as")
    async def enter_as(request: Request) -> Response:
        """In a trial alone: without a password, into a seat of the sample people."""
        if signing.safe:
            raise Problem(404, "not-found")
        fields, db = await sent(request), signing.running.ready().db
        account, seat = id_of(fields, "account"), id_of(fields, "seat")
        if await seats.sits(db, account, seat) is None:
            raise Problem(403, "no-seat-yet")
        answer = RedirectResponse(inside(fields.get("next", HOME)), 303)
        since = await now(db)
        cookie = await sessions.begin(db, account, seat)
        signing.keep(answer, sessions.COOKIE, cookie, path="/console")
        return await signing.renewed(answer, account, seat, since)


def staying(router: APIRouter, signing: SignIn) -> None:
    @router.get("/console/renew")
    async def back(request: Request, next: str = HOME) -> Response:
        """For a page that found its token too old: a new one, and back to the page."""
        row = await signing.session(request)
        if row is None or row.seat is None:
            return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': inside(next)})}", 303)
        answer = RedirectResponse(inside(next), 303)
        return await signing.renewed(answer, row.account, row.seat, row.opened_at)

    @router.post("/console/renew")
    async def renew(request: Request) -> Response:
        """For a page that is still open and somebody works in."""
        row = await signing.session(request)
        if row is None:
            raise Problem(401, "session-expired")
        answer = Response(status_code=204)
        return await signing.renewed(answer, row.account, row.seat, row.opened_at)

    @router.post("/console/sign-out")
    async def leave(request: Request) -> Response:
        if cookie := request.cookies.get(sessions.COOKIE):
            await sessions.end(signing.running.db, cookie)
        return signing.leave()


def choosing(router: APIRouter, signing: SignIn, base: Base) -> None:
    running = base.running

    @router.get(SEAT)
    async def page(request: Request, next: str = HOME) -> Response:
        row = await signing.session(request)
        if row is None:
            return RedirectResponse(SIGN_IN, 303)
        places = (await ground(running.db)).places
        mine = [
            (one.seat_id, one.role, places[one.org].name)
            for one in await seats.of_account(running.db, row.account)
        ]
        to = inside(next)
        return PAGES.show(request, "seat.html", seats=mine, now=str(row.seat), next=to)

    @router.post(SEAT)
    async def choose(request: Request) -> Response:
        row, fields = await signing.session(request), await sent(request)
        if row is None:
            raise Problem(401, "session-expired")
        seat = id_of(fields, "seat")
        if await seats.sits(running.db, row.account, seat) is None:
            raise Problem(403, "no-seat-yet")
        await sessions.sit(running.db, request.cookies[sessions.COOKIE], seat)
        answer = RedirectResponse(inside(fields.get("next", HOME)), 303)
        return await signing.renewed(answer, row.account, seat, row.opened_at)


def inside(to: str) -> str:
    """Only into the console: a link must not lead who signs in to somewhere else."""
    ours = to.startswith("/console/") and "\\" not in to and "//" not in to
    return to if ours else HOME
