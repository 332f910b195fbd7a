"""A read model of fourteen columns catches up, beside a projection runner."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bench.figures import Line, Run
from bench.filling import fill
from bench.parcels import track
from bench.peers import projector
from bench.scenario import Scenario, Side
from kernel.database import Database
from kernel.read import tables
from kernel.read.consumers import Showing
from kernel.read.reader import Reader

BATCH = 1_000
EACH = 10
"""Facts of a row."""
FEWER = 40
"""The peer takes that many times fewer facts: its rate does not depend on how many there are."""


class CatchUp(Scenario):
    name = "projection"
    full, quick = 200_000, 4_000
    lines = (
        Line("projection beside `eventsourcing`'s runner", floor=40, aim=60),
        Line("the same where a row's ten facts follow each other", ours="bursts"),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        """The stores are filled once, and copied for each round."""
        async with (
            self.stage.database() as self.scattered,
            self.stage.database() as self.bursts,
            self.stage.database("template1") as self.full_peer,
        ):
            for name in (self.scattered, self.bursts):
                async with self.stage.opened(name) as db:
                    await fill(db, self.size // EACH, EACH, bursts=name == self.bursts)
            await asyncio.to_thread(self.fill_peer)
            yield

    def fill_peer(self) -> None:
        url = self.stage.url(self.full_peer)
        self.last = projector.write(url, self.size // FEWER // EACH, EACH)
        self.stage.postgres.sql("vacuum (freeze, analyze)", self.full_peer)

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer, "bursts": self.in_bursts}

    async def ours(self) -> Run:
        return await self.catch_up(self.scattered)

    async def in_bursts(self) -> Run:
        return await self.catch_up(self.bursts)

    async def catch_up(self, filled: str) -> Run:
        async with self.stage.store(filled) as db:
            reader, done = await opened(db), 0
            async with self.stage.measured() as took:
                while did := await reader.forward():
                    done += did
        return Run(done, took.seconds)

    async def peer(self) -> Run:
        async with self.stage.database(self.full_peer) as name, self.stage.measured():
            seconds = await asyncio.to_thread(projector.run, self.stage.url(name), self.last)
        return Run(self.last, seconds)


async def opened(db: Database) -> Reader:
    async with db.begin() as conn:
        await tables.make(conn, track, track.table)
    reader = Reader(db, [Showing(track)], BATCH)
    await reader.enter()
    return reader
