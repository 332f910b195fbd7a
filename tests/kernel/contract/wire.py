"""The two transports as a test sees them: put any record there, and read all that is there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from kernel.web import running
from kernel.wire.producer import Record
from tests.kernel.local import LocalBroker
from tests.servers import make_topics

PARTITIONS = 4
COMPACTED = ("keys.v1",)
Headers = Sequence[tuple[str, bytes | None]]


class Said(NamedTuple):
    """One record as anybody may read it."""

    key: bytes | None
    value: bytes | None
    headers: Headers


class Wire(Protocol):
    @property
    def transport(self) -> running.Transport: ...
    async def make(self, topics: Sequence[str], /) -> None: ...
    async def remake(self, topic: str) -> None:
        """Another topic by the same name, with nothing in it."""

    async def put(self, topic: str, records: Sequence[Said]) -> None: ...
    async def told(self, topic: str) -> list[Said]:
        """In the order of each key."""


@dataclass
class LocalWire:
    transport: LocalBroker = field(default_factory=LocalBroker)

    async def make(self, _topics: Sequence[str]) -> None:
        return None

    async def remake(self, topic: str) -> None:
        self.transport.ids.pop(topic, None)
        for lane in [lane for lane in self.transport.logs if lane[0] == topic]:
            del self.transport.logs[lane]

    async def put(self, topic: str, records: Sequence[Said]) -> None:
        for key, value, headers in records:
            text = (key or b"").decode()
            self.transport.keep(Record(topic, text, value, headers))  # type: ignore[arg-type]

    async def told(self, topic: str) -> list[Said]:
        return [Said(r.key.encode(), r.value, r.headers) for r in self.transport.told(topic)]


class KafkaWire:
    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.transport = running.Kafka(bootstrap)
        self.made: set[str] = set()

    async def make(self, topics: Sequence[str]) -> None:
        new = sorted(set(topics) - self.made)
        compacted = [name for name in new if name.endswith(COMPACTED)]
        self.made |= set(new)
        if plain := sorted(set(new) - set(compacted)):
            await make_topics(self.bootstrap, plain, PARTITIONS)
        if compacted:
            await make_topics(self.bootstrap, compacted, PARTITIONS, {"cleanup.policy": "compact"})

    async def remake(self, topic: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            await admin.delete_topics([topic])
        finally:
            await admin.close()
        self.made.remove(topic)
        await self.make([topic])

    async def put(self, topic: str, records: Sequence[Said]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, max_request_size=2_000_000)
        async with producer:
            for key, value, headers in records:
                await producer.send(topic, value, key, headers=headers)
            await producer.flush()

    async def told(self, topic: str) -> list[Said]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, fetch_max_wait_ms=50)
        async with consumer:
            parts = [TopicPartition(topic, n) for n in range(PARTITIONS)]
            consumer.assign(parts)
            await consumer.seek_to_beginning()
            left = sum((await consumer.end_offsets(parts)).values())
            found: list[Said] = []
            while len(found) < left:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    found += [Said(r.key, r.value, r.headers) for r in batch]
            return found
