"""A city that is founded once in a run: its tests copy the stores, and what its broker held."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from contracts.permission import Role
from kernel.wire.producer import Record
from tests.journeys.web import Web, at_work, found
from tests.kernel.local import LocalBroker
from tests.servers import run_folder, template_of
from trial.servers import Postgres
from trial.servers.server import held

SAME = "update kernel.identity set identity = kernel.here()"
"""A copy is the store itself here, none that was put back to a backup."""


@dataclass(frozen=True)
class Kept:
    logs: dict[tuple[str, int], list[Record]]
    ids: dict[str, str]
    seats: dict[Role, tuple[UUID, UUID]]


def kept_by(server: Postgres) -> Kept:
    """Made by whichever worker needs it first."""
    with held(run_folder() / "founding"):
        file = run_folder() / "founded"
        if not file.exists():
            with ThreadPoolExecutor(1) as pool:  # an event loop may already run in this thread
                made = pool.submit(asyncio.run, make(server)).result()
            file.write_bytes(pickle.dumps(made))
        kept: Kept = pickle.loads(file.read_bytes())  # noqa: S301  our own, a moment ago
        return kept


async def make(server: Postgres) -> Kept:
    def database(service: str) -> str:
        name = store_of(service)
        server.drop_database(name)  # another worker may have failed half-way
        server.create_database(name, template=template_of(server, service))
        return server.url(name)

    broker = LocalBroker()
    async with at_work(database, broker) as web:
        await found(web)
    return Kept(dict(broker.logs), dict(broker.ids), web.seats)


def store_of(service: str) -> str:
    return f"founded_{service}"


class Founded:
    """For one test: stores and a broker of its own, in which all that was founded is there."""

    def __init__(self, server: Postgres) -> None:
        self.server, self.kept = server, kept_by(server)
        self.names: list[str] = []

    def __call__(self, service: str) -> str:
        """The address of a copy of that service's store."""
        self.names.append(name := "f" + uuid4().hex[:12])
        self.server.create_database(name, template=store_of(service))
        self.server.sql(SAME, name)
        return self.server.url(name)

    def broker(self) -> LocalBroker:
        broker = LocalBroker()
        broker.logs.update(self.kept.logs)
        broker.ids.update(self.kept.ids)
        return broker

    def drop(self) -> None:
        for name in self.names:
            self.server.drop_database(name)


@asynccontextmanager
async def city(founded: Founded) -> AsyncIterator[Web]:
    """All services that there are, 安宁区 and its seats."""
    async with at_work(founded, founded.broker()) as web:
        web.seats |= founded.kept.seats
        yield web
