"""Sixteen clients append at once: five facts beside a recorder, one fact beside pgbench."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar
from uuid import UUID

from bench.appends import Plan, Preparing, any_uuid, command, plans, store_of
from bench.clients import tasks, threads
from bench.figures import Line, Run
from bench.parcels import PARCEL, Carry
from bench.peers.pgbench import TABLE, tps
from bench.peers.recorder import recorder, stored
from bench.scenario import Scenario, Side
from kernel.database import Database
from kernel.decider import Call
from kernel.epoch import settle_epoch
from kernel.handle import handle
from kernel.store import Append

CLIENTS = 16


class Appending(Scenario):
    """Prepared once: every round writes the same facts into fresh tables."""

    rounds = 6
    steps: ClassVar[int]

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        nowhere = Database(self.stage.url("nowhere"))  # opens no connection
        preparing = Preparing(store_of(nowhere), self.name)
        self.first = await preparing.one(any_uuid(random.Random("first")), self.steps)
        self.plans: Sequence[Plan] = plans(self.name, CLIENTS, self.size // CLIENTS)
        self.items: Sequence[Sequence[Append]] = await preparing.all(self.plans, self.steps)
        yield

    async def ours(self) -> Run:
        async with self.stage.store(pool=CLIENTS) as db:
            writer = store_of(db).writer
            await writer.append(self.first)
            async with self.stage.measured() as took:
                latencies = await tasks(self.items, writer.append)
        return Run(latencies.total(), took.seconds, latencies)


class AppendFive(Appending):
    name = "append-five"
    full, quick = 16_000, 320
    steps = 5
    lines = (
        Line("append 5 facts, 16 clients, beside `eventsourcing`'s recorder", floor=4, aim=7),
        Line("the same through `handle`: load, decide, append", ours="handle"),
    )

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer, "handle": self.handle}

    async def peer(self) -> Run:
        work = [[stored(item) for item in items] for items in self.items]
        async with self.stage.database("template1") as name:
            with recorder(self.stage.url(name), CLIENTS) as made:
                made.insert_events(stored(self.first))
                async with self.stage.measured() as took:
                    latencies = await threads(work, made.insert_events)
        return Run(latencies.total(), took.seconds, latencies)

    async def handle(self) -> Run:
        """No stream is hot here: `load` would read what a real stream never holds."""
        chance, wish = random.Random(self.name), Carry(self.steps)
        even = plans(self.name, CLIENTS, self.size // CLIENTS, skewed=False)
        async with self.stage.store(pool=CLIENTS) as db:
            store = store_of(db)
            await settle_epoch(db, store.source)

            async def carry(key: UUID) -> None:
                await handle(store, PARCEL, key, wish, command(chance), desk)

            await carry(any_uuid(random.Random("first")))
            async with self.stage.measured() as took:
                latencies = await tasks(even, carry)
        return Run(latencies.total(), took.seconds, latencies)


class AppendOne(Appending):
    name = "append-one"
    full, quick = 48_000, 320
    steps = 1
    lines = (Line("append 1 fact, 16 clients, beside `pgbench`'s bare insert", floor=0.6, aim=0.9),)

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def peer(self) -> Run:
        """It says its own rate, without the time that its connections take."""
        data, each = self.first.facts[0].data.decode(), self.size // CLIENTS
        async with self.stage.database("template1") as name:
            await asyncio.to_thread(self.stage.postgres.sql, TABLE, name)
            url = self.stage.url(name)
            async with self.stage.measured():
                rate = await asyncio.to_thread(tps, url, CLIENTS, each, data)
        return Run(each * CLIENTS, each * CLIENTS / rate)


def desk(_carried: int, call: Call) -> Call:
    return call
