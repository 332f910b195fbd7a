"""Notify among the services it hears, with a gateway and an address book of the test's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from httpx2 import ASGITransport, AsyncClient, MockTransport, Request, Response
from sqlalchemy import text

from contracts.calendar import ZONE
from contracts.intake import Channel, TargetLevel
from contracts.permission import Role
from contracts.routing import AnswerResult, ContactMethod, Lane, Mode, Urgency
from kernel import clock
from kernel.decider import Actor
from kernel.handle import Command
from kernel.handler import Handler
from kernel.web.build import Built, together
from services.intake.commands import ISSUES, NOTICE
from services.intake.domain.code import code_of
from services.intake.domain.issue import SubmitIssue
from services.notify import app
from services.notify.settings import SmsSettings
from services.notify.sms import Message, TrialSink
from services.routing.commands import CASES
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.triage import AcceptIssue, RouteIssue
from services.routing.domain.work import ContactReporter, SignIssue, StartWork
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.founded import Founded
from tests.journeys.web import Web, settings_of_city
from tests.kernel.city import House

OTHERS = ("directory", "intake", "routing", "meetings")
NUMBER = "13893123456"
TOLD = text("select type from kernel.events where stream_id like :like order by event_id")
REPLY = "路灯已于今日修好，物业每周检查一次，请放心出行。"
AnyHandler = Handler[Any, Any, Any, Any]


@dataclass
class Book:
    """What intake answers when it is asked for an address; `asked` is what it was asked."""

    contact: str | None = NUMBER
    away: bool = False
    asked: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        return Response(503) if self.away else Response(200, json={"contact": self.contact})


@dataclass
class Town:
    web: Web
    book: Book
    sink: TrialSink

    @property
    def notify(self) -> Any:
        return self.web.houses["notify"].running

    async def sent(self) -> list[Message]:
        await self.web.settle()
        return list(self.sink.kept)

    async def told(self, like: str = "notice-%") -> list[str]:
        """What notify told, in its order."""
        rows = await self.notify.db.all(TOLD, like=like)
        return [row.type for row in rows]

    async def move(self, by: timedelta) -> None:
        for house in self.web.houses.values():
            await clock.move(house.running.db, by)
        await self.web.settle()

    async def to_day(self) -> None:
        """To a Monday at ten, when nobody's telephone is spared and no weekend is near."""
        at = (await clock.now(self.notify.db)).astimezone(ZONE)
        ten = at.replace(hour=10, minute=0, second=0)
        await self.move(ten + timedelta(days=7 - at.weekday()) - at)

    def by(self, role: Role, org: str) -> Actor:
        return Actor(self.web.seats[role][0], role, org, self.web.seats[role][1])

    async def do(
        self, service: str, handler: AnyHandler, key: object, wish: object, by: Actor
    ) -> None:
        store = self.web.houses[service].running.store
        await handler.carry_out(store, str(key), wish, Command(uuid4(), by, uuid4()))
        await self.web.settle()

    async def submit(self, number: int = 1) -> tuple[UUID, Actor]:
        issue, reporter = uuid4(), Actor(uuid4(), Role.RESIDENT, "")
        await self.do("intake", ISSUES, issue, matter(number, reporter.id), reporter)
        return issue, reporter


def matter(number: int, reporter: UUID) -> SubmitIssue:
    words: dict[str, Any] = {
        "text": "三号楼路灯不亮，老人摔倒。",
        "text_redacted": "三号楼路灯不亮，老人摔倒。",
        "title": "三号楼路灯不亮",
    }
    return SubmitIssue(
        public_code=code_of(number),
        channel=Channel.QR,
        level=TargetLevel.STREET,
        org_code=TOWN,
        reporter_ref=reporter,
        consents=("process", "contact"),
        notice_ver=NOTICE,
        **words,
    )


@asynccontextmanager
async def town(founded: Founded) -> AsyncIterator[Town]:
    broker, built, book = founded.broker(), dict[str, Built](), Book()
    async with AsyncExitStack() as stack:
        hand_on = ASGITransport(lambda *given: together(list(built.values()))(*given))
        client = await stack.enter_async_context(
            AsyncClient(transport=hand_on, base_url="http://mazha", trust_env=False)
        )
        asking = await stack.enter_async_context(AsyncClient(transport=MockTransport(book.answer)))
        for name in OTHERS:
            other: Any = import_module(f"services.{name}.app")
            settings = settings_of_city(name, founded(name))
            built[name] = other.build(settings, broker, client)
        mine = settings_of_city("notify", founded("notify"))
        built["notify"] = app.build(mine, broker, asking, SmsSettings())
        for one in built.values():
            await one.running.open()
        houses = {name: House.of(one.running, broker) for name, one in built.items()}
        web = Web(built, houses, client, dict(founded.kept.seats))
        yield Town(web, book, sink_of(built["notify"]))
        for house in houses.values():
            await house.close()


def sink_of(built: Built) -> TrialSink:
    step: Any = built.running.own_steps["send"]
    sink: TrialSink = step.__self__.sms
    return sink


async def routed(here: Town, urgency: Urgency = Urgency.NORMAL) -> tuple[UUID, Actor]:
    issue, reporter = await here.submit()
    station = here.by(Role.STATION_STAFF, TOWN)
    await here.do("routing", CASES, issue, AcceptIssue("B4", urgency, 5), station)
    mode = Mode.URGENT if urgency is Urgency.EMERGENCY else Mode.MICRO
    route = RouteIssue(Lane.GRID, mode, VILLAGE, override_reason="就近")
    await here.do("routing", CASES, issue, route, station)
    return issue, reporter


async def answered(here: Town) -> tuple[UUID, Actor]:
    issue, reporter = await routed(here)
    liaison = here.by(Role.COMMUNITY_LIAISON, VILLAGE)
    for wish in (
        SignIssue(),
        ContactReporter(ContactMethod.PHONE, reached=True),
        StartWork(),
        AnswerIssue(AnswerResult.SOLVED, REPLY, no_meeting_reason="当天修好"),
    ):
        await here.do("routing", CASES, issue, wish, liaison)
    return issue, reporter
