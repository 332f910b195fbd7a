"""The shell over FastStream: raw records in batches, from where our own database stands.

Its defaults lose facts (kernel.md §1.1, §6.3): what differs here differs for a measured reason.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from sqlalchemy import text

from kernel.database import Database, passes
from kernel.loops import FIRST_PAUSE, back_off, ending, to_its_end
from kernel.wire.page import Arrived
from kernel.wire.topics import topic_ids

log = structlog.get_logger(__name__)
LOST = "nothing here: it is heard from its beginning again; have the owners tell again what is gone"
REVOKE_LIMIT = 8.0
"""Shorter than the session: heartbeats stop while the listener waits for a running batch."""

HeardFrom = Callable[[str, int, str, Sequence[Arrived]], Awaitable[object]]
"""(topic, partition, topic id, records) of one partition, in order."""

BROKER: dict[str, Any] = {
    "consumer_only": True,  # else every listener opens a producer and an admin client besides
    "metadata_max_age_ms": 5_000,
    "allow_auto_create_topics": False,
    "graceful_timeout": 5,
    "logger": None,
}
STAND = text("select topic, partition, topic_id, next_offset from kernel.inbox_offsets")
LOWER = text("""
update kernel.inbox_offsets set next_offset = :first
 where topic = :topic and partition = :partition and next_offset = :stood
