"""The one way out to Kafka: an idempotent producer that is thrown away on any error.

After an error aiokafka's producer may be out of sequence for ever, hang, or send much later what
it was told to forget (kernel.md §6.3); so every wait is bounded and a new one is made.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer

from kernel.envelope import Headers
from kernel.loops import to_its_end
from kernel.wire.partition import partition_of

SEND_LIMIT, STOP_LIMIT = 30.0, 5.0
MOST_BATCH = 256 * 1024
MOST_REQUEST = 1024 * 1024

End = tuple[int, BaseException | None]
"""The number of the first record that is not surely kept, and why."""
ALL_KEPT: End = (2**62, None)


@dataclass(frozen=True, slots=True)
class Record:
    """Kafka dates it itself: a broker refuses what is dated ahead, as a moved clock would."""

    topic: str
    key: str
    value: bytes | None
    headers: Headers


class Outbound(Protocol):
    """Where facts are told: Kafka, or a test's own broker with the same promises."""

    async def send(self, records: Sequence[Record]) -> int:
        """How many of them, from the first on, are surely kept. Fewer than all: say them again."""
        ...

    async def stop(self) -> None: ...


class KafkaOutbound:
    def __init__(self, bootstrap: str, name: str, patience_ms: int = 40_000) -> None:
        """`patience_ms`: how long the producer itself tries before it gives a batch up."""
        self.bootstrap, self.name, self.patience = bootstrap, name, patience_ms
        self.producer: AIOKafkaProducer | None = None

    async def send(self, records: Sequence[Record]) -> int:
        try:
            async with asyncio.timeout(SEND_LIMIT):
                told = await self._send(await self._started(), records)
        except BaseException:
            await self.stop()
            raise
        if told < len(records):
            await self.stop()
        return told

    async def _started(self) -> AIOKafkaProducer:
        if self.producer is None:
            self.producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap,
                client_id=self.name,
                enable_idempotence=True,
                acks="all",
                max_batch_size=MOST_BATCH,
                max_request_size=MOST_REQUEST,
                linger_ms=0,
                request_timeout_ms=self.patience,
                metadata_max_age_ms=5_000,
            )
            await to_its_end(self.producer.start())
        return self.producer

    async def _send(self, producer: AIOKafkaProducer, records: Sequence[Record]) -> int:
        """Records of one partition stay in order; partitions go side by side."""
        counts = {t: len(await producer.partitions_for(t)) for t in {r.topic for r in records}}
        lanes: dict[tuple[str, int], list[int]] = {}
        for n, record in enumerate(records):
            lane = (record.topic, partition_of(record.key, counts[record.topic]))
            lanes.setdefault(lane, []).append(n)
        ends = await asyncio.gather(
            *(_lane(producer, lane, [(n, records[n]) for n in ns]) for lane, ns in lanes.items())
        )
        told, error = min(ends, key=lambda end: end[0], default=ALL_KEPT)
        if error is not None and told == 0:
            raise error  # the loop says why, and backs off
        return min(told, len(records))

    async def stop(self) -> None:
        """The next to send makes a new one."""
        producer, self.producer = self.producer, None
        if producer is None:
            return
        with suppress(Exception):
            async with asyncio.timeout(STOP_LIMIT):
                await producer.stop()
                return
        with suppress(Exception):  # else its records would still be delivered, much later
            async with asyncio.timeout(STOP_LIMIT):
                await producer.client.close()


async def _lane(
    producer: AIOKafkaProducer, lane: tuple[str, int], numbered: Sequence[tuple[int, Record]]
) -> End:
    topic, partition = lane
    waiting: list[tuple[int, Any]] = []
    rest = list(numbered)
    while rest:
        batch, taken = producer.create_batch(), 0
        for _, r in rest:
            if not _add(batch, r):
                break
            taken += 1
        if not taken:
            raise ValueError(
                f"a record of {len(rest[0][1].value or b'')} bytes does not fit a batch"
            )
        batch.close()
        waiting.append((rest[0][0], await producer.send_batch(batch, topic, partition=partition)))
        rest = rest[taken:]
    return await _first_failed(waiting)


def _add(batch: Any, r: Record) -> bool:
    added = batch.append(key=r.key.encode(), value=r.value, timestamp=None, headers=r.headers)
    return added is not None


async def _first_failed(waiting: Sequence[tuple[int, Any]]) -> End:
    results = await asyncio.gather(*(f for _, f in waiting), return_exceptions=True)
    for (first, _), result in zip(waiting, results, strict=True):
        if isinstance(result, BaseException):
            return first, result
    return ALL_KEPT
