"""Notify over HTTP: the inbox of a seat, and the one-time codes that other services hand out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from contracts.notify import Template
from kernel.decider import Actor, Refused
from kernel.web.commands import command_routes
from kernel.web.problems import PROBLEMS
from registry.neighbours import asked_by_service
from services.notify.commands import NOTICES
from services.notify.domain.notice import ReadNotice
from services.notify.projections.inbox import newest
from services.notify.sms import NotSent, Sms
from skin.site import Base

ROOT = "/api/notify"


class Notice(BaseModel):
    """`gist`: which template, what it is about, and what fills its blanks."""

    notice_id: str
    gist: dict[str, Any]
    told_at: datetime
    read_at: datetime | None
    version: int


class Code(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern=r"^\d{4,8}$")]


class OneTimeCode(BaseModel):
    """A code and nothing else: what residents and staff are told besides comes from facts."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(pattern=r"^1[3-9]\d{9}$")]
    template: Literal["login-code"]
    values: Code


class Taken(BaseModel):
    taken: bool = True


def routes(base: Base, sms: Sms) -> Iterable[APIRouter]:
    running, caller = base.running, base.caller
    yield command_routes(running.ready, NOTICES, ReadNotice, f"{ROOT}/notices", caller)
    router = APIRouter(responses=PROBLEMS)

    @router.get(f"{ROOT}/notices")
    async def notices(by: Annotated[Actor, Depends(caller)]) -> list[Notice]:
        """Of the caller's seat, the newest on top."""
        if by.seat is None:
            raise Refused("no-seat")
        rows = await newest(running.db, by.seat)
        return [Notice.model_validate(row._mapping) for row in rows]

    asked = Depends(asked_by_service(running, "send-sms"))

    @router.post("/internal/notify/sms", status_code=202, dependencies=[asked])
    async def send(code: OneTimeCode) -> Taken:
        """At once and at any hour, and kept nowhere: who waits for it asks again."""
        try:
            await sms.send(code.to, Template(code.template), {"code": code.values.code})
        except NotSent:
            raise Refused("sms-not-sent") from None
        return Taken()

    yield router
