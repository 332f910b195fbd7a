"""A small city of all services that there are, each on a database of its own, on one broker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from contracts.intake import Channel, TargetLevel
from contracts.permission import Role
from contracts.redaction import redact, title_of
from kernel import clock
from kernel.decider import Actor
from kernel.handle import Command, Done
from kernel.handler import Handler
from kernel.web.service import Service
from services.directory.app import DIRECTORY
from services.directory.commands import divisions, open_all
from services.intake.app import INTAKE
from services.intake.commands import ISSUES, NOTICE
from services.intake.domain.code import code_of
from services.intake.domain.issue import SubmitIssue
from services.meetings.app import MEETINGS_SERVICE
from services.routing.app import ROUTING
from tests.kernel.city import House, settle, trial_settings
from tests.kernel.local import LocalBroker

TOLD = text("select type from kernel.events where stream_id = :stream order by version")
TABLE = Path(__file__).parents[2] / "services/directory/data/lanzhou-divisions-2023.csv"
TOWN, VILLAGE = "620105001", "620105001001"
SERVICES: tuple[Service, ...] = (DIRECTORY, INTAKE, ROUTING, MEETINGS_SERVICE)
AnyHandler = Handler[Any, Any, Any, Any]


def seat(role: Role, org: str) -> Actor:
    return Actor(uuid4(), role, org, uuid4())


@dataclass
class City:
    houses: dict[str, House]

    @classmethod
    async def open(cls, database: Callable[..., str]) -> "City":
        broker = LocalBroker()
        houses = {
            service.name: await House.open(
                service, trial_settings(service.name, database(service.name)), broker
            )
            for service in SERVICES
        }
        city = cls(houses)
        await city.found()
        return city

    async def found(self) -> None:
        """安宁区 and what is above and below it."""
        with TABLE.open(encoding="utf-8") as file:
            every = divisions(file, date(2023, 6, 30))
        here = {c: w for c, w in every.items() if c == "6201" or c.startswith("620105")}
        await open_all(self.houses["directory"].running.store, here)
        await self.settle()

    async def settle(self) -> None:
        await settle(*self.houses.values())

    async def do(
        self,
        service: str,
        handler: Handler[Any, Any, Any, Any],
        key: object,
        wish: object,
        by: Actor,
    ) -> Done:
        command = Command(uuid4(), by, uuid4())
        store = self.houses[service].running.store
        done = await handler.carry_out(store, str(key), wish, command)
        await self.settle()
        return done

    async def submit(self, words: str, to: str = TOWN, number: int = 1) -> UUID:
        issue, reporter = uuid4(), uuid4()
        wish = SubmitIssue(
            public_code=code_of(number),
            channel=Channel.QR,
            level=TargetLevel.STREET,
            org_code=to,
            text=words,
            text_redacted=redact(words),
            title=title_of(redact(words)),
            reporter_ref=reporter,
            consents=("process", "contact"),
            notice_ver=NOTICE,
        )
        await self.do("intake", ISSUES, issue, wish, Actor(reporter, Role.RESIDENT, ""))
        return issue

    async def wait(self, by: timedelta) -> None:
        """Time passes everywhere, and clocks ring."""
        for house in self.houses.values():
            await clock.move(house.running.db, by)
        await self.settle()

    async def facts(self, service: str, stream: str) -> list[str]:
        """What a service told on one stream, by name."""
        rows = await self.houses[service].running.db.all(TOLD, stream=stream)
        return [row.type for row in rows]

    async def close(self) -> None:
        for house in self.houses.values():
            await house.close()
