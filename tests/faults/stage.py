"""The three services as processes, their stores and topics: and is all of it whole?"""

import asyncio
import itertools
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import text

from kernel.database import Database
from tests.faults.nodes import Node, until
from tests.kernel.checker import (
    Acked,
    check_effects,
    check_heard,
    check_projection,
    check_store,
    check_told,
    parked,
)
from tests.kernel.city import async_url
from tests.kernel.library.shelves import readers, shelf
from tests.servers import TEMPLATE
from trial.servers import Postgres

EVENT_TOPICS = ("books.v1", "cards.v1", "letters.v1")
COMPACTED = {"cleanup.policy": "compact"}
HEARS = {"library": ["cards"], "cards": ["library"], "post": ["library", "cards"]}
UNDER_WAY = text("""
select exists (select from kernel.feed_queue)
    or exists (select from kernel.parked)
    or exists (select from kernel.checkpoints where seq < (select max(seq) from kernel.feed))
    as something
""")
TOLD = text("select count(*) as n from kernel.events")
HEARD = text("select count(*) as n from kernel.journal where source = :source")


@dataclass
class Stage:
    postgres: Postgres
    bootstrap: str
    prefix: str
    folder: Path
    urls: dict[str, str] = field(default_factory=dict)
    stores: dict[str, Database] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def set_up(self) -> "Stage":
        for service in ("library", "cards", "post"):
            name = f"{self.prefix}_{service}"
            self.postgres.create_database(name, template=TEMPLATE)
            self.urls[service] = self.postgres.url(name)
            self.stores[service] = Database(async_url(self.urls[service]), "checker", pool=4)
        await self.make_topics()
        return self

    async def make_topics(self, names: Sequence[str] = (*EVENT_TOPICS, "heads.v1")) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        topics = [NewTopic(self.prefix + name, 12, 1) for name in names]
        if "heads.v1" in names:
            topics.append(NewTopic(self.prefix + "keys.v1", 12, 1, topic_configs=COMPACTED))
        await admin.create_topics(topics)
        await admin.close()

    def node(self, service: str, *, kafka: str = "", url: str = "", **extra: str) -> Node:
        log = self.folder / f"{service}-{next(self.numbers)}.log"
        address = url or self.urls[service]
        node = Node(service, address, kafka or self.bootstrap, self.prefix, log, extra)
        self.nodes.append(node)
        return node

    async def tear_down(self) -> None:
        for node in self.nodes:
            node.kill()
        for service, store in self.stores.items():
            await store.close()
            self.postgres.drop_database(f"{self.prefix}_{service}")

    async def whole(self, acked: Sequence[Acked] = (), limit: float = 60) -> None:
        """Waits until nothing is missing any more; then nothing may be wrong either."""
        end, wrong = time.monotonic() + limit, ["not asked yet"]
        while wrong and time.monotonic() < end:
            await asyncio.sleep(0.1)
            # While anything is on its way the checker, who reads it all, would look in vain.
            with suppress(AssertionError):
                await until(self._at_rest, end - time.monotonic(), "something is on its way")
            wrong = await self.check(acked)
        assert wrong == [], wrong[:20]
        assert check_told([r.headers for r in await self.records()]) == []

    async def _at_rest(self) -> bool:
        for db in self.stores.values():
            if (await db.one(UNDER_WAY)).something:
                return False
        told = {name: (await db.one(TOLD)).n for name, db in self.stores.items()}
        heard = [
            (await self.stores[hearer].one(HEARD, source=teller)).n >= told[teller]
            for hearer, tellers in HEARS.items()
            for teller in tellers
        ]
        return all(heard)

    async def check(self, acked: Sequence[Acked] = ()) -> list[str]:
        library, cards, post = (self.stores[name] for name in ("library", "cards", "post"))
        wrong = await check_store(library, acked)
        wrong += await check_store(cards) + await check_store(post)
        wrong += await check_heard(library, cards, ["book"]) + await check_heard(
            library, post, ["book"]
        )
        wrong += await check_heard(cards, library, ["card"]) + await check_heard(
            cards, post, ["card"]
        )
        wrong += await check_projection(library, shelf) + await check_projection(post, readers)
        wrong += await check_effects(cards, {"LoanNoted", "ReturnNoted", "CardBlocked"})
        wrong += await check_effects(post, {"LetterWritten"})
        return wrong + [w for db in (library, cards, post) for w in await parked(db)]

    async def records(
        self, topics: Sequence[str] = EVENT_TOPICS
    ) -> list[ConsumerRecord[bytes, bytes]]:
        """Everything that was ever told, partition by partition."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        parts = [TopicPartition(self.prefix + t, p) for t in topics for p in range(12)]
        consumer.assign(parts)
        ends, found = await consumer.end_offsets(parts), []
        while any([await consumer.position(tp) < ends[tp] for tp in parts]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                found += batch
        await consumer.stop()
        return sorted(found, key=lambda r: (r.topic, r.partition, r.offset))
