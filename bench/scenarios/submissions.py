"""Residents submit: how many at once, and how soon does their station see them?"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import orjson
from sqlalchemy import text

from bench.appends import any_uuid
from bench.city import City
from bench.clients import tasks
from bench.figures import Line, Run, less, p99_ms
from bench.http import Line as Connection
from bench.http import lines
from bench.peers.pgbench import TABLE, tps
from bench.peers.single import OneByOne
from bench.scenario import Scenario, Side
from bench.trip import A_SECOND, Left, Trip
from kernel.web.running import Kafka
from services.intake.commands import NOTICE
from services.intake.commands.raising import issue_of

CLIENTS, WARM = 16, 32
PATH, TOWN = "/api/intake/issues", "620105001"
SAID = "小区东门的路灯坏了半个多月，晚上老人孩子出行很不方便，希望能够修好，谢谢。"
QUEUED = text("""
select issue_id as key from read.triage_queue
 where issue_id = any(:keys) and triage_by is not null
""")


def form(client_id: UUID, chance: random.Random) -> bytes:
    """As the page sends it; everybody has a number of their own, for a day has its limit."""
    fields = {
        "client_id": str(client_id),
        "org_code": TOWN,
        "level": "STREET",
        "text": SAID,
        "place": "费家营东路 2 号院东门",
        "name": "示例居民",
        "contact": f"13{chance.randrange(10**9):09d}",
        "consents": ["process", "handler"],
        "notice_ver": NOTICE,
    }
    return orjson.dumps(fields)


def forms(seed: str, count: int) -> Mapping[UUID, bytes]:
    chance = random.Random(seed)
    return {ident: form(ident, chance) for ident in (any_uuid(chance) for _ in range(count))}


class Submissions(Scenario):
    name = "submissions"
    full, quick = 4_000, 64
    kafka = True
    lines = (
        Line(
            "submissions over HTTP, 16 clients, beside `pgbench`'s bare insert",
            floor=0.12,
            aim=0.3,
        ),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        whole = self.size == self.full
        async with City(self.stage, pool=CLIENTS).founded(["intake"], whole) as self.city:
            yield

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def ours(self) -> Run:
        bodies = list(forms(self.name, WARM + self.size).values())
        async with (
            self.city.at_work(["intake"]) as (port, _services),
            lines(port, CLIENTS) as open_lines,
        ):
            await tasks(dealt(open_lines, bodies[:WARM]), submit)
            async with self.stage.measured() as took:
                latencies = await tasks(dealt(open_lines, bodies[WARM:]), submit)
        return Run(latencies.total(), took.seconds, latencies)

    async def peer(self) -> Run:
        """It says its own rate, without the time that its connections take."""
        data, each = next(iter(forms("peer", 1).values())).decode(), self.size // CLIENTS * 10
        async with self.stage.database("template1") as name:
            await asyncio.to_thread(self.stage.postgres.sql, TABLE, name)
            async with self.stage.measured():
                rate = await asyncio.to_thread(tps, self.stage.url(name), CLIENTS, each, data)
        return Run(each * CLIENTS, each * CLIENTS / rate)


Sending = tuple[Connection, bytes]


def dealt(open_lines: Sequence[Connection], bodies: Sequence[bytes]) -> list[list[Sending]]:
    """Client by client, each on a connection of its own."""
    count = len(open_lines)
    return [[(line, body) for body in bodies[n::count]] for n, line in enumerate(open_lines)]


async def submit(sending: Sending) -> None:
    line, body = sending
    await line.post(PATH, body)


class Queued(Scenario):
    """`size` is in seconds."""

    name = "queued"
    rounds = 3
    full, quick = 30, 2
    kafka = True
    lines = (
        Line(
            f"submit → in the station's queue, {A_SECOND}/s, p99, beside one message at a time",
            unit="ms",
            figure=p99_ms,
            compare=less(p99_ms),
        ),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        whole, both = self.size == self.full, ["intake", "routing"]
        async with City(self.stage, pool=CLIENTS).founded(both, whole) as self.city:
            yield

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def ours(self) -> Run:
        return await self.travel(Kafka(self.stage.bootstrap), most=None)

    async def peer(self) -> Run:
        return await self.travel(OneByOne(self.stage.bootstrap), most=1)

    async def travel(self, transport: Kafka, most: int | None) -> Run:
        said = forms(self.name, WARM + self.size * A_SECOND)
        async with self.trip(said, transport, most) as trip:
            keys = [str(issue_of(ident)) for ident in said]
            await trip.make(keys[:WARM])
            trip.took.clear()
            async with self.stage.measured() as took:
                await trip.make(keys[WARM:])
        return Run(trip.took.total(), took.seconds, trip.took)

    @asynccontextmanager
    async def trip(
        self, said: Mapping[UUID, bytes], transport: Kafka, most: int | None
    ) -> AsyncIterator[Trip]:
        bodies = {str(issue_of(ident)): body for ident, body in said.items()}
        async with (
            self.city.at_work(["intake", "routing"], transport, most) as (port, services),
            lines(port, CLIENTS) as open_lines,
        ):
            free = asyncio.Queue[Connection]()
            for line in open_lines:
                free.put_nowait(line)

            async def send(key: str, left: Left) -> None:
                left[key] = time.perf_counter()
                line = await free.get()
                await line.post(PATH, bodies[key])
                free.put_nowait(line)

            routing = services["routing"]
            yield Trip(send, routing.reader, routing.db, QUEUED)
