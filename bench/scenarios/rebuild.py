"""A read model is built anew from a quarter million facts, then from a million."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import orjson

from bench.figures import Line, Run, exponent, extra, rate, seconds, times
from bench.filling import fill
from bench.parcels import track
from bench.rebuilding import rebuilt
from bench.scenario import Scenario, Side
from kernel.read import tables

EACH = 10
QUARTER = 4
PEAK = "peak MiB"


class Rebuild(Scenario):
    """Its peer is itself with a quarter of the facts; the sizes keep ten facts to a row."""

    name = "rebuild"
    rounds = 3
    full, quick = 1_000_000, 20_000
    lines = (
        Line(
            "rebuild: growth of time with size, as an exponent",
            unit="s",
            figure=seconds,
            compare=exponent,
            peer="quarter",
            floor=1.1,
            aim=1.0,
            most=True,
        ),
        Line(
            "rebuild: peak memory beside a quarter of the facts",
            unit="MiB",
            figure=extra(PEAK),
            compare=times(extra(PEAK)),
            peer="quarter",
            floor=1.1,
            aim=1.05,
            most=True,
        ),
        Line("rebuild: rate beside a quarter of the facts", figure=rate, peer="quarter"),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        async with self.stage.database() as self.large, self.stage.database() as self.small:
            await self.filled(self.large, self.size)
            await self.filled(self.small, self.size // QUARTER)
            yield

    async def filled(self, name: str, facts: int) -> None:
        async with self.stage.opened(name) as db:
            await fill(db, facts // EACH, EACH)
            async with db.begin() as conn:
                await tables.prepare(conn, [track])

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "quarter": self.quarter}

    async def ours(self) -> Run:
        return await self.run(self.large, self.size)

    async def quarter(self) -> Run:
        return await self.run(self.small, self.size // QUARTER)

    async def run(self, name: str, facts: int) -> Run:
        url = self.stage.url(name)
        async with self.stage.measured():
            own = self.stage.profile is None
            said = await (asyncio.to_thread(child, url) if own else rebuilt(url))
        return Run(facts, said["seconds"], extra={PEAK: said["peak"] / 2**20})


def child(url: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.rebuilding", url], check=True, stdout=subprocess.PIPE
    )
    said: dict[str, float] = orjson.loads(done.stdout.splitlines()[-1])
    return said
