"""Bare aiokafka: an idempotent producer, and a look at what a topic holds."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from bench.stage import PARTITIONS, Stage
from kernel.wire.partition import partition_of
from kernel.wire.producer import MOST_BATCH, MOST_REQUEST, Record

AT_ONCE = 1_000
Lanes = dict[int, list[dict[str, Any]]]
"""Partition → what a batch takes, ready made."""


def chunks(records: Sequence[Record]) -> list[Lanes]:
    return [lanes(records[n : n + AT_ONCE]) for n in range(0, len(records), AT_ONCE)]


def lanes(records: Sequence[Record]) -> Lanes:
    found: Lanes = defaultdict(list)
    for r in records:
        ready = {"key": r.key.encode(), "value": r.value, "headers": r.headers, "timestamp": None}
        found[partition_of(r.key, PARTITIONS)].append(ready)
    return found


async def tell(stage: Stage, topic: str, records: Sequence[Record]) -> float:
    """Seconds, with the same settings as the kernel's producer."""
    ready = chunks(records)
    async with producer(stage.bootstrap) as made:
        await made.partitions_for(topic)
        async with stage.measured() as took:
            for chunk in ready:
                await send(made, topic, chunk)
    return took.seconds


async def send(made: AIOKafkaProducer, topic: str, chunk: Lanes) -> None:
    """All partitions at once; the next thousand when these are kept, as a cursor must wait."""
    waiting = []
    for partition, rest in chunk.items():
        batch = made.create_batch()
        for ready in rest:
            if batch.append(**ready) is None:
                batch.close()
                waiting.append(await made.send_batch(batch, topic, partition=partition))
                batch = made.create_batch()
                batch.append(**ready)
        batch.close()
        waiting.append(await made.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*waiting)


@asynccontextmanager
async def producer(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    made = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        max_batch_size=MOST_BATCH,
        max_request_size=MOST_REQUEST,
        linger_ms=0,
    )
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def consumer(bootstrap: str, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """All partitions from their beginning, without a group."""
    made = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await made.start()
    made.assign([TopicPartition(topic, n) for n in range(PARTITIONS)])
    try:
        yield made
    finally:
        await made.stop()


async def read_back(bootstrap: str, topic: str) -> list[tuple[str, int]]:
    """(stream, version) of everything there, partition by partition in its order."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    async with consumer(bootstrap, topic) as made:
        ends = await made.end_offsets(made.assignment())
        left = sum(ends.values())
        while left > 0:
            for tp, records in (await made.getmany(timeout_ms=500)).items():
                found[tp.partition] += [named(r) for r in records]
                left -= len(records)
    return [one for partition in sorted(found) for one in found[partition]]


def named(record: ConsumerRecord[bytes, bytes]) -> tuple[str, int]:
    headers = dict(record.headers)
    return headers["ce_subject"].decode(), int(headers["ce_sequence"])
