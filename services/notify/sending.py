"""The loop that sends: takes up what is due, asks the address of its owner, hands it to a gateway.

It stands outside all folds. That a message was taken up is a fact of its own and comes first, so
that of two processes one sends it; if that one dies, it is due again after a while.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy import Row

from contracts.notify import Gist
from kernel.decider import Refused
from kernel.handle import Command
from kernel.handler import service_actor
from kernel.loops import WAIT
from kernel.web.running import Running
from registry.ground import ground
from services.notify.commands import NOTICES
from services.notify.domain.notice import ReportFailed, ReportSent, TakeNotice
from services.notify.projections.outbox import due
from services.notify.sms import NotSent, Sms
from services.notify.texts import values_of

log = structlog.get_logger(__name__)
Ask = Callable[[str, str, str, Mapping[str, object]], Awaitable[dict[str, Any]]]
MOBILE = re.compile(r"1[3-9]\d{9}")
Report = TakeNotice | ReportSent | ReportFailed
LIMIT = 10.0
"""Seconds for one message: the address and the gateway together."""


class Sending:
    """`ask` is how a neighbour is asked; a test has its own."""

    def __init__(self, running: Running, ask: Ask, sms: Sms) -> None:
        self.running, self.ask, self.sms = running, ask, sms

    async def step(self) -> int:
        """How many were taken up; a row that the read model still shows is not taken again."""
        rows = await due(self.running.db)
        each = await asyncio.gather(*map(self.take_up, rows), return_exceptions=True)
        if failed := [one for one in each if isinstance(one, BaseException)]:
            raise failed[0]  # only now: what is under way must be able to say how it went
        return sum(one for one in each if isinstance(one, int))

    async def take_up(self, row: Row[Any]) -> int:
        attempt = row.attempt + 1
        took = await self.say(row.notice_id, TakeNotice(attempt), attempt)
        if not took:
            return 0
        try:
            async with asyncio.timeout(LIMIT):
                await self.send(row)
        except Exception as error:
            await self.say(row.notice_id, failure(error, attempt), attempt)
        else:
            await self.say(row.notice_id, ReportSent(attempt), attempt)
        return 1

    async def send(self, row: Row[Any]) -> None:
        gist = Gist.model_validate(row.gist)
        number = await self.number_of(row.reporter_ref, gist)
        place = (await ground(self.running.db)).places.get(gist.org_code or "")
        await self.sms.send(number, gist.template, values_of(gist, place.name if place else ""))

    async def number_of(self, reporter: UUID, gist: Gist) -> str:
        """Asked for at this moment and forgotten at once; its owner writes down that it was."""
        asked = {"reporter_ref": str(reporter), "issue_id": str(gist.issue_id)}
        said = await self.ask("intake", "reporter-address", "notify-reporter", asked)
        number = re.sub(r"[ -]", "", str(said.get("contact") or ""))
        if not MOBILE.fullmatch(number):
            raise NotSent("no-mobile", final=True)
        return number

    async def say(self, notice: str, wish: Report, attempt: int) -> bool:
        """Whether it is new: the same try of the same notice is one command, whoever says it."""
        name = f"{notice}:{type(wish).__name__}:{attempt}"
        ident = uuid5(NAMESPACE_URL, name)
        store = self.running.ready()
        command = Command(ident, service_actor(store.source), ident)
        return not (await NOTICES.carry_out(store, notice, wish, command)).again


def failure(error: Exception, attempt: int) -> ReportFailed:
    """Why, never what: an error's own words could hold a number."""
    match error:
        case NotSent():
            return ReportFailed(attempt, error.why, error.final)
        case Refused():
            return ReportFailed(attempt, error.code)
        case _:
            log.warning("a message could not be sent", error=type(error).__name__, do=WAIT)
            return ReportFailed(attempt, type(error).__name__)