""")


class Listener(ConsumerRebalanceListener):
    """One group member of one service. Kafka's own offsets are only a hint: ours are the truth."""

    def __init__(
        self,
        db: Database,
        bootstrap: str,
        group: str,
        topics: Sequence[str],
        hear: HeardFrom,
        member: str | None = None,
        most: int = 1_000,
    ) -> None:
        self.db, self.bootstrap, self.topics, self.hear = db, bootstrap, list(topics), hear
        self.ids: dict[str, str] = {}
        self._lag: int | None = None
        self._pause = FIRST_PAUSE
        self._astray = asyncio.Event()
        self.broker = KafkaBroker(bootstrap, client_id=group, **BROKER)
        session = 45_000 if member else 10_000  # a named member is back before it was missed
        self.subscriber: Any = self.broker.subscriber(
            *topics,
            group_id=group,
            group_instance_id=member,
            max_records=most,
            session_timeout_ms=session,
            listener=self,
            **SUBSCRIBER,
        )
        self.subscriber(self._batch)

    async def start(self) -> None:
        """Raises at once when the broker or a topic is away: a loop tries again."""
        self.ids = await topic_ids(self.bootstrap, self.topics)
        await to_its_end(self.broker.start())

    async def stop(self, limit: float = 6.0) -> None:
        try:
            async with asyncio.timeout(limit):
                await self.broker.stop()
        except (asyncio.CancelledError, Exception) as error:  # offsets are ours: nothing is lost
            if isinstance(error, asyncio.CancelledError) and ending():
                raise
            log.warning("the Kafka consumer did not stop in time", error=type(error).__name__)

    async def _batch(self, message: KafkaMessage) -> None:
        """A nack comes back at once, so a database that is away is waited for here."""
        try:
            await self._apart(message)
            self._pause = FIRST_PAUSE
        except Exception as error:
            self._pause = await back_off("hear", error, self._pause)
            raise

    async def _apart(self, message: KafkaMessage) -> None:
        """FastStream chains the partitions of a poll: here they are taken apart again."""
        if self._astray.is_set():
            raise ConnectionError("where to go on is not known: a new consumer will ask again")
        parts: dict[tuple[str, int], list[ConsumerRecord[Any, Any]]] = defaultdict(list)
        for record in message.raw_message:  # type: ignore[union-attr]
            parts[record.topic, record.partition].append(record)
        for (topic, partition), records in parts.items():
            arrived = [Arrived(r.offset, r.key, r.value, r.headers) for r in records]
            await self.hear(topic, partition, await self._id(topic), arrived)

    async def _id(self, topic: str) -> str:
        if topic not in self.ids:
            self.ids |= await topic_ids(self.bootstrap, [topic])
        return self.ids[topic]

    async def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        """A new member must not be given what a running batch here still holds."""
        await self.subscriber.lock.wait_release(REVOKE_LIMIT)
        self.ids.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """aiokafka would go on from the group's offsets: nothing is fetched before our seek."""
        consumer: Any = self.subscriber.consumer
        consumer.pause(*assigned)
        try:
            await self._seek(assigned)
            consumer.resume(*assigned)
        except BaseException:
            self._astray.set()
            raise

    async def _seek(self, assigned: set[TopicPartition]) -> None:
        consumer: Any = self.subscriber.consumer
        self.ids = await topic_ids(self.bootstrap, self.topics)
        stand = await self._stand()
        spans = await self._span(assigned)  # after it: then only what was lost is behind
        for tp in assigned:
            at = stand.get(tp)
            if at is not None and tp in spans and at > spans[tp][1]:
                at = await self._lowered(tp, at, spans[tp][0])
            if at is None:
                await consumer.seek_to_beginning(tp)
            else:
                consumer.seek(tp, at)

    async def _stand(self) -> dict[TopicPartition, int]:
        """How far these very topics were heard: another one by the same name begins anew."""
        rows = await self.db.all(STAND)
        known = [r for r in rows if r.topic_id == self.ids.get(r.topic)]
        return {TopicPartition(r.topic, r.partition): r.next_offset for r in known}

    async def _lowered(self, tp: TopicPartition, stood: int, first: int) -> int:
        """The broker lost the end of its log: others will come at offsets that we passed."""
        where = {"topic": tp.topic, "partition": tp.partition}
        log.error("the broker lost the end of a partition that we had heard", **where, do=LOST)
        await self.db.do(LOWER, {**where, "stood": stood, "first": first})
        return first

    def lag(self) -> int | None:
        """Records not yet heard, as last measured; None without an assignment or an answer."""
        return self._lag

    async def behind(self) -> int | None:
        """Records of all partitions, whoever is given them, that this store has not heard yet."""
        return (await self._measured(self._partitions()))[0]

    async def stalled(self, limit: float) -> None:
        """Returns once there was something to hear, or no answer, and no progress for `limit` s.

        The end of a partition is asked for: what was last fetched knows nothing of a dead fetcher.
        A member that is given none watches them all: it may be the one who should have had them.
        """
        moved_at, stood = time.monotonic(), -1
        while time.monotonic() - moved_at < limit and not self._astray.is_set():
            await asyncio.sleep(min(2.0, limit / 4))
            assigned = self._assigned()
            lag, stand = await self._measured(assigned or self._partitions())
            self._lag = lag if assigned else None
            if lag == 0 or stand != stood:
                moved_at, stood = time.monotonic(), stand

    def _assigned(self) -> list[TopicPartition]:
        consumer: Any = self.subscriber.consumer
        return list(consumer.assignment()) if consumer else []

    def _partitions(self) -> list[TopicPartition]:
        consumer: Any = self.subscriber.consumer
        known = {t: consumer.partitions_for_topic(t) or () for t in self.topics} if consumer else {}
        return [TopicPartition(topic, number) for topic in known for number in known[topic]]

    async def _measured(self, where: Sequence[TopicPartition]) -> tuple[int | None, int]:
        """(lag, how far our database stands); no lag without an answer."""
        try:
            stand = await self._stand()
        except Exception as error:
            if not passes(error):
                raise
            return None, 0
        lags = []
        for tp, (first, end) in (await self._span(where)).items():
            if stand.get(tp, 0) > end:  # a new consumer will see what to do
                self._astray.set()
            lags.append(max(0, end - max(first, stand.get(tp, 0))))
        return sum(lags) if lags else None, sum(stand.get(tp, 0) for tp in where)

    async def _span(self, where: Iterable[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """The first offset that the broker still has, and the next; nothing without an answer."""
        consumer, asked = self.subscriber.consumer, list(where)
        try:
            async with asyncio.timeout(5):
                firsts = await consumer.beginning_offsets(asked) if asked else {}
                ends = await consumer.end_offsets(asked) if asked else {}
        except (KafkaError, TimeoutError):  # one partition without a leader, and none is told
            return {}
        return {tp: (firsts[tp], ends[tp]) for tp in asked}


async def _parse(records: Sequence[ConsumerRecord[Any, Any]], original: Any) -> Any:
    """In constant time and never raising: a parser that raises loses its whole batch."""
    stub = records[0]
    message = await original((_Stub(stub.topic, stub.offset, stub.timestamp),))
    message.raw_message = records
    return message


async def _decode(_message: Any) -> list[Any]:
    return []


SUBSCRIBER: dict[str, Any] = {
    "batch": True,
    "batch_timeout_ms": 50,
    "auto_offset_reset": "earliest",
    "ack_policy": AckPolicy.NACK_ON_ERROR,
    "heartbeat_interval_ms": 3_000,
    "max_poll_interval_ms": 300_000,
    "partition_assignment_strategy": (RangePartitionAssignor,),
    "parser": _parse,
    "decoder": _decode,
}


class _Stub:
    """What the original parser looks at, with nothing in it that it could stumble over."""

    headers: Sequence[tuple[str, bytes]] = ()
    value = b""

    def __init__(self, topic: str, offset: int, timestamp: int) -> None:
        self.topic, self.offset, self.timestamp = topic, offset, timestamp
