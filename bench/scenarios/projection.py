"""A read model of fourteen columns catches up, beside a projection runner."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bench.figures import Line, Run
from bench.filling import fill
from bench.parcels import track
from bench.peers import projector
from bench.scenario import Scenario, Side
from kernel import tables
from kernel.consumers import Showing
from kernel.database import Database
from kernel.reader import Reader

BATCH = 1_000
EACH = 10
"""Facts of a row; neighbours in the order touch different rows."""
FEWER = 40
"""The peer takes that many times fewer facts: its rate does not depend on how many there are."""


class CatchUp(Scenario):
    name = "projection"
    full, quick = 200_000, 4_000
    lines = (Line("projection beside `eventsourcing`'s runner", floor=40, aim=60),)

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        """Both stores are filled once, and copied for each round."""
        async with (
            self.stage.database() as self.full_store,
            self.stage.database("template1") as self.full_peer,
        ):
            async with self.stage.opened(self.full_store) as db:
                await fill(db, self.size // EACH, EACH)
            await asyncio.to_thread(self.fill_peer)
            yield

    def fill_peer(self) -> None:
        url = self.stage.url(self.full_peer)
        self.last = projector.write(url, self.size // FEWER // EACH, EACH)
        self.stage.postgres.sql("vacuum (freeze, analyze)", self.full_peer)

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def ours(self) -> Run:
        async with self.stage.store(self.full_store) as db:
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
        await tables.prepare(conn, [track])
    reader = Reader(db, [Showing(track)], BATCH)
    await reader.enter()
    return reader
