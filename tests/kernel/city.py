"""Several services over one transport, each on a database of its own, driven step by step."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from kernel.database import Database
from kernel.decider import Actor
from kernel.handle import Command, Done
from kernel.web.running import Running, Transport
from kernel.web.service import Service
from kernel.web.settings import Settings, settings_of

LIBRARIAN = Actor(UUID(int=7), "librarian", "north", UUID(int=8))


def async_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://")


def trial_settings(service: str, url: str, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "database_url": async_url(url),
        "secret": f"sample-{service}",
        "signing_key": f"sample-{service}-signing",
        "vault_key": f"sample-{service}-vault",
        "subject_key": "sample-subject",
        "kafka": "127.0.0.1:1",
        "trial": True,
    }
    return settings_of(service, Settings, **{**given, **more})


def command(ident: UUID | None = None, seen: int | None = None) -> Command:
    return Command(ident or uuid4(), LIBRARIAN, uuid4(), seen=seen)


@dataclass
class House:
    """One service, opened but not started: a test takes its steps."""

    running: Running
    members: list[Any] = field(default_factory=list)

    @classmethod
    async def open(
        cls,
        service: Service,
        settings: Settings,
        transport: Transport,
        line: Database | None = None,
    ) -> "House":
        """On connections of its own, or on those of a `line` that outlives it."""
        running = Running(service, settings, transport)
        if line is not None:
            running.db.engine, running.db.transactions = line.engine, line.transactions
        await running.open()
        return cls.of(running, transport)

    @classmethod
    def of(cls, running: Running, transport: Transport) -> "House":
        """One that is open already."""
        house = cls(running)
        for purpose, topics, hear in running.hears():
            house.members.append(transport.listen(running.db, purpose, topics, hear, None))
        return house

    def steps(self) -> Mapping[str, Callable[[], Awaitable[int]]]:
        steps = {name: step for name, (step, _) in self.running.steps().items()}
        for n, member in enumerate(self.members):
            steps[f"hear{n}"] = member.step
        return steps

    async def settle(self) -> int:
        """Takes every step, each after those that give it work; how much was done."""
        steps = self.steps()
        first = [*(name for name in steps if name.startswith("hear")), "tick", "sequence", "read"]
        then = [name for name in steps if name == "sequence" or name not in first]
        return sum([await steps[name]() for name in [*first, *then]])

    async def do(self, key: str, wish: object, given: Command | None = None) -> Done:
        return await do(self.running, key, wish, given or command())

    async def close(self) -> None:
        await self.running.stop()


async def do(running: Running, key: str, wish: object, given: Command) -> Done:
    handler = running.service.handlers[0]
    return await handler.carry_out(running.ready(), key, wish, given)


async def settle(*houses: House) -> None:
    """Until nothing is left to do anywhere."""
    while sum([await house.settle() for house in houses]):
        pass
