"""The same chain with one message for each transaction, as FastStream's first page has it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from kernel.database import Database
from kernel.web.running import Hearing, Kafka
from kernel.wire.broker import HeardFrom
from kernel.wire.page import Arrived
from kernel.wire.topics import topic_ids


class OneByOne(Kafka):
    """Tells as the kernel does, and hears message by message."""

    def listen(
        self, _db: Database, group: str, topics: Sequence[str], hear: HeardFrom, _member: str | None
    ) -> Hearing:
        return Single(self.bootstrap, group, topics, hear)


class Single(Hearing):
    def __init__(self, bootstrap: str, group: str, topics: Sequence[str], hear: HeardFrom) -> None:
        self.bootstrap, self.topics, self.hear = bootstrap, list(topics), hear
        self.ids: dict[str, str] = {}
        self.broker = KafkaBroker(bootstrap, client_id=group, logger=None, graceful_timeout=5)
        subscriber = self.broker.subscriber(
            *topics,
            group_id=group,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
        )
        subscriber(self.one)

    async def one(self, message: KafkaMessage) -> None:
        r: Any = message.raw_message
        arrived = [Arrived(r.offset, r.key, r.value, r.headers)]
        await self.hear(r.topic, r.partition, self.ids[r.topic], arrived)

    async def start(self) -> None:
        self.ids = await topic_ids(self.bootstrap, self.topics)
        await self.broker.start()

    async def stop(self) -> None:
        await self.broker.stop()

    def lag(self) -> int | None:
        return None

    async def behind(self) -> int | None:
        return None

    async def stalled(self, _limit: float) -> None:
        await asyncio.Event().wait()
