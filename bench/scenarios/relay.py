"""A backlog is told to Kafka, beside a bare producer that has all of it in memory."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import text

from bench.figures import Line, Run, alone, extra
from bench.filling import fill
from bench.parcels import TOPIC
from bench.peers.kafka import read_back, tell
from bench.scenario import Scenario, Side
from kernel.database import Database
from kernel.envelope import to_headers
from kernel.wire.producer import KafkaOutbound, Record
from kernel.wire.relay import Relay

EACH = 5
FACTS = text("""
select f.seq, f.key, e.data, e.meta, e.hash, e.at
  from kernel.feed f join kernel.events e using (stream_id, version) order by f.seq
""")
VIOLATIONS = "out of order"


class Telling(Scenario):
    name = "relay"
    full, quick = 100_000, 3_000
    kafka = True
    lines = (
        Line("relay beside a bare `send_batch` from memory", floor=0.35, aim=0.6),
        Line(
            "the relay's facts out of their key's order",
            unit="",
            figure=extra(VIOLATIONS),
            compare=alone(extra(VIOLATIONS)),
            peer=None,
            floor=0,
            aim=0,
            most=True,
        ),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        async with self.stage.database() as self.full_store:
            async with self.stage.opened(self.full_store) as db:
                await fill(db, self.size // EACH, EACH)
                self.records = await records_of(db)
            yield

    def sides(self) -> Mapping[str, Side]:
        return {"ours": self.ours, "peer": self.peer}

    async def ours(self) -> Run:
        async with self.stage.store(self.full_store) as db, self.stage.topics("a", "warm") as told:
            out = KafkaOutbound(self.stage.bootstrap, "bench")
            relay = Relay(db, out, {"parcel": told[0]})
            await relay.enter()
            await out.send([Record(told[1], "warm", b"", [])])
            done = 0
            async with self.stage.measured() as took:
                while did := await relay.step():
                    done += did
            await out.stop()
            wrong = await self.violations(told[0])
        return Run(done, took.seconds, extra={VIOLATIONS: wrong})

    async def peer(self) -> Run:
        async with self.stage.topics("a") as (topic,):
            took = await tell(self.stage, topic, self.records)
            wrong = await self.violations(topic)
        return Run(len(self.records), took, extra={VIOLATIONS: wrong})

    async def violations(self, topic: str) -> int:
        """Of what the topic now holds; everything must be there."""
        told = await read_back(self.stage.bootstrap, topic)
        if len(told) < len(self.records):
            raise RuntimeError(f"{len(self.records) - len(told)} facts were not told")
        return out_of_order(told)


def out_of_order(told: Sequence[tuple[str, int]]) -> int:
    """A repeated fact is none, a later one before its predecessor is."""
    last: dict[str, int] = defaultdict(int)
    wrong = 0
    for stream, version in told:
        wrong += version > last[stream] + 1
        last[stream] = max(last[stream], version)
    return wrong


async def records_of(db: Database) -> list[Record]:
    """All facts of a store as its relay would tell them."""
    return [Record(TOPIC, r.key, r.data, to_headers(r.meta, r.hash)) for r in await db.all(FACTS)]
