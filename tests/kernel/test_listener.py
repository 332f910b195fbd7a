"""What Kafka gives a listener: what could not be heard comes again, before anything after it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import Row, TextClause

from kernel.database import Database
from kernel.wire.broker import Listener
from kernel.wire.page import Arrived
from kernel.wire.producer import KafkaOutbound, Record
from tests.kernel.city import async_url
from tests.kernel.contract.town import until
from tests.servers import make_topics
from trial.servers import Kafka

pytestmark = pytest.mark.connected


class Seated(Listener):
    """Says when it knows where to go on: what comes sooner may come twice."""

    seated = False

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await super().on_partitions_assigned(assigned)
        self.seated = True

    async def is_seated(self) -> bool:
        return self.seated


class Ear:
    """Fails at the first it is given, as if the database were away."""

    def __init__(self, failed: Sequence[int] = ()) -> None:
        self.failed = list(failed)
        self.heard: list[int] = []

    async def hear(
        self, _topic: str, _partition: int, _id: str, records: Sequence[Arrived]
    ) -> None:
        numbers = [int(record.value or b"") for record in records]
        if not self.failed:
            self.failed = numbers
            raise ConnectionError
        self.heard += numbers

    async def heard_the(self, last: int) -> bool:
        return last in self.heard


async def test_what_could_not_be_heard_comes_again_before_the_next(
    kafka: Kafka, db: Database, prefix: str
) -> None:
    await make_topics(kafka.bootstrap, [prefix], partitions=1)
    ear, out = Ear(), KafkaOutbound(kafka.bootstrap, "test")
    listener = Seated(db, kafka.bootstrap, f"{prefix}.group", [prefix], ear.hear, most=1)
    await listener.start()
    await until(listener.is_seated, "it has its partition")
    assert await out.send([Record(prefix, "key", b"%d" % n, []) for n in (1, 2, 3)]) == 3
    await until(lambda: ear.heard_the(3), "the last is heard")
    assert (ear.failed, ear.heard) == ([1], [1, 2, 3])
    await listener.stop()
    await out.stop()


class Late(Database):
    """Answers after a while."""

    async def all(self, sql: TextClause, **values: object) -> Sequence[Row[Any]]:
        await asyncio.sleep(1)
        return await super().all(sql, **values)


async def test_nothing_is_heard_before_its_own_place_is_known(
    kafka: Kafka, database: Callable[[], str], prefix: str
) -> None:
    """Where the group's offsets stand, which anybody may set, must not come first."""
    await make_topics(kafka.bootstrap, [prefix], partitions=1)
    ear, out, db = Ear([0]), KafkaOutbound(kafka.bootstrap, "test"), Late(async_url(database()))
    assert await out.send([Record(prefix, "key", b"%d" % n, []) for n in (1, 2, 3)]) == 3
    await set_the_group(kafka, prefix, 2)
    listener = Listener(db, kafka.bootstrap, f"{prefix}.group", [prefix], ear.hear, most=1)
    await listener.start()
    await until(lambda: ear.heard_the(1), "the first is heard")
    assert ear.heard[0] == 1
    await listener.stop()
    await out.stop()
    await db.close()


async def set_the_group(kafka: Kafka, topic: str, offset: int) -> None:
    group = f"{topic}.group"
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=group) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.commit({TopicPartition(topic, 0): offset})
