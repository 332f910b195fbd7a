"""From one service's answer to another service's page: how long does a fact travel?"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text

from bench.appends import any_uuid, command
from bench.figures import Line, Run, less, p99_ms
from bench.parcels import PARCEL, TOPIC, Carry, track
from bench.peers.single import OneByOne
from bench.scenario import Scenario, Side
from bench.trip import A_SECOND, LIMIT, Left, Send, Trip
from kernel.database import Database
from kernel.decider import Call
from kernel.handler import Desk, Handler
from kernel.web.running import HEADS, KEYS, Kafka, Running
from kernel.web.service import Service
from kernel.web.settings import Settings, settings_of

WARM = 20
SHOWN = text("select parcel as key from read.track where parcel = any(:keys)")


async def desk(_db: Database, _key: str, _wish: Carry) -> Desk[int, Call]:
    return lambda _carried, call: call


SENDER = Service("sender", [Handler(PARCEL, desk)])
WATCHER = Service("watcher", projections=[track], hears=[TOPIC])


class Journey(Scenario):
    """`size` is in seconds."""

    name = "journey"
    rounds = 3
    full, quick = 30, 2
    kafka = True
    lines = (
        Line(
            f"fact → visible in another service, {A_SECOND}/s, p99, beside one message at a time",
            unit="ms",
            figure=p99_ms,
            compare=less(p99_ms),
        ),
    )

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def ours(self) -> Run:
        return await self.travel(Kafka(self.stage.bootstrap), most=None)

    async def peer(self) -> Run:
        return await self.travel(OneByOne(self.stage.bootstrap), most=1)

    async def travel(self, transport: Kafka, most: int | None) -> Run:
        chance, count = random.Random(self.name), self.size * A_SECOND
        keys = [str(any_uuid(chance)) for _ in range(WARM + count)]
        async with self.both(transport, most) as trip:
            await trip.make(keys[:WARM])
            trip.took.clear()
            async with self.stage.measured() as took:
                await trip.make(keys[WARM:])
        return Run(trip.took.total(), took.seconds, trip.took)

    @asynccontextmanager
    async def both(self, transport: Kafka, most: int | None) -> AsyncIterator[Trip]:
        """Two services at work; with `most`, they take no more than that at once."""
        async with (
            self.stage.topics(TOPIC, HEADS, KEYS) as told,
            self.stage.database() as here,
            self.stage.database() as there,
            self.stage.opened(there, pool=1) as eyes,
        ):
            prefix = told[0].removesuffix(TOPIC)
            sender = Running(SENDER, self.settings("sender", here, prefix), transport)
            watcher = Running(WATCHER, self.settings("watcher", there, prefix), transport)
            try:
                await started((sender, watcher), most)
                yield Trip(sending(sender), watcher.reader, eyes, SHOWN)
            finally:
                await asyncio.gather(sender.stop(), watcher.stop())

    def settings(self, service: str, database: str, prefix: str) -> Settings:
        given: dict[str, Any] = {
            "database_url": self.stage.url(database),
            "secret": "sample",
            "signing_key": "sample",
            "kafka": self.stage.bootstrap,
            "topic_prefix": prefix,
            "trial": True,
        }
        return settings_of(service, Settings, **given)


def sending(sender: Running) -> Send:
    """A fact sets out when its writer has the answer."""
    chance = random.Random("commands")

    async def send(key: str, left: Left) -> None:
        handler = sender.service.handlers[0]
        await handler.carry_out(sender.ready(), key, Carry(1), command(chance))
        left[key] = time.perf_counter()

    return send


async def started(services: Sequence[Running], most: int | None) -> None:
    for running in services:
        await running.open()
        if most is not None:
            running.relay.most = running.reader.most = most
        running.start()
    async with asyncio.timeout(LIMIT):
        while not services[-1].listeners:  # noqa: ASYNC110 (nobody is told of it)
            await asyncio.sleep(0.05)
