"""A broker in this process with Kafka's contract: partitions by key, offsets, order within each.

Within the contract it may be as unkind as a seed likes: it tells twice, keeps back, and lets one
key overtake another; never does it change the order of one key.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from uuid import uuid4

from sqlalchemy import text

from kernel.database import Database
from kernel.web.running import Hearing
from kernel.wire.broker import HeardFrom
from kernel.wire.page import Arrived
from kernel.wire.partition import partition_of
from kernel.wire.producer import Outbound, Record

PARTITIONS = 12
STAND = text("select topic, partition, topic_id, next_offset from kernel.inbox_offsets")


@dataclass
class LocalBroker:
    """`unkind`: a seeded random; None delivers everything at once and once."""

    unkind: random.Random | None = None
    logs: dict[tuple[str, int], list[Record]] = field(default_factory=lambda: defaultdict(list))
    flying: dict[tuple[str, int], list[Record]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: str(uuid4())))
    down: bool = False

    def outbound(self, _name: str) -> Outbound:
        return LocalOutbound(self)

    def listen(
        self,
        db: Database,
        _group: str,
        topics: Sequence[str],
        hear: HeardFrom,
        _member: str | None,
    ) -> "LocalMember":
        return LocalMember(self, db, topics, hear)

    def keep(self, record: Record) -> None:
        lane = (record.topic, partition_of(record.key, PARTITIONS))
        (self.flying if self.unkind else self.logs)[lane].append(record)

    def settle(self, share: float = 1.0) -> None:
        """Gives flying records their offsets: keys overtake each other, none overtakes itself."""
        for lane, records in self.flying.items():
            while records and self._rolls(share):
                first = self._any_head(records)
                self.logs[lane].append(first)
                records.remove(first)

    def _any_head(self, records: list[Record]) -> Record:
        heads = list({r.key: r for r in reversed(records)}.values())
        return self.unkind.choice(heads) if self.unkind else heads[0]

    def _rolls(self, chance: float) -> bool:
        return self.unkind is None or self.unkind.random() < chance

    def told(self, topic: str) -> list[Record]:
        return [r for (t, _), log in sorted(self.logs.items()) if t == topic for r in log]


class LocalOutbound:
    def __init__(self, broker: LocalBroker) -> None:
        self.broker = broker

    async def send(self, records: Sequence[Record]) -> int:
        if self.broker.down:
            raise ConnectionError("the broker is down")
        unkind = self.broker.unkind
        if unkind is None:
            return self._kept(records, len(records))
        await asyncio.sleep(unkind.random() * 0.01)  # meanwhile another relay may try to tell
        whole = self._kept(records, len(records) if unkind.random() < 0.8 else self._some(records))
        if unkind.random() < 0.1:
            raise ConnectionError("the acknowledgement is lost")
        return unkind.randint(0, whole) if unkind.random() < 0.1 else whole

    def _some(self, records: Sequence[Record]) -> int:
        return self.broker.unkind.randrange(len(records) + 1) if self.broker.unkind else 0

    def _kept(self, records: Sequence[Record], first: int) -> int:
        for record in records[:first]:
            self.broker.keep(record)
        return first

    async def stop(self) -> None:
        return None


class LocalMember(Hearing):
    def __init__(
        self, broker: LocalBroker, db: Database, topics: Sequence[str], hear: HeardFrom
    ) -> None:
        self.broker, self.db, self.topics, self.hear = broker, db, list(topics), hear
        self.task: asyncio.Task[None] | None = None

    async def step(self) -> int:
        """Gives each partition's next records, from where the database stands."""
        stand = {(r.topic, r.partition): r for r in await self.db.all(STAND)}
        did = 0
        for topic, partition in product(self.topics, range(PARTITIONS)):
            ours = stand.get((topic, partition))
            same = ours is not None and ours.topic_id == self.broker.ids[topic]
            at = ours.next_offset if ours is not None and same else 0
            if at < len(self.broker.logs[topic, partition]):
                did += await self._give(topic, partition, at)
        return did

    async def _give(self, topic: str, partition: int, at: int) -> int:
        log = self.broker.logs[topic, partition]
        unkind = self.broker.unkind
        first = max(0, at - unkind.randrange(4)) if unkind else at  # a rebalance repeats some
        last = unkind.randint(at, len(log)) if unkind else len(log)
        batch = [
            Arrived(n, r.key.encode(), r.value, r.headers)
            for n, r in enumerate(log[first:last], first)
        ]
        if batch:
            await self.hear(topic, partition, self.broker.ids[topic], batch)
        return max(0, last - at)

    async def start(self) -> None:
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            did = 0 if self.broker.down else await self.step()
            await asyncio.sleep(0 if did else 0.01)

    async def stop(self) -> None:
        if self.task:
            self.task.cancel()

    def lag(self) -> int | None:
        return 0

    async def behind(self) -> int | None:
        stand = {(r.topic, r.partition): r.next_offset for r in await self.db.all(STAND)}
        ends = {lane: len(log) for lane, log in self.broker.logs.items() if lane[0] in self.topics}
        return sum(max(0, end - int(stand.get(lane, 0))) for lane, end in ends.items())

    async def stalled(self, limit: float) -> None:  # noqa: ARG002
        await asyncio.Event().wait()
