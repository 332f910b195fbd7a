"""The way out to Kafka: in the partition of the key, in order, and again after an outage."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from kernel.wire.partition import partition_of
from kernel.wire.producer import KafkaOutbound, Record
from tests.servers import make_topics
from trial.servers import Kafka

pytestmark = [pytest.mark.connected, pytest.mark.timeout(300)]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Kafka]:
    server = Kafka(tmp_path / "kafka").start()
    yield server
    server.stop()


def records(topic: str, first: int, count: int) -> list[Record]:
    return [Record(topic, f"key-{n % 7}", str(n).encode(), []) for n in range(first, first + count)]


async def told(bootstrap: str, topic: str) -> list[tuple[int, str, int]]:
    """(partition, key, number) in the order of the log."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    parts = [TopicPartition(topic, n) for n in range(12)]
    consumer.assign(parts)
    found, ends = [], await consumer.end_offsets(parts)
    while any([await consumer.position(tp) < ends[tp] for tp in parts]):
        for batch in (await consumer.getmany(timeout_ms=500)).values():
            found += [(r.partition, (r.key or b"").decode(), int(r.value or b"")) for r in batch]
    await consumer.stop()
    return found


async def test_each_key_in_its_partition_and_in_order(kafka: Kafka, prefix: str) -> None:
    await make_topics(kafka.bootstrap, [prefix])
    out = KafkaOutbound(kafka.bootstrap, "test")
    assert await out.send(records(prefix, 1, 500)) == 500
    await out.stop()
    found = await told(kafka.bootstrap, prefix)
    assert sorted(n for _, _, n in found) == list(range(1, 501))
    assert all(partition == partition_of(key, 12) for partition, key, _ in found)
    for key in {key for _, key, _ in found}:
        mine = [n for _, k, n in found if k == key]
        assert mine == sorted(mine)


async def test_after_an_outage_it_tells_again(own: Kafka) -> None:
    """A broker that was stopped in good order leaves a producer out of sequence for ever."""
    await make_topics(own.bootstrap, ["facts"])
    out = KafkaOutbound(own.bootstrap, "test", patience_ms=3_000)
    assert await out.send(records("facts", 1, 10)) == 10
    await asyncio.to_thread(own.stop)
    assert await short_of_all(out, records("facts", 11, 10))
    await asyncio.to_thread(own.start)
    for _ in range(5):
        if not await short_of_all(out, records("facts", 11, 10)):
            break
    await out.stop()
    assert sorted({n for _, _, n in await told(own.bootstrap, "facts")}) == list(range(1, 21))


async def short_of_all(out: KafkaOutbound, batch: list[Record]) -> bool:
    try:
        return await out.send(batch) < len(batch)
    except Exception:
        return True
