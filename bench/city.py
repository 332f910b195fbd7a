"""Services of the city as they run, over HTTP, with the divisions of Lanzhou in their stores."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.stage import Stage
from kernel.web.build import Built, server, together
from kernel.web.running import Kafka, Running
from registry.settings import CitySettings, city_settings
from services.directory.commands import divisions, open_all
from trial.founding import COUNTED_ON, table
from trial.keys import public, signing
from trial.preparing import TOPICS, migrate
from trial.servers.ports import any_free

COUNTY = "620105"
LIMIT = 120.0
ORGANISATIONS = text("select count(*) as n from read.organisation")


class City:
    """Made once: a store for each service that has heard of every organisation, to copy from."""

    def __init__(self, stage: Stage, pool: int) -> None:
        self.stage, self.pool = stage, pool
        self.files = tempfile.gettempdir()
        self.templates: dict[str, str] = {}

    @asynccontextmanager
    async def founded(self, names: Sequence[str], whole: bool) -> AsyncIterator["City"]:
        """`whole`: all of Lanzhou, else one county."""
        for name in ("directory", *names):
            self.templates[name] = await self.stage.create(name, self.stage.template)
        await migrate({name: self.stage.url(store) for name, store in self.templates.items()})
        async with self.topics() as prefix:
            built = [self.built(n, db, prefix) for n, db in self.templates.items()]
            async with serving(built):
                await self.open_divisions([one.running for one in built], whole)
        try:
            yield self
        finally:
            for store in self.templates.values():
                await self.stage.drop(store)

    async def open_divisions(self, services: Sequence[Running], whole: bool) -> None:
        with table().open(encoding="utf-8") as file:
            every = divisions(file, COUNTED_ON)
        here = {c: w for c, w in every.items() if whole or c == "6201" or c.startswith(COUNTY)}
        await open_all(services[0].store, here)

        async def heard() -> bool:
            counts = [(await one.db.one(ORGANISATIONS)).n for one in services]
            return counts == [len(here)] * len(services)

        await until(heard)

    @asynccontextmanager
    async def topics(self) -> AsyncIterator[str]:
        """Fresh ones, and what stands before their names."""
        first = next(iter(TOPICS))
        async with self.stage.topics(*TOPICS) as names:
            yield names[0].removesuffix(first)

    @asynccontextmanager
    async def at_work(
        self, names: Sequence[str], transport: Kafka | None = None, most: int | None = None
    ) -> AsyncIterator[tuple[int, dict[str, Running]]]:
        """On one port, with topics and stores of their own; with `most`, they take no more than
        that at once."""
        async with self.topics() as prefix:
            stores = {name: await self.stage.create(name, self.templates[name]) for name in names}
            built = [self.built(name, db, prefix, transport) for name, db in stores.items()]
            try:
                async with serving(built) as port:
                    for one in built:
                        limited(one.running, most)
                    yield port, {one.running.service.name: one.running for one in built}
            finally:
                for store in stores.values():
                    await self.stage.drop(store)

    def built(
        self, service: str, database: str, prefix: str, transport: Kafka | None = None
    ) -> Built:
        app: Any = import_module(f"services.{service}.app")
        built: Built = app.build(self.settings(service, database, prefix), transport)
        return built

    def settings(self, service: str, database: str, prefix: str) -> CitySettings:
        given: dict[str, Any] = {
            "database_url": self.stage.url(database),
            "secret": "sample",
            "signing_key": signing(service),
            "vault_key": "sample",
            "subject_key": "sample",
            "staff_key": public(signing("directory")),
            "kafka": self.stage.bootstrap,
            "topic_prefix": prefix,
            "pool": self.pool,
            "data": Path(self.files),
            "trial": True,
        }
        return city_settings(service, **given)


def limited(running: Running, most: int | None) -> None:
    if most is not None:
        running.relay.most = running.reader.most = most


@asynccontextmanager
async def serving(built: Sequence[Built]) -> AsyncIterator[int]:
    """On a port, once all may be asked, and hear."""
    port = any_free()
    web = server(together(built), "127.0.0.1", port)
    task = asyncio.create_task(web.serve())

    async def ready() -> bool:
        return web.started and all(map(is_ready, (one.running for one in built)))

    try:
        await until(ready)
        yield port
    finally:
        web.should_exit = True
        await task


def is_ready(running: Running) -> bool:
    heard = running.opened and all(name in running.listeners for name, *_ in running.hears())
    return heard and running.has_keys


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(LIMIT):
        while not await condition():  # noqa: ASYNC110 (nobody is told of it)
            await asyncio.sleep(0.05)
