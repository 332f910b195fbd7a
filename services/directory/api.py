"""Directory over HTTP, for those who keep it and for programs that sign in."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from kernel.clock import now
from kernel.handle import Command
from kernel.web.commands import Answer, Bounded, asked_by, command_routes
from kernel.web.problems import PROBLEMS, Problem
from kernel.web.settings import raw_key
from registry.seats import of_account
from registry.staff import LIFE, mint
from services.directory import credentials
from services.directory.commands import (
    ORGANISATIONS,
    SEATS,
    NewAccount,
    end_sessions,
    open_account,
)
from services.directory.domain import organisation, seat
from skin.site import Base

Login = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,39}$")]
Password = Annotated[str, Field(min_length=1, max_length=200)]
STRICT = ConfigDict(extra="forbid")


class AccountForm(BaseModel):
    model_config = STRICT

    login: Login
    password: Password
    name: Annotated[str, Field(min_length=1, max_length=50)]


class SignIn(BaseModel):
    """`seat` where the account has several."""

    model_config = STRICT

    login: Login
    password: Password
    seat: UUID | None = None


class Signed(BaseModel):
    """`token` goes into `Authorization: Bearer`; it is good for `seconds`."""

    token: str
    seconds: int
    seat: UUID


def routes(base: Base) -> Iterable[APIRouter]:
    running, caller, root = base.running, base.caller, "/api/directory"
    yield command_routes(
        running.ready, ORGANISATIONS, organisation.Wish, f"{root}/organisations", caller
    )
    yield command_routes(running.ready, SEATS, seat.Wish, f"{root}/seats", caller)
    yield accounts(base, bounded(f"{root}/accounts"))
    yield signing(base, bounded(root))


def bounded(prefix: str) -> APIRouter:
    return APIRouter(prefix=prefix, responses=PROBLEMS, route_class=Bounded)


def accounts(base: Base, router: APIRouter) -> APIRouter:
    running = base.running
    Asked = Annotated[Command, Depends(asked_by(base.caller))]

    @router.post("/{key}/open-account")
    async def open_one(key: UUID, form: AccountForm, command: Asked) -> Answer:
        new = NewAccount(**form.model_dump())
        done = await open_account(running.ready(), running.vault, key, new, command)
        return Answer(id=str(key), version=done.version)

    @router.post("/{key}/end-sessions")
    async def end_all(key: UUID, command: Asked) -> Answer:
        done = await end_sessions(running.ready(), key, command)
        return Answer(id=str(key), version=done.version)

    return router


def signing(base: Base, router: APIRouter) -> APIRouter:
    running = base.running
    key = raw_key(running.settings.signing_key)

    @router.post("/sign-in")
    async def sign_in(form: SignIn) -> Signed:
        running.ready()
        account = await credentials.check(running.db, form.login, form.password)
        seats = [UUID(row.seat_id) for row in await of_account(running.db, account)]
        mine = [one for one in seats if form.seat in (None, one)]
        if not mine:
            raise Problem(403, "no-seat-yet")
        token = mint(key, account, mine[0], await now(running.db))
        return Signed(token=token, seconds=LIFE, seat=mine[0])

    return router
