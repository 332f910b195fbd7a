"""Services at work, each on a database of its own, over one of the two transports."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text

from kernel.database import Database
from kernel.handle import Command, Done
from kernel.web.running import HEADS, KEYS, Running
from kernel.web.service import Service
from tests.kernel.city import command, do, trial_settings
from tests.kernel.contract.wire import Wire

LIMIT = 30.0
"""Far beyond what anything here takes: a busy machine is no failure."""
UNDER_WAY = """
select exists (select from kernel.feed_queue)
    or exists (select from kernel.checkpoints where seq < (select max(seq) from kernel.feed))
"""


async def until(
    condition: Callable[[], Awaitable[object]], what: str, limit: float = LIMIT
) -> None:
    end = time.monotonic() + limit
    while not await condition():
        assert time.monotonic() < end, f"never came true: {what}"
        await asyncio.sleep(0.02)


async def all_of(db: Database, sql: str, **values: object) -> Sequence[Row[Any]]:
    return await db.all(text(sql), **values)


async def one_of(db: Database, sql: str, **values: object) -> Any:
    """The only value of the only row."""
    return (await db.one(text(sql), **values))[0]


@dataclass
class Town:
    wire: Wire
    prefix: str
    make_database: Callable[[], str]
    services: list[Running] = field(default_factory=list)

    async def start(self, service: Service, url: str | None = None, **settings: Any) -> Running:
        """At work when it is answered, and hearing soon; on a new database, or on one again."""
        needed = [*service.topics.values(), *service.hears, KEYS, HEADS]
        await self.wire.make([self.prefix + topic for topic in needed])
        url = url or self.make_database()
        given = trial_settings(service.name, url, topic_prefix=self.prefix, **settings)
        running = Running(service, given, self.wire.transport)
        self.services.append(running)
        running.start()
        await until(lambda: opened(running), f"{service.name} opens")
        return running

    async def stop(self, *services: Running) -> None:
        ending = list(services or self.services)
        self.services = [running for running in self.services if running not in ending]
        await asyncio.gather(*(running.stop() for running in ending))

    def topic(self, name: str) -> str:
        return self.prefix + name


async def opened(running: Running) -> bool:
    return running.opened


def url_of(running: Running) -> str:
    return running.settings.database_url.replace("+asyncpg", "")


async def carry_out(
    running: Running, key: str, *wishes: object, given: Command | None = None
) -> Done:
    """One wish after the other; what became of the last."""
    for wish in wishes[:-1]:
        await do(running, key, wish, command())
    return await do(running, key, wishes[-1], given or command())


async def places(running: Running) -> Mapping[str, int]:
    """How far everybody of this service has come who reads its order."""
    rows = await all_of(running.db, "select name, seq from kernel.checkpoints")
    return {row.name: row.seq for row in rows}


async def quiet(*services: Running) -> bool:
    """Nothing waits for a place, to be told or to be read: each looked at in one instant, for
    what a reaction writes stands in the queue before the reaction moves on."""
    return not any([await one_of(running.db, UNDER_WAY) for running in services])
