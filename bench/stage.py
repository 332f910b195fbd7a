"""Where scenarios are played: one durable PostgreSQL and one Kafka, fresh tables and topics."""

import asyncio
import cProfile
import gc
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kernel.database import Database
from kernel.migrations.install import install
from trial.servers import Kafka, Postgres

HERE = Path(".mazha")
PARTITIONS = 12
PATIENT = 600.0
"""Seconds that a statement may take here: filling a store is no service's statement."""


@dataclass
class Took:
    seconds: float = 0.0


class Stage:
    """`profile` sees what is measured, and nothing of what prepares it."""

    def __init__(self, postgres: Postgres, bootstrap: str = "", prefix: str = "bench") -> None:
        self.postgres, self.bootstrap, self.prefix = postgres, bootstrap, prefix
        self.numbers = itertools.count()
        self.profile: cProfile.Profile | None = None
        self.template = ""

    def name(self, what: str) -> str:
        return f"{self.prefix}_{what}_{next(self.numbers)}"

    def url(self, database: str) -> str:
        return self.postgres.url(database, driver="postgresql+asyncpg")

    async def open(self) -> None:
        """One store with the kernel's empty tables, from which the others are copied."""
        self.template = await self.create("empty", "template1")
        await install(self.url(self.template))

    async def create(self, what: str, template: str) -> str:
        name = self.name(what)
        await asyncio.to_thread(self.postgres.create_database, name, template=template)
        return name

    async def drop(self, name: str) -> None:
        await asyncio.to_thread(self.postgres.drop_database, name)

    @asynccontextmanager
    async def database(self, template: str = "") -> AsyncIterator[str]:
        """The name of a fresh database, gone afterwards."""
        name = await self.create("store", template or self.template)
        try:
            yield name
        finally:
            await self.drop(name)

    @asynccontextmanager
    async def store(self, template: str = "", pool: int = 5) -> AsyncIterator[Database]:
        async with self.database(template) as name, self.opened(name, pool) as db:
            yield db

    @asynccontextmanager
    async def opened(self, name: str, pool: int = 5) -> AsyncIterator[Database]:
        db = Database(self.url(name), "bench", pool, PATIENT)
        try:
            yield db
        finally:
            await db.close()

    @asynccontextmanager
    async def topics(self, *names: str) -> AsyncIterator[tuple[str, ...]]:
        """Fresh ones under a prefix of their own, gone afterwards."""
        prefix = self.name("topic") + "."
        full = tuple(prefix + name for name in names)
        async with self.admin() as admin:
            await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in full])
        try:
            yield full
        finally:
            async with self.admin() as admin:
                await admin.delete_topics(list(full))

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[Took]:
        """Every side begins with nothing left to flush by the server, and no garbage of ours.

        What was prepared is out of the collector's sight: no service holds as many facts.
        """
        await asyncio.to_thread(self.postgres.sql, "checkpoint")
        gc.collect()
        gc.freeze()
        try:
            with self.profiled():
                started, took = time.perf_counter(), Took()
                yield took
                took.seconds = time.perf_counter() - started
        finally:
            gc.unfreeze()

    @contextmanager
    def profiled(self) -> Iterator[None]:
        if self.profile is None:
            yield
            return
        self.profile.enable()
        try:
            yield
        finally:
            self.profile.disable()


@contextmanager
def servers(with_kafka: bool) -> Iterator[tuple[Postgres, str]]:
    """As a city runs them: what is committed is on the disk. On this disk, not in a memory's."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=HERE, ignore_cleanup_errors=True) as made:
        postgres, kafka = Postgres(Path(made, "postgres")), Kafka(Path(made, "kafka"))
        try:
            bootstrap = kafka.start().bootstrap if with_kafka else ""
            yield postgres.start(), bootstrap
        finally:
            kafka.wipe()
            postgres.wipe()
